// SPDX-License-Identifier: GPL-2.0-only
/* TEST_SRCS: kmod/lib/arp.c kmod/lib/gre.c */
#include "arp.h"
#include "gre.h"
#include "unit.h"

static void arp_round_trip(void)
{
	struct clps_arp a = { .spa = cpu_to_be32(0x0a000001), .tpa = cpu_to_be32(0x0a000002),
			      .op = 1, .sha = { 2, 0, 0, 0, 0, 1 } }, c;
	u8 b[CLPS_ARP_LEN], *exact;
	size_t n;

	clps_arp_build(b, &a);
	CHECK(!clps_arp_parse(&c, b, sizeof(b)));
	CHECK(c.spa == a.spa && c.tpa == a.tpa && c.op == 1 && !memcmp(c.sha, a.sha, 6));
	CHECK(!clps_arp_is_probe(&c) && !clps_arp_is_announcement(&c));
	for (n = 0; n < sizeof(b); n++) {
		exact = malloc(n ? n : 1);
		memcpy(exact, b, n);
		CHECK(clps_arp_parse(&c, exact, n) == -EMSGSIZE);
		free(exact);
	}
	b[7] = 3;
	CHECK(clps_arp_parse(&c, b, sizeof(b)) == -EINVAL);
	b[7] = 2;
	b[8] = 1;
	CHECK(clps_arp_parse(&c, b, sizeof(b)) == -EINVAL);
	b[4] = 8;
	CHECK(clps_arp_parse(&c, b, sizeof(b)) == -EPROTONOSUPPORT);
}

static void gre_round_trip(void)
{
	u8 b[CLPS_GRE_MAX_LEN];
	struct clps_gre g, c;
	unsigned int i, n;

	for (i = 0; i < 8; i++) {
		memset(&g, 0, sizeof(g));
		g.flags = (u16)((i & 1 ? CLPS_GRE_F_CSUM : 0) | (i & 2 ? CLPS_GRE_F_KEY : 0) |
				(i & 4 ? CLPS_GRE_F_SEQ : 0));
		g.proto = 0x0800;
		g.key = i & 2 ? 0xdeadbeef : 0;
		g.seq = i & 4 ? 77 : 0;
		n = clps_gre_build(b, &g);
		CHECK(n == clps_gre_hlen(g.flags));
		CHECK(!clps_gre_parse(&c, b, n));
		CHECK(c.flags == g.flags && c.key == g.key && c.seq == g.seq && c.proto == 0x0800);
		CHECK(c.hlen == n);
		CHECK(clps_gre_parse(&c, b, n - 1) == -EMSGSIZE);
	}
}

static void gre_refuses(void)
{
	u8 b[4] = { 0, 1, 8, 0 };
	struct clps_gre g;

	CHECK(clps_gre_parse(&g, b, 4) == -EPROTONOSUPPORT);
	b[1] = 0;
	b[0] = 0x40;
	CHECK(clps_gre_parse(&g, b, 4) == -EPROTONOSUPPORT);
	b[0] = 0x08;
	CHECK(clps_gre_parse(&g, b, 4) == -EPROTONOSUPPORT);
	/* Bits 6 to 12 are to be ignored. */
	b[0] = 0x03;
	b[1] = 0xf8;
	CHECK(!clps_gre_parse(&g, b, 4));
}

static void keepalive(void)
{
	__be32 us = cpu_to_be32(0xc0000201), peer = cpu_to_be32(0xc6336401);
	u8 b[28] = { 0x45, [3] = 24, [8] = 255, [9] = 47 };

	memcpy(b + 12, &us, 4);
	memcpy(b + 16, &peer, 4);
	CHECK(clps_gre_is_keepalive(b, sizeof(b), us, peer) == 24);
	CHECK(!clps_gre_is_keepalive(b, 23, us, peer));
	/* Never back to anyone but the peer. */
	CHECK(!clps_gre_is_keepalive(b, sizeof(b), us, us));
	CHECK(!clps_gre_is_keepalive(b, sizeof(b), peer, peer));
	b[22] = 8;
	CHECK(!clps_gre_is_keepalive(b, sizeof(b), us, peer));
	b[22] = 0;
	b[6] = 0x20;
	CHECK(!clps_gre_is_keepalive(b, sizeof(b), us, peer));
	/* Options, whole and with GRE behind them: a source route would go on from the peer. */
	b[6] = 0;
	b[0] = 0x46;
	b[3] = 28;
	memset(b + 20, 0, 8);
	CHECK(!clps_gre_is_keepalive(b, sizeof(b), us, peer));
}

static void arp_refuses(void)
{
	static const u8 good[CLPS_ARP_LEN] = { 0, 1, 8, 0, 6, 4, 0, 1, 2 };
	struct clps_arp a;
	u8 b[CLPS_ARP_LEN];
	unsigned int i;

	CHECK(!clps_arp_parse(&a, good, sizeof(good)) && clps_arp_is_announcement(&a) == false);
	CHECK(clps_arp_is_probe(&a));
	/* Each byte of the fixed part counts. */
	for (i = 0; i < 6; i++) {
		memcpy(b, good, sizeof(b));
		b[i] ^= 2;
		CHECK(clps_arp_parse(&a, b, sizeof(b)) == -EPROTONOSUPPORT);
	}
	memcpy(b, good, sizeof(b));
	b[8] = 0;
	CHECK(clps_arp_parse(&a, b, sizeof(b)) == -EINVAL);
	b[7] = 0;
	CHECK(clps_arp_parse(&a, b, sizeof(b)) == -EINVAL);
}

static void arp_kinds(void)
{
	const __be32 a = cpu_to_be32(0x0a000001), b = cpu_to_be32(0x0a000002);
	static const struct { u16 op; bool spa, same, probe, announcement; } cases[] = {
		{ CLPS_ARP_REQUEST, false, false, true, false },
		{ CLPS_ARP_REPLY, false, false, false, false },
		{ CLPS_ARP_REQUEST, true, false, false, false },
		{ CLPS_ARP_REQUEST, true, true, false, true },
		{ CLPS_ARP_REPLY, true, true, false, true },
	};
	struct clps_arp arp;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		arp = (struct clps_arp){ .op = cases[i].op, .spa = cases[i].spa ? a : 0,
					 .tpa = cases[i].same ? a : b };
		CHECK(clps_arp_is_probe(&arp) == cases[i].probe);
		CHECK(clps_arp_is_announcement(&arp) == cases[i].announcement);
	}
}

static void families(void)
{
	const __be32 v4 = cpu_to_be32(0x0a010009), one = cpu_to_be32(1);
	struct clps_addr a = clps_addr_v4(v4), b;
	unsigned int i;

	CHECK(clps_addr_is_v4(&a) && clps_addr_get_v4(&a) == v4 && clps_addr_eq(&a, &a));
	/* Each word of it counts, for the family and for the address. */
	for (i = 0; i < 4; i++) {
		b = a;
		b.w[i] ^= one;
		CHECK(!clps_addr_eq(&a, &b) && clps_addr_is_v4(&b) == (i == 3));
	}
}

static void no_keepalive(void)
{
	static const struct { u8 at, value; } cases[] = {
		{ 0, 0x65 },	/* another version */
		{ 0, 0x44 },	/* no header */
		{ 0, 0x46 },	/* options, and then no room for GRE */
		{ 3, 23 },	/* no room for GRE */
		{ 3, 29 },	/* longer than what there is */
		{ 9, 17 },	/* not GRE */
		{ 7, 1 },	/* a later fragment */
		{ 20, 0x40 },	/* GRE with routing */
		{ 20, 0x20 },	/* a key that is not there */
	};
	__be32 us = cpu_to_be32(0xc0000201), peer = cpu_to_be32(0xc6336401);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		u8 b[28] = { 0x45, [3] = 24, [8] = 255, [9] = 47 };

		memcpy(b + 12, &us, 4);
		memcpy(b + 16, &peer, 4);
		b[cases[i].at] = cases[i].value;
		CHECK(!clps_gre_is_keepalive(b, sizeof(b), us, peer));
	}
}

int main(void)
{
	unit_begin(8);
	unit_run("ARP decodes to what was encoded, and nothing shorter", arp_round_trip);
	unit_run("GRE decodes to what was encoded, with every option", gre_round_trip);
	unit_run("GRE versions and routing are refused", gre_refuses);
	unit_run("keepalives go back to the peer alone", keepalive);
	unit_run("ARP of other networks and of no machine is refused", arp_refuses);
	unit_run("a probe is a request, and an announcement names its sender", arp_kinds);
	unit_run("an address is IPv4 or not, and equal in all of its words or not", families);
	unit_run("what only looks like a keepalive is none", no_keepalive);
	return unit_end();
}

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
}

int main(void)
{
	unit_begin(4);
	unit_run("ARP decodes to what was encoded, and nothing shorter", arp_round_trip);
	unit_run("GRE decodes to what was encoded, with every option", gre_round_trip);
	unit_run("GRE versions and routing are refused", gre_refuses);
	unit_run("keepalives go back to the peer alone", keepalive);
	return unit_end();
}

// SPDX-License-Identifier: GPL-2.0-only
/* TEST_SRCS: kmod/lib/pkt.c */
#include "pkt.h"
#include "unit.h"

static size_t ip4(u8 *b, u8 proto, u16 frag, const void *l4, size_t len)
{
	memset(b, 0, 20);
	b[0] = 0x45;
	b[1] = 0x2e;
	clps_put_be16(b + 2, (u16)(20 + len));
	clps_put_be16(b + 6, frag);
	b[8] = 61;
	b[9] = proto;
	clps_put_be32(b + 12, 0xc0000201);
	clps_put_be32(b + 16, 0x0a010009);
	memcpy(b + 20, l4, len);
	return 20 + len;
}

static const u8 tcp_syn[20] = { 0x30, 0x39, 0, 22, [12] = 0x50, [13] = 0x02 };

static void fields(void)
{
	struct clps_pkt p;
	u8 b[64];
	size_t len = ip4(b, 6, 0x4000, tcp_syn, 20);

	CHECK(!clps_pkt_parse4(&p, b, len, len));
	CHECK(p.sport == 12345 && p.dport == 22 && p.proto == 6);
	CHECK(p.ttl == 61 && p.tos == 0x2e && p.tot_len == 40 && p.l3_len == 20);
	CHECK(p.flags == (CLPS_PKT_DF | CLPS_PKT_PORTS | CLPS_PKT_TCP_SYN));
	CHECK(clps_addr_get_v4(&p.src) == cpu_to_be32(0xc0000201));
	CHECK(clps_addr_is_v4(&p.dst));
}

static void truncated(void)
{
	struct clps_pkt p;
	u8 b[64], *exact;
	size_t len = ip4(b, 6, 0, tcp_syn, 20), n;

	/* A copy of exactly n bytes, so that ASAN sees one byte too many. */
	for (n = 0; n < len; n++) {
		exact = malloc(n ? n : 1);
		memcpy(exact, b, n);
		CHECK(clps_pkt_parse4(&p, exact, n, len) < 0);
		free(exact);
	}
	CHECK(clps_pkt_parse4(&p, b, len, len - 1) == -EINVAL);
	CHECK(!clps_pkt_parse4(&p, b, len, len + 6));
}

static void bad_headers(void)
{
	struct clps_pkt p;
	u8 b[64];
	size_t len = ip4(b, 17, 0, tcp_syn, 8);

	b[0] = 0x65;
	CHECK(clps_pkt_parse4(&p, b, len, len) == -EINVAL);
	b[0] = 0x44;
	CHECK(clps_pkt_parse4(&p, b, len, len) == -EINVAL);
	b[0] = 0x45;
	clps_put_be16(b + 2, 19);
	CHECK(clps_pkt_parse4(&p, b, len, len) == -EINVAL);
	/* A super-packet's length field says nothing. */
	CHECK(!clps_pkt_parse4(&p, b, len, 0));
}

static void fragments(void)
{
	struct clps_pkt p;
	u8 b[64];
	size_t len = ip4(b, 17, 0x2000, tcp_syn, 8);

	CHECK(!clps_pkt_parse4(&p, b, len, len));
	CHECK(p.flags == (CLPS_PKT_FRAG_FIRST | CLPS_PKT_PORTS));
	len = ip4(b, 17, 0x2001, tcp_syn, 1);
	CHECK(!clps_pkt_parse4(&p, b, len, len));
	CHECK(p.flags == CLPS_PKT_FRAG_LATER && !p.sport);
}

/* nmap -f: what a host puts together must reach one. */
static void short_first_fragments(void)
{
	static const u8 ack_rst[20] = { 0x30, 0x39, 0, 22, [12] = 0x50, [13] = 0x14 };
	struct clps_pkt p;
	size_t len, n;
	u8 b[64];

	for (n = 0; n <= 20; n++) {
		len = ip4(b, 6, 0x2000, ack_rst, n);
		CHECK(clps_pkt_parse4(&p, b, len, len) == (n < 8 ? -EMSGSIZE : 0));
		if (n < 8)
			continue;
		CHECK((p.flags & CLPS_PKT_FRAG_FIRST) && (p.flags & CLPS_PKT_PORTS));
		CHECK(p.sport == 12345 && p.dport == 22);
		CHECK(!!(p.flags & CLPS_PKT_FRAG_TINY) == (n < 20));
		/* Flags are told when they are there. */
		CHECK(!!(p.flags & CLPS_PKT_TCP_RST) == (n > 13));
		CHECK(!!(p.flags & CLPS_PKT_TCP_ACK) == (n > 13));
		/* Nothing follows to make it whole. */
		len = ip4(b, 6, 0, ack_rst, n);
		CHECK(clps_pkt_parse4(&p, b, len, len) == (n < 20 ? -EMSGSIZE : 0));
	}
	len = ip4(b, 17, 0x2000, ack_rst, 7);
	CHECK(clps_pkt_parse4(&p, b, len, len) == -EMSGSIZE);
}

static void icmp(void)
{
	u8 l4[64] = { 8, 0, 0, 0, 0x12, 0x34 }, b[128], inner[64];
	struct clps_pkt p;
	size_t len = ip4(b, 1, 0, l4, 8);

	CHECK(!clps_pkt_parse4(&p, b, len, len));
	CHECK(p.flags == (CLPS_PKT_ICMP_QUERY | CLPS_PKT_PORTS) && p.sport == 0x1234);
	l4[0] = 0;
	len = ip4(b, 1, 0, l4, 8);
	CHECK(!clps_pkt_parse4(&p, b, len, len));
	CHECK(p.flags & CLPS_PKT_ICMP_REPLY);

	l4[0] = 3;
	memcpy(l4 + 8, inner, ip4(inner, 17, 0, tcp_syn, 8));
	len = ip4(b, 1, 0, l4, 36);
	CHECK(!clps_pkt_parse4(&p, b, len, len));
	CHECK((p.flags & CLPS_PKT_ICMP_ERROR) && p.err_proto == 17);
	CHECK(p.err_sport == 12345 && p.err_dport == 22);
	CHECK(clps_pkt_parse4(&p, b, len - 1, len) == -EMSGSIZE);
}

static void padding_hides_nothing(void)
{
	struct clps_pkt p;
	u8 b[64];
	size_t len = ip4(b, 6, 0, tcp_syn, 20);

	/* The transport header lies in the padding: that is no header. */
	clps_put_be16(b + 2, 24);
	CHECK(clps_pkt_parse4(&p, b, len, len) == -EMSGSIZE);
}

static void options(void)
{
	static const struct { u8 opt[4]; bool routed; } cases[] = {
		{ { 1, 1, 1, 0 }, false },
		{ { 148, 4, 0, 0 }, false },	/* router alert */
		{ { 1, 131, 3, 4 }, true },
		{ { 137, 3, 4, 0 }, true },
		{ { 0, 131, 3, 4 }, false },	/* behind the end */
		{ { 7, 1, 0, 0 }, true },	/* malformed: believed to be the worst */
		{ { 7, 9, 0, 0 }, true },
		{ { 1, 1, 1, 7 }, true },
	};
	struct clps_pkt p;
	unsigned int i;
	u8 b[64];

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		ip4(b, 17, 0, tcp_syn, 12);
		b[0] = 0x46;
		memcpy(b + 20, cases[i].opt, 4);
		CHECK(!clps_pkt_parse4(&p, b, 32, 32));
		CHECK(p.flags & CLPS_PKT_OPTIONS);
		CHECK(!!(p.flags & CLPS_PKT_SOURCE_ROUTE) == cases[i].routed);
	}
	ip4(b, 6, 1, tcp_syn, 20);
	CHECK(!clps_pkt_parse4(&p, b, 40, 40) && (p.flags & CLPS_PKT_FRAG_TINY));
	ip4(b, 6, 2, tcp_syn, 20);
	CHECK(!clps_pkt_parse4(&p, b, 40, 40) && !(p.flags & CLPS_PKT_FRAG_TINY));
}

static void protocols(void)
{
	struct clps_pkt p;
	unsigned int proto;
	u8 b[64];

	for (proto = 2; proto < 256; proto++) {
		size_t len = ip4(b, (u8)proto, 0, tcp_syn, 20);
		bool ports = proto == 6 || proto == 17 || proto == 33 || proto == 132 ||
			     proto == 136;

		CHECK(!clps_pkt_parse4(&p, b, len, len));
		CHECK(!!(p.flags & CLPS_PKT_PORTS) == ports);
		CHECK(p.sport == (ports ? 12345 : 0) && p.dport == (ports ? 22 : 0));
		/* Without ports there is nothing to be cut short. */
		len = ip4(b, (u8)proto, 0, tcp_syn, 7);
		CHECK(clps_pkt_parse4(&p, b, len, len) == (ports ? -EMSGSIZE : 0));
	}
}

static void tcp_flags(void)
{
	static const struct { u8 bits; u16 flags; } cases[] = {
		{ 0x02, CLPS_PKT_TCP_SYN },
		{ 0x12, CLPS_PKT_TCP_ACK },
		{ 0x10, CLPS_PKT_TCP_ACK },
		{ 0x04, CLPS_PKT_TCP_RST },
		{ 0x11, CLPS_PKT_TCP_FIN | CLPS_PKT_TCP_ACK },
		{ 0x03, CLPS_PKT_TCP_FIN | CLPS_PKT_TCP_SYN },
		{ 0xe8, 0 },
	};
	struct clps_pkt p;
	unsigned int i;
	u8 b[64];

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		ip4(b, 6, 0, tcp_syn, 20);
		b[20 + 13] = cases[i].bits;
		CHECK(!clps_pkt_parse4(&p, b, 40, 40));
		CHECK(p.flags == (CLPS_PKT_PORTS | cases[i].flags));
	}
}

static void icmp_types(void)
{
	u8 l4[8] = { 0 }, b[64];
	struct clps_pkt p;
	unsigned int type;

	for (type = 0; type < 256; type++) {
		bool reply = type == 0 || type == 14 || type == 16 || type == 18;
		bool query = type == 8 || type == 13 || type == 15 || type == 17 || reply;
		bool error = (type >= 3 && type <= 5) || type == 11 || type == 12;

		l4[0] = (u8)type;
		ip4(b, 1, 0, l4, 8);
		/* An error that embeds nothing is malformed. */
		CHECK(clps_pkt_parse4(&p, b, 28, 28) == (error ? -EMSGSIZE : 0));
		CHECK(p.icmp_type == type);
		CHECK(!!(p.flags & CLPS_PKT_ICMP_ERROR) == error);
		CHECK(!!(p.flags & CLPS_PKT_ICMP_QUERY) == query);
		CHECK(!!(p.flags & CLPS_PKT_ICMP_REPLY) == reply);
	}
	ip4(b, 1, 0, l4, 7);
	CHECK(clps_pkt_parse4(&p, b, 27, 27) == -EMSGSIZE);
}

/* The parser's word on an ICMP error about a packet that holds @l4 and no more. */
static int error_about_all(struct clps_pkt *p, u8 proto, u16 frag, const u8 *l4, size_t n, u8 first)
{
	u8 err[64] = { 3 }, b[128];
	size_t len = ip4(err + 8, proto, frag, l4, n);

	err[8] = first;
	len = ip4(b, 1, 0, err, 8 + len);
	return clps_pkt_parse4(p, b, len, len);
}

static int error_about(struct clps_pkt *p, u8 proto, u16 frag, const u8 *l4, u8 first)
{
	return error_about_all(p, proto, frag, l4, 8, first);
}

/* nmap -sO: a packet of every protocol, most of them empty. */
static void short_embedded(void)
{
	struct clps_pkt p;
	unsigned int proto;
	size_t n;

	for (proto = 0; proto < 256; proto++) {
		bool ports = proto == 6 || proto == 17 || proto == 33 || proto == 132 ||
			     proto == 136;

		for (n = 0; n < 8; n++) {
			int err = error_about_all(&p, (u8)proto, 0, tcp_syn, n, 0x45);

			/* Of these nothing is known without the eight bytes. */
			CHECK(err == (ports || proto == 1 ? -EMSGSIZE : 0));
			CHECK(err || (p.flags & CLPS_PKT_ICMP_ERROR));
			CHECK(err || (!(p.flags & CLPS_PKT_ERR_PORTS) && p.err_proto == proto));
		}
	}
}

static void embedded(void)
{
	u8 echo[8] = { 8, 0, 0, 0, 0x12, 0x34 };
	struct clps_pkt p;

	CHECK(!error_about(&p, 1, 0, echo, 0x45));
	CHECK((p.flags & CLPS_PKT_ERR_PORTS) && p.err_sport == 0x1234 && p.err_dport == 0x1234);
	echo[0] = 9;	/* a router's advertisement has no identifier */
	CHECK(!error_about(&p, 1, 0, echo, 0x45));
	CHECK(!(p.flags & CLPS_PKT_ERR_PORTS) && p.err_proto == 1);
	CHECK(!error_about(&p, 47, 0, tcp_syn, 0x45));
	CHECK(!(p.flags & CLPS_PKT_ERR_PORTS) && p.err_proto == 47 && !p.err_sport);
	CHECK(!error_about(&p, 17, 100, tcp_syn, 0x45));
	CHECK(!(p.flags & CLPS_PKT_ERR_PORTS) && !p.err_sport);
	CHECK(error_about(&p, 17, 0, tcp_syn, 0x65) == -EINVAL);
	CHECK(error_about(&p, 17, 0, tcp_syn, 0x44) == -EINVAL);
	CHECK(error_about(&p, 17, 0, tcp_syn, 0x4f) == -EMSGSIZE);
}

int main(void)
{
	unit_begin(13);
	unit_run("source routes are found among the options", options);
	unit_run("every field is found", fields);
	unit_run("a packet cut at any byte is refused", truncated);
	unit_run("bad versions and lengths are refused", bad_headers);
	unit_run("fragments are told apart", fragments);
	unit_run("a first fragment may hold less than TCP's header", short_first_fragments);
	unit_run("ICMP queries, answers and errors are told apart", icmp);
	unit_run("headers are not read out of the padding", padding_hides_nothing);
	unit_run("five protocols have ports, the others have none", protocols);
	unit_run("TCP flags are told apart", tcp_flags);
	unit_run("ICMP types are told apart", icmp_types);
	unit_run("what an ICMP error embeds is checked like a packet", embedded);
	unit_run("a packet without ports may be embedded without payload", short_embedded);
	return unit_end();
}

// SPDX-License-Identifier: GPL-2.0-only
/* TEST_SRCS: kmod/lib/flow.c */
#include "flow.h"
#include "unit.h"

static const struct clps_flow_timeouts *tmo = &clps_flow_default_timeouts;

static struct clps_pkt packet(bool inbound, u8 proto, u16 hp_port, u16 out_port, u16 flags)
{
	struct clps_pkt p = { .proto = proto, .flags = (u16)(flags | CLPS_PKT_PORTS) };
	struct clps_addr v = clps_addr_v4(cpu_to_be32(0x0a010009));
	struct clps_addr out = clps_addr_v4(cpu_to_be32(0xc0000201));

	p.src = inbound ? out : v;
	p.dst = inbound ? v : out;
	p.sport = inbound ? out_port : hp_port;
	p.dport = inbound ? hp_port : out_port;
	return p;
}

static bool in(struct clps_flow_set *s, struct clps_pkt p, u32 now)
{
	struct clps_flow_key k;

	return !clps_flow_key_inbound(&k, &p) && clps_flow_note_inbound(s, &k, p.flags, now, tmo);
}

static bool out(struct clps_flow_set *s, struct clps_pkt p, u32 now)
{
	struct clps_flow_key k;

	return !clps_flow_key_outbound(&k, &p) && clps_flow_note_outbound(s, &k, p.flags, now, tmo);
}

static void replies_only(void)
{
	struct clps_flow_set s = { };

	CHECK(!out(&s, packet(false, 17, 53, 4000, 0), 10));
	in(&s, packet(true, 17, 53, 4000, 0), 10);
	CHECK(out(&s, packet(false, 17, 53, 4000, 0), 11));
	CHECK(!out(&s, packet(false, 17, 54, 4000, 0), 11));
	CHECK(!out(&s, packet(false, 17, 53, 4001, 0), 11));
	CHECK(!out(&s, packet(false, 6, 53, 4000, 0), 11));
}

/* The same ports of another host are another flow. */
static void hosts_apart(void)
{
	struct clps_pkt same = packet(false, 17, 53, 4000, 0), other = same;
	struct clps_flow_set s = { };

	in(&s, packet(true, 17, 53, 4000, 0), 10);
	other.dst = clps_addr_v4(cpu_to_be32(0xc0000202));
	CHECK(!out(&s, other, 11));
	other = same;
	other.src = clps_addr_v4(cpu_to_be32(0x0a01000a));
	CHECK(!out(&s, other, 11));
	CHECK(out(&s, same, 11));
}

static void syn_is_no_answer(void)
{
	struct clps_flow_set s = { };

	/* An accomplice forges the victim's source to open a way out. */
	in(&s, packet(true, 6, 5555, 80, CLPS_PKT_TCP_ACK), 10);
	CHECK(!out(&s, packet(false, 6, 5555, 80, CLPS_PKT_TCP_SYN), 11));
	CHECK(out(&s, packet(false, 6, 5555, 80, CLPS_PKT_TCP_RST), 11));
}

static void icmp_errors(void)
{
	struct clps_pkt err = { .proto = 1, .flags = CLPS_PKT_ICMP_ERROR, .err_proto = 17 };
	struct clps_pkt q = packet(true, 17, 9, 4000, 0);
	struct clps_flow_set s = { };

	err.src = q.dst;
	err.dst = q.src;
	err.err_src = q.src;
	err.err_dst = q.dst;
	err.flags |= CLPS_PKT_ERR_PORTS;
	err.err_sport = 4000;
	err.err_dport = 9;
	CHECK(!out(&s, err, 10));
	in(&s, q, 10);
	CHECK(out(&s, err, 10));
	/* About a packet that somebody else sent. */
	err.err_src = clps_addr_v4(cpu_to_be32(0x08080808));
	CHECK(!out(&s, err, 10));
	/* A query is never an answer. */
	CHECK(!out(&s, packet(false, 1, 7, 7, CLPS_PKT_ICMP_QUERY), 10));
}

/* A later fragment may rewrite what it embeds, and who sends a kilobyte of error? */
static void icmp_errors_in_fragments(void)
{
	struct clps_pkt err = { .proto = 1, .err_proto = 17, .err_sport = 4000, .err_dport = 9 };
	struct clps_pkt q = packet(true, 17, 9, 4000, 0);
	struct clps_flow_set s = { };

	err.flags = CLPS_PKT_ICMP_ERROR | CLPS_PKT_ERR_PORTS;
	err.src = q.dst;
	err.dst = q.src;
	err.err_src = q.src;
	err.err_dst = q.dst;
	in(&s, q, 10);
	CHECK(out(&s, err, 10));
	err.flags |= CLPS_PKT_FRAG_FIRST;
	CHECK(!out(&s, err, 10));
}

/* A sender of the last fragment first: a datagram too late, and no more than that. */
static void reversed_fragments(void)
{
	struct clps_pkt later = packet(false, 17, 0, 0, 0);
	struct clps_pkt first = packet(false, 17, 53, 4000, CLPS_PKT_FRAG_FIRST);
	struct clps_flow_key k, pair;
	struct clps_flow_set s = { };

	later.flags = CLPS_PKT_FRAG_LATER;
	in(&s, packet(true, 17, 53, 4000, 0), 10);
	CHECK(!out(&s, later, 10));
	CHECK(out(&s, first, 10));
	CHECK(!clps_flow_key_outbound(&k, &first));
	clps_flow_key_pair(&pair, &k);
	clps_flow_note_inbound(&s, &pair, 0, 10, tmo);
	/* The client asks again. */
	in(&s, packet(true, 17, 53, 4000, 0), 15);
	CHECK(out(&s, later, 15));
	CHECK(out(&s, first, 15));
}

static void timeouts(void)
{
	struct clps_flow_set s = { };
	u32 t = 0xfffffff0u;	/* the clock wraps */

	in(&s, packet(true, 6, 22, 1000, 0), t);
	CHECK(!out(&s, packet(false, 6, 22, 1000, 0), t + 61));
	in(&s, packet(true, 6, 22, 1000, 0), t);
	CHECK(out(&s, packet(false, 6, 22, 1000, 0), t + 60));
	in(&s, packet(true, 6, 22, 1000, 0), t + 61);
	CHECK(out(&s, packet(false, 6, 22, 1000, 0), t + 61 + 7440));
	CHECK(!out(&s, packet(false, 6, 22, 1000, 0), t + 61 + 7441));
}

static void eviction(void)
{
	struct clps_flow_set s = { };
	bool evicted = false;
	u16 i;

	/* One session in use, then a scan that fills the set many times over. */
	in(&s, packet(true, 6, 22, 1000, 0), 10);
	out(&s, packet(false, 6, 22, 1000, 0), 10);
	in(&s, packet(true, 6, 22, 1000, 0), 10);
	for (i = 0; i < 1000; i++)
		evicted |= in(&s, packet(true, 6, i, 2000, CLPS_PKT_TCP_SYN), 11);
	CHECK(evicted);
	CHECK(out(&s, packet(false, 6, 22, 1000, 0), 12));
	CHECK(clps_flow_count(&s, 12, tmo) == CLPS_FLOW_WAYS);
}

static void fragments(void)
{
	struct clps_pkt later = packet(false, 17, 0, 0, 0);
	struct clps_flow_key k, pair;
	struct clps_pkt p = packet(false, 17, 53, 4000, 0);
	struct clps_flow_set s = { };

	later.flags = CLPS_PKT_FRAG_LATER;
	CHECK(!out(&s, later, 10));
	CHECK(!clps_flow_key_outbound(&k, &p));
	clps_flow_key_pair(&pair, &k);
	clps_flow_note_inbound(&s, &pair, 0, 10, tmo);
	CHECK(out(&s, later, 10));
	CHECK(!out(&s, p, 10));
}

static void only_the_outside_renews(void)
{
	struct clps_flow_set s = { };
	u32 t;

	in(&s, packet(true, 17, 53, 4000, 0), 0);
	for (t = 0; t <= 180; t += 20)
		CHECK(out(&s, packet(false, 17, 53, 4000, 0), t));
	CHECK(!out(&s, packet(false, 17, 53, 4000, 0), 181));
}

static void source_routes(void)
{
	struct clps_flow_set s = { };

	in(&s, packet(true, 17, 53, 4000, 0), 0);
	CHECK(!out(&s, packet(false, 17, 53, 4000, CLPS_PKT_SOURCE_ROUTE), 0));
	CHECK(out(&s, packet(false, 17, 53, 4000, CLPS_PKT_OPTIONS), 0));
}

static void overlapping_fragments(void)
{
	struct clps_pkt tiny = packet(false, 6, 0, 0, 0);
	struct clps_flow_set s = { };
	struct clps_flow_key pair;

	/* RFC 3128: a fragment at offset 1 rewrites the flags that were checked. */
	tiny.flags = CLPS_PKT_FRAG_LATER;
	CHECK(!clps_flow_key_outbound(&pair, &tiny));
	clps_flow_note_inbound(&s, &pair, 0, 0, tmo);
	CHECK(out(&s, tiny, 0));
	tiny.flags |= CLPS_PKT_FRAG_TINY;
	CHECK(!out(&s, tiny, 0));
}

static void hidden_flags(void)
{
	const u16 tiny = CLPS_PKT_FRAG_FIRST | CLPS_PKT_FRAG_TINY;
	struct clps_flow_set s = { };
	struct clps_flow_key k = { };
	struct clps_pkt p = packet(true, 6, 22, 1000, tiny);

	CHECK(!clps_flow_key_inbound(&k, &p) && k.kind == CLPS_FLOW_PORTS);
	in(&s, p, 0);
	CHECK(out(&s, packet(false, 6, 22, 1000, CLPS_PKT_TCP_ACK), 0));
	CHECK(!out(&s, packet(false, 6, 23, 1000, CLPS_PKT_TCP_ACK), 0));
	CHECK(!out(&s, packet(false, 6, 22, 1000, tiny), 0));
	CHECK(!out(&s, packet(false, 6, 22, 1000, tiny | CLPS_PKT_TCP_ACK), 0));
	/* It may be a SYN and may be none: what is over stays over. */
	in(&s, packet(true, 6, 22, 1000, CLPS_PKT_TCP_RST), 1);
	in(&s, p, 2);
	CHECK(!out(&s, packet(false, 6, 22, 1000, CLPS_PKT_TCP_ACK), 32));
}

static void icmp_that_answers_nothing(void)
{
	struct clps_pkt p = packet(false, 1, 0, 0, 0);
	struct clps_flow_set s = { };
	struct clps_flow_key pair;

	p.flags = CLPS_PKT_FRAG_LATER;
	clps_flow_key_outbound(&pair, &p);
	clps_flow_note_inbound(&s, &pair, 0, 0, tmo);
	p.flags = 0;
	p.icmp_type = 9;
	CHECK(!out(&s, p, 0));
}

static void clock_steps_back(void)
{
	struct clps_flow_set s = { };

	/* Another CPU read the clock a second earlier and got the lock later. */
	in(&s, packet(true, 17, 53, 4000, 0), 100);
	CHECK(out(&s, packet(false, 17, 53, 4000, 0), 99));
}

/* A TCP session with traffic both ways at time @t. */
static void session(struct clps_flow_set *s, u32 t)
{
	in(s, packet(true, 6, 22, 1000, CLPS_PKT_TCP_SYN), t);
	CHECK(out(s, packet(false, 6, 22, 1000, CLPS_PKT_TCP_ACK), t));
	in(s, packet(true, 6, 22, 1000, CLPS_PKT_TCP_ACK), t);
}

static void fin_of_both_closes(void)
{
	const u16 fin = CLPS_PKT_TCP_FIN | CLPS_PKT_TCP_ACK, ack = CLPS_PKT_TCP_ACK;
	struct clps_flow_set s = { };

	session(&s, 0);
	/* Half closed: the honeypot may go on for as long as before. */
	in(&s, packet(true, 6, 22, 1000, fin), 1);
	CHECK(out(&s, packet(false, 6, 22, 1000, ack), 1 + 7440));
	CHECK(out(&s, packet(false, 6, 22, 1000, fin), 10));
	/* The last ACK does not bring it back; a retransmission passes. */
	in(&s, packet(true, 6, 22, 1000, ack), 11);
	CHECK(out(&s, packet(false, 6, 22, 1000, fin), 10 + 30));
	CHECK(!out(&s, packet(false, 6, 22, 1000, ack), 10 + 31));
}

static void honeypot_fin_first(void)
{
	const u16 fin = CLPS_PKT_TCP_FIN | CLPS_PKT_TCP_ACK;
	struct clps_flow_set s = { };

	session(&s, 0);
	/* Twice its own FIN is not one of both. */
	CHECK(out(&s, packet(false, 6, 22, 1000, fin), 1));
	CHECK(out(&s, packet(false, 6, 22, 1000, fin), 7440));
	in(&s, packet(true, 6, 22, 1000, fin), 7440);
	CHECK(out(&s, packet(false, 6, 22, 1000, CLPS_PKT_TCP_ACK), 7470));
	CHECK(!out(&s, packet(false, 6, 22, 1000, CLPS_PKT_TCP_ACK), 7471));
}

static void rst_closes(void)
{
	struct clps_flow_set s = { };

	session(&s, 0);
	in(&s, packet(true, 6, 22, 1000, CLPS_PKT_TCP_RST), 5);
	CHECK(out(&s, packet(false, 6, 22, 1000, CLPS_PKT_TCP_ACK), 35));
	CHECK(!out(&s, packet(false, 6, 22, 1000, CLPS_PKT_TCP_ACK), 36));
	session(&s, 100);
	CHECK(out(&s, packet(false, 6, 22, 1000, CLPS_PKT_TCP_RST), 100));
	CHECK(!out(&s, packet(false, 6, 22, 1000, CLPS_PKT_TCP_ACK), 131));
	/* Nor can it repeat that to go on. */
	session(&s, 140);
	CHECK(out(&s, packet(false, 6, 22, 1000, CLPS_PKT_TCP_RST), 140));
	CHECK(out(&s, packet(false, 6, 22, 1000, CLPS_PKT_TCP_RST), 170));
	CHECK(!out(&s, packet(false, 6, 22, 1000, CLPS_PKT_TCP_RST), 171));
	/* UDP has no flags: a parser's mistake closes nothing. */
	in(&s, packet(true, 17, 53, 4000, CLPS_PKT_TCP_RST), 200);
	CHECK(out(&s, packet(false, 17, 53, 4000, 0), 260));
}

static void a_forged_rst_cuts_nothing(void)
{
	struct clps_flow_set s = { };

	session(&s, 0);
	in(&s, packet(true, 6, 22, 1000, CLPS_PKT_TCP_RST), 5);
	/* The peer goes on: so may the honeypot. */
	in(&s, packet(true, 6, 22, 1000, CLPS_PKT_TCP_ACK), 20);
	CHECK(out(&s, packet(false, 6, 22, 1000, CLPS_PKT_TCP_ACK), 35));
	in(&s, packet(true, 6, 22, 1000, CLPS_PKT_TCP_ACK), 36);
	CHECK(out(&s, packet(false, 6, 22, 1000, CLPS_PKT_TCP_ACK), 37));
	in(&s, packet(true, 6, 22, 1000, CLPS_PKT_TCP_ACK), 38);
	CHECK(out(&s, packet(false, 6, 22, 1000, CLPS_PKT_TCP_ACK), 38 + 7440));
}

static void drawn_rsts_renew_nothing(void)
{
	struct clps_flow_set s = { };
	u32 t;

	session(&s, 0);
	in(&s, packet(true, 6, 22, 1000, CLPS_PKT_TCP_RST), 1);
	/* Each stray segment draws another RST. */
	for (t = 2; out(&s, packet(false, 6, 22, 1000, CLPS_PKT_TCP_ACK), t) && t < 100; t++)
		in(&s, packet(true, 6, 22, 1000, CLPS_PKT_TCP_RST), t);
	CHECK(t == 32);
	/* Nor does one begin a flow. */
	in(&s, packet(true, 6, 22, 1000, CLPS_PKT_TCP_RST), 100);
	CHECK(!out(&s, packet(false, 6, 22, 1000, CLPS_PKT_TCP_ACK), 100));
}

static void a_port_is_used_again(void)
{
	struct clps_flow_set s = { };

	session(&s, 0);
	in(&s, packet(true, 6, 22, 1000, CLPS_PKT_TCP_RST), 1);
	session(&s, 2);
	CHECK(out(&s, packet(false, 6, 22, 1000, CLPS_PKT_TCP_ACK), 7442));
	CHECK(clps_flow_count(&s, 10, tmo) == 1);
}

static void closed_go_first(void)
{
	struct clps_flow_set s = { };
	u16 i;

	session(&s, 10);
	in(&s, packet(true, 6, 22, 1000, CLPS_PKT_TCP_RST), 10);
	for (i = 1; i < CLPS_FLOW_WAYS; i++)
		in(&s, packet(true, 6, i, 2000, CLPS_PKT_TCP_SYN), 9);
	CHECK(in(&s, packet(true, 6, 99, 2000, CLPS_PKT_TCP_SYN), 11));
	CHECK(!out(&s, packet(false, 6, 22, 1000, CLPS_PKT_TCP_ACK), 11));
	for (i = 1; i < CLPS_FLOW_WAYS; i++)
		CHECK(out(&s, packet(false, 6, i, 2000, CLPS_PKT_TCP_ACK), 11));
}

static void inbound_error(void)
{
	struct clps_pkt err = packet(true, 1, 0, 0, CLPS_PKT_ICMP_ERROR);
	struct clps_flow_key k;

	CHECK(clps_flow_key_inbound(&k, &err) == -ENOENT);
}

static void error_about_others(void)
{
	struct clps_pkt q = packet(true, 47, 0, 0, 0);
	struct clps_pkt err = { .proto = 1, .flags = CLPS_PKT_ICMP_ERROR, .err_proto = 47 };
	struct clps_flow_set s = { };

	q.flags = 0;
	in(&s, q, 10);
	err.src = q.dst;
	err.dst = q.src;
	err.err_src = q.src;
	err.err_dst = q.dst;
	/* Without ports, the two hosts and the protocol must do. */
	CHECK(out(&s, err, 10));
	err.err_dst = clps_addr_v4(cpu_to_be32(0x0a01000a));
	CHECK(!out(&s, err, 10));
}

static void portless(void)
{
	struct clps_pkt q = packet(true, 47, 0, 0, 0), a = packet(false, 47, 0, 0, 0);
	struct clps_flow_set s = { };

	q.flags = 0;
	a.flags = 0;
	CHECK(!out(&s, a, 10));
	in(&s, q, 10);
	CHECK(out(&s, a, 10));
	a.proto = 50;
	CHECK(!out(&s, a, 10));
}

static void short_when_assured(void)
{
	struct clps_pkt udp = packet(true, 17, 53, 4000, 0), answer = packet(false, 17, 53, 4000, 0);
	struct clps_pkt later = packet(false, 6, 0, 0, 0);
	struct clps_flow_key k = { };
	struct clps_flow_set s = { };

	in(&s, udp, 10);
	out(&s, answer, 10);
	in(&s, udp, 10);
	CHECK(out(&s, answer, 190));
	CHECK(!out(&s, answer, 191));
	/* Later fragments of TCP have no connection of their own. */
	later.flags = CLPS_PKT_FRAG_LATER;
	CHECK(!clps_flow_key_outbound(&k, &later) && k.kind == CLPS_FLOW_PAIR);
	clps_flow_note_inbound(&s, &k, 0, 10, tmo);
	CHECK(out(&s, later, 10));
	clps_flow_note_inbound(&s, &k, 0, 10, tmo);
	CHECK(out(&s, later, 190));
	CHECK(!out(&s, later, 191));
}

static void oldest_goes(void)
{
	struct clps_flow_set s = { };
	u16 i;

	for (i = 0; i < CLPS_FLOW_WAYS; i++)
		in(&s, packet(true, 17, i, 2000, 0), i == 5 ? 10 : 20);
	CHECK(in(&s, packet(true, 17, 100, 2000, 0), 21));
	for (i = 0; i < CLPS_FLOW_WAYS; i++)
		CHECK(out(&s, packet(false, 17, i, 2000, 0), 21) == (i != 5));
}

int main(void)
{
	unit_begin(27);
	unit_run("the same ports of another host are another flow", hosts_apart);
	unit_run("TCP is closed by a FIN of both", fin_of_both_closes);
	unit_run("a FIN counts once for each side", honeypot_fin_first);
	unit_run("a RST of either side closes", rst_closes);
	unit_run("a forged RST does not end a session", a_forged_rst_cuts_nothing);
	unit_run("RSTs that the honeypot draws renew nothing", drawn_rsts_renew_nothing);
	unit_run("a SYN begins a closed flow anew", a_port_is_used_again);
	unit_run("closed flows are evicted first", closed_go_first);
	unit_run("only the outside renews a flow", only_the_outside_renews);
	unit_run("a source route is never an answer", source_routes);
	unit_run("a fragment that overlaps TCP's flags is refused", overlapping_fragments);
	unit_run("a first fragment without TCP's flags passes inward alone", hidden_flags);
	unit_run("ICMP that answers nothing is refused", icmp_that_answers_nothing);
	unit_run("a flow outlives a clock read on another CPU", clock_steps_back);
	unit_run("only what the outside began passes", replies_only);
	unit_run("a SYN is never an answer", syn_is_no_answer);
	unit_run("ICMP errors pass for known flows only", icmp_errors);
	unit_run("an ICMP error in fragments is refused", icmp_errors_in_fragments);
	unit_run("fragments in reverse order cost one datagram", reversed_fragments);
	unit_run("flows end by time, across the clock's wrap", timeouts);
	unit_run("a scan evicts its own flows before a session", eviction);
	unit_run("later fragments pass after an allowed first one", fragments);
	unit_run("an ICMP error from outside begins no flow", inbound_error);
	unit_run("an ICMP error about another's packet is refused", error_about_others);
	unit_run("a protocol without ports is one flow for two hosts", portless);
	unit_run("hours of silence are for TCP connections alone", short_when_assured);
	unit_run("of equals the longest idle is evicted", oldest_goes);
	return unit_end();
}

// SPDX-License-Identifier: GPL-2.0-only
/* TEST_SRCS: kmod/lib/claim.c */
#include "claim.h"
#include "unit.h"

#define V	cpu_to_be32(0x0a010009)
#define HOST	cpu_to_be32(0x0a010001)

/* A LAN on which nobody else waits: its turns are always now. */
#define IDLE	(&(struct clps_claim_pace){ 0 })

static struct clps_arp arp(u16 op, __be32 spa, __be32 tpa)
{
	struct clps_arp a = { .spa = spa, .tpa = tpa, .op = op, .sha = { 2, 0, 0, 0, 0, 9 } };

	return a;
}

static struct clps_claim claimed(u8 mode)
{
	struct clps_claim c = { .mode = mode };

	clps_claim_start(&c, 0, 0, CLPS_CLAIM_R_ADDED);
	return c;
}

static void probes(void)
{
	struct clps_claim c = { .probes = 3 };
	int sent = 0, steps = 0;
	u64 now = 1000;
	u32 act;

	act = clps_claim_start(&c, now, 500, CLPS_CLAIM_R_ADDED);
	CHECK((act & CLPS_CLAIM_DO_EVENT) && c.state == CLPS_CLAIM_PROBING);
	while (c.state == CLPS_CLAIM_PROBING && steps++ < 10) {
		CHECK(c.timer && c.next >= now && c.next <= now + 2000);
		now = c.next;
		sent += !!(clps_claim_timer(&c, now, 500, IDLE) & CLPS_CLAIM_DO_PROBE);
	}
	CHECK(c.state == CLPS_CLAIM_CLAIMED && sent == 3 && c.reason == CLPS_CLAIM_R_PROBED);
	/* RFC 5227: the first wait, two gaps of 1 to 2 s, ANNOUNCE_WAIT. */
	CHECK(now - 1000 >= 500 + 2 * 1000 + 2000);
}

static void early_timer(void)
{
	struct clps_claim c = { .probes = 1, .interval_ms = 100 };

	clps_claim_start(&c, 0, 50, CLPS_CLAIM_R_ADDED);
	CHECK(clps_claim_timer(&c, c.next - 1, 0, IDLE) == CLPS_CLAIM_DO_TIMER && c.probes_left == 1);
}

static void answers(void)
{
	struct clps_claim c = claimed(CLPS_CLAIM_OPPORTUNISTIC);
	struct clps_arp q = arp(1, HOST, V), other = arp(1, HOST, HOST + 1);

	CHECK(clps_claim_arp(&c, &q, V, 10000) == (CLPS_CLAIM_DO_REPLY | CLPS_CLAIM_DO_VERIFY));
	CHECK(!clps_claim_arp(&c, &other, V, 10000));
	clps_claim_withdraw(&c, 10000, CLPS_CLAIM_R_OPERATOR, NULL);
	CHECK(!clps_claim_arp(&c, &q, V, 10001));
}

static void yields(void)
{
	struct clps_claim c = claimed(CLPS_CLAIM_OPPORTUNISTIC);
	struct clps_arp probe = arp(1, 0, V), said = arp(2, V, HOST);

	CHECK(!(clps_claim_arp(&c, &probe, V, 1) & CLPS_CLAIM_DO_REPLY));
	CHECK(c.state == CLPS_CLAIM_WITHDRAWN && c.reason == CLPS_CLAIM_R_FOREIGN_PROBE);
	CHECK(c.foreign_mac[5] == 9 && !c.timer);
	c = claimed(CLPS_CLAIM_OPPORTUNISTIC);
	clps_claim_arp(&c, &said, V, 1);
	CHECK(c.state == CLPS_CLAIM_WITHDRAWN && c.reason == CLPS_CLAIM_R_CONFLICT);
	/* Conflicts while withdrawn do not flood the operator. */
	CHECK(!(clps_claim_arp(&c, &said, V, 2) & CLPS_CLAIM_DO_EVENT));
}

static void defends_once(void)
{
	struct clps_claim c = claimed(CLPS_CLAIM_RESERVED);
	struct clps_arp probe = arp(1, 0, V), said = arp(1, V, V);

	CHECK(clps_claim_arp(&c, &probe, V, 1) & CLPS_CLAIM_DO_REPLY);
	CHECK(clps_claim_arp(&c, &said, V, 1) & CLPS_CLAIM_DO_ANNOUNCE);
	CHECK(c.state == CLPS_CLAIM_CLAIMED);
	CHECK(clps_claim_arp(&c, &said, V, 10001) & CLPS_CLAIM_DO_ANNOUNCE);
	clps_claim_arp(&c, &said, V, 10002);
	CHECK(c.state == CLPS_CLAIM_WITHDRAWN);
}

static void quiet(void)
{
	struct clps_claim c = claimed(CLPS_CLAIM_OPPORTUNISTIC);
	struct clps_arp said = arp(2, V, HOST);

	c.quiet_ms = 1000;
	c.probes = 1;
	clps_claim_arp(&c, &said, V, 0);
	CHECK(c.timer && c.next == 1000);
	clps_claim_arp(&c, &said, V, 600);
	CHECK(c.next == 1600);
	clps_claim_timer(&c, 1600, 0, IDLE);
	CHECK(c.state == CLPS_CLAIM_PROBING && c.reason == CLPS_CLAIM_R_QUIET);
}

static void no_blind_return(void)
{
	struct clps_claim c = claimed(CLPS_CLAIM_OPPORTUNISTIC);
	struct clps_arp said = arp(2, V, HOST);
	int sent = 0, steps = 0;

	c.quiet_ms = 1000;
	clps_claim_arp(&c, &said, V, 0);
	clps_claim_timer(&c, 1000, 0, IDLE);
	CHECK(c.state == CLPS_CLAIM_PROBING);
	/* Still there. */
	clps_claim_arp(&c, &said, V, 1500);
	CHECK(c.state == CLPS_CLAIM_WITHDRAWN && c.next == 3500);
	clps_claim_timer(&c, 3500, 0, IDLE);
	while (c.state == CLPS_CLAIM_PROBING && steps++ < 10)
		sent += !!(clps_claim_timer(&c, c.next, 0, IDLE) & CLPS_CLAIM_DO_PROBE);
	CHECK(c.state == CLPS_CLAIM_CLAIMED && sent == 3);
	/* The operator's word counts again. */
	clps_claim_withdraw(&c, 9000, CLPS_CLAIM_R_OPERATOR, NULL);
	clps_claim_start(&c, 9001, 0, CLPS_CLAIM_R_OPERATOR);
	CHECK(c.state == CLPS_CLAIM_CLAIMED);
}

static void forgeries(void)
{
	struct clps_claim c = claimed(CLPS_CLAIM_OPPORTUNISTIC);
	int sent = 0;
	u64 t;

	/* A flood of packets with source V: questions, paced, and no withdrawal. */
	for (t = 0; t < 10000; t++)
		sent += clps_claim_suspect(&c, t) == CLPS_CLAIM_DO_VERIFY;
	CHECK(sent == 10 && c.state == CLPS_CLAIM_CLAIMED);
}

static void paced_by_operator(void)
{
	struct clps_claim c = { .probes = 2, .interval_ms = 100 };
	u64 last;

	clps_claim_start(&c, 0, 50, CLPS_CLAIM_R_ADDED);
	CHECK(c.next == 50);
	for (last = c.next; c.probes_left; last = c.next) {
		CHECK(clps_claim_timer(&c, last, 7, IDLE) == (CLPS_CLAIM_DO_PROBE | CLPS_CLAIM_DO_TIMER));
		CHECK(c.next == last + 100);
	}
	CHECK(clps_claim_timer(&c, last, 7, IDLE) == CLPS_CLAIM_DO_EVENT);
	CHECK(c.state == CLPS_CLAIM_CLAIMED && last == 250);
}

static void stray_timer(void)
{
	struct clps_claim c = claimed(CLPS_CLAIM_OPPORTUNISTIC);

	CHECK(!clps_claim_timer(&c, 1000000, 0, IDLE) && c.state == CLPS_CLAIM_CLAIMED);
}

static void reserved_probing(void)
{
	struct clps_claim c = { .mode = CLPS_CLAIM_RESERVED, .probes = 3 };
	struct clps_arp probe = arp(1, 0, V);

	clps_claim_start(&c, 0, 0, CLPS_CLAIM_R_ADDED);
	CHECK(!clps_claim_suspect(&c, 1));
	CHECK(!(clps_claim_arp(&c, &probe, V, 2) & (CLPS_CLAIM_DO_REPLY | CLPS_CLAIM_DO_ANNOUNCE)));
	CHECK(c.state == CLPS_CLAIM_WITHDRAWN && c.reason == CLPS_CLAIM_R_FOREIGN_PROBE);
}

static void probe_while_quiet(void)
{
	struct clps_claim c = claimed(CLPS_CLAIM_OPPORTUNISTIC);
	struct clps_arp probe = arp(1, 0, V);

	c.quiet_ms = 1000;
	clps_claim_arp(&c, &probe, V, 0);
	CHECK(c.timer && c.next == 1000);
	CHECK(clps_claim_arp(&c, &probe, V, 700) == (CLPS_CLAIM_DO_CONFLICT | CLPS_CLAIM_DO_TIMER));
	CHECK(c.next == 1700);
}

static void no_quiet(void)
{
	struct clps_claim c = claimed(CLPS_CLAIM_OPPORTUNISTIC);

	c.quiet_ms = 1000;
	CHECK(clps_claim_withdraw(&c, 5, CLPS_CLAIM_R_OPERATOR, NULL) == CLPS_CLAIM_DO_EVENT);
	CHECK(!c.timer);
	CHECK(clps_claim_withdraw(&c, 5, CLPS_CLAIM_R_LINK, NULL) == CLPS_CLAIM_DO_EVENT);
	CHECK(!c.timer);
}

/* Until the claim is in STATE, if it gets there by itself; then when. */
static u64 becomes(struct clps_claim *c, u8 state, u64 now)
{
	while (c->state != state && c->timer) {
		now = c->next;
		clps_claim_timer(c, now, 0, IDLE);
	}
	return now;
}

#define HOUR	3600000ull

/* Whoever takes V as soon as it is back: how often in a day, from 0 on? */
static unsigned int losses(struct clps_claim *c, struct clps_arp *said)
{
	unsigned int lost = 0;
	u64 now = 0;

	while (now < 24 * HOUR) {
		lost++;
		clps_claim_arp(c, said, V, now);
		CHECK(c->state == CLPS_CLAIM_WITHDRAWN && c->timer);
		now = becomes(c, CLPS_CLAIM_CLAIMED, now);
		CHECK(c->state == CLPS_CLAIM_CLAIMED);
	}
	return lost;
}

static void flapping(void)
{
	struct clps_arp said = arp(2, V, HOST), probe = arp(1, 0, V);
	struct clps_claim c = claimed(CLPS_CLAIM_OPPORTUNISTIC), d = c, e = c;

	/* 1 s, 2 s and so on make an hour after twelve losses; then one each hour. */
	c.quiet_ms = d.quiet_ms = 1000;
	CHECK(losses(&c, &said) <= 12 + 24);
	CHECK(losses(&d, &probe) <= 12 + 24);
	CHECK(clps_claim_hold(&c, c.next) == HOUR);
	/* What is longer than an hour stays what it is. */
	e.quiet_ms = 2 * HOUR;
	losses(&e, &said);
	CHECK(clps_claim_hold(&e, e.next) == 2 * HOUR);
}

/* Somebody who answers V's probes is asked less and less often. */
static void answered_probes(void)
{
	struct clps_claim c = claimed(CLPS_CLAIM_OPPORTUNISTIC);
	struct clps_arp said = arp(2, V, HOST);
	unsigned int asked = 0;
	u64 now = 0, was;

	c.quiet_ms = 1000;
	c.probes = 1;
	clps_claim_arp(&c, &said, V, 0);
	while (now < 24 * HOUR) {
		was = now;
		now = becomes(&c, CLPS_CLAIM_PROBING, now);
		CHECK(now - was >= min(1000ull << min(asked, 20u), HOUR));
		clps_claim_arp(&c, &said, V, now);
		CHECK(c.state == CLPS_CLAIM_WITHDRAWN && c.reason == CLPS_CLAIM_R_CONFLICT);
		asked++;
	}
	CHECK(asked > 24 && asked <= 12 + 24);
}

static void calms_down(void)
{
	struct clps_claim c = claimed(CLPS_CLAIM_OPPORTUNISTIC);
	struct clps_arp said = arp(2, V, HOST);
	u64 now;

	c.quiet_ms = 1000;
	clps_claim_arp(&c, &said, V, 0);
	now = becomes(&c, CLPS_CLAIM_CLAIMED, 0);
	clps_claim_arp(&c, &said, V, now);
	CHECK(clps_claim_hold(&c, now) == 2000 && c.next == now + 2000);
	/* A sign while withdrawn is no other loss. */
	clps_claim_arp(&c, &said, V, now + 500);
	CHECK(c.next == now + 2500 && c.hold_ms == 2000);
	now = becomes(&c, CLPS_CLAIM_CLAIMED, now);
	/* An hour of peace after what the hold-down lasted. */
	CHECK(clps_claim_hold(&c, c.calm_at - 1) == 2000 && !clps_claim_hold(&c, c.calm_at));
	CHECK(c.calm_at >= now + HOUR - CLPS_CLAIM_PROBE_WAIT - 8000);
	clps_claim_arp(&c, &said, V, c.calm_at);
	CHECK(c.hold_ms == 1000);
}

static void operator_forgives(void)
{
	struct clps_claim c = claimed(CLPS_CLAIM_OPPORTUNISTIC);
	struct clps_arp said = arp(2, V, HOST);
	u64 now;

	c.quiet_ms = 1000;
	clps_claim_arp(&c, &said, V, 0);
	now = becomes(&c, CLPS_CLAIM_CLAIMED, 0);
	clps_claim_arp(&c, &said, V, now);
	CHECK(c.hold_ms == 2000);
	/* The link's return, or the same word again, forgives nobody. */
	clps_claim_start(&c, now, 0, CLPS_CLAIM_R_LINK);
	clps_claim_set_quiet(&c, 1000);
	CHECK(c.hold_ms == 2000);
	clps_claim_start(&c, now, 0, CLPS_CLAIM_R_OPERATOR);
	CHECK(!clps_claim_hold(&c, now));
	clps_claim_arp(&c, &said, V, now);
	CHECK(c.hold_ms == 1000);
	clps_claim_set_quiet(&c, 5000);
	clps_claim_arp(&c, &said, V, now);
	CHECK(c.hold_ms == 5000 && c.next == now + 5000);
	/* Never, he says: the next sign of the other machine ends the waiting. */
	clps_claim_set_quiet(&c, 0);
	CHECK(clps_claim_arp(&c, &said, V, now) == CLPS_CLAIM_DO_CONFLICT && !c.timer);
}

static void foreign_reply(void)
{
	struct clps_claim c = claimed(CLPS_CLAIM_OPPORTUNISTIC);
	struct clps_arp said = arp(2, HOST, V);

	CHECK(!clps_claim_arp(&c, &said, V, 1) && c.state == CLPS_CLAIM_CLAIMED);
}

static void in_turn(void)
{
	struct clps_claim c[200] = { };
	struct clps_claim_pace pace = { };
	unsigned int i, sent = 0, at_once = 0;
	u64 now;

	for (i = 0; i < 200; i++) {
		c[i].probes = 2;
		c[i].interval_ms = 10;
		clps_claim_start(&c[i], 0, 0, CLPS_CLAIM_R_ADDED);
	}
	/* A timer may be late, and all the same each claim has its turn. */
	for (now = 0; now < 2000; now += 10) {
		unsigned int before = sent;

		for (i = 0; i < 200; i++)
			while (c[i].timer && c[i].next <= now)
				sent += !!(clps_claim_timer(&c[i], now, 0, &pace) &
					   CLPS_CLAIM_DO_PROBE);
		if (sent - before > at_once)
			at_once = sent - before;
	}
	CHECK(sent == 400 && at_once <= 10 / CLPS_CLAIM_PACE + 1);
	for (i = 0; i < 200; i++)
		CHECK(c[i].state == CLPS_CLAIM_CLAIMED);
	CHECK(pace.next >= 400 * CLPS_CLAIM_PACE && pace.next <= 1000);
}

static void announces_in_turn(void)
{
	struct clps_claim c = claimed(CLPS_CLAIM_OPPORTUNISTIC), d = c;
	struct clps_claim_pace pace = { };

	CHECK(clps_claim_announce(&c, 100, &pace) == CLPS_CLAIM_DO_ANNOUNCE && !c.timer);
	CHECK(clps_claim_announce(&d, 100, &pace) == CLPS_CLAIM_DO_TIMER);
	/* Once is enough for two changes. */
	CHECK(!clps_claim_announce(&d, 101, &pace) && d.next == 100 + CLPS_CLAIM_PACE);
	CHECK(clps_claim_timer(&d, d.next, 0, &pace) == CLPS_CLAIM_DO_ANNOUNCE && !d.timer);
	/* Who lost the address has nothing to say. */
	CHECK(clps_claim_announce(&d, 102, &pace) == CLPS_CLAIM_DO_TIMER);
	clps_claim_withdraw(&d, 103, CLPS_CLAIM_R_OPERATOR, NULL);
	CHECK(!d.timer && !clps_claim_announce(&d, 104, &pace));
	clps_claim_start(&d, 105, 0, CLPS_CLAIM_R_OPERATOR);
	CHECK(d.state == CLPS_CLAIM_CLAIMED && !d.announce);
}

static void defence_takes_its_place(void)
{
	struct clps_claim c = claimed(CLPS_CLAIM_RESERVED);
	struct clps_claim_pace pace = { .next = 200 };
	struct clps_arp said = arp(1, V, V);

	/* What was to be said is said by the defence, at once. */
	CHECK(clps_claim_announce(&c, 100, &pace) == CLPS_CLAIM_DO_TIMER);
	CHECK(clps_claim_arp(&c, &said, V, 101) & CLPS_CLAIM_DO_ANNOUNCE);
	CHECK(!clps_claim_timer(&c, 200, 0, &pace) && !c.timer && c.state == CLPS_CLAIM_CLAIMED);
}

int main(void)
{
	unit_begin(21);
	unit_run("probes as RFC 5227 says, then claims", probes);
	unit_run("an early timer changes nothing", early_timer);
	unit_run("only a claimed V is answered", answers);
	unit_run("opportunistic: yields at once, and is quiet", yields);
	unit_run("reserved: defends once in 10 s, then yields", defends_once);
	unit_run("a quiet time begins again with every conflict", quiet);
	unit_run("without probes: after a quiet time it is probed all the same", no_blind_return);
	unit_run("forged packets withdraw nothing", forgeries);
	unit_run("probes as often and as fast as the operator says", paced_by_operator);
	unit_run("a timer that was not set does nothing", stray_timer);
	unit_run("reserved: while probing it yields like any other", reserved_probing);
	unit_run("a foreign probe prolongs the quiet time", probe_while_quiet);
	unit_run("a quiet time follows conflicts alone", no_quiet);
	unit_run("who takes V each time it is back does so ever more slowly", flapping);
	unit_run("who answers probes is asked ever more slowly", answered_probes);
	unit_run("an hour of peace makes the quiet time what it was", calms_down);
	unit_run("and so does the operator", operator_forgives);
	unit_run("answers to others concern nobody", foreign_reply);
	unit_run("claims of one LAN probe in turn", in_turn);
	unit_run("and announce in turn", announces_in_turn);
	unit_run("who defends an address has announced it", defence_takes_its_place);
	return unit_end();
}

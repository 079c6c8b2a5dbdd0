// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any order of ARP packets, timers and commands at one claim: it answers only
 * while claimed, claims only after its probes, yields to whoever shows the
 * address, defends it once in ten seconds and only if reserved, sends nothing
 * unasked before its turn among the other claims of the LAN, and comes back no sooner
 * than twice as late as after the loss before, up to an hour.
 * FUZZ_SRCS: kmod/lib/claim.c
 * FUZZ_RUNS: 600000
 */
#include <stdlib.h>

#include "claim.h"

#define MUST(cond) do { if (!(cond)) abort(); } while (0)
#define V	cpu_to_be32(0x0a010009)
#define HOST	cpu_to_be32(0x0a010001)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What the world has seen of the claim. */
struct seen {
	u64 announced;
	u64 sign;		/* of another machine, the last one */
	u64 hold;		/* the least time without one until it may come back */
	unsigned int probes;
	bool any_announced;
};

static void restart(struct seen *seen)
{
	seen->probes = 0;
	seen->any_announced = false;
}

/* Another machine has V. Was it lost to that just now? */
static void lose(const struct clps_claim *c, bool lost, u64 now, struct seen *seen)
{
	u64 most = max(c->quiet_ms, CLPS_CLAIM_HOLD_MAX);

	if (!lost && !c->timer)
		return;
	if (lost && seen->hold && now - seen->sign < seen->hold + CLPS_CLAIM_CALM)
		seen->hold = min(2 * seen->hold, most);
	else if (lost)
		seen->hold = c->quiet_ms;
	seen->sign = now;
	MUST(c->timer == !!c->quiet_ms);
}

static void hear(struct clps_claim *c, u8 what, u64 now, struct seen *seen)
{
	struct clps_arp arp = { .op = what & 1 ? CLPS_ARP_REQUEST : CLPS_ARP_REPLY,
				.sha = { 2, 0, 0, 0, 0, what } };
	u8 before = c->state;
	bool foreign;
	u32 act;

	arp.spa = what & 2 ? V : what & 4 ? HOST : 0;
	arp.tpa = what & 8 ? HOST : V;
	foreign = arp.spa == V || (!arp.spa && arp.tpa == V && arp.op == CLPS_ARP_REQUEST);
	act = clps_claim_arp(c, &arp, V, now);

	/* A probe would keep a newcomer from the address. */
	MUST(!(act & CLPS_CLAIM_DO_PROBE));
	if (act & CLPS_CLAIM_DO_REPLY)
		MUST(c->state == CLPS_CLAIM_CLAIMED && arp.tpa == V && arp.op == CLPS_ARP_REQUEST);
	if (act & CLPS_CLAIM_DO_ANNOUNCE) {
		MUST(c->mode == CLPS_CLAIM_RESERVED && before == CLPS_CLAIM_CLAIMED);
		MUST(!seen->any_announced || now - seen->announced >= CLPS_CLAIM_DEFEND_INTERVAL);
		seen->any_announced = true;
		seen->announced = now;
	} else if (foreign && !(act & CLPS_CLAIM_DO_REPLY)) {
		MUST(c->state == CLPS_CLAIM_WITHDRAWN && (act & CLPS_CLAIM_DO_CONFLICT));
		MUST(before == CLPS_CLAIM_WITHDRAWN || c->foreign_mac[5] == what);
		lose(c, before != CLPS_CLAIM_WITHDRAWN, now, seen);
	}
	MUST(foreign || c->state == before);
}

static void tick(struct clps_claim *c, u64 now, u32 rnd, struct clps_claim_pace *pace,
		 struct seen *seen)
{
	bool turn = (c->turn || c->announce) && c->next <= now;
	bool free = pace->next <= now, announce = c->announce;
	u8 before = c->state;
	u32 act = clps_claim_timer(c, now, rnd, pace);

	MUST(!(act & (CLPS_CLAIM_DO_REPLY | CLPS_CLAIM_DO_CONFLICT | CLPS_CLAIM_DO_VERIFY)));
	if (act & CLPS_CLAIM_DO_ANNOUNCE)
		MUST(before == CLPS_CLAIM_CLAIMED && announce && turn);
	if (act & CLPS_CLAIM_DO_PROBE) {
		MUST(before == CLPS_CLAIM_PROBING && c->state == before);
		MUST(turn || free);
		seen->probes++;
	}
	if (c->state == before)
		return;
	MUST(act & CLPS_CLAIM_DO_EVENT);
	if (before == CLPS_CLAIM_WITHDRAWN) {
		/* Somebody had it: never back without a look. */
		MUST(c->state == CLPS_CLAIM_PROBING);
		MUST(now - seen->sign >= seen->hold);
		restart(seen);
	} else {
		MUST(before == CLPS_CLAIM_PROBING && c->state == CLPS_CLAIM_CLAIMED);
		MUST(seen->probes >= (c->probes ? c->probes : CLPS_CLAIM_PROBE_NUM));
	}
}

static void announce(struct clps_claim *c, u64 now, struct clps_claim_pace *pace)
{
	bool free = pace->next <= now;
	u32 act = clps_claim_announce(c, now, pace);

	MUST(!(act & ~(u32)(CLPS_CLAIM_DO_ANNOUNCE | CLPS_CLAIM_DO_TIMER)));
	MUST(!act || c->state == CLPS_CLAIM_CLAIMED);
	if (act & CLPS_CLAIM_DO_ANNOUNCE)
		MUST(free);
}

static void step(struct clps_claim *c, const u8 *d, u64 now, struct clps_claim_pace *pace,
		 struct seen *seen)
{
	/* Others took turns. */
	if (d[0] & 0x80)
		pace->next = now + d[2];
	switch (d[0] & 7) {
	case 0:
		clps_claim_start(c, now, d[2], CLPS_CLAIM_R_OPERATOR);
		MUST((c->state == CLPS_CLAIM_CLAIMED) == !c->probes);
		restart(seen);
		seen->hold = 0;
		break;
	case 1:
		clps_claim_withdraw(c, now, CLPS_CLAIM_R_OPERATOR, NULL);
		MUST(c->state == CLPS_CLAIM_WITHDRAWN && !c->timer);
		break;
	case 2:
		MUST(!(clps_claim_suspect(c, now) & ~(u32)CLPS_CLAIM_DO_VERIFY));
		break;
	case 3: case 4:
		hear(c, d[2], now, seen);
		break;
	case 5:
		announce(c, now, pace);
		break;
	default:
		tick(c, now, d[2], pace, seen);
	}
	/* Whoever probes, or waits for his turn, must be woken. */
	MUST((c->state != CLPS_CLAIM_PROBING && !c->turn && !c->announce) || c->timer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct clps_claim c = { };
	struct clps_claim_pace pace = { };
	struct seen seen = { };
	u64 now = 0;

	if (size < 3)
		return 0;
	c.mode = data[0] & 1 ? CLPS_CLAIM_RESERVED : CLPS_CLAIM_OPPORTUNISTIC;
	c.probes = (data[0] >> 1) & 7;
	c.interval_ms = data[1] * 10u;
	c.quiet_ms = data[2] * 100u;
	clps_claim_start(&c, now, data[0], CLPS_CLAIM_R_ADDED);
	for (data += 3, size -= 3; size >= 3; data += 3, size -= 3) {
		/* Up to a minute, or an hour. */
		now += (u64)data[1] * data[1] << (data[0] & 0x40 ? 6 : 0);
		step(&c, data, now, &pace, &seen);
	}
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "claim.h"

static u32 arm(struct clps_claim *c, u64 when)
{
	c->next = when;
	c->timer = true;
	return CLPS_CLAIM_DO_TIMER;
}

static u32 enter(struct clps_claim *c, u8 state, u8 reason)
{
	/* Whoever moves a packet looks at it without the lock. */
	WRITE_ONCE(c->state, state);
	c->reason = reason;
	c->turn = false;
	c->announce = false;
	return CLPS_CLAIM_DO_EVENT;
}

static u64 take_turn(struct clps_claim_pace *pace, u64 now)
{
	u64 turn = pace->next > now ? pace->next : now;

	pace->next = turn + CLPS_CLAIM_PACE;
	return turn;
}

static u32 probe_gap(const struct clps_claim *c, u32 rnd)
{
	if (c->interval_ms)
		return c->interval_ms;
	return CLPS_CLAIM_PROBE_MIN + rnd % (CLPS_CLAIM_PROBE_MAX - CLPS_CLAIM_PROBE_MIN + 1);
}

u32 clps_claim_start(struct clps_claim *c, u64 now, u32 rnd, u8 reason)
{
	u32 spread = c->interval_ms ? c->interval_ms : CLPS_CLAIM_PROBE_WAIT;
	u32 act;

	c->timer = false;
	c->defended = false;
	if (reason == CLPS_CLAIM_R_OPERATOR)
		c->hold_ms = 0;
	c->probes_left = c->probes;
	/* Somebody had it: what the operator knew when he asked for no check is over. */
	if (!c->probes && reason == CLPS_CLAIM_R_QUIET)
		c->probes_left = CLPS_CLAIM_PROBE_NUM;
	if (!c->probes_left)
		return enter(c, CLPS_CLAIM_CLAIMED, reason);
	act = enter(c, CLPS_CLAIM_PROBING, reason);
	/* A random start keeps thousands of V's from probing in step. */
	return act | arm(c, now + rnd % (spread + 1));
}

/* One probe less, and when to go on. */
static u32 probe(struct clps_claim *c, u64 now, u32 rnd)
{
	u32 wait = probe_gap(c, rnd);

	c->probes_left--;
	c->turn = false;
	if (!c->probes_left && !c->interval_ms)
		wait = CLPS_CLAIM_ANNOUNCE_WAIT;
	return CLPS_CLAIM_DO_PROBE | arm(c, now + wait);
}

static u32 claimed_timer(struct clps_claim *c)
{
	if (!c->announce)
		return 0;
	c->announce = false;
	return CLPS_CLAIM_DO_ANNOUNCE;
}

u32 clps_claim_timer(struct clps_claim *c, u64 now, u32 rnd, struct clps_claim_pace *pace)
{
	if (!c->timer || now < c->next)
		return c->timer ? CLPS_CLAIM_DO_TIMER : 0;
	c->timer = false;

	if (c->state == CLPS_CLAIM_WITHDRAWN)
		return clps_claim_start(c, now, rnd, CLPS_CLAIM_R_QUIET);
	if (c->state == CLPS_CLAIM_CLAIMED)
		return claimed_timer(c);
	if (!c->probes_left)
		return enter(c, CLPS_CLAIM_CLAIMED, CLPS_CLAIM_R_PROBED);
	if (!c->turn) {
		u64 turn = take_turn(pace, now);

		c->turn = turn > now;
		if (c->turn)
			return arm(c, turn);
	}
	return probe(c, now, rnd);
}

u32 clps_claim_announce(struct clps_claim *c, u64 now, struct clps_claim_pace *pace)
{
	u64 turn;

	if (c->state != CLPS_CLAIM_CLAIMED || c->announce)
		return 0;
	turn = take_turn(pace, now);
	if (turn <= now)
		return CLPS_CLAIM_DO_ANNOUNCE;
	c->announce = true;
	return arm(c, turn);
}

u32 clps_claim_hold(const struct clps_claim *c, u64 now)
{
	return c->hold_ms && now < c->calm_at ? c->hold_ms : 0;
}

void clps_claim_set_quiet(struct clps_claim *c, u32 quiet_ms)
{
	/* Saying the same once more changes nothing. */
	if (c->quiet_ms != quiet_ms)
		c->hold_ms = 0;
	c->quiet_ms = quiet_ms;
}

/* From the last sign of the other machine on. */
static u32 hold(struct clps_claim *c, u64 now)
{
	if (!c->hold_ms)
		c->hold_ms = c->quiet_ms;
	c->calm_at = now + c->hold_ms + CLPS_CLAIM_CALM;
	return arm(c, now + c->hold_ms);
}

/* V is lost, perhaps not for the first time. */
static u32 hold_longer(struct clps_claim *c, u64 now)
{
	u32 most = max(c->quiet_ms, CLPS_CLAIM_HOLD_MAX);

	c->hold_ms = min(2 * clps_claim_hold(c, now), most);
	return hold(c, now);
}

u32 clps_claim_withdraw(struct clps_claim *c, u64 now, u8 reason, const u8 *foreign_mac)
{
	u32 act = enter(c, CLPS_CLAIM_WITHDRAWN, reason);

	c->timer = false;
	if (foreign_mac)
		memcpy(c->foreign_mac, foreign_mac, CLPS_ETH_ALEN);
	if (c->quiet_ms &&
	    (reason == CLPS_CLAIM_R_CONFLICT || reason == CLPS_CLAIM_R_FOREIGN_PROBE))
		act |= hold_longer(c, now);
	return act;
}

/* Another machine says that V is its own. */
static u32 conflict(struct clps_claim *c, const struct clps_arp *arp, u64 now)
{
	/* While withdrawn, the quiet time starts over: V is in use. No event. */
	if (c->state == CLPS_CLAIM_WITHDRAWN) {
		if (!c->timer)
			return CLPS_CLAIM_DO_CONFLICT;
		/* Since then the operator may have said that there is none. */
		c->timer = false;
		return CLPS_CLAIM_DO_CONFLICT | (c->quiet_ms ? hold(c, now) : 0);
	}
	/* RFC 5227, 2.4 (b): defend once; a second conflict means a real owner. */
	if (c->state == CLPS_CLAIM_CLAIMED && c->mode == CLPS_CLAIM_RESERVED &&
	    (!c->defended || now - c->last_defence >= CLPS_CLAIM_DEFEND_INTERVAL)) {
		c->defended = true;
		c->last_defence = now;
		memcpy(c->foreign_mac, arp->sha, CLPS_ETH_ALEN);
		return CLPS_CLAIM_DO_CONFLICT | CLPS_CLAIM_DO_ANNOUNCE |
		       enter(c, CLPS_CLAIM_CLAIMED, CLPS_CLAIM_R_DEFENDED);
	}
	return CLPS_CLAIM_DO_CONFLICT |
	       clps_claim_withdraw(c, now, CLPS_CLAIM_R_CONFLICT, arp->sha);
}

/* Another machine asks whether V is free, which means that it wants it. */
static u32 foreign_probe(struct clps_claim *c, const struct clps_arp *arp, u64 now)
{
	if (c->state == CLPS_CLAIM_CLAIMED && c->mode == CLPS_CLAIM_RESERVED)
		return CLPS_CLAIM_DO_REPLY;
	if (c->state == CLPS_CLAIM_WITHDRAWN)
		return conflict(c, arp, now);
	return CLPS_CLAIM_DO_CONFLICT |
	       clps_claim_withdraw(c, now, CLPS_CLAIM_R_FOREIGN_PROBE, arp->sha);
}

u32 clps_claim_suspect(struct clps_claim *c, u64 now)
{
	if (c->state != CLPS_CLAIM_CLAIMED)
		return 0;
	if (c->verified && now - c->last_verify < CLPS_CLAIM_VERIFY_INTERVAL)
		return 0;
	c->verified = true;
	c->last_verify = now;
	return CLPS_CLAIM_DO_VERIFY;
}

u32 clps_claim_arp(struct clps_claim *c, const struct clps_arp *arp, __be32 addr, u64 now)
{
	if (arp->spa == addr)
		return conflict(c, arp, now);
	if (arp->tpa != addr || arp->op != CLPS_ARP_REQUEST)
		return 0;
	if (!arp->spa)
		return foreign_probe(c, arp, now);
	if (c->state != CLPS_CLAIM_CLAIMED)
		return 0;
	/*
	 * Whoever asks may be answered by a newcomer as well, and on a switch
	 * we would not see that answer: ask too, so that we find out.
	 */
	return CLPS_CLAIM_DO_REPLY | clps_claim_suspect(c, now);
}

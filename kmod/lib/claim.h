/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The life of a redirected address V: probing, claimed, withdrawn (RFC 5227,
 * with the rule that a redirector never fights a production host). Time and
 * randomness are arguments, what to do comes back as action bits; locking is
 * the caller's.
 */
#ifndef CLPS_LIB_CLAIM_H
#define CLPS_LIB_CLAIM_H

#include "arp.h"

/* Equal enum collapsar_redir_state, _mode and _reason of the UAPI. */
enum clps_claim_state { CLPS_CLAIM_PROBING, CLPS_CLAIM_CLAIMED, CLPS_CLAIM_WITHDRAWN };
enum clps_claim_mode { CLPS_CLAIM_OPPORTUNISTIC, CLPS_CLAIM_RESERVED };
enum clps_claim_reason {
	CLPS_CLAIM_R_ADDED,
	CLPS_CLAIM_R_PROBED,
	CLPS_CLAIM_R_CONFLICT,
	CLPS_CLAIM_R_FOREIGN_PROBE,
	CLPS_CLAIM_R_OPERATOR,
	CLPS_CLAIM_R_QUIET,
	CLPS_CLAIM_R_LOCAL,
	CLPS_CLAIM_R_LINK,
	CLPS_CLAIM_R_DEFENDED,
	CLPS_CLAIM_R_DELETED,
};

enum clps_claim_action {
	CLPS_CLAIM_DO_PROBE	= 1 << 0,	/* broadcast a probe for V */
	CLPS_CLAIM_DO_ANNOUNCE	= 1 << 1,	/* broadcast an announcement of V */
	CLPS_CLAIM_DO_REPLY	= 1 << 2,	/* answer the ARP request at hand */
	CLPS_CLAIM_DO_EVENT	= 1 << 3,	/* tell userspace: state and reason */
	CLPS_CLAIM_DO_TIMER	= 1 << 4,	/* call clps_claim_timer() at @next */
	CLPS_CLAIM_DO_CONFLICT	= 1 << 5,	/* count a conflict */
	CLPS_CLAIM_DO_VERIFY	= 1 << 6,	/* ask for V as any host would: no probe */
};

/* RFC 5227, section 1.1, in ms. */
#define CLPS_CLAIM_PROBE_WAIT		1000
#define CLPS_CLAIM_PROBE_NUM		3
#define CLPS_CLAIM_PROBE_MIN		1000
#define CLPS_CLAIM_PROBE_MAX		2000
#define CLPS_CLAIM_ANNOUNCE_WAIT	2000
#define CLPS_CLAIM_DEFEND_INTERVAL	10000
/* At most one verification per V in this time. */
#define CLPS_CLAIM_VERIFY_INTERVAL	1000
/* What a quiet time grows to, unless the operator's is longer, */
#define CLPS_CLAIM_HOLD_MAX		3600000u
/* and how long nobody must have contested V until it is the operator's again. */
#define CLPS_CLAIM_CALM			3600000
/* The claims of one LAN send probes and announcements no closer than this, on average. */
#define CLPS_CLAIM_PACE			2

/**
 * struct clps_claim_pace - whose turn it is among the claims of one LAN
 * @next: ms, the first turn that is free; 0 = nobody waits
 */
struct clps_claim_pace {
	u64 next;
};

/**
 * struct clps_claim - one V's claim
 * @next: when clps_claim_timer() is due, ms; valid when @timer
 * @last_verify: time of the last verification
 * @last_defence: time of the last defended conflict
 * @calm_at: when the quiet time is @quiet_ms again; valid when @hold_ms
 * @interval_ms: between probes; 0 = RFC 5227's 1 to 2 s at random
 * @quiet_ms: after a withdrawal by conflict until probing starts again; 0 = never
 * @hold_ms: what it has grown to with the losses of V so far; 0 = none
 * @state: enum clps_claim_state
 * @reason: why it is in that state
 * @mode: enum clps_claim_mode
 * @probes: how many before claiming; 0 claims at once, but not after a quiet time
 * @probes_left: still to be sent
 * @timer: a timer is wanted
 * @turn: @next is the turn to send a probe
 * @announce: @next is the turn to announce
 * @verified: @last_verify is valid
 * @defended: @last_defence is valid
 * @foreign_mac: who showed the address last
 */
struct clps_claim {
	u64 next;
	u64 last_verify;
	u64 last_defence;
	u64 calm_at;
	u32 interval_ms;
	u32 quiet_ms;
	u32 hold_ms;
	u8 state;
	u8 reason;
	u8 mode;
	u8 probes;
	u8 probes_left;
	bool timer;
	bool turn;
	bool announce;
	bool verified;
	bool defended;
	u8 foreign_mac[CLPS_ETH_ALEN];
};

/**
 * clps_claim_start() - begin (again): probe, or claim at once with 0 probes
 * @c: the claim; mode, probes, interval_ms and quiet_ms are set by the caller
 * @now: ms, monotonic
 * @rnd: fresh random number
 * @reason: enum clps_claim_reason
 *
 * Return: action bits.
 */
u32 clps_claim_start(struct clps_claim *c, u64 now, u32 rnd, u8 reason);

/**
 * clps_claim_timer() - the timer went off
 * @c: claim
 * @now: ms, monotonic
 * @rnd: fresh random number
 * @pace: of the LAN; the caller's lock guards it
 *
 * Return: action bits.
 */
u32 clps_claim_timer(struct clps_claim *c, u64 now, u32 rnd, struct clps_claim_pace *pace);

/**
 * clps_claim_announce() - tell the LAN where a claimed V is, when it is its turn
 * @c: claim
 * @now: ms, monotonic
 * @pace: of the LAN
 *
 * Return: action bits.
 */
u32 clps_claim_announce(struct clps_claim *c, u64 now, struct clps_claim_pace *pace);

/**
 * clps_claim_arp() - an ARP packet that names V as sender or target came in
 * @c: the claim
 * @arp: the packet; not one that we sent (its sender MAC is not ours)
 * @addr: V
 * @now: ms
 *
 * Return: action bits; CLPS_CLAIM_DO_REPLY when the request must be answered.
 */
u32 clps_claim_arp(struct clps_claim *c, const struct clps_arp *arp, __be32 addr, u64 now);

/**
 * clps_claim_suspect() - weak evidence, such as an IP packet with source V
 * @c: the claim
 * @now: ms
 *
 * Evidence that can be forged from beyond the LAN withdraws nothing: it causes
 * a rate-limited question, whose answer is ARP evidence. The question is no
 * probe: who is about to take V would see in it a rival for the address (RFC
 * 5227, 2.1.1).
 *
 * Return: action bits.
 */
u32 clps_claim_suspect(struct clps_claim *c, u64 now);

/**
 * clps_claim_hold() - the quiet time that V's losses have led to
 * @c: the claim
 * @now: ms, monotonic
 *
 * It doubles with each loss, so that nobody can make V come and go quickly,
 * until the operator claims V or says another quiet time.
 *
 * Return: ms; 0 when nobody has contested V for long.
 */
u32 clps_claim_hold(const struct clps_claim *c, u64 now);

/**
 * clps_claim_set_quiet() - the operator says how long to be quiet
 * @c: the claim
 * @quiet_ms: from the next loss on; 0 = for good
 */
void clps_claim_set_quiet(struct clps_claim *c, u32 quiet_ms);

/**
 * clps_claim_withdraw() - stop answering for V
 * @c: claim
 * @now: ms, monotonic
 * @reason: enum clps_claim_reason; a quiet time applies to conflicts only
 * @foreign_mac: who has the address, or NULL
 *
 * Return: action bits.
 */
u32 clps_claim_withdraw(struct clps_claim *c, u64 now, u8 reason, const u8 *foreign_mac);

#endif /* CLPS_LIB_CLAIM_H */

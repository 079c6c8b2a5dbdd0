// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "flow.h"

#define P_ICMP	1
#define P_TCP	6

const struct clps_flow_timeouts clps_flow_default_timeouts = {
	.unreplied = 60,
	.replied = 180,
	.assured_tcp = 7440,	/* RFC 5382, REQ-5: at least 2 hours 4 minutes */
	.closed = 30,
};

/* Each field, padding too: the key is compared and hashed as bytes. */
static void key_of_pair(struct clps_flow_key *key, const struct clps_addr *in,
		     const struct clps_addr *out, u8 proto)
{
	key->in = *in;
	key->out = *out;
	key->in_port = 0;
	key->out_port = 0;
	key->proto = proto;
	key->kind = CLPS_FLOW_PAIR;
	key->zero = 0;
}

static void key_ports(struct clps_flow_key *key, u16 in_port, u16 out_port)
{
	key->kind = CLPS_FLOW_PORTS;
	key->in_port = in_port;
	key->out_port = out_port;
}

int clps_flow_key_inbound(struct clps_flow_key *key, const struct clps_pkt *pkt)
{
	if (pkt->flags & CLPS_PKT_ICMP_ERROR)
		return -ENOENT;
	key_of_pair(key, &pkt->dst, &pkt->src, pkt->proto);
	if (pkt->flags & CLPS_PKT_PORTS)
		key_ports(key, pkt->dport, pkt->sport);
	return 0;
}

int clps_flow_key_outbound(struct clps_flow_key *key, const struct clps_pkt *pkt)
{
	/* A way around the destination, or around what was checked. */
	if (pkt->flags & (CLPS_PKT_SOURCE_ROUTE | CLPS_PKT_FRAG_TINY))
		return -EPERM;
	if (pkt->flags & CLPS_PKT_ICMP_ERROR) {
		/* A later fragment could rewrite what it is about. */
		if (pkt->flags & CLPS_PKT_FRAG_FIRST)
			return -EPERM;
		/* Only about a packet that the outside host sent to V. */
		if (!clps_addr_eq(&pkt->err_src, &pkt->dst) ||
		    !clps_addr_eq(&pkt->err_dst, &pkt->src))
			return -EPERM;
		key_of_pair(key, &pkt->src, &pkt->dst, pkt->err_proto);
		if (pkt->flags & CLPS_PKT_ERR_PORTS)
			key_ports(key, pkt->err_dport, pkt->err_sport);
		return 0;
	}
	if (pkt->flags & CLPS_PKT_TCP_SYN)
		return -EPERM;
	if (pkt->proto == P_ICMP && !(pkt->flags & (CLPS_PKT_ICMP_REPLY | CLPS_PKT_FRAG_LATER)))
		return -EPERM;
	key_of_pair(key, &pkt->src, &pkt->dst, pkt->proto);
	if (pkt->flags & CLPS_PKT_PORTS)
		key_ports(key, pkt->sport, pkt->dport);
	return 0;
}

void clps_flow_key_pair(struct clps_flow_key *pair, const struct clps_flow_key *key)
{
	key_of_pair(pair, &key->in, &key->out, key->proto);
}

/* What differs most often comes first: ports, protocol and kind. */
static bool key_eq(const struct clps_flow_key *a, const struct clps_flow_key *b)
{
	const size_t rest = offsetof(struct clps_flow_key, in_port);

	return clps_get_8(a, rest) == clps_get_8(b, rest) &&
	       clps_addr_eq(&a->out, &b->out) && clps_addr_eq(&a->in, &b->in);
}

static u32 flow_timeout(const struct clps_flow *flow, const struct clps_flow_timeouts *tmo)
{
	switch (flow->state) {
	case CLPS_FLOW_CLOSED:
		return tmo->closed;
	case CLPS_FLOW_NEW:
		return tmo->unreplied;
	case CLPS_FLOW_ASSURED:
		if (flow->key.proto == P_TCP && flow->key.kind == CLPS_FLOW_PORTS)
			return tmo->assured_tcp;
		return tmo->replied;
	default:
		return tmo->replied;
	}
}

/* Idle seconds. CPUs read the clock before they wait for the lock: @now may lag. */
static u32 idle(const struct clps_flow *flow, u32 now)
{
	return (s32)(now - flow->used) < 0 ? 0 : now - flow->used;
}

static bool is_live(const struct clps_flow *flow, u32 now,
		    const struct clps_flow_timeouts *tmo)
{
	return flow->key.kind != CLPS_FLOW_FREE && idle(flow, now) <= flow_timeout(flow, tmo);
}

/* The live flow of @key, or NULL. */
static struct clps_flow *find(struct clps_flow_set *set, const struct clps_flow_key *key,
			      u32 now, const struct clps_flow_timeouts *tmo)
{
	int i;

	for (i = 0; i < CLPS_FLOW_WAYS; i++) {
		struct clps_flow *flow = &set->way[i];

		if (key_eq(&flow->key, key) && is_live(flow, now, tmo))
			return flow;
	}
	return NULL;
}

/*
 * The most expendable way: a dead one, else the least advanced state, and the
 * longest idle among equals. A scan thus evicts its own flows first.
 */
static struct clps_flow *victim(struct clps_flow_set *set, u32 now,
				const struct clps_flow_timeouts *tmo)
{
	struct clps_flow *best = &set->way[0];
	int i;

	for (i = 0; i < CLPS_FLOW_WAYS; i++) {
		struct clps_flow *flow = &set->way[i];

		if (!is_live(flow, now, tmo))
			return flow;
		if (flow->state < best->state ||
		    (flow->state == best->state && idle(flow, now) > idle(best, now)))
			best = flow;
	}
	return best;
}

/* TCP ends by a RST of either side, or when both have sent a FIN. */
static void note_end(struct clps_flow *flow, u16 flags, u8 fin, u32 now)
{
	if (flow->key.proto != P_TCP || flow->state == CLPS_FLOW_CLOSED)
		return;
	if (flags & CLPS_PKT_TCP_FIN)
		flow->fin |= fin;
	if (!(flags & CLPS_PKT_TCP_RST) && flow->fin != (CLPS_FLOW_FIN_IN | CLPS_FLOW_FIN_OUT))
		return;
	flow->state = CLPS_FLOW_CLOSED;
	flow->used = now;
}

static void flow_begin(struct clps_flow *flow, const struct clps_flow_key *key)
{
	memset(flow, 0, sizeof(*flow));
	flow->key = *key;
	flow->state = CLPS_FLOW_NEW;
}

bool clps_flow_note_inbound(struct clps_flow_set *set,
			    const struct clps_flow_key *key, u16 flags, u32 now,
			    const struct clps_flow_timeouts *tmo)
{
	struct clps_flow *flow = find(set, key, now, tmo);
	bool evicted = false;

	if (!flow) {
		/* Nobody may answer it (RFC 9293, 3.10.7.1). */
		if (key->proto == P_TCP && (flags & CLPS_PKT_TCP_RST))
			return false;
		flow = victim(set, now, tmo);
		evicted = is_live(flow, now, tmo);
		flow_begin(flow, key);
	} else if (flow->state == CLPS_FLOW_CLOSED) {
		/*
		 * A stray segment of the honeypot draws a RST from any host: were
		 * that a renewal, the honeypot could renew.
		 */
		if (!(flags & CLPS_PKT_TCP_SYN))
			return false;
		flow_begin(flow, key);
	} else if (flow->state == CLPS_FLOW_REPLIED) {
		flow->state = CLPS_FLOW_ASSURED;
	}
	flow->used = now;
	note_end(flow, flags, CLPS_FLOW_FIN_IN, now);
	return evicted;
}

bool clps_flow_note_outbound(struct clps_flow_set *set,
			     const struct clps_flow_key *key, u16 flags, u32 now,
			     const struct clps_flow_timeouts *tmo)
{
	struct clps_flow *flow = find(set, key, now, tmo);

	/* Only the outside renews a flow: a honeypot must not keep one open. */
	if (!flow)
		return false;
	if (flow->state == CLPS_FLOW_NEW)
		flow->state = CLPS_FLOW_REPLIED;
	note_end(flow, flags, CLPS_FLOW_FIN_OUT, now);
	return true;
}

unsigned int clps_flow_count(const struct clps_flow_set *set, u32 now,
			     const struct clps_flow_timeouts *tmo)
{
	unsigned int n = 0;
	int i;

	for (i = 0; i < CLPS_FLOW_WAYS; i++)
		n += is_live(&set->way[i], now, tmo);
	return n;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fragments of one datagram from a honeypot, in any order, any of them twice, and
 * overlapping: whatever a receiver can make of those that pass would have passed
 * as a whole. There are receivers who keep what came first, and who keep the last.
 * FUZZ_SRCS: kmod/lib/pkt.c kmod/lib/flow.c
 * FUZZ_RUNS: 100000
 */
#include <stdlib.h>

#include "flow.h"
#include "pkt.h"

#define MUST(cond) do { if (!(cond)) abort(); } while (0)
#define ROOM	128

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct clps_flow_timeouts *tmo = &clps_flow_default_timeouts;

/* One host's memory of one datagram. */
struct receiver {
	bool keeps_first;
	u8 have[ROOM];
	u8 is_end[ROOM + 1];
	u8 byte[ROOM];
};

static size_t build(u8 *b, u8 proto, u16 frag, bool from_v, const u8 *payload, size_t len)
{
	memset(b, 0, 20);
	b[0] = 0x45;
	clps_put_be16(b + 2, (u16)(20 + len));
	clps_put_be16(b + 6, frag);
	b[9] = proto;
	clps_put_be32(b + 12, from_v ? 0x0a010009 : 0xc0000201);
	clps_put_be32(b + 16, from_v ? 0xc0000201 : 0x0a010009);
	memcpy(b + 20, payload, len);
	return 20 + len;
}

/* Of each protocol one packet from outside, and so one flow. */
static void outside_speaks(struct clps_flow_set *set)
{
	static const u8 tcp[20] = { 0, 80, 0, 81, [12] = 0x50, [13] = 0x10 };
	static const u8 udp[8] = { 0, 80, 0, 81 };
	static const u8 echo[8] = { 8, 0, 0, 0, 0, 7 };
	static const struct { u8 proto, len; const u8 *l4; } said[] = {
		{ 6, 20, tcp }, { 17, 8, udp }, { 1, 8, echo },
	};
	struct clps_flow_key key;
	struct clps_pkt p;
	unsigned int i;
	u8 b[64];

	for (i = 0; i < ARRAY_SIZE(said); i++) {
		size_t len = build(b, said[i].proto, 0, false, said[i].l4, said[i].len);

		MUST(!clps_pkt_parse4(&p, b, len, len) && !clps_flow_key_inbound(&key, &p));
		clps_flow_note_inbound(set, &key, p.flags, 5, tmo);
	}
}

/* As kmod/core/policy.c does. */
static bool may_leave(struct clps_flow_set *set, const u8 *b, size_t len)
{
	struct clps_flow_key key, pair;
	struct clps_pkt p;

	if (clps_pkt_parse4(&p, b, len, len) || clps_flow_key_outbound(&key, &p) ||
	    !clps_flow_note_outbound(set, &key, 0, 5, tmo))
		return false;
	if (p.flags & CLPS_PKT_FRAG_FIRST) {
		clps_flow_key_pair(&pair, &key);
		clps_flow_note_inbound(set, &pair, 0, 5, tmo);
	}
	return true;
}

/* Shorter than its own headers: no host takes it. */
static bool is_cut(const u8 *b, size_t len)
{
	struct clps_pkt p;

	return clps_pkt_parse4(&p, b, len, len) == -EMSGSIZE;
}

static void receive(struct receiver *r, size_t at, const u8 *payload, size_t len, bool last)
{
	size_t i;

	for (i = at; i < at + len; i++) {
		if (!r->have[i] || !r->keeps_first)
			r->byte[i] = payload[i - at];
		r->have[i] = 1;
	}
	r->is_end[at + len] |= last;
}

/* Each length that it may believe in, as far as there is no hole. */
static void check(const struct receiver *r, u8 proto)
{
	struct clps_flow_set set = { };
	u8 b[20 + ROOM];
	size_t len, n;

	outside_speaks(&set);
	for (n = 0; n <= ROOM; n++) {
		if (n && !r->have[n - 1])
			return;
		if (!r->is_end[n])
			continue;
		len = build(b, proto, 0, true, r->byte, n);
		MUST(is_cut(b, len) || may_leave(&set, b, len));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const u8 protos[] = { 6, 17, 1 };
	struct receiver first = { .keeps_first = true }, last = { };
	struct clps_flow_set set = { };
	u8 proto, b[20 + ROOM];

	if (!size)
		return 0;
	proto = protos[*data % 3];
	outside_speaks(&set);
	for (data++, size--; size >= 2; ) {
		size_t at = (data[0] & 7) * 8u, len = data[1] % 64u;
		bool more = data[0] & 0x80;

		data += 2;
		size -= 2;
		if (len > size)
			len = size;
		/* Whole packets are not what this is about. */
		if ((at || more) &&
		    may_leave(&set, b, build(b, proto, (u16)(more << 13 | at / 8), true, data, len))) {
			receive(&first, at, data, len, !more);
			receive(&last, at, data, len, !more);
			check(&first, proto);
			check(&last, proto);
		}
		data += len;
		size -= len;
	}
	return 0;
}

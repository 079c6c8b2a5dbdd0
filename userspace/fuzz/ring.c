// SPDX-License-Identifier: GPL-2.0-only
/*
 * FUZZ_SRCS: kmod/lib/ring.c
 * FUZZ_RUNS: 300000
 *
 * The peer owns the shared memory: between any two steps of ours it writes
 * whatever the input says wherever the input says. We must neither read nor
 * write outside the memory, nor make progress without end.
 */
#include <stdlib.h>
#include "ring.h"

#define LOG2	CLPS_RING_MIN_LOG2
#define SIZE	(1u << LOG2)

struct input {
	const u8 *p, *end;
};

/*
 * The shared memory in four pieces of their exact sizes, so that the sanitizer guards
 * each: what leaves one direction's bytes must not end in the other's unseen.
 */
static u8 *pieces[4];
static const size_t sizes[4] = {
	sizeof(struct clps_ring_shared), sizeof(struct clps_ring_shared), SIZE, SIZE,
};

static u32 take(struct input *in, unsigned int n)
{
	u32 v = 0;

	while (n-- && in->p < in->end)
		v = v << 8 | *in->p++;
	return v;
}

/* Indices and record headers get most of the attacker's attention. */
static void mutate(struct input *in, struct clps_ring *tx, struct clps_ring *rx)
{
	u32 op = take(in, 1), at = take(in, 3), val = take(in, 4);
	struct clps_ring_rec rec;

	switch (op % 6) {
	case 0:
		rx->sh->prod = op & 0x80 ? val : rx->own + (val & 0x3ffff);
		break;
	case 1:
		tx->sh->cons = op & 0x80 ? val : tx->own - (val & 0x3ffff);
		break;
	case 2:
		rec = (struct clps_ring_rec){ .len = op & 0x80 ? val : val & 0x3ff,
					      .type = (u16)(at & 3), .flags = op & 0x40 ? 1 : 0 };
		memcpy(rx->data + (rx->own & (rx->size - 1)), &rec, sizeof(rec));
		break;
	case 3:
		pieces[op >> 6][at % sizes[op >> 6]] = (u8)val;
		break;
	case 4:
		tx->sh->space_event = tx->sh->data_event = val;
		break;
	case 5:
		rx->sh->space_event = rx->sh->data_event = val;
		break;
	}
}

static void step_rx(struct clps_ring *rx, u8 *buf)
{
	struct clps_ring_vnet vnet;
	struct clps_ring_rec rec;
	int budget = 8;

	while (budget-- && clps_ring_peek(rx, &rec) > 0) {
		if (rec.len > CLPS_RING_MAX_PAYLOAD)
			abort();
		if (!clps_ring_get(rx, 0, &vnet, sizeof(vnet)) && rec.len > sizeof(vnet) &&
		    clps_ring_vnet_ok(&vnet, rec.len - sizeof(vnet)))
			if (clps_ring_get(rx, sizeof(vnet), buf, rec.len - sizeof(vnet)))
				abort();
		clps_ring_next(rx);
	}
	clps_ring_release(rx);
	clps_ring_arm(rx);
}

static void step_tx(struct input *in, struct clps_ring *tx, const u8 *buf)
{
	u32 len = take(in, 2) * (take(in, 1) % 3 + 1);

	if (clps_ring_space(tx) > tx->size)
		abort();
	if (!clps_ring_put_begin(tx, CLPS_RING_REC_FRAME, len)) {
		clps_ring_put(tx, 0, buf, len);
		clps_ring_put_end(tx);
		if (len & 1)
			clps_ring_publish(tx);
	}
	if (clps_ring_want_space(tx, CLPS_RING_MAX_RECORD) &&
	    clps_ring_space(tx) > tx->size)
		abort();
}

static void make_pieces(void)
{
	for (int i = 0; i < 4; i++) {
		pieces[i] = aligned_alloc(64, sizes[i]);
		memset(pieces[i], 0, sizes[i]);
	}
}

static void attach(struct clps_ring *r, unsigned int dir)
{
	/* It looks at none of the memory yet. */
	clps_ring_init(r, pieces[2], LOG2, dir);
	r->sh = (void *)pieces[dir];
	r->data = pieces[2 + dir];
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static u8 buf[CLPS_RING_MAX_PAYLOAD];
	struct input in = { data, data + size };
	struct clps_ring tx, rx;

	if (!pieces[0])
		make_pieces();
	memset(pieces[0], 0, sizes[0]);
	memset(pieces[1], 0, sizes[1]);
	attach(&tx, 0);
	attach(&rx, 1);
	/* Start near the wrap as well. */
	if (size && data[0] & 1) {
		tx.own = tx.pub = tx.peer = rx.own = rx.pub = rx.peer = 0u - 4096;
		tx.sh->prod = tx.sh->cons = rx.sh->prod = rx.sh->cons = 0u - 4096;
	}
	take(&in, 1);
	while (in.p < in.end) {
		mutate(&in, &tx, &rx);
		if (take(&in, 1) & 1)
			step_rx(&rx, buf);
		else
			step_tx(&in, &tx, buf);
	}
	return 0;
}

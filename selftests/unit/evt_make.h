/* SPDX-License-Identifier: GPL-2.0-only */
/* Records for tests of what carries them: random ones, the same in each run. */
#ifndef EVT_MAKE_H
#define EVT_MAKE_H

#include "evt.h"

static u32 rnd_state = 2463534242;

static u32 rnd(u32 below)
{
	rnd_state ^= rnd_state << 13;
	rnd_state ^= rnd_state >> 17;
	rnd_state ^= rnd_state << 5;
	return rnd_state % below;
}

/* About the lengths at which a PDU is full, and some others. */
static u32 rnd_len(void)
{
	static const u32 lens[] = { 0, 1, 5, 100, 1150, 1231, 1307, 1308, 1309, 1319, 1320, 1321,
				    2640, 2641, 9000, 32768 };

	return rnd(4) ? lens[rnd(ARRAY_SIZE(lens))] : rnd(3000);
}

static void rnd_addr(struct clps_evt_buf *b)
{
	static const u8 families[] = { CLPS_EVT_AF_NONE, CLPS_EVT_AF_INET, CLPS_EVT_AF_INET6,
				       CLPS_EVT_AF_UNIX, CLPS_EVT_AF_OTHER };
	struct clps_evt_addr addr = { .path = "/run/x", .path_len = 6, .port = (u16)rnd(65536),
				      .other = 16 };
	u8 bytes[CLPS_EVT_ADDR_MAX];

	addr.family = rnd(2) ? CLPS_EVT_AF_INET : families[rnd(ARRAY_SIZE(families))];
	addr.addr = clps_addr_v4(cpu_to_be32(rnd(1u << 31)));
	if (addr.family == CLPS_EVT_AF_INET6 && rnd(2))
		addr.addr.w[0] = cpu_to_be32(0x20010db8);
	clps_evt_bytes(b, bytes, clps_evt_addr_put(bytes, &addr));
}

static void rnd_field(struct clps_evt_buf *b, enum clps_evt_type type)
{
	static u8 bytes[CLPS_EVT_MAX_LEN];
	u32 len, i;

	switch (type) {
	case CLPS_EVT_T_ADDR:
		rnd_addr(b);
		break;
	case CLPS_EVT_T_BYTES:
	case CLPS_EVT_T_STR:
		len = rnd_len();
		if (type == CLPS_EVT_T_STR)
			len = min(len, 4096u);
		for (i = 0; i < len; i++)
			bytes[i] = (u8)(1 + rnd(255));
		clps_evt_bytes(b, bytes, len);
		break;
	default:
		clps_evt_int(b, rnd(2) ? rnd(40) : (u64)rnd(1u << 31) << 33 | rnd(1u << 31));
	}
}

static void rnd_who(struct clps_evt_who *who, u64 seq)
{
	*who = (struct clps_evt_who){
		.seq = seq, .time = 1700000000000000000 + 1000000 * seq + rnd(1000000),
		.pid = rnd(40), .tid = rnd(40), .ppid = rnd(40), .uid = rnd(2000),
		.comm = "sixteen-bytes-it",
	};
}

/* A record of one kind; its length. */
static u32 make_record(u8 *mem, unsigned int id, u64 seq)
{
	const struct clps_evt_desc *d = clps_evt_desc(id);
	struct clps_evt_who who;
	struct clps_evt_buf b;
	unsigned int i;
	int n;

	rnd_who(&who, seq);
	/* An integer may find no room behind such data. */
	do {
		clps_evt_begin(&b, mem, CLPS_EVT_MAX_LEN, id, &who);
		for (i = 0; i < d->nr; i++)
			rnd_field(&b, d->field[i].type);
		n = clps_evt_end(&b);
	} while (n < 0);
	return (u32)n;
}

#endif

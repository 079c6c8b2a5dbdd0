// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any order of packets of twelve flows at one set of the table, with a clock
 * that lags now and then. The honeypot may speak only within a flow that the
 * outside began, and only the outside can prolong it; no flow is there twice.
 * FUZZ_SRCS: kmod/lib/flow.c
 * FUZZ_RUNS: 60000
 */
#include <stdlib.h>

#include "flow.h"

#define MUST(cond) do { if (!(cond)) abort(); } while (0)
#define KEYS	12
#define LAG	3
#define BEGIN	0xffffff00u	/* the clock wraps soon */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct clps_flow_timeouts *tmo = &clps_flow_default_timeouts;

static void make_key(struct clps_flow_key *key, unsigned int n)
{
	static const u8 protos[] = { 6, 17, 1 };

	memset(key, 0, sizeof(*key));
	key->in = clps_addr_v4(cpu_to_be32(0x0a010009));
	key->out = clps_addr_v4(cpu_to_be32(0xc0000201));
	key->proto = protos[n % 3];
	key->kind = n < KEYS - 3 ? CLPS_FLOW_PORTS : CLPS_FLOW_PAIR;
	if (key->kind == CLPS_FLOW_PORTS)
		key->in_port = (u16)n;
}

static void check_set(const struct clps_flow_set *set, u32 now)
{
	int i, k;

	MUST(clps_flow_count(set, now, tmo) <= CLPS_FLOW_WAYS);
	for (i = 0; i < CLPS_FLOW_WAYS; i++) {
		const struct clps_flow *a = &set->way[i];

		MUST(a->state <= CLPS_FLOW_ASSURED);
		MUST(a->key.proto == 6 || a->state != CLPS_FLOW_CLOSED || !a->key.kind);
		for (k = i + 1; k < CLPS_FLOW_WAYS && a->key.kind; k++)
			/* One of the two may be dead and its way not yet used again. */
			MUST(memcmp(&a->key, &set->way[k].key, sizeof(a->key)) ||
			     now - a->used > tmo->closed ||
			     now - set->way[k].used > tmo->closed);
	}
}

/* How long may a flow of this key outlive the outside's last packet at most? */
static u32 longest(const struct clps_flow_key *key)
{
	if (key->proto == 6 && key->kind == CLPS_FLOW_PORTS)
		return tmo->assured_tcp + tmo->closed + LAG;
	return tmo->replied + tmo->closed + LAG;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const u16 flag[] = { CLPS_PKT_TCP_SYN, CLPS_PKT_TCP_ACK, CLPS_PKT_TCP_FIN, CLPS_PKT_TCP_RST };
	u32 clock = BEGIN, heard[KEYS];
	bool begun[KEYS] = { false };
	struct clps_flow_set set = { };
	struct clps_flow_key key;

	for (; size >= 3; data += 3, size -= 3) {
		unsigned int n = (data[0] & 15) % KEYS;
		u16 flags = data[0] & 0x40 ? 0 : flag[(data[0] >> 4) & 3];
		u32 now;

		clock += data[1] & 0x80 ? (u32)(data[1] & 0x7f) * 97 : data[1] & 3;
		now = clock - data[2] % (LAG + 1);
		make_key(&key, n);
		if (data[0] & 0x80) {
			clps_flow_note_inbound(&set, &key, flags, now, tmo);
			begun[n] = true;
			heard[n] = clock;
		} else if (clps_flow_note_outbound(&set, &key, flags, now, tmo)) {
			MUST(begun[n] && clock - heard[n] <= longest(&key));
		}
		check_set(&set, now);
	}
	return 0;
}

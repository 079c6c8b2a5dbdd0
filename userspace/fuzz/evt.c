// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any bytes as sensor records, one after another: no read outside, and what is accepted
 * and known is written again as the bytes that it came from.
 * FUZZ_SRCS: kmod/lib/evt.c
 * FUZZ_RUNS: 500000
 */
#include <stdlib.h>

#include "evt.h"

#define MUST(cond) do { if (!(cond)) abort(); } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_again(const struct clps_evt *e)
{
	static u8 mem[CLPS_EVT_MAX_LEN];
	struct clps_evt_addr addr;
	u8 enc[CLPS_EVT_ADDR_MAX];
	struct clps_evt_buf b;
	const u8 *p;
	u32 len, i;

	clps_evt_begin(&b, mem, sizeof(mem), e->id, &e->who);
	for (i = 0; i < e->nr; i++) {
		p = clps_evt_get(e, i, &len);
		switch (e->desc->field[i].type) {
		case CLPS_EVT_T_ADDR:
			MUST(!clps_evt_addr_get(&addr, p, len));
			MUST(clps_evt_addr_put(enc, &addr) == len && !memcmp(enc, p, len));
			clps_evt_bytes(&b, enc, len);
			break;
		case CLPS_EVT_T_BYTES:
		case CLPS_EVT_T_STR:
			clps_evt_bytes(&b, p, len);
			break;
		default:
			clps_evt_int(&b, (u64)clps_evt_get_int(e, i));
		}
	}
	MUST(clps_evt_end(&b) == (int)e->len);
	MUST(!memcmp(mem, e->data, e->len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct clps_evt e;
	u32 len, i;
	int n;

	while ((n = clps_evt_parse(&e, data, size)) > 0) {
		MUST((size_t)n <= size);
		for (i = 0; i < e.nr; i++) {
			const u8 *p = clps_evt_get(&e, i, &len);

			MUST(p >= data && p + len <= data + n);
		}
		if (e.desc && e.nr == e.desc->nr)
			write_again(&e);
		data += n;
		size -= (size_t)n;
	}
	MUST(n == -EMSGSIZE || n == -EPROTO);
	return 0;
}

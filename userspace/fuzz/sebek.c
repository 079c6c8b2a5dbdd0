// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sebek PDUs at the center. An even input says what becomes of a sensor's PDUs on their way
 * (lost, twice, late, exchanged): each record whose PDUs came in turn is given, byte for
 * byte, no other is, and what is missing is counted. All of them were written by one process
 * in the same nanosecond. An odd input is PDUs, and what is to be changed in a sensor's:
 * nothing is read or written outside, and what is given can be parsed.
 * FUZZ_SRCS: kmod/lib/evt.c kmod/lib/sebek.c kmod/lib/sebek_join.c
 * FUZZ_RUNS: 30000
 */
#include <stdlib.h>

#include "sebek.h"
#include "selftests/unit/evt_make.h"

#define MUST(cond) do { if (!(cond)) abort(); } while (0)
#define MAGIC	0x01020304
#define RECORDS	8
#define PDUS	(RECORDS * 30)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	const u8 *p, *end;
};

static struct {
	u8 rec[RECORDS][CLPS_EVT_MAX_LEN];
	u32 len[RECORDS];
	u32 needs[RECORDS];
	u8 pdu[PDUS][CLPS_SEBEK_MAX];
	u32 pdu_len[PDUS];
	u32 owner[PDUS];
	bool needed[PDUS];
	u32 nr;
} sent;

static u8 *mem;
static struct clps_sebek_join j;
static struct clps_sebek_got got;

static u32 take(struct input *in, unsigned int n)
{
	u32 v = 0;

	while (n-- && in->p < in->end)
		v = v << 8 | *in->p++;
	return v;
}

static void cut(u32 r, u32 *counter)
{
	struct clps_sebek_cut c;
	struct clps_evt e;
	bool data;

	MUST(clps_evt_parse(&e, sent.rec[r], sent.len[r]) == (int)sent.len[r]);
	data = e.id == CLPS_EVT_read || e.id == CLPS_EVT_write;
	sent.needs[r] = 0;
	clps_sebek_cut_begin(&c, &e, MAGIC, counter);
	while ((sent.pdu_len[sent.nr] = clps_sebek_cut_next(&c, sent.pdu[sent.nr]))) {
		MUST(sent.pdu_len[sent.nr] <= CLPS_SEBEK_MAX);
		MUST(clps_sebek_is(sent.pdu[sent.nr], sent.pdu_len[sent.nr], MAGIC));
		sent.owner[sent.nr] = r;
		sent.needed[sent.nr] = data ||
			clps_get_be16(sent.pdu[sent.nr] + 6) == CLPS_SEBEK_NATIVE;
		sent.needs[r] += sent.needed[sent.nr];
		sent.nr++;
		MUST(sent.nr < PDUS);
	}
}

/* Their counters, and kinds of records, are the input's. */
static void send_all(struct input *in)
{
	u32 counter = take(in, 1) - 20, r;
	unsigned int id;

	rnd_state = take(in, 2) | 0x10000;
	sent.nr = 0;
	for (r = 0; r < RECORDS; r++) {
		id = take(in, 1) % CLPS_EVT_message + 1;
		/* A start later would be another sensor's, a gap an explanation. */
		if (id <= CLPS_EVT_gap)
			id = CLPS_EVT_write;
		sent.len[r] = make_record(sent.rec[r], r ? id : CLPS_EVT_start, r + 1);
		memset(sent.rec[r] + 16, 'w', CLPS_EVT_HDR - 16);
		cut(r, &counter);
	}
}

struct model {
	u32 has[RECORDS];
	u32 next;
	u32 last;
	u32 late;
	u32 late_run;
	u32 lost;
	bool begun;
	bool any;
};

static void deliver(struct model *m, u32 i)
{
	u32 r = sent.owner[i], lost;
	int n;

	if (m->begun && i < m->next) {
		/* One more would be a guest that was set back. */
		if (m->late_run + 1 == CLPS_SEBEK_RUN)
			return;
		m->late_run++;
		m->late++;
		MUST(clps_sebek_join(&j, sent.pdu[i], sent.pdu_len[i], &got) == -ESTALE);
		return;
	}
	lost = m->begun ? i - m->next : 0;
	n = clps_sebek_join(&j, sent.pdu[i], sent.pdu_len[i], &got);
	MUST(got.lost == lost && !got.restarted);
	m->begun = true;
	m->late_run = 0;
	m->lost += lost;
	m->next = i + 1;
	m->has[r] += sent.needed[i];
	if (!sent.needed[i] || m->has[r] < sent.needs[r]) {
		MUST(!n);
		return;
	}
	MUST(n == (int)sent.len[r] && !memcmp(got.evt.data, sent.rec[r], sent.len[r]));
	MUST(got.missing == (m->any ? r - m->last - 1 : 0));
	m->last = r;
	m->any = true;
}

static void on_the_way(struct input *in)
{
	struct model m = { 0 };
	u32 i, op;

	clps_sebek_join_init(&j, mem, CLPS_SEBEK_FROM_SENSOR);
	send_all(in);
	for (i = 0; i < sent.nr; i++) {
		op = take(in, 1);
		/* Most arrive; that of the start is not exchanged, which would begin anew. */
		if (op & 1 && op & 2 && i)
			continue;
		if (op & 1 && i && i + 1 < sent.nr)
			deliver(&m, i + 1);
		deliver(&m, i);
		if (op & 4)
			deliver(&m, op / 8 % (i + 1));
	}
	MUST(j.lost == m.lost && j.late == m.late && !j.bad && !j.restarts);
}

static void take_any(const u8 *pdu, u32 len)
{
	struct clps_sebek_join old = j;
	struct clps_evt e;
	int n = clps_sebek_join(&j, pdu, len, &got);

	MUST(n <= (int)CLPS_EVT_MAX_LEN);
	MUST(n >= 0 || n == -EPROTO || n == -EMSGSIZE || n == -ESTALE);
	MUST(j.late == old.late + (n == -ESTALE));
	MUST(j.bad == old.bad + (n == -EPROTO || n == -EMSGSIZE));
	MUST(j.lost == old.lost + got.lost && j.restarts == old.restarts + got.restarted);
	MUST(j.native + j.data_len <= CLPS_EVT_MAX_LEN || !j.native);
	if (n <= 0)
		return;
	MUST(got.evt.data == mem && got.evt.len == (u32)n);
	MUST(clps_evt_parse(&e, mem, (size_t)n) == n && e.who.seq == got.evt.who.seq);
	MUST(!got.missing || got.first + got.missing <= got.evt.who.seq);
}

/* A PDU of the input's; most have a version, a type and a counter that are looked at. */
static void forge(struct input *in)
{
	static const u16 types[] = { 0, 1, 2, 3, CLPS_SEBEK_NATIVE };
	u32 op = take(in, 1), len = take(in, 1) * (op & 1 ? 1u : 8u);
	u8 *pdu;

	len = min(len, (u32)(in->end - in->p));
	pdu = malloc(len ? len : 1);
	memcpy(pdu, in->p, len);
	in->p += len;
	if (len >= CLPS_SEBEK_HDR && op & 2) {
		clps_put_be16(pdu + 4, 3);
		clps_put_be16(pdu + 6, types[pdu[6] % ARRAY_SIZE(types)]);
		clps_put_be32(pdu + 8, (u32)j.next + pdu[11] / 128);
		clps_put_be32(pdu + 52, len - CLPS_SEBEK_HDR);
	}
	take_any(pdu, len);
	free(pdu);
}

/* A sensor's, with some bytes changed. */
static void damage(struct input *in, u32 i)
{
	u8 *pdu = malloc(sent.pdu_len[i]);
	u32 times = take(in, 1) % 4;

	memcpy(pdu, sent.pdu[i], sent.pdu_len[i]);
	while (times--)
		pdu[take(in, 2) % min(sent.pdu_len[i], 256u)] = (u8)take(in, 1);
	take_any(pdu, sent.pdu_len[i] - take(in, 1) % 8 / 7);
	free(pdu);
}

static void hostile(struct input *in)
{
	u32 op = take(in, 1), i = 0;

	clps_sebek_join_init(&j, mem, op & 1 ? CLPS_SEBEK_FROM_CLIENT : CLPS_SEBEK_FROM_SENSOR);
	if (op & 2)
		send_all(in);
	while (in->p < in->end) {
		if (op & 2 && i < sent.nr && *in->p & 0x80)
			damage(in, i++);
		else
			forge(in);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, data + size };

	if (!mem)
		mem = malloc(CLPS_EVT_MAX_LEN);
	if (take(&in, 1) & 1)
		hostile(&in);
	else
		on_the_way(&in);
	return 0;
}

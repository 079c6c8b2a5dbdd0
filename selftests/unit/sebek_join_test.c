// SPDX-License-Identifier: GPL-2.0-only
/* TEST_SRCS: kmod/lib/evt.c kmod/lib/sebek.c kmod/lib/sebek_join.c */
#include "sebek.h"
#include "evt_make.h"
#include "unit.h"

#define MAGIC	0xd0d1d2d3
#define LAST	CLPS_EVT_message	/* of the table */
#define RECORDS	60
#define PDUS	(RECORDS * 30)

/* What a sensor sends: records in their order, and their PDUs in theirs. */
static struct {
	u8 rec[RECORDS][CLPS_EVT_MAX_LEN];
	u32 len[RECORDS];
	u32 needs[RECORDS];	/* PDUs without which it is not whole */
	u32 nr_recs;
	u8 pdu[PDUS][CLPS_SEBEK_MAX];
	u32 pdu_len[PDUS];
	u32 owner[PDUS];
	bool needed[PDUS];
	u32 nr;
	u32 counter;
} sent;

static u8 mem[CLPS_EVT_MAX_LEN];
static struct clps_sebek_join j;
static struct clps_sebek_got got;

static void begin_sending(u32 counter)
{
	sent.nr_recs = 0;
	sent.nr = 0;
	sent.counter = counter;
	clps_sebek_join_init(&j, mem, CLPS_SEBEK_FROM_SENSOR);
}

/* The record that lies at sent.rec[sent.nr_recs]. */
static void send_it(u32 len)
{
	struct clps_sebek_cut c;
	u32 r = sent.nr_recs++;
	struct clps_evt e;
	bool data;

	sent.len[r] = len;
	sent.needs[r] = 0;
	CHECK(clps_evt_parse(&e, sent.rec[r], len) == (int)len);
	data = e.id == CLPS_EVT_read || e.id == CLPS_EVT_write;
	clps_sebek_cut_begin(&c, &e, MAGIC, &sent.counter);
	for (; (sent.pdu_len[sent.nr] = clps_sebek_cut_next(&c, sent.pdu[sent.nr])); sent.nr++) {
		sent.owner[sent.nr] = r;
		sent.needed[sent.nr] = data ||
			clps_get_be16(sent.pdu[sent.nr] + 6) == CLPS_SEBEK_NATIVE;
		sent.needs[r] += sent.needed[sent.nr];
	}
}

static void send(unsigned int id, u64 seq)
{
	send_it(make_record(sent.rec[sent.nr_recs], id, seq));
}

static int take(u32 i)
{
	return clps_sebek_join(&j, sent.pdu[i], sent.pdu_len[i], &got);
}

static bool is_record(u32 r)
{
	return got.evt.len == sent.len[r] && !memcmp(got.evt.data, sent.rec[r], sent.len[r]);
}

/* All of a record's PDUs: what came of the last that it needs. */
static bool take_record(u32 r)
{
	bool given = false;
	u32 i;

	for (i = 0; i < sent.nr; i++) {
		if (sent.owner[i] == r && take(i) > 0)
			given = is_record(r);
	}
	return given;
}

/* Not start, which begins anew, nor gap, which says that numbers are missing. */
static unsigned int rnd_id(void)
{
	return rnd(3) ? CLPS_EVT_read + rnd(2) : CLPS_EVT_read + rnd(LAST - CLPS_EVT_read + 1);
}

static void send_some(u32 nr, u32 counter)
{
	u32 i;

	begin_sending(counter);
	send(CLPS_EVT_start, 1);
	for (i = 1; i < nr; i++)
		send(rnd_id(), 1 + i);
}

static void every_record_comes_back(void)
{
	u32 round, i, r, n = 0;
	unsigned int id;

	for (round = 0; round < 20; round++) {
		begin_sending(0xffffffc0);
		for (id = 1; id <= LAST; id++)
			send(id, id);
		for (r = 0, i = 0; i < sent.nr; i++) {
			n = (u32)take(i);
			CHECK((int)n >= 0);
			if (n)
				CHECK(n == sent.len[r] && is_record(r++));
			CHECK(!got.lost && !got.restarted);
		}
		CHECK(r == LAST && !j.bad && !j.late && !j.lost && !j.broken);
		CHECK(j.next == 0xffffffc0ull + sent.nr);
	}
}

/* What must come of PDUs in any order, by what was said and not by how it is done. */
struct model {
	u32 has[RECORDS];
	u32 next;
	u32 last;
	u32 accepted;
	u32 late;
	u32 lost;
	bool any;
};

static void expect(struct model *m, u32 i)
{
	u32 r = sent.owner[i], lost = m->next && i > m->next ? i - m->next : 0;
	int n = take(i);

	if (i < m->next) {
		m->late++;
		CHECK(n == -ESTALE && !got.lost);
		return;
	}
	CHECK(got.lost == (m->accepted ? lost : 0));
	m->lost += got.lost;
	m->next = i + 1;
	m->accepted++;
	m->has[r] += sent.needed[i];
	if (!sent.needed[i] || m->has[r] < sent.needs[r]) {
		CHECK(!n);
		return;
	}
	CHECK(n == (int)sent.len[r] && is_record(r));
	CHECK(got.missing == (m->any ? r - m->last - 1 : 0));
	CHECK(!got.missing || got.first == m->last + 2);
	m->last = r;
	m->any = true;
}

static void check_counts(const struct model *m)
{
	CHECK(j.lost == m->lost && j.late == m->late && !j.bad && !j.restarts);
}

static void each_pdu_may_be_lost(void)
{
	u32 i, lost;

	send_some(25, 0xffffffe0);
	for (lost = 0; lost < sent.nr; lost++) {
		struct model m = { 0 };

		clps_sebek_join_init(&j, mem, CLPS_SEBEK_FROM_SENSOR);
		for (i = 0; i < sent.nr; i++) {
			if (i != lost)
				expect(&m, i);
		}
		check_counts(&m);
		CHECK(j.lost == (lost && lost + 1 < sent.nr));
	}
}

/* Lost, twice, late, exchanged: at random, but never four from the past on end. */
static void any_order_gives_whole_records_or_counted_loss(void)
{
	u32 round, i, k;

	for (round = 0; round < 300; round++) {
		struct model m = { 0 };

		send_some(RECORDS / 2, rnd(2) ? 0xffffff80 : rnd(1u << 31));
		expect(&m, 0);
		for (i = 1; i < sent.nr; i++) {
			switch (rnd(12)) {
			case 0:
				break;
			case 1:
				expect(&m, i);
				expect(&m, i);
				break;
			case 2:
				expect(&m, i);
				for (k = rnd(3); k; k--)
					expect(&m, rnd(i));
				break;
			case 3:
				if (i + 1 < sent.nr)
					expect(&m, i + 1);
				expect(&m, i++);
				break;
			default:
				expect(&m, i);
			}
		}
		check_counts(&m);
	}
}

static void a_sensor_that_starts_again_is_another(void)
{
	send_some(10, 0);
	CHECK(take_record(0) && !got.restarted && take_record(1));
	/* The same again is the same. */
	CHECK(take(0) == -ESTALE && j.late == 1);
	begin_sending(0);
	send(CLPS_EVT_start, 1);
	send(CLPS_EVT_fork, 2);
	CHECK(take_record(0) && take_record(1) && !j.restarts);
	/* Booted again: another start, whether behind or ahead. */
	sent.nr_recs = 0;
	sent.nr = 0;
	sent.counter = 0;
	send(CLPS_EVT_start, 1);
	clps_put_be32(sent.pdu[0] + 12, 77);
	CHECK(take(0) >= 0 && got.restarted && !got.lost && j.restarts == 1);
	clps_put_be32(sent.pdu[0] + 12, 78);
	clps_put_be32(sent.pdu[0] + 8, 1000);
	CHECK(take(0) >= 0 && got.restarted && !got.lost && j.restarts == 2);
	CHECK(j.next == 1001);
	/* The same start ahead: the counter has lied. */
	clps_put_be32(sent.pdu[0] + 8, 2000);
	take(0);
	CHECK(!got.restarted && got.lost == 999);
}

static void a_guest_set_back_is_noticed(void)
{
	u32 i, back;

	send_some(30, 100);
	for (i = 0; i < sent.nr; i++)
		CHECK(take(i) >= 0);
	back = sent.nr / 2;
	/* Now and then one from the past is none, nor are those that do not follow. */
	for (i = 0; i < 10; i++)
		CHECK(take(back + 2 * i) == -ESTALE);
	for (i = 1; i < CLPS_SEBEK_RUN; i++)
		CHECK(take(back + i) == -ESTALE && !j.restarts);
	CHECK(take(back + i) != -ESTALE && j.restarts == 1 && got.restarted && !got.lost);
	for (i++; back + i < sent.nr; i++)
		CHECK(take(back + i) >= 0 && !got.restarted && !got.lost);
	CHECK(is_record(sent.nr_recs - 1) || !sent.needed[sent.nr - 1]);
}

static void put_gap(u64 seq, u64 first, u64 count)
{
	struct clps_evt_buf b;
	struct clps_evt_who who;

	rnd_who(&who, seq);
	clps_evt_begin(&b, sent.rec[sent.nr_recs], CLPS_EVT_MAX_LEN, CLPS_EVT_gap, &who);
	clps_evt_int(&b, first);
	clps_evt_int(&b, count);
	send_it((u32)clps_evt_end(&b));
}

static void a_gap_is_reported_once(void)
{
	begin_sending(0);
	send(CLPS_EVT_start, 1);
	put_gap(7, 2, 5);
	put_gap(17, 10, 7);
	put_gap(20, 7, 13);
	put_gap(30, 21, 4);
	send(CLPS_EVT_exit, 40);
	send(CLPS_EVT_exit, 39);
	send(CLPS_EVT_exit, 41);
	send(CLPS_EVT_start, 1);
	send(CLPS_EVT_exit, 3);
	CHECK(take_record(0) && !got.missing);
	/* What the sensor could not keep it says itself. */
	CHECK(take_record(1) && !got.missing);
	/* 8 and 9 went with the PDUs. */
	CHECK(take_record(2) && got.missing == 2 && got.first == 8);
	/* More than is missing; and a gap that is not just before. */
	CHECK(take_record(3) && !got.missing);
	CHECK(take_record(4) && got.missing == 9 && got.first == 21);
	CHECK(take_record(5) && got.missing == 9 && got.first == 31);
	/* Backwards: nothing is missing, and what was there stays there. */
	CHECK(take_record(6) && !got.missing);
	CHECK(take_record(7) && !got.missing);
	CHECK(take_record(8) && !got.missing);
	CHECK(take_record(9) && got.missing == 1 && got.first == 2);
}

/* A read of 3000 bytes: two pieces because of its path, and three of data. */
static u32 send_read(void)
{
	static u8 bytes[3000];
	struct clps_evt_buf b;
	struct clps_evt_who who;
	u32 i, first = sent.nr;

	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (u8)(1 + rnd(255));
	rnd_who(&who, 9);
	clps_evt_begin(&b, sent.rec[sent.nr_recs], CLPS_EVT_MAX_LEN, CLPS_EVT_read, &who);
	for (i = 0; i < CLPS_EVT_read_data; i++)
		clps_evt_int(&b, 5);
	clps_evt_bytes(&b, bytes, 3000);
	clps_evt_bytes(&b, bytes, 2000);
	clps_evt_int(&b, 0);
	send_it((u32)clps_evt_end(&b));
	CHECK(sent.nr - first == 5);
	return first;
}

/* What is wrong with one PDU of a record. */
static void check_lie(u32 pdu, u32 at, u32 value, u32 width)
{
	u32 i, saved = 0;
	u8 *p = sent.pdu[pdu] + at;

	clps_sebek_join_init(&j, mem, CLPS_SEBEK_FROM_SENSOR);
	if (width == 4) {
		saved = clps_get_be32(p);
		clps_put_be32(p, value);
	} else {
		saved = clps_get_be16(p);
		clps_put_be16(p, (u16)value);
	}
	for (i = 0; i < pdu; i++)
		CHECK(!take(i));
	CHECK(take(pdu) == -EPROTO && j.bad == 1 && j.broken == !!pdu);
	/* The rest of it belongs to nothing. */
	for (i++; i < 5; i++)
		CHECK(!take(i));
	CHECK(take_record(1) && !j.lost);
	CHECK(j.bad == 1);
	if (width == 4)
		clps_put_be32(p, saved);
	else
		clps_put_be16(p, (u16)saved);
}

static void pieces_that_lie_are_found_out(void)
{
	begin_sending(0);
	send_read();
	send(CLPS_EVT_exit, 10);
	/* Length of the whole, of its data. */
	check_lie(0, 56, CLPS_EVT_HDR - 1, 4);
	check_lie(0, 56, CLPS_EVT_MAX_LEN + 1, 4);
	check_lie(0, 64, CLPS_EVT_MAX_LEN, 4);
	check_lie(0, 64, 0xffffffff, 4);
	/* The next piece: of another record, elsewhere, of another length, of nothing. */
	check_lie(1, 56, 9999, 4);
	check_lie(1, 60, 9999, 4);
	check_lie(1, 64, 9999, 4);
	check_lie(1, 12, 9999, 4);
	check_lie(1, 52, CLPS_SEBEK_PIECE_HDR, 4);
	/* Its data: of another type, of another process, of no length. */
	check_lie(2, 6, CLPS_SEBEK_WRITE, 2);
	check_lie(2, 24, 9999, 4);
	check_lie(2, 52, 0, 4);
	check_lie(2, 6, 4711, 2);
	/* And before the record itself is there. */
	check_lie(1, 6, CLPS_SEBEK_READ, 2);
}

static u32 write_piece(u8 *pdu, u32 counter, const u8 *rec, u32 native, u32 data_len, u32 n)
{
	memset(pdu, 0, CLPS_SEBEK_HDR);
	clps_put_be16(pdu + 4, 3);
	clps_put_be16(pdu + 6, CLPS_SEBEK_NATIVE);
	clps_put_be32(pdu + 8, counter);
	clps_put_be32(pdu + 52, CLPS_SEBEK_PIECE_HDR + n);
	clps_put_be32(pdu + 56, native);
	clps_put_be32(pdu + 60, 0);
	clps_put_be32(pdu + 64, data_len);
	memcpy(pdu + 68, rec, n);
	return 68 + n;
}

/* Whatever is said about data in a record of one piece. */
static int take_piece(const u8 *rec, u32 native, u32 data_len, u32 n)
{
	u8 *pdu = malloc(CLPS_SEBEK_MAX + CLPS_EVT_MAX_LEN);
	u32 len = write_piece(pdu, (u32)j.next, rec, native, data_len, n);
	u8 *exact = malloc(len);
	int ret;

	memcpy(exact, pdu, len);
	ret = clps_sebek_join(&j, exact, len, &got);
	free(exact);
	free(pdu);
	return ret;
}

static void data_go_where_the_record_has_them(void)
{
	u8 rec[400] = { 0 };
	u32 len;

	/* A record whose data were left out, written by hand: 57 and a path. */
	begin_sending(0);
	len = CLPS_EVT_HDR + 2 * CLPS_EVT_read_NR + 28 + 3 + 4;
	clps_put_be32(rec, len + 5);
	clps_put_be16(rec + 4, CLPS_EVT_read);
	rec[6] = CLPS_EVT_VERSION;
	rec[7] = CLPS_EVT_read_NR;
	for (u32 i = 0; i < CLPS_EVT_read_NR; i++)
		clps_put_be16(rec + CLPS_EVT_HDR + 2 * i,
			      (u16[]){ 2, 4, 1, 4, 8, 8, 5, 3, 4 }[i]);
	memcpy(rec + len - 7, "/xy", 3);
	CHECK(!take_piece(rec, len, 5, len - 1) && j.native);
	/* A new record before the old one was whole. */
	CHECK(!take_piece(rec, len, 5, len) && j.broken == 1);
	CHECK(take_piece(rec, len, 4, len) == -EPROTO && j.broken == 3);
	CHECK(take_piece(rec, len, 5, len + 1) == -EPROTO);
	/* No record that has data; one that ends before them; fields behind its end. */
	rec[5] = CLPS_EVT_exec;
	CHECK(take_piece(rec, len, 5, len) == -EPROTO);
	rec[5] = CLPS_EVT_write;
	CHECK(!take_piece(rec, len, 5, len));
	rec[7] = CLPS_EVT_read_data;
	CHECK(take_piece(rec, len, 5, len) == -EPROTO);
	rec[7] = 255;
	CHECK(take_piece(rec, len, 5, len) == -EPROTO);
	rec[7] = CLPS_EVT_read_NR;
	clps_put_be16(rec + CLPS_EVT_HDR, 0xffff);
	CHECK(take_piece(rec, len, 5, len) == -EPROTO);
	clps_put_be16(rec + CLPS_EVT_HDR, 2);
	/* What is whole at last and yet no record. */
	CHECK(take_piece(rec, len, 0, len) == -EPROTO);
	rec[6] = 9;
	clps_put_be32(rec, len);
	CHECK(take_piece(rec, len, 0, len) == -EPROTO);
	/* Shorter than its piece says: another would follow it. */
	rec[6] = CLPS_EVT_VERSION;
	rec[7] = 0;
	clps_put_be32(rec, CLPS_EVT_HDR);
	CHECK(take_piece(rec, len, 0, len) == -EPROTO && take_piece(rec, 56, 0, 56) == 56);
}

static void data_past_their_end_are_refused(void)
{
	u32 first, i;

	begin_sending(0);
	first = send_read();
	for (i = 0; i < 4; i++)
		CHECK(!take(first + i));
	clps_put_be32(sent.pdu[first + 4] + 52, 361);
	CHECK(clps_sebek_join(&j, sent.pdu[first + 4], CLPS_SEBEK_MAX, &got) == -EPROTO);
	CHECK(j.broken == 1);
}

/* Each byte of each PDU of some records: no crash, and the next record is whole. */
static void damage_ends_with_its_record(void)
{
	u32 i, k, at, first;
	u8 *exact;
	int n;

	begin_sending(5);
	send(CLPS_EVT_start, 1);
	send_read();
	send(CLPS_EVT_accept, 10);
	first = sent.nr;
	send(CLPS_EVT_exit, 11);
	for (i = 0; i < first; i++) {
		for (at = 4; at < sent.pdu_len[i]; at += 1 + at / 100 * 7) {
			clps_sebek_join_init(&j, mem, CLPS_SEBEK_FROM_SENSOR);
			for (k = 0; k < first; k++) {
				exact = malloc(sent.pdu_len[k]);
				memcpy(exact, sent.pdu[k], sent.pdu_len[k]);
				if (k == i)
					exact[at] ^= 0xff;
				n = clps_sebek_join(&j, exact, sent.pdu_len[k], &got);
				if (n > 0)
					CHECK(clps_evt_parse(&got.evt, got.evt.data, (size_t)n) == n);
				free(exact);
			}
			/* A counter far ahead takes along what is now behind it. */
			CHECK(take(first) > 0 ? is_record(3) : at >= 8 && at < 12);
		}
	}
}

static void old_headers_are_no_sensor_s(void)
{
	u8 pdu[CLPS_SEBEK_HDR] = { 0 };

	begin_sending(0);
	pdu[5] = 2;
	CHECK(clps_sebek_join(&j, pdu, sizeof(pdu), &got) == -EPROTO && j.bad == 1 && !j.begun);
	CHECK(clps_sebek_join(&j, pdu, 3, &got) == -EMSGSIZE && j.bad == 2);
}

/* A Sebek client's PDU. */
static struct {
	u8 bytes[65536];
	u32 len;
} pdu;

static void client_pdu(u16 version, u16 type, u32 counter, const void *data, u32 len)
{
	u8 *p = pdu.bytes;

	memset(p, 0, CLPS_SEBEK_HDR);
	clps_put_be32(p, MAGIC);
	clps_put_be16(p + 4, version);
	clps_put_be16(p + 6, type);
	clps_put_be32(p + 8, counter);
	clps_put_be32(p + 12, 1700000000 + (counter & 0xff) / 100);
	clps_put_be32(p + 16, 123456);
	p += 20;
	if (version == 3) {
		clps_put_be32(p, 100);
		clps_put_be32(p + 16, 4711);
		p += 4;
	}
	clps_put_be32(p, 101);
	clps_put_be32(p + 4, 1000);
	clps_put_be32(p + 8, 5);
	p += version == 3 ? 16 : 12;
	memcpy(p, "sixteen-byte", 12);
	clps_put_be32(p + 12, len);
	memcpy(p + 16, data, len);
	pdu.len = (version == 3 ? CLPS_SEBEK_HDR : CLPS_SEBEK_HDR_OLD) + len;
}

static int take_pdu(void)
{
	u8 *exact = malloc(pdu.len);
	int n;

	memcpy(exact, pdu.bytes, pdu.len);
	n = clps_sebek_join(&j, exact, pdu.len, &got);
	free(exact);
	return n;
}

static bool field_is(unsigned int field, const void *bytes, u32 len)
{
	const u8 *p;
	u32 n;

	p = clps_evt_get(&got.evt, field, &n);
	return n == len && !memcmp(p, bytes, n);
}

static void check_who(unsigned int id, u64 seq)
{
	CHECK(got.evt.id == id && got.evt.who.seq == seq && got.evt.who.pid == 101);
	CHECK(got.evt.who.tid == 101 && got.evt.who.uid == 1000);
	CHECK(got.evt.who.time == 1700000000123456000);
	CHECK(!memcmp(got.evt.who.comm, "sixteen-byte\0\0\0\0", 16));
}

static void a_client_s_data_are_records(void)
{
	static const u8 more[40000];
	unsigned int id;
	u16 version;

	for (version = 1; version <= 3; version++) {
		clps_sebek_join_init(&j, mem, CLPS_SEBEK_FROM_CLIENT);
		for (id = CLPS_EVT_read; id <= CLPS_EVT_write; id++) {
			client_pdu(version, id == CLPS_EVT_write, 7 + id, "ls\r", 3);
			if (version < 3 && id == CLPS_EVT_write) {
				CHECK(take_pdu() == -EPROTO && j.bad == 1);
				continue;
			}
			CHECK(take_pdu() > 0);
			check_who(id, 8 + id);
			CHECK(got.evt.who.ppid == (version == 3 ? 100 : 0));
			CHECK(clps_evt_get_int(&got.evt, CLPS_EVT_read_fd) == 5);
			CHECK(clps_evt_get_int(&got.evt, CLPS_EVT_read_inode) == (version == 3 ? 4711 : 0));
			CHECK(clps_evt_get_int(&got.evt, CLPS_EVT_read_result) == 3);
			CHECK(clps_evt_get_int(&got.evt, CLPS_EVT_read_call) ==
			      (id == CLPS_EVT_read ? CLPS_CALL_read : CLPS_CALL_write));
			CHECK(field_is(CLPS_EVT_read_data, "ls\r", 3));
		}
	}
	/* More than a record holds. */
	client_pdu(3, CLPS_SEBEK_READ, (u32)j.next, more, sizeof(more));
	CHECK(take_pdu() == CLPS_EVT_MAX_LEN);
	CHECK(clps_evt_get_int(&got.evt, CLPS_EVT_read_result) == sizeof(more));
}

static void a_client_s_fork_is_the_parent_s(void)
{
	clps_sebek_join_init(&j, mem, CLPS_SEBEK_FROM_CLIENT);
	client_pdu(3, CLPS_SEBEK_READ, 0, "", 0);
	clps_put_be32(pdu.bytes + 32, 0);
	clps_put_be32(pdu.bytes + 36, 0);
	CHECK(take_pdu() > 0 && got.evt.id == CLPS_EVT_fork && got.evt.who.seq == 1);
	CHECK(got.evt.who.pid == 100 && !got.evt.who.ppid);
	CHECK(clps_evt_get_int(&got.evt, CLPS_EVT_fork_child_pid) == 101);
	CHECK(clps_evt_get_int(&got.evt, CLPS_EVT_fork_child_tid) == 101);
	/* Nothing was read, but of a file: the end of a read that was cut. */
	client_pdu(3, CLPS_SEBEK_READ, 1, "", 0);
	CHECK(take_pdu() > 0 && got.evt.id == CLPS_EVT_read);
	clps_put_be32(pdu.bytes + 8, 2);
	clps_put_be32(pdu.bytes + 32, 0);
	CHECK(take_pdu() > 0 && got.evt.id == CLPS_EVT_read);
	client_pdu(2, CLPS_SEBEK_READ, 3, "", 0);
	CHECK(take_pdu() > 0 && got.evt.id == CLPS_EVT_read);
	CHECK(!clps_evt_get_int(&got.evt, CLPS_EVT_read_result));
}

static void a_client_s_open_is_one(void)
{
	clps_sebek_join_init(&j, mem, CLPS_SEBEK_FROM_CLIENT);
	client_pdu(3, CLPS_SEBEK_OPEN, 0, "/etc/shadow", 11);
	CHECK(take_pdu() > 0);
	check_who(CLPS_EVT_open, 1);
	CHECK(clps_evt_get_int(&got.evt, CLPS_EVT_open_result) == 5);
	CHECK(clps_evt_get_int(&got.evt, CLPS_EVT_open_inode) == 4711);
	CHECK(field_is(CLPS_EVT_open_path, "/etc/shadow", 11));
	client_pdu(3, CLPS_SEBEK_OPEN, 1, "/etc\0shadow", 11);
	CHECK(take_pdu() > 0 && field_is(CLPS_EVT_open_path, "/etc", 4));
}

/* Where a record of a socket has what. */
struct where {
	u16 call;
	unsigned int id, fd, inode, protocol, local, remote;
	int ours;
};

#define MESSAGE	CLPS_EVT_message, CLPS_EVT_message_fd, CLPS_EVT_message_inode,		\
		CLPS_EVT_message_protocol, CLPS_EVT_message_local, CLPS_EVT_message_remote

static void a_client_s_sockets_are_records(void)
{
	static const struct where cases[] = {
		{ CLPS_SEBEK_CONNECT, CLPS_EVT_connect, CLPS_EVT_connect_fd,
		  CLPS_EVT_connect_inode, CLPS_EVT_connect_protocol, CLPS_EVT_connect_local,
		  CLPS_EVT_connect_remote, 0 },
		{ CLPS_SEBEK_ACCEPT, CLPS_EVT_accept, CLPS_EVT_accept_fd,
		  CLPS_EVT_accept_inode, CLPS_EVT_accept_protocol, CLPS_EVT_accept_local,
		  CLPS_EVT_accept_remote, 0 },
		{ CLPS_SEBEK_LISTEN, CLPS_EVT_listen, CLPS_EVT_listen_fd,
		  CLPS_EVT_listen_inode, CLPS_EVT_listen_protocol, CLPS_EVT_listen_local, 0, 0 },
		{ CLPS_SEBEK_SENDTO, MESSAGE, CLPS_CALL_sendto },
		{ CLPS_SEBEK_RECVFROM, MESSAGE, CLPS_CALL_recvfrom },
		{ CLPS_SEBEK_SENDMSG, MESSAGE, CLPS_CALL_sendmsg },
		{ CLPS_SEBEK_RECVMSG, MESSAGE, CLPS_CALL_recvmsg },
	};
	u8 body[CLPS_SEBEK_SOCKET_LEN] = { 10, 0, 0, 1, 0xc1, 0x23, 192, 168, 1, 10, 0, 22,
					   0, 0, 17 };
	static const u8 local[] = { 4, 0, 22, 192, 168, 1, 10 }, remote[] = { 4, 0xc1, 0x23, 10, 0, 0, 1 };
	u32 i;

	clps_sebek_join_init(&j, mem, CLPS_SEBEK_FROM_CLIENT);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct where *w = &cases[i];

		body[13] = (u8)w->call;
		client_pdu(3, CLPS_SEBEK_SOCKET, i, body, sizeof(body));
		CHECK(take_pdu() > 0);
		check_who(w->id, i + 1);
		CHECK(clps_evt_get_int(&got.evt, w->fd) == 5);
		CHECK(clps_evt_get_int(&got.evt, w->inode) == 4711);
		CHECK(clps_evt_get_int(&got.evt, w->protocol) == 17);
		CHECK(field_is(w->local, local, sizeof(local)));
		CHECK(!w->remote || field_is(w->remote, remote, sizeof(remote)));
		CHECK(!w->ours || clps_evt_get_int(&got.evt, CLPS_EVT_message_call) == w->ours);
	}
	/* No call of Sebek's; no body; no type. */
	body[13] = 3;
	client_pdu(3, CLPS_SEBEK_SOCKET, i++, body, sizeof(body));
	CHECK(take_pdu() == -EPROTO);
	client_pdu(3, CLPS_SEBEK_SOCKET, i++, body, sizeof(body) - 1);
	CHECK(take_pdu() == -EPROTO);
	client_pdu(3, CLPS_SEBEK_NATIVE, i++, body, sizeof(body));
	CHECK(take_pdu() == -EPROTO && j.bad == 3);
	/* Their numbers are missing. */
	client_pdu(3, CLPS_SEBEK_READ, i, "x", 1);
	CHECK(take_pdu() > 0 && got.missing == 3 && got.first == i - 2 && !got.lost);
}

static void a_client_s_counter_goes_on(void)
{
	clps_sebek_join_init(&j, mem, CLPS_SEBEK_FROM_CLIENT);
	client_pdu(3, CLPS_SEBEK_READ, 0xfffffffe, "x", 1);
	CHECK(take_pdu() > 0 && got.evt.who.seq == 0xffffffff && !got.missing);
	client_pdu(3, CLPS_SEBEK_READ, 3, "x", 1);
	CHECK(take_pdu() > 0 && got.evt.who.seq == 0x100000004 && got.lost == 4);
	CHECK(got.missing == 4 && got.first == 0x100000000 && j.lost == 4);
	client_pdu(3, CLPS_SEBEK_READ, 0, "x", 1);
	CHECK(take_pdu() == -ESTALE && j.late == 1 && !j.restarts);
}

static void a_client_that_begins_again_is_another(void)
{
	u32 i;

	clps_sebek_join_init(&j, mem, CLPS_SEBEK_FROM_CLIENT);
	client_pdu(3, CLPS_SEBEK_READ, 5000, "x", 1);
	CHECK(take_pdu() > 0 && got.evt.who.seq == 5001);
	/* Stamped before another, and sent after it. */
	client_pdu(3, CLPS_SEBEK_READ, 5001, "x", 1);
	clps_put_be32(pdu.bytes + 12, 1600000000);
	CHECK(take_pdu() > 0 && j.stamp == 1700000001123456000);
	/* A second later, and from the beginning. */
	client_pdu(3, CLPS_SEBEK_READ, 0, "x", 1);
	clps_put_be32(pdu.bytes + 12, 1700000002);
	clps_put_be32(pdu.bytes + 16, 123455);
	CHECK(take_pdu() == -ESTALE);
	clps_put_be32(pdu.bytes + 16, 123456);
	CHECK(take_pdu() > 0 && got.restarted && got.evt.who.seq == 1 && !got.missing);
	/* As late, but ahead: lost. */
	client_pdu(3, CLPS_SEBEK_READ, 10, "x", 1);
	clps_put_be32(pdu.bytes + 12, 1700001000);
	CHECK(take_pdu() > 0 && !got.restarted && got.lost == 9);
	/* Its clock was set back as well. */
	for (i = 0; i < CLPS_SEBEK_RUN; i++) {
		client_pdu(3, CLPS_SEBEK_READ, i, "x", 1);
		CHECK((take_pdu() > 0) == (i + 1 == CLPS_SEBEK_RUN));
	}
	CHECK(got.restarted && j.restarts == 2 && got.evt.who.seq == i);
}

int main(void)
{
	unit_begin(17);
	unit_run("every record comes back, across the counter's wrap", every_record_comes_back);
	unit_run("each PDU may be lost", each_pdu_may_be_lost);
	unit_run("any order gives whole records, or loss that is counted",
		 any_order_gives_whole_records_or_counted_loss);
	unit_run("a sensor that starts again is another", a_sensor_that_starts_again_is_another);
	unit_run("a guest that is set back is noticed", a_guest_set_back_is_noticed);
	unit_run("a gap is reported once", a_gap_is_reported_once);
	unit_run("pieces that lie are found out", pieces_that_lie_are_found_out);
	unit_run("data go where the record has them", data_go_where_the_record_has_them);
	unit_run("data past their end are refused", data_past_their_end_are_refused);
	unit_run("damage ends with its record", damage_ends_with_its_record);
	unit_run("older headers are no sensor's", old_headers_are_no_sensor_s);
	unit_run("a client's data are records", a_client_s_data_are_records);
	unit_run("a client's fork is the parent's", a_client_s_fork_is_the_parent_s);
	unit_run("a client's open is one", a_client_s_open_is_one);
	unit_run("a client's sockets are records", a_client_s_sockets_are_records);
	unit_run("a client's counter goes on, with its losses", a_client_s_counter_goes_on);
	unit_run("a client that begins again is another", a_client_that_begins_again_is_another);
	return unit_end();
}

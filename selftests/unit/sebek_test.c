// SPDX-License-Identifier: GPL-2.0-only
/* TEST_SRCS: kmod/lib/evt.c kmod/lib/sebek.c */
#include "sebek.h"
#include "evt_make.h"
#include "unit.h"

#define MAGIC	0xd0d1d2d3
#define LAST	CLPS_EVT_message	/* of the table */

static const struct clps_evt_who who = {
	.seq = 7, .time = 1700000000123456789, .pid = 0x11121314, .tid = 0x15161718,
	.ppid = 0x21222324, .uid = 0x31323334, .comm = "sixteen-bytes-it",
};

static u8 mem[CLPS_EVT_MAX_LEN];

/* The PDUs of a record. */
static struct {
	u8 bytes[40][CLPS_SEBEK_MAX];
	u32 len[40];
	u32 nr;
} pdus;

static void cut(const struct clps_evt *e, u32 *counter)
{
	struct clps_sebek_cut c;
	u32 n;

	memset(&pdus, 0, sizeof(pdus));
	clps_sebek_cut_begin(&c, e, MAGIC, counter);
	while ((n = clps_sebek_cut_next(&c, pdus.bytes[pdus.nr])) && pdus.nr < 39)
		pdus.len[pdus.nr++] = n;
	CHECK(!clps_sebek_cut_next(&c, pdus.bytes[39]));
}

static void finish_and_cut(struct clps_evt_buf *b)
{
	u32 counter = 0x41424344;
	struct clps_evt e;
	int n = clps_evt_end(b);

	CHECK(n > 0 && clps_evt_parse(&e, mem, (size_t)n) == n);
	cut(&e, &counter);
	CHECK(counter == 0x41424344 + pdus.nr);
}

static u16 type_of(u32 i)
{
	return clps_get_be16(pdus.bytes[i] + 6);
}

/* The PDU behind the record itself, which is one piece: exactly these bytes. */
static void check_said(const u8 *bytes, u32 len)
{
	CHECK(pdus.nr == 2 && type_of(0) == CLPS_SEBEK_NATIVE);
	CHECK(pdus.len[1] == len && !memcmp(pdus.bytes[1], bytes, len));
}

static void check_unsaid(void)
{
	CHECK(pdus.nr == 1 && type_of(0) == CLPS_SEBEK_NATIVE);
}

static const u8 read_pdu[] = {
	0xd0, 0xd1, 0xd2, 0xd3, 0, 3, 0, 0, 0x41, 0x42, 0x43, 0x45,
	0x65, 0x53, 0xf1, 0x00, 0x00, 0x01, 0xe2, 0x40,	/* 1700000000 and 123456 */
	0x21, 0x22, 0x23, 0x24, 0x11, 0x12, 0x13, 0x14, 0x31, 0x32, 0x33, 0x34,
	0, 0, 0, 5, 0xa5, 0xa6, 0xa7, 0xa8,
	's', 'i', 'x', 't', 'e', 'e', 'n', '-', 'b', 'y', 't', 'e',
	0, 0, 0, 6, 's', 'e', 'c', 'r', 'e', 't',
};

static void make_io(struct clps_evt_buf *b, unsigned int id, u32 len)
{
	static const u8 more[CLPS_EVT_MAX_LEN];

	clps_evt_begin(b, mem, sizeof(mem), id, &who);
	clps_evt_int(b, CLPS_CALL_readv);
	clps_evt_int(b, 5);
	clps_evt_int(b, CLPS_FILE_pty);
	clps_evt_int(b, 0x8803);
	clps_evt_int(b, 0xa1a2a3a4a5a6a7a8);
	clps_evt_int(b, 6);
	clps_evt_bytes(b, len == 6 ? (const u8 *)"secret" : more, len);
	clps_evt_bytes(b, "/x", 2);
	clps_evt_int(b, 0);
}

static void data_are_said_as_sebek_does(void)
{
	u8 want[sizeof(read_pdu)];
	struct clps_evt_buf b;

	make_io(&b, CLPS_EVT_read, 6);
	finish_and_cut(&b);
	check_said(read_pdu, sizeof(read_pdu));
	memcpy(want, read_pdu, sizeof(want));
	want[7] = CLPS_SEBEK_WRITE;
	make_io(&b, CLPS_EVT_write, 6);
	finish_and_cut(&b);
	check_said(want, sizeof(want));
	/* Nothing would say that it forked. */
	make_io(&b, CLPS_EVT_read, 0);
	finish_and_cut(&b);
	check_unsaid();
}

static void long_data_are_cut_where_sebek_cuts(void)
{
	static const struct {
		u32 len, nr, last;
	} cases[] = {
		{ 1319, 1, 1319 }, { 1320, 1, 1320 }, { 1321, 2, 1 }, { 2640, 2, 1320 },
		{ 30000, 23, 960 },
	};
	struct clps_evt_buf b;
	u32 i, k;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		make_io(&b, CLPS_EVT_write, cases[i].len);
		finish_and_cut(&b);
		CHECK(pdus.nr == 1 + cases[i].nr);
		for (k = 1; k < pdus.nr; k++)
			CHECK(type_of(k) == CLPS_SEBEK_WRITE && pdus.len[k] == CLPS_SEBEK_HDR +
			      (k + 1 < pdus.nr ? CLPS_SEBEK_DATA : cases[i].last));
	}
}

static void make_open(struct clps_evt_buf *b, s32 result, u32 path_len)
{
	static u8 path[4096];

	memset(path, 'p', sizeof(path));
	clps_evt_begin(b, mem, sizeof(mem), CLPS_EVT_open, &who);
	clps_evt_int(b, CLPS_CALL_openat);
	clps_evt_int(b, (u64)(s64)result);
	clps_evt_int(b, 0);
	clps_evt_int(b, 0644);
	clps_evt_int(b, CLPS_FILE_regular);
	clps_evt_int(b, 8);
	clps_evt_int(b, 0xa5a6a7a8);
	clps_evt_bytes(b, path_len == 6 ? (const u8 *)"/etc/x" : path, path_len);
}

static void an_open_is_said_if_it_was_done(void)
{
	u8 want[sizeof(read_pdu)];
	struct clps_evt_buf b;

	make_open(&b, 5, 6);
	finish_and_cut(&b);
	memcpy(want, read_pdu, sizeof(want));
	want[7] = CLPS_SEBEK_OPEN;
	memcpy(want + 56, "/etc/x", 6);
	check_said(want, sizeof(want));
	make_open(&b, -2, 6);
	finish_and_cut(&b);
	check_unsaid();
	CHECK(clps_get_be32(pdus.bytes[0] + 32) == 0xfffffffe);
	/* The name of one file is not said as that of two. */
	make_open(&b, 5, 4096);
	finish_and_cut(&b);
	CHECK(pdus.nr == 5 && type_of(3) == CLPS_SEBEK_NATIVE && type_of(4) == CLPS_SEBEK_OPEN);
	CHECK(pdus.len[4] == CLPS_SEBEK_MAX);
}

static void make_fork(struct clps_evt_buf *b, u32 child)
{
	clps_evt_begin(b, mem, sizeof(mem), CLPS_EVT_fork, &who);
	clps_evt_int(b, child);
	clps_evt_int(b, child);
	clps_evt_int(b, 17);
}

static void a_fork_is_said_by_the_child(void)
{
	u8 want[CLPS_SEBEK_HDR];
	struct clps_evt_buf b;

	make_fork(&b, 0x51525354);
	finish_and_cut(&b);
	memcpy(want, read_pdu, sizeof(want));
	clps_put_be32(want + 20, who.pid);
	clps_put_be32(want + 24, 0x51525354);
	memset(want + 32, 0, 8);
	clps_put_be32(want + 52, 0);
	check_said(want, sizeof(want));
	/* A thread is no child. */
	make_fork(&b, who.pid);
	finish_and_cut(&b);
	check_unsaid();
}

enum end { NONE, V4, MAPPED, V6, UNIX };

static void put_addr(struct clps_evt_buf *b, enum end end, u32 v4, u16 port)
{
	struct clps_evt_addr addr = { .port = port, .addr = clps_addr_v4(cpu_to_be32(v4)) };
	u8 bytes[CLPS_EVT_ADDR_MAX];

	addr.family = end == NONE ? CLPS_EVT_AF_NONE : end == V4 ? CLPS_EVT_AF_INET :
		      end == UNIX ? CLPS_EVT_AF_UNIX : CLPS_EVT_AF_INET6;
	if (end == V6)
		addr.addr.w[0] = cpu_to_be32(0x20010db8);
	clps_evt_bytes(b, bytes, clps_evt_addr_put(bytes, &addr));
}

static void make_socket(struct clps_evt_buf *b, unsigned int id, s32 result, enum end local,
			enum end remote)
{
	clps_evt_begin(b, mem, sizeof(mem), id, &who);
	if (id == CLPS_EVT_accept)
		clps_evt_int(b, 3);
	if (id == CLPS_EVT_message)
		clps_evt_int(b, (u64)(s64)result);
	clps_evt_int(b, id == CLPS_EVT_accept ? (u64)(s64)result : 5);
	clps_evt_int(b, 0xa5a6a7a8);
	clps_evt_int(b, id == CLPS_EVT_listen ? 128 : 6);	/* backlog, or TCP */
	if (id == CLPS_EVT_connect || id == CLPS_EVT_listen)
		clps_evt_int(b, (u64)(s64)result);
	put_addr(b, local, 0xc0a8010a, 22);
	if (id != CLPS_EVT_listen)
		put_addr(b, remote, 0x0a000001, 0xc123);
	else
		clps_evt_int(b, 6);
	finish_and_cut(b);
}

static void check_socket(unsigned int call)
{
	u8 want[CLPS_SEBEK_HDR + CLPS_SEBEK_SOCKET_LEN];
	static const u8 ends[] = { 10, 0, 0, 1, 0xc1, 0x23, 192, 168, 1, 10, 0, 22 };

	memcpy(want, read_pdu, CLPS_SEBEK_HDR);
	want[7] = CLPS_SEBEK_SOCKET;
	want[55] = CLPS_SEBEK_SOCKET_LEN;
	memcpy(want + 56, ends, sizeof(ends));
	clps_put_be16(want + 68, (u16)call);
	want[70] = 6;
	if (call == CLPS_SEBEK_LISTEN)
		memset(want + 56, 0, 6);
	check_said(want, sizeof(want));
}

static void sockets_of_ipv4_are_said(void)
{
	struct clps_evt_buf b;

	make_socket(&b, CLPS_EVT_connect, 0, V4, V4);
	check_socket(CLPS_SEBEK_CONNECT);
	make_socket(&b, CLPS_EVT_connect, -115, MAPPED, MAPPED);
	check_socket(CLPS_SEBEK_CONNECT);
	make_socket(&b, CLPS_EVT_accept, 5, V4, V4);
	check_socket(CLPS_SEBEK_ACCEPT);
	make_socket(&b, CLPS_EVT_listen, 0, V4, NONE);
	check_socket(CLPS_SEBEK_LISTEN);
	make_socket(&b, CLPS_EVT_message, CLPS_CALL_sendto, V4, MAPPED);
	check_socket(CLPS_SEBEK_SENDTO);
	make_socket(&b, CLPS_EVT_message, CLPS_CALL_recvfrom, V4, V4);
	check_socket(CLPS_SEBEK_RECVFROM);
	make_socket(&b, CLPS_EVT_message, CLPS_CALL_sendmsg, V4, V4);
	check_socket(CLPS_SEBEK_SENDMSG);
	make_socket(&b, CLPS_EVT_message, CLPS_CALL_recvmsg, V4, V4);
	check_socket(CLPS_SEBEK_RECVMSG);
}

static void other_sockets_are_not(void)
{
	struct clps_evt_buf b;

	make_socket(&b, CLPS_EVT_connect, -111, V4, V4);
	check_unsaid();
	make_socket(&b, CLPS_EVT_connect, 0, V6, V4);
	check_unsaid();
	make_socket(&b, CLPS_EVT_connect, 0, V4, NONE);
	check_unsaid();
	make_socket(&b, CLPS_EVT_accept, -11, V4, V4);
	check_unsaid();
	make_socket(&b, CLPS_EVT_accept, 5, UNIX, UNIX);
	check_unsaid();
	make_socket(&b, CLPS_EVT_listen, -98, V4, NONE);
	check_unsaid();
	make_socket(&b, CLPS_EVT_message, CLPS_CALL_sendmmsg, V4, V4);
	check_unsaid();
	/* An older sensor's, without addresses. */
	make_socket(&b, CLPS_EVT_listen, 0, NONE, NONE);
	check_unsaid();
}

/* A record without its last fields, as if the table had grown since. */
static void an_address_may_be_absent(void)
{
	struct clps_evt_buf b;
	struct clps_evt e;
	u32 counter = 0;

	make_socket(&b, CLPS_EVT_listen, 0, V4, NONE);
	CHECK(clps_evt_parse(&e, mem, sizeof(mem)) > 0);
	e.nr -= 2;
	cut(&e, &counter);
	check_unsaid();
}

/* By the header's text alone: the record from its pieces and its data. */
static u32 put_together(u8 *rec)
{
	u32 native = clps_get_be32(pdus.bytes[0] + 56), have = 0, data_len, data = 0, i, n, at;
	static u8 all[CLPS_EVT_MAX_LEN];

	data_len = clps_get_be32(pdus.bytes[0] + 64);
	for (i = 0; i < pdus.nr && type_of(i) == CLPS_SEBEK_NATIVE; i++) {
		n = pdus.len[i] - CLPS_SEBEK_HDR - CLPS_SEBEK_PIECE_HDR;
		CHECK(clps_get_be32(pdus.bytes[i] + 56) == native && native <= sizeof(mem));
		CHECK(clps_get_be32(pdus.bytes[i] + 60) == have && have + n <= native);
		CHECK(clps_get_be32(pdus.bytes[i] + 64) == data_len);
		memcpy(rec + have, pdus.bytes[i] + 68, n);
		have += n;
	}
	CHECK(have == native);
	for (; data_len && i < pdus.nr; i++) {
		n = pdus.len[i] - CLPS_SEBEK_HDR;
		CHECK(data + n <= data_len);
		memcpy(all + data, pdus.bytes[i] + CLPS_SEBEK_HDR, n);
		data += n;
	}
	CHECK(data == data_len);
	for (at = CLPS_EVT_HDR + 2u * rec[7], i = 0; data_len && i < CLPS_EVT_read_data; i++)
		at += clps_get_be16(rec + CLPS_EVT_HDR + 2 * i);
	if (data_len) {
		memmove(rec + at + data_len, rec + at, native - at);
		memcpy(rec + at, all, data_len);
	}
	return native + data_len;
}

static void every_record_goes_whole(void)
{
	static u8 back[CLPS_EVT_MAX_LEN];
	struct clps_sebek_pdu p;
	u32 counter = 0, i, len, round;
	struct clps_evt e;
	unsigned int id;

	for (round = 0; round < 40 * LAST; round++) {
		id = 1 + round % LAST;
		len = make_record(mem, id, 1 + round);
		CHECK(clps_evt_parse(&e, mem, len) == (int)len);
		counter = 0xfffffff0;
		cut(&e, &counter);
		for (i = 0; i < pdus.nr; i++) {
			CHECK(!clps_sebek_parse(&p, pdus.bytes[i], pdus.len[i]));
			CHECK(p.counter == 0xfffffff0 + i && p.version == 3);
			CHECK(p.len + CLPS_SEBEK_HDR == pdus.len[i] && pdus.len[i] <= CLPS_SEBEK_MAX);
			CHECK(clps_sebek_is(pdus.bytes[i], pdus.len[i], MAGIC));
			CHECK(!memcmp(p.head, pdus.bytes[0] + 12, CLPS_SEBEK_HEAD));
		}
		CHECK(put_together(back) == len && !memcmp(back, mem, len));
	}
}

static void a_later_table_s_record_goes_whole(void)
{
	static u8 back[CLPS_EVT_MAX_LEN];
	u32 len = make_record(mem, CLPS_EVT_exec, 9), counter = 0;
	struct clps_evt e;

	clps_put_be16(mem + 4, 9999);
	CHECK(clps_evt_parse(&e, mem, len) == (int)len && !e.desc);
	cut(&e, &counter);
	CHECK(put_together(back) == len && !memcmp(back, mem, len));
}

static void headers_are_read(void)
{
	struct clps_sebek_pdu p;
	u8 *exact;
	u32 len;

	CHECK(!clps_sebek_parse(&p, read_pdu, sizeof(read_pdu)));
	CHECK(p.version == 3 && p.type == CLPS_SEBEK_READ && p.counter == 0x41424345);
	CHECK(p.time == 1700000000123456000 && p.ppid == who.ppid && p.pid == who.pid);
	CHECK(p.uid == who.uid && p.fd == 5 && p.inode == 0xa5a6a7a8 && p.len == 6);
	CHECK(!memcmp(p.com, "sixteen-byte\0\0\0\0", 16) && !memcmp(p.data, "secret", 6));
	for (len = 0; len < sizeof(read_pdu); len++) {
		exact = malloc(len ? len : 1);
		memcpy(exact, read_pdu, len);
		CHECK(clps_sebek_parse(&p, exact, len) == -EMSGSIZE);
		free(exact);
	}
}

static void old_headers_are_read(void)
{
	u8 old[CLPS_SEBEK_HDR_OLD + 8] = { 0 }, version;
	struct clps_sebek_pdu p;

	memcpy(old, read_pdu, 20);
	memcpy(old + 20, read_pdu + 24, 12);
	memcpy(old + 32, read_pdu + 40, 22);
	for (version = 0; version < 5; version++) {
		old[5] = version;
		if (version != 1 && version != 2) {
			CHECK(version == 3 || clps_sebek_parse(&p, old, sizeof(old)) == -EPROTO);
			continue;
		}
		CHECK(clps_sebek_parse(&p, old, 53) == -EMSGSIZE);
		/* Some say more than they send. */
		CHECK(!clps_sebek_parse(&p, old, sizeof(old)));
		CHECK(p.version == version && !p.ppid && !p.inode && p.pid == who.pid);
		CHECK(p.uid == who.uid && p.fd == 5 && p.len == 6 && !memcmp(p.data, "secret", 6));
		CHECK(!memcmp(p.com, "sixteen-byte", 12));
	}
}

static void magic_alone_tells(void)
{
	u8 bytes[4] = { 0xd0, 0xd1, 0xd2, 0xd3 };

	CHECK(clps_sebek_is(bytes, 4, MAGIC) && !clps_sebek_is(bytes, 3, MAGIC));
	CHECK(clps_sebek_is(read_pdu, 10, MAGIC) && !clps_sebek_is(bytes, 4, MAGIC + 1));
}

int main(void)
{
	unit_begin(12);
	unit_run("read and written data are said as Sebek does", data_are_said_as_sebek_does);
	unit_run("long data are cut where Sebek cuts", long_data_are_cut_where_sebek_cuts);
	unit_run("an open is said if it was done", an_open_is_said_if_it_was_done);
	unit_run("a fork is said by the child", a_fork_is_said_by_the_child);
	unit_run("sockets of IPv4 are said", sockets_of_ipv4_are_said);
	unit_run("sockets of which Sebek cannot say enough are not", other_sockets_are_not);
	unit_run("an address may be absent", an_address_may_be_absent);
	unit_run("every record goes whole, its data once", every_record_goes_whole);
	unit_run("so does one of a later table", a_later_table_s_record_goes_whole);
	unit_run("a header is read, or refused if cut", headers_are_read);
	unit_run("older headers are read", old_headers_are_read);
	unit_run("the magic alone tells whose a datagram is", magic_alone_tells);
	return unit_end();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * sebek_pcap FILE PORT: writes a capture with PDUs of each kind to UDP port PORT, and
 * prints what is in them by what was recorded, not by what was encoded: one line a PDU,
 * columns as the test asks tshark for them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sebek.h"

#define MAGIC	0x5eb3c1a7
#define SEC	1790000000u
#define USEC	654321u

static const struct clps_evt_who who = {
	.seq = 1, .time = SEC * 1000000000ull + USEC * 1000 + 999, .pid = 4001, .tid = 4002,
	.ppid = 4000, .uid = 4294967294u, .comm = "sixteen-bytes-it",
};

static FILE *out;
static u16 port;
static u32 counter = 4294967290u;
static u8 mem[CLPS_EVT_MAX_LEN];
static struct clps_evt_buf b;

static void put(const void *p, size_t len)
{
	if (fwrite(p, 1, len, out) != len)
		exit(1);
}

static void put_frame(const u8 *pdu, u32 len)
{
	u32 rec[4] = { SEC, 0, 42 + len, 42 + len };
	u8 h[42] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 8, 0, 0x45 };

	clps_put_be16(h + 16, (u16)(28 + len));
	h[22] = 64;
	h[23] = 17;
	clps_put_be32(h + 26, 0x0a000002);
	clps_put_be32(h + 30, 0x0a000001);
	clps_put_be16(h + 34, port);
	clps_put_be16(h + 36, port);
	clps_put_be16(h + 38, (u16)(8 + len));
	put(rec, sizeof(rec));
	put(h, sizeof(h));
	put(pdu, len);
}

/* What a PDU must show. */
struct shown {
	u32 type;
	u32 pid;
	u32 ppid;
	u32 fd;
	u32 inode;
	u32 len;
	const u8 *data;		/* of no socket */
	const char *socket;	/* columns of a socket alone */
};

static void print_line(const struct shown *s, u32 at)
{
	time_t sec = SEC;
	char when[64];
	u32 i;

	/*
	 * The dissector takes microseconds for nanoseconds, and what has no data for cut
	 * short: the forks of Sebek's own clients as well.
	 */
	strftime(when, sizeof(when), "%b %e, %Y %H:%M:%S", gmtime(&sec));
	printf("0x%08x|3|%u|%u|%s.%09u UTC|%u|%u|%u|%u|%u|sixteen-byte|%u|%s|%s|", MAGIC, s->type, at,
	       when, USEC, s->ppid, s->pid, who.uid, s->fd, s->inode, s->len,
	       s->socket ? s->socket : "|||||", s->len ? "" : "malformed");
	for (i = 0; s->data && i < s->len; i++)
		printf("%02x", s->data[i]);
	printf("\n");
}

/* The record as one piece, whatever else is said of it. */
static void show_record(struct shown s, const struct clps_evt *e, u32 data_at, u32 data_len)
{
	static u8 piece[CLPS_EVT_MAX_LEN + 12];
	u32 native = e->len - data_len;

	clps_put_be32(piece, native);
	clps_put_be32(piece + 4, 0);
	clps_put_be32(piece + 8, data_len);
	memcpy(piece + 12, e->data, data_at);
	memcpy(piece + 12 + data_at, e->data + data_at + data_len, native - data_at);
	s.type = CLPS_SEBEK_NATIVE;
	s.len = 12 + native;
	s.data = piece;
	s.socket = NULL;
	print_line(&s, counter);
}

/* @nr PDUs of @s are to follow the record's own; @s.len of the last is what is left. */
static void send_and_show(struct shown s, u32 nr)
{
	u32 i, n, len = s.len, data_at = 0, data_len = 0;
	struct clps_sebek_cut c;
	u8 pdu[CLPS_SEBEK_MAX];
	struct clps_evt e;

	if (clps_evt_end(&b) < 0 || clps_evt_parse(&e, mem, sizeof(mem)) < 0)
		exit(1);
	if (s.data && (e.id == CLPS_EVT_read || e.id == CLPS_EVT_write)) {
		s.data = clps_evt_get(&e, CLPS_EVT_read_data, &data_len);
		data_at = (u32)(s.data - e.data);
	}
	show_record(s, &e, data_at, data_len);
	for (i = 0; i < nr; i++) {
		s.len = min(len - 1320 * i, 1320u);
		print_line(&s, counter + 1 + i);
		s.data += s.data ? s.len : 0;
	}
	clps_sebek_cut_begin(&c, &e, MAGIC, &counter);
	while ((n = clps_sebek_cut_next(&c, pdu)))
		put_frame(pdu, n);
}

static void begin(enum clps_evt_id id)
{
	clps_evt_begin(&b, mem, sizeof(mem), id, &who);
}

static void send_io(enum clps_evt_id id, u32 len, u32 nr)
{
	struct shown s = { .type = id == CLPS_EVT_write, .pid = 4001, .ppid = 4000, .fd = 7,
			   .inode = 0xfedcba98, .len = len, .data = mem };
	u8 bytes[4000];
	u32 i;

	for (i = 0; i < len; i++)
		bytes[i] = (u8)(i * 7 + len);
	begin(id);
	clps_evt_int(&b, CLPS_CALL_pread64);
	clps_evt_int(&b, 7);
	clps_evt_int(&b, CLPS_FILE_tty);
	clps_evt_int(&b, 1025);
	clps_evt_int(&b, 0x1fedcba98);
	clps_evt_int(&b, len);
	clps_evt_bytes(&b, bytes, len);
	clps_evt_bytes(&b, "/secret", 7);
	clps_evt_int(&b, 0);
	send_and_show(s, nr);
}

static void send_open(void)
{
	struct shown s = { .type = 3, .pid = 4001, .ppid = 4000, .fd = 9, .inode = 123456,
			   .len = 11, .data = (const u8 *)"/etc/passwd" };

	begin(CLPS_EVT_open);
	clps_evt_int(&b, CLPS_CALL_openat);
	clps_evt_int(&b, 9);
	clps_evt_int(&b, 0);
	clps_evt_int(&b, 0);
	clps_evt_int(&b, CLPS_FILE_regular);
	clps_evt_int(&b, 8);
	clps_evt_int(&b, 123456);
	clps_evt_bytes(&b, "/etc/passwd", 11);
	send_and_show(s, 1);
}

static void send_fork(void)
{
	struct shown s = { .pid = 4003, .ppid = 4001 };

	begin(CLPS_EVT_fork);
	clps_evt_int(&b, 4003);
	clps_evt_int(&b, 4003);
	clps_evt_int(&b, 17);
	send_and_show(s, 1);
}

static void put_addr(u32 v4, u16 at)
{
	struct clps_evt_addr addr = { .family = CLPS_EVT_AF_INET, .port = at,
				      .addr = clps_addr_v4(cpu_to_be32(v4)) };
	u8 bytes[CLPS_EVT_ADDR_MAX];

	clps_evt_bytes(&b, bytes, clps_evt_addr_put(bytes, &addr));
}

/* By call: what Linux's socketcall() has for it. */
static void send_socket(enum clps_evt_id id, const char *call)
{
	struct shown s = { .type = 2, .pid = 4001, .ppid = 4000, .fd = 12, .inode = 777,
			   .len = 15 };
	bool other = id != CLPS_EVT_listen;
	char columns[100];

	snprintf(columns, sizeof(columns), "192.168.1.10|22|%s|%s|%s",
		 other ? "10.9.8.7|51000" : "0.0.0.0|0", call,
		 id == CLPS_EVT_message ? "17" : "6");
	s.socket = columns;
	begin(id);
	if (id == CLPS_EVT_accept)
		clps_evt_int(&b, 3);
	if (id == CLPS_EVT_message)
		clps_evt_int(&b, CLPS_CALL_recvfrom);
	clps_evt_int(&b, 12);
	clps_evt_int(&b, 777);
	clps_evt_int(&b, !other ? 128 : id == CLPS_EVT_message ? 17 : 6);
	if (id == CLPS_EVT_connect || id == CLPS_EVT_listen)
		clps_evt_int(&b, 0);
	put_addr(0xc0a8010a, 22);
	if (other)
		put_addr(0x0a090807, 51000);
	else
		clps_evt_int(&b, 6);
	send_and_show(s, 1);
}

/* Of which Sebek knows nothing. */
static void send_exit(void)
{
	struct shown s = { .pid = 4001, .ppid = 4000 };

	begin(CLPS_EVT_exit);
	clps_evt_int(&b, 0);
	clps_evt_int(&b, 1);
	send_and_show(s, 0);
}

int main(int argc, char **argv)
{
	/* Magic, 2.4, no zone, as long as can be, Ethernet. */
	u32 head[6] = { 0xa1b2c3d4, 2 | 4 << 16, 0, 0, 65535, 1 };

	if (argc != 3)
		return 1;
	out = fopen(argv[1], "wb");
	port = (u16)strtoul(argv[2], NULL, 10);
	if (!out)
		return 1;
	put(head, sizeof(head));
	send_io(CLPS_EVT_read, 3, 1);
	send_io(CLPS_EVT_read, 2641, 3);
	send_io(CLPS_EVT_write, 1320, 1);
	send_open();
	send_fork();
	send_socket(CLPS_EVT_connect, "2");
	send_socket(CLPS_EVT_listen, "4");
	send_socket(CLPS_EVT_accept, "5");
	send_socket(CLPS_EVT_message, "12");
	send_exit();
	return fclose(out) ? 1 : 0;
}

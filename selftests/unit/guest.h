/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guests for tests of what collects their records: what their sensors would say of what is
 * done in them, by the encoder that they have, as records or cut into Sebek's PDUs.
 */
#ifndef GUEST_H
#define GUEST_H

#include <stdlib.h>

#include "collect.h"
#include "sebek.h"

#define GUEST_MAGIC	0x5ebec001
#define GUEST_T0	1764600000000000000ull
#define GUEST_MS	1000000ull

struct guest {
	const char *network, *name, *address;
	bool sebek;		/* PDUs, otherwise records */
	u64 number;
	u32 counter;
	u64 now;
	u32 pid, ppid, uid;
	const char *comm;
};

/* A stream that all guests of a test come by, and who takes its entries. */
static struct {
	u64 seq;
	u32 magic;		/* of their PDUs, if it is another than GUEST_MAGIC */
	void (*take)(const struct entry *e);
} guests;

static void guest_say(struct guest *g, u32 type, const void *data, size_t len)
{
	struct entry e = {
		.seq = ++guests.seq, .time = g->now + 5 * GUEST_MS, .network = g->network,
		.honeypot = g->name, .address = g->address, .type = type, .len = len,
		.data = malloc(len ? len : 1),
	};

	/* Memory of its own: what is read behind it is found. */
	memcpy((u8 *)e.data, data, len);
	guests.take(&e);
	free((u8 *)e.data);
}

static void guest_send(struct guest *g, const u8 *rec, u32 len)
{
	struct clps_sebek_cut c;
	u8 pdu[CLPS_SEBEK_MAX];
	struct clps_evt e;
	u32 n;

	if (!g->sebek) {
		guest_say(g, ENTRY_RECORDS, rec, len);
		return;
	}
	if (clps_evt_parse(&e, rec, len) != (int)len)
		abort();
	clps_sebek_cut_begin(&c, &e, guests.magic ? guests.magic : GUEST_MAGIC, &g->counter);
	while ((n = clps_sebek_cut_next(&c, pdu)))
		guest_say(g, ENTRY_SEBEK, pdu, n);
}

static u8 guest_mem[CLPS_EVT_MAX_LEN];

static struct clps_evt_buf guest_begin(struct guest *g, enum clps_evt_id id)
{
	struct clps_evt_who who = { .seq = ++g->number, .time = g->now, .pid = g->pid,
				    .tid = g->pid, .ppid = g->ppid, .uid = g->uid };
	struct clps_evt_buf b;

	memcpy(who.comm, g->comm, strnlen(g->comm, sizeof(who.comm)));
	clps_evt_begin(&b, guest_mem, sizeof(guest_mem), id, &who);
	g->now += 10 * GUEST_MS;
	return b;
}

static void guest_end(struct guest *g, struct clps_evt_buf *b)
{
	int n = clps_evt_end(b);

	if (n < 0)
		abort();
	guest_send(g, guest_mem, (u32)n);
}

static inline void guest_is(struct guest *g, u32 pid, u32 ppid, const char *comm)
{
	g->pid = pid;
	g->ppid = ppid;
	g->comm = comm;
}

static inline void guest_start(struct guest *g, u8 which, u64 uptime)
{
	u8 id[16] = { which };
	struct clps_evt_buf b;

	g->number = 0;
	b = guest_begin(g, CLPS_EVT_start);
	clps_evt_int(&b, 1);
	clps_evt_bytes(&b, id, sizeof(id));
	clps_evt_bytes(&b, "6.12.0", 6);
	clps_evt_int(&b, uptime);
	clps_evt_int(&b, 4096);
	guest_end(g, &b);
}

static inline void guest_fork(struct guest *g, u32 child)
{
	struct clps_evt_buf b = guest_begin(g, CLPS_EVT_fork);

	clps_evt_int(&b, child);
	clps_evt_int(&b, child);
	clps_evt_int(&b, 0);
	guest_end(g, &b);
}

static inline void guest_exit(struct guest *g, s32 code)
{
	struct clps_evt_buf b = guest_begin(g, CLPS_EVT_exit);

	clps_evt_int(&b, (u64)code);
	clps_evt_int(&b, 1);
	guest_end(g, &b);
}

static inline void guest_exec(struct guest *g, const char *path, const char *args, size_t len)
{
	const char *base = strrchr(path, '/');
	struct clps_evt_buf b;
	u32 argc = 0;
	size_t i;

	g->comm = base ? base + 1 : path;
	for (i = 0; i < len; i++)
		argc += !args[i];
	b = guest_begin(g, CLPS_EVT_exec);
	clps_evt_bytes(&b, path, strlen(path));
	clps_evt_int(&b, 1);
	clps_evt_int(&b, 2);
	clps_evt_int(&b, argc);
	clps_evt_int(&b, len);
	clps_evt_bytes(&b, args, len);
	clps_evt_int(&b, 100);
	clps_evt_int(&b, g->uid);
	guest_end(g, &b);
}

static inline void guest_addr(struct clps_evt_buf *b, u32 v4, u16 port)
{
	struct clps_evt_addr a = { .family = CLPS_EVT_AF_INET, .port = port };
	u8 bytes[CLPS_EVT_ADDR_MAX];

	a.addr = clps_addr_v4(cpu_to_be32(v4));
	clps_evt_bytes(b, bytes, clps_evt_addr_put(bytes, &a));
}

/* Of an intruder at 192.0.2.66. */
static inline void guest_accept(struct guest *g, u16 port)
{
	struct clps_evt_buf b = guest_begin(g, CLPS_EVT_accept);

	clps_evt_int(&b, 3);
	clps_evt_int(&b, 5);
	clps_evt_int(&b, 4711);
	clps_evt_int(&b, 6);
	guest_addr(&b, 0x0a000005, 22);
	guest_addr(&b, 0xc0000242, port);
	guest_end(g, &b);
}

/* Of somebody in the guest, as dbus and syslog have it. */
static inline void guest_accept_unix(struct guest *g, const char *path)
{
	struct clps_evt_addr a = { .family = CLPS_EVT_AF_UNIX };
	struct clps_evt_buf b = guest_begin(g, CLPS_EVT_accept);
	u8 bytes[CLPS_EVT_ADDR_MAX];
	u32 i;

	clps_evt_int(&b, 3);
	clps_evt_int(&b, 5);
	clps_evt_int(&b, 4711);
	clps_evt_int(&b, 0);
	for (i = 0; i < 2; i++) {
		a.path_len = i ? 0 : (u8)strlen(path);
		memcpy(a.path, path, a.path_len);
		clps_evt_bytes(&b, bytes, clps_evt_addr_put(bytes, &a));
	}
	guest_end(g, &b);
}

static inline void guest_open(struct guest *g, const char *path, u8 kind, u32 dev)
{
	struct clps_evt_buf b = guest_begin(g, CLPS_EVT_open);

	clps_evt_int(&b, CLPS_CALL_openat);
	clps_evt_int(&b, 7);
	clps_evt_int(&b, 2);
	clps_evt_int(&b, 0);
	clps_evt_int(&b, kind);
	clps_evt_int(&b, dev);
	clps_evt_int(&b, 9);
	clps_evt_bytes(&b, path, strlen(path));
	guest_end(g, &b);
}

static inline void guest_io(struct guest *g, bool write, u8 kind, u32 dev, const void *data,
			    size_t len, u64 more)
{
	struct clps_evt_buf b = guest_begin(g, write ? CLPS_EVT_write : CLPS_EVT_read);

	clps_evt_int(&b, write ? CLPS_CALL_write : CLPS_CALL_read);
	clps_evt_int(&b, 8);
	clps_evt_int(&b, kind);
	clps_evt_int(&b, dev);
	clps_evt_int(&b, 10);
	clps_evt_int(&b, len + more);
	clps_evt_bytes(&b, data, len);
	clps_evt_bytes(&b, "", 0);
	clps_evt_int(&b, 0);
	guest_end(g, &b);
}

static inline void guest_winsize(struct guest *g, u32 dev, u16 rows, u16 columns)
{
	struct clps_evt_buf b = guest_begin(g, CLPS_EVT_winsize);

	clps_evt_int(&b, 7);
	clps_evt_int(&b, dev);
	clps_evt_int(&b, 10);
	clps_evt_int(&b, rows);
	clps_evt_int(&b, columns);
	guest_end(g, &b);
}

#define GUEST_PTS0	0x8800u	/* new_encode_dev(MKDEV(136, 0)) */

/* The visitor types and the guest answers, seen at the end that sshd has, and at the other. */
static inline void guest_type(struct guest *g, u32 sshd, u32 shell, u32 dev, const char *keys)
{
	size_t n = strlen(keys);

	guest_is(g, sshd, 50, "sshd");
	guest_io(g, true, CLPS_FILE_pty, dev, keys, n, 0);
	guest_is(g, shell, sshd, "bash");
	guest_io(g, false, CLPS_FILE_tty, dev, keys, n, 0);
}

static inline void guest_show(struct guest *g, u32 sshd, u32 shell, u32 dev, const void *p,
			      size_t n)
{
	guest_is(g, shell, sshd, "bash");
	guest_io(g, true, CLPS_FILE_tty, dev, p, n, 0);
	guest_is(g, sshd, 50, "sshd");
	guest_io(g, false, CLPS_FILE_pty, dev, p, n, 0);
}

/*
 * What OpenSSH does: a child for the connection, which begins sshd anew, opens a terminal, and
 * has a child that holds the terminal, and that one a shell. Processes are @base and two more.
 */
static inline void guest_login(struct guest *g, u32 base, u32 dev, u16 port)
{
	g->uid = 0;
	guest_is(g, 50, 1, "sshd");
	guest_accept(g, port);
	guest_fork(g, base);
	guest_is(g, base, 50, "sshd");
	guest_exec(g, "/usr/sbin/sshd", "sshd\0-D\0-R", 11);
	guest_open(g, "/dev/ptmx", CLPS_FILE_pty, dev);
	guest_fork(g, base + 1);
	guest_is(g, base + 1, base, "sshd");
	guest_fork(g, base + 2);
	guest_winsize(g, dev, 40, 132);
	guest_is(g, base + 2, base + 1, "sshd");
	g->uid = 1000;
	guest_exec(g, "/bin/bash", "-bash", 6);
}

static inline void guest_logout(struct guest *g, u32 base)
{
	guest_is(g, base + 2, base + 1, "bash");
	guest_exit(g, 0);
	guest_is(g, base + 1, base, "sshd");
	guest_exit(g, 0);
	guest_is(g, base, 50, "sshd");
	guest_exit(g, 0);
}

#endif

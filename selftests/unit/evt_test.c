// SPDX-License-Identifier: GPL-2.0-only
/* TEST_SRCS: kmod/lib/evt.c */
#include "evt.h"
#include "unit.h"

static const struct clps_evt_who who = {
	.seq = 0x0102030405060708, .time = 1700000000123456789, .pid = 10, .tid = 11, .ppid = 1,
	.uid = 1000, .comm = "sixteen-bytes-it",
};

static u8 mem[CLPS_EVT_MAX_LEN + 8];

/* A value that shows each of its bytes, or some bytes that do. */
static void fill(struct clps_evt_buf *b, const struct clps_evt_field *f)
{
	struct clps_evt_addr v4 = { .family = CLPS_EVT_AF_INET, .port = 22,
				    .addr = clps_addr_v4(cpu_to_be32(0xc0a8010a)) };
	u8 addr[CLPS_EVT_ADDR_MAX];

	switch (f->type) {
	case CLPS_EVT_T_BYTES:
	case CLPS_EVT_T_STR:
		clps_evt_bytes(b, "secret", 6);
		break;
	case CLPS_EVT_T_ADDR:
		clps_evt_bytes(b, addr, clps_evt_addr_put(addr, &v4));
		break;
	default:
		clps_evt_int(b, 0xf1f2f3f4f5f6f7f8);
	}
}

static int build(unsigned int id)
{
	const struct clps_evt_desc *d = clps_evt_desc(id);
	struct clps_evt_buf b;
	unsigned int i;

	clps_evt_begin(&b, mem, sizeof(mem), id, &who);
	for (i = 0; i < d->nr; i++)
		fill(&b, &d->field[i]);
	return clps_evt_end(&b);
}

static s64 expected(enum clps_evt_type type)
{
	switch (type) {
	case CLPS_EVT_T_U8: return 0xf8;
	case CLPS_EVT_T_U16: return 0xf7f8;
	case CLPS_EVT_T_U32: return 0xf5f6f7f8;
	case CLPS_EVT_T_S32: return (s32)0xf5f6f7f8;
	case CLPS_EVT_T_U64:
	case CLPS_EVT_T_S64: return (s64)0xf1f2f3f4f5f6f7f8;
	default: return 0;
	}
}

/* The record in exactly as much memory as it has, so that ASAN sees a byte too far. */
static int parse_exact(struct clps_evt *evt, u8 **copy, const void *data, size_t len)
{
	*copy = malloc(len ? len : 1);
	memcpy(*copy, data, len);
	return clps_evt_parse(evt, *copy, len);
}

static void every_record_comes_back(void)
{
	const struct clps_evt_desc *d;
	struct clps_evt_addr addr;
	unsigned int id, i;
	struct clps_evt e;
	const u8 *p;
	u8 *copy;
	u32 len;
	int n;

	CHECK(!clps_evt_desc(0));
	for (id = 1; (d = clps_evt_desc(id)); id++) {
		CHECK(d->id == id && d->nr <= CLPS_EVT_MAX_FIELDS && *d->name && *d->text);
		n = build(id);
		CHECK(n > 0);
		CHECK(parse_exact(&e, &copy, mem, (size_t)n) == n);
		CHECK(e.id == id && e.desc == d && e.nr == d->nr && e.len == (u32)n);
		CHECK(e.who.seq == who.seq && e.who.time == who.time && e.who.pid == 10);
		CHECK(e.who.tid == 11 && e.who.ppid == 1 && e.who.uid == 1000);
		CHECK(!memcmp(e.who.comm, "sixteen-bytes-it", 16));
		for (i = 0; i < d->nr; i++) {
			CHECK(clps_evt_get_int(&e, i) == expected(d->field[i].type));
			p = clps_evt_get(&e, i, &len);
			if (d->field[i].type == CLPS_EVT_T_ADDR)
				CHECK(!clps_evt_addr_get(&addr, p, len) && addr.port == 22);
			else if (d->field[i].type >= CLPS_EVT_T_BYTES)
				CHECK(len == 6 && !memcmp(p, "secret", 6));
		}
		clps_evt_get(&e, d->nr, &len);
		CHECK(!len && !clps_evt_get_int(&e, d->nr));
		free(copy);
	}
	CHECK(id > CLPS_EVT_message);
}

static void number_comes_later(void)
{
	struct clps_evt e;
	int n = build(CLPS_EVT_fork);

	clps_evt_set_seq(mem, 77);
	CHECK(clps_evt_parse(&e, mem, (size_t)n) == n && e.who.seq == 77);
}

/* Whatever is cut off, or changed in one byte: refused, or whole and within its bytes. */
static void damaged_is_refused_or_whole(void)
{
	unsigned int id, i;
	struct clps_evt e;
	int n, m, got;
	u8 *copy;
	u32 len;

	for (id = 1; clps_evt_desc(id); id++) {
		n = build(id);
		for (m = 0; m < n; m++) {
			CHECK(parse_exact(&e, &copy, mem, (size_t)m) == -EMSGSIZE);
			free(copy);
		}
		for (m = 0; m < n; m++) {
			mem[m] ^= 0xff;
			got = parse_exact(&e, &copy, mem, (size_t)n);
			CHECK(got == n || got == -EPROTO || got == -EMSGSIZE);
			for (i = 0; got > 0 && i < e.nr; i++)
				CHECK(clps_evt_get(&e, i, &len) + len <= copy + got);
			free(copy);
			mem[m] ^= 0xff;
		}
	}
}

static void header_is_checked(void)
{
	struct clps_evt e;
	int n = build(CLPS_EVT_fork);
	u8 good[256];

	memcpy(good, mem, (size_t)n);
	mem[6] = 2;
	CHECK(clps_evt_parse(&e, mem, (size_t)n) == -EPROTO);
	mem[6] = 1;
	mem[7] = CLPS_EVT_MAX_FIELDS + 1;
	CHECK(clps_evt_parse(&e, mem, sizeof(mem)) == -EPROTO);
	memcpy(mem, good, (size_t)n);
	clps_put_be16(mem + 4, 0);
	CHECK(clps_evt_parse(&e, mem, (size_t)n) == -EPROTO);
	memcpy(mem, good, (size_t)n);
	clps_put_be32(mem, CLPS_EVT_MAX_LEN + 1);
	CHECK(clps_evt_parse(&e, mem, sizeof(mem)) == -EPROTO);
	clps_put_be32(mem, CLPS_EVT_HDR + 5);
	CHECK(clps_evt_parse(&e, mem, sizeof(mem)) == -EPROTO);
	/* More follows: the next record's. */
	memcpy(mem, good, (size_t)n);
	CHECK(clps_evt_parse(&e, mem, sizeof(mem)) == n);
	/* Lengths that leave bytes over. */
	clps_put_be32(mem, (u32)n + 1);
	CHECK(clps_evt_parse(&e, mem, sizeof(mem)) == -EPROTO);
}

static void strings_have_no_nul(void)
{
	struct clps_evt_buf b;
	struct clps_evt e;
	int n;

	clps_evt_begin(&b, mem, sizeof(mem), CLPS_EVT_module, &who);
	clps_evt_int(&b, CLPS_CALL_init_module);
	clps_evt_int(&b, 0);
	clps_evt_int(&b, 4096);
	clps_evt_bytes(&b, "a\0b", 3);
	clps_evt_bytes(&b, "", 0);
	n = clps_evt_end(&b);
	CHECK(n > 0 && clps_evt_parse(&e, mem, (size_t)n) == -EPROTO);
}

/* A record of a sensor that is newer than its reader, and of one that is older. */
static void strange_sensors_are_understood(void)
{
	static const u8 more[5] = { 0, 3, 'n', 'e', 'w' };
	struct clps_evt e;
	u32 len;
	u8 *p;
	int n;

	n = build(CLPS_EVT_fork);
	p = mem + CLPS_EVT_HDR + 2 * CLPS_EVT_fork_NR;
	memmove(p + 2, p, (size_t)n - (CLPS_EVT_HDR + 2 * CLPS_EVT_fork_NR));
	memcpy(p, more, 2);
	memcpy(mem + n + 2, more + 2, 3);
	mem[7]++;
	clps_put_be32(mem, (u32)n + 5);
	CHECK(clps_evt_parse(&e, mem, sizeof(mem)) == n + 5 && e.nr == CLPS_EVT_fork_NR + 1);
	CHECK(clps_evt_get_int(&e, CLPS_EVT_fork_child_pid) == 0xf5f6f7f8);
	CHECK(!clps_evt_get_int(&e, CLPS_EVT_fork_NR));
	CHECK(!memcmp(clps_evt_get(&e, CLPS_EVT_fork_NR, &len), "new", 3) && len == 3);

	/* One field less. */
	n = build(CLPS_EVT_exit);
	memmove(mem + CLPS_EVT_HDR + 2, mem + CLPS_EVT_HDR + 4, 4);
	mem[7] = 1;
	clps_put_be32(mem, CLPS_EVT_HDR + 2 + 4);
	CHECK(clps_evt_parse(&e, mem, sizeof(mem)) == CLPS_EVT_HDR + 6);
	CHECK(clps_evt_get_int(&e, CLPS_EVT_exit_code) == (s32)0xf5f6f7f8);
	CHECK(!clps_evt_get_int(&e, CLPS_EVT_exit_last));

	/* A record that the table does not have. */
	n = build(CLPS_EVT_exit);
	clps_put_be16(mem + 4, 9999);
	CHECK(clps_evt_parse(&e, mem, sizeof(mem)) == n && !e.desc && e.id == 9999);
	CHECK(!clps_evt_get_int(&e, 0) && clps_evt_get(&e, 0, &len) && len == 4);
}

static void writer_keeps_to_the_table(void)
{
	struct clps_evt_buf b;
	u32 len;

	clps_evt_begin(&b, mem, sizeof(mem), 9999, &who);
	clps_evt_int(&b, 1);
	clps_evt_bytes(&b, "x", 1);
	len = 1;
	CHECK(clps_evt_room(&b, &len) == mem && !len);
	CHECK(clps_evt_end(&b) == -EINVAL);
	/* One too few, one too many. */
	clps_evt_begin(&b, mem, sizeof(mem), CLPS_EVT_gap, &who);
	clps_evt_int(&b, 1);
	CHECK(clps_evt_end(&b) == -EINVAL);
	clps_evt_int(&b, 1);
	clps_evt_int(&b, 1);
	CHECK(clps_evt_end(&b) == -EINVAL);
	/* Bytes for an integer, an integer for bytes. */
	clps_evt_begin(&b, mem, sizeof(mem), CLPS_EVT_gap, &who);
	clps_evt_bytes(&b, "12345678", 8);
	CHECK(clps_evt_end(&b) == -EINVAL);
	clps_evt_begin(&b, mem, sizeof(mem), CLPS_EVT_exec, &who);
	clps_evt_int(&b, 1);
	CHECK(clps_evt_end(&b) == -EINVAL);
	/* More than there was room for. */
	clps_evt_begin(&b, mem, sizeof(mem), CLPS_EVT_exec, &who);
	clps_evt_filled(&b, sizeof(mem));
	CHECK(clps_evt_end(&b) == -EINVAL);
}

/* As large as the memory: never a byte behind it, and what is left off is bytes. */
static void memory_may_be_small(void)
{
	static const u8 long_data[2 * CLPS_EVT_MAX_LEN];
	struct clps_evt_buf b;
	struct clps_evt e;
	u32 size, len;
	u8 *exact;
	int n;

	for (size = 0; size < 200; size++) {
		exact = malloc(size ? size : 1);
		clps_evt_begin(&b, exact, size, CLPS_EVT_gap, &who);
		clps_evt_int(&b, 1);
		clps_evt_int(&b, 2);
		n = clps_evt_end(&b);
		CHECK(size < CLPS_EVT_HDR + 4 + 16 ? n == -ENOSPC : n == CLPS_EVT_HDR + 4 + 16);
		free(exact);
	}
	clps_evt_begin(&b, mem, sizeof(mem), CLPS_EVT_module, &who);
	clps_evt_int(&b, 1);
	clps_evt_int(&b, 1);
	clps_evt_int(&b, 1);
	clps_evt_bytes(&b, "name", 4);
	clps_evt_bytes(&b, long_data, sizeof(long_data));
	CHECK(clps_evt_end(&b) == (int)CLPS_EVT_MAX_LEN);
	/* All zero: no string, but the lengths are right. */
	memset(mem + CLPS_EVT_MAX_LEN - 1000, 'x', 1000);
	CHECK(clps_evt_parse(&e, mem, CLPS_EVT_MAX_LEN) == -EPROTO);
	memset(mem + CLPS_EVT_HDR + 2 * CLPS_EVT_module_NR + 2 + 4 + 8 + 4, 'x',
	       CLPS_EVT_MAX_LEN - (CLPS_EVT_HDR + 2 * CLPS_EVT_module_NR + 2 + 4 + 8 + 4));
	CHECK(clps_evt_parse(&e, mem, CLPS_EVT_MAX_LEN) == (int)CLPS_EVT_MAX_LEN);
	clps_evt_get(&e, CLPS_EVT_module_args, &len);
	CHECK(len > 30000);
}

static void addresses_come_back(void)
{
	struct clps_evt_addr in[] = {
		{ .family = CLPS_EVT_AF_NONE },
		{ .family = CLPS_EVT_AF_INET, .port = 65535,
		  .addr = clps_addr_v4(cpu_to_be32(0x01020304)) },
		{ .family = CLPS_EVT_AF_INET6, .port = 22,
		  .addr = { { cpu_to_be32(0x20010db8), 0, 0, cpu_to_be32(1) } } },
		{ .family = CLPS_EVT_AF_UNIX, .path = "/run/x", .path_len = 6 },
		{ .family = CLPS_EVT_AF_UNIX, .path_len = CLPS_EVT_ADDR_UNIX },
		{ .family = CLPS_EVT_AF_OTHER, .other = 16 },
	}, odd = { .family = 77 }, out;
	u8 buf[CLPS_EVT_ADDR_MAX + 1] = { 0 }, *exact;
	u32 n, m, i;

	for (i = 0; i < ARRAY_SIZE(in); i++) {
		n = clps_evt_addr_put(buf, &in[i]);
		exact = malloc(n);
		memcpy(exact, buf, n);
		CHECK(!clps_evt_addr_get(&out, exact, n));
		CHECK(!memcmp(&out, &in[i], sizeof(out)));
		free(exact);
		/* Of a path any length is one. */
		for (m = 0; m < n + 1 && in[i].family != CLPS_EVT_AF_UNIX; m++)
			CHECK(m == n || clps_evt_addr_get(&out, buf, m) == -EPROTO);
	}
	buf[0] = CLPS_EVT_AF_UNIX;
	CHECK(clps_evt_addr_get(&out, buf, CLPS_EVT_ADDR_MAX + 1) == -EPROTO);
	buf[0] = 77;
	CHECK(clps_evt_addr_get(&out, buf, 7) == -EPROTO);
	CHECK(clps_evt_addr_put(buf, &odd) == 1 && buf[0] == CLPS_EVT_AF_NONE);
}

static void numbers_have_names(void)
{
	CHECK(!strcmp(clps_evt_call_name(CLPS_CALL_preadv2), "preadv2"));
	CHECK(!strcmp(clps_evt_call_name(0), "unknown"));
	CHECK(!strcmp(clps_evt_call_name(9999), "unknown"));
	CHECK(!strcmp(clps_evt_kind_name(CLPS_FILE_pty), "pty"));
	CHECK(!strcmp(clps_evt_kind_name(99), "unknown"));
}

int main(void)
{
	unit_begin(10);
	unit_run("each record of the table comes back as it was written", every_record_comes_back);
	unit_run("a record's number may come later", number_comes_later);
	unit_run("a damaged record is refused or whole", damaged_is_refused_or_whole);
	unit_run("a header that cannot be is refused", header_is_checked);
	unit_run("a string has no NUL", strings_have_no_nul);
	unit_run("newer and older sensors are understood", strange_sensors_are_understood);
	unit_run("a writer keeps to the table", writer_keeps_to_the_table);
	unit_run("a record fits the memory, cut in its bytes alone", memory_may_be_small);
	unit_run("addresses of each family come back", addresses_come_back);
	unit_run("numbers have names", numbers_have_names);
	return unit_end();
}

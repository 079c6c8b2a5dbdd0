// SPDX-License-Identifier: GPL-2.0-only
/*
 * The whole collector, fed with entries that a hostile guest made: records with fields of the
 * input's, as they are or in PDUs that were damaged, and bytes of no sense at all. Not a row
 * of another honeypot changes, what is written is JSON of printable ASCII, times in casts do
 * not fall, and memory is bounded.
 * FUZZ_SRCS: userspace/collapsard/cast_file.c userspace/collapsard/collect.c userspace/collapsard/config.c
 * FUZZ_SRCS: userspace/collapsard/eve.c userspace/collapsard/eve_file.c userspace/collapsard/gap.c
 * FUZZ_SRCS: userspace/collapsard/honeypot.c userspace/collapsard/process.c userspace/collapsard/record.c
 * FUZZ_SRCS: userspace/collapsard/say.c userspace/collapsard/session.c userspace/collapsard/store.c
 * FUZZ_SRCS: userspace/collapsard/tty.c userspace/lib/cast.c userspace/lib/community.c
 * FUZZ_SRCS: userspace/lib/parse.c userspace/lib/text.c
 * FUZZ_SRCS: kmod/lib/evt.c kmod/lib/sebek.c kmod/lib/sebek_join.c
 * FUZZ_LIBS: -lsqlite3 -ljansson
 * FUZZ_RUNS: 1000
 */
#include <fcntl.h>
#include <jansson.h>

#include "model.h"
#include "selftests/unit/collector.h"

#define MUST(cond) do { if (!(cond)) abort(); } while (0)
#define ANEW	400	/* inputs, and then another database */
#define FEW	16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	const u8 *p, *end;
};

static char *kept;	/* the other honeypot's rows */
static off_t eve_at;
static unsigned int runs;

static u32 take(struct input *in, unsigned int n)
{
	u32 v = 0;

	while (n-- && in->p < in->end)
		v = v << 8 | *in->p++;
	return v;
}

#define OF_OTHER	" WHERE honeypot = 1 ORDER BY id"

/* All of the first honeypot's, in one string. */
static char *rows_of_other(void)
{
	static const char * const sql[] = {
		"SELECT * FROM honeypots WHERE id = 1", "SELECT * FROM processes" OF_OTHER,
		"SELECT * FROM sessions" OF_OTHER, "SELECT * FROM ttys" OF_OTHER,
		"SELECT * FROM tty_chunks WHERE tty = 1 ORDER BY id",
		"SELECT * FROM commands" OF_OTHER, "SELECT * FROM files" OF_OTHER,
		"SELECT * FROM sockets" OF_OTHER, "SELECT * FROM transfers" OF_OTHER,
		"SELECT * FROM others" OF_OTHER, "SELECT * FROM gaps" OF_OTHER,
	};
	char *all = NULL, *part;
	size_t len, i;
	FILE *f = open_memstream(&all, &len);

	for (i = 0; i < ARRAY_SIZE(sql); i++) {
		part = ask_all(sql[i]);
		fputs(part, f);
		free(part);
	}
	fclose(f);
	return all;
}

static void set_up(void)
{
	struct guest g = { .network = "lan", .name = "other", .address = "10.0.0.5",
			   .sebek = true, .now = GUEST_T0, .comm = "swapper" };

	begin_collecting();
	cfg.processes = FEW;
	cfg.sessions = FEW;
	cfg.ttys = FEW;
	cfg.honeypots = 3;
	cfg.eve_bytes = UINT64_MAX;
	guest_login(&g, 100, GUEST_PTS0, 40000);
	guest_show(&g, 101, 102, GUEST_PTS0, "$ ", 2);
	MUST(!collect_commit(col));
	ask_open();
	kept = rows_of_other();
	MUST(strstr(kept, "192.0.2.66"));
	eve_at = 0;
}

static void tear_down(void)
{
	sqlite3_close(db);
	free(kept);
	close_collector();
	rm_directory();
}

/* Text that somebody would want to be shown, or run. */
static void put_text(struct clps_evt_buf *b, struct input *in)
{
	static const char * const texts[] = {
		"\x1b]0;owned\a\x1b[2J", "'; DROP TABLE sessions; --", "\xff\xfe\xc0\x80",
		("\xe2\x80\xae" "cod.exe"), "\"},{\"a\":\"", "/bin/sh", "sshd", "\n{}\n",
	};
	u32 op = take(in, 1), len;

	if (op & 0x80) {
		clps_evt_bytes(b, texts[op % ARRAY_SIZE(texts)], strlen(texts[op % ARRAY_SIZE(texts)]));
		return;
	}
	len = min(op, (u32)(in->end - in->p));
	clps_evt_bytes(b, in->p, len);
	in->p += len;
}

static void put_addr(struct clps_evt_buf *b, struct input *in)
{
	struct clps_evt_addr a = { .family = (u8)take(in, 1), .port = (u16)take(in, 2) };
	u8 bytes[CLPS_EVT_ADDR_MAX];

	a.addr = clps_addr_v4(cpu_to_be32(take(in, 4)));
	if (a.family == CLPS_EVT_AF_INET6)
		a.addr.w[0] = cpu_to_be32(take(in, 4));
	a.path_len = (u8)(a.port % CLPS_EVT_ADDR_UNIX);
	clps_evt_bytes(b, bytes, clps_evt_addr_put(bytes, &a));
}

/* Few processes, terminals and kinds, so that they meet. */
static void put_int(struct clps_evt_buf *b, struct input *in)
{
	u32 op = take(in, 1);

	if (op & 0x80)
		clps_evt_int(b, (u64)take(in, 4) << 32 | take(in, 4));
	else
		clps_evt_int(b, op & 0x40 ? GUEST_PTS0 + (op & 3) : op & 0x3f);
}

static void put_field(struct clps_evt_buf *b, struct input *in, enum clps_evt_type type)
{
	switch (type) {
	case CLPS_EVT_T_ADDR:
		put_addr(b, in);
		break;
	case CLPS_EVT_T_BYTES:
	case CLPS_EVT_T_STR:
		put_text(b, in);
		break;
	default:
		put_int(b, in);
	}
}

static void damaged(struct guest *g, struct input *in, u8 *p, u32 len)
{
	u32 times = take(in, 1) % 4;

	while (times--)
		p[take(in, 2) % len] = (u8)take(in, 1);
	guest_say(g, g->sebek ? ENTRY_SEBEK : ENTRY_RECORDS, p, len - take(in, 1) % 4 / 3);
}

/* A record whose bytes are changed on the way, or not. */
static void say_record(struct guest *g, struct input *in, bool damage)
{
	static u8 rec[CLPS_EVT_MAX_LEN], pdu[CLPS_SEBEK_MAX];
	u32 id = take(in, 1) % CLPS_EVT_IDS, n, i;
	const struct clps_evt_desc *d = clps_evt_desc(id ? id : 1);
	struct clps_evt_who who = { .seq = ++g->number + (damage ? take(in, 1) : 0),
				    .time = (u64)take(in, 4) << 32, .comm = "sshd" };
	struct clps_sebek_cut cut;
	struct clps_evt_buf b;
	struct clps_evt e;
	int len;

	who.pid = take(in, 1) % 8;
	who.ppid = take(in, 1) % 8;
	clps_evt_begin(&b, rec, sizeof(rec), d->id, &who);
	for (i = 0; i < d->nr; i++)
		put_field(&b, in, d->field[i].type);
	len = clps_evt_end(&b);
	if (len < 0)
		return;
	if (!g->sebek || clps_evt_parse(&e, rec, (size_t)len) != len) {
		damage ? damaged(g, in, rec, (u32)len) : guest_say(g, ENTRY_RECORDS, rec, (size_t)len);
		return;
	}
	clps_sebek_cut_begin(&cut, &e, GUEST_MAGIC, &g->counter);
	while ((n = clps_sebek_cut_next(&cut, pdu)))
		damage ? damaged(g, in, pdu, n) : guest_say(g, ENTRY_SEBEK, pdu, n);
}

static void say_bytes(struct guest *g, struct input *in)
{
	u32 type = take(in, 1) % 5, len = take(in, 2);

	len = min(len, (u32)(in->end - in->p));
	guest_say(g, type, in->p, len);
	in->p += len;
}

/* The lines since the last look: JSON of ASCII. */
static void look_at_lines(void)
{
	char path[CONFIG_PATH + 32], *buf, *line, *end, *c;
	struct stat s;
	json_t *json;
	size_t len;
	int fd;

	snprintf(path, sizeof(path), "%s/eve.json", cfg.directory);
	fd = open(path, O_RDONLY);
	MUST(fd >= 0 && !fstat(fd, &s) && s.st_size >= eve_at);
	len = (size_t)(s.st_size - eve_at);
	buf = malloc(len + 1);
	MUST(pread(fd, buf, len, eve_at) == (ssize_t)len);
	close(fd);
	eve_at = s.st_size;
	buf[len] = '\0';
	for (line = buf; line < buf + len; line = end + 1) {
		end = memchr(line, '\n', (size_t)(buf + len - line));
		MUST(end);
		for (c = line; c < end; c++)
			MUST(*c >= 0x20 && *c < 0x7f);
		json = json_loadb(line, (size_t)(end - line), JSON_ALLOW_NUL, NULL);
		MUST(json_is_object(json) && json_is_string(json_object_get(json, "event_type")));
		json_decref(json);
	}
	free(buf);
}

static void look_at_cast(const char *name)
{
	char *cast = read_whole(name), *line, *end;
	double last = 0, at;
	json_t *json;

	for (line = cast; *line; line = end + 1) {
		end = strchr(line, '\n');
		MUST(end);
		json = json_loadb(line, (size_t)(end - line), JSON_ALLOW_NUL, NULL);
		if (line == cast) {
			MUST(json_integer_value(json_object_get(json, "version")) == 2);
		} else {
			MUST(json_is_array(json) && json_array_size(json) == 3);
			at = json_number_value(json_array_get(json, 0));
			MUST(at >= last && json_is_string(json_array_get(json, 2)));
			last = at;
		}
		json_decref(json);
	}
	free(cast);
}

static void look_at_casts(void)
{
	char *list = ask_all("SELECT 'casts/' || t.session || CASE n WHEN 1 THEN '' ELSE '-' || n END"
			     " || '.cast' FROM (SELECT *, (SELECT count(*) FROM ttys o WHERE"
			     " o.session = t.session AND o.id <= t.id) AS n FROM ttys t"
			     " WHERE t.cast_size > 0 ORDER BY t.id DESC LIMIT 4) t");
	char *save = NULL, *name;

	for (name = strtok_r(list, "\n", &save); name; name = strtok_r(NULL, "\n", &save))
		look_at_cast(name);
	free(list);
}

static void look(void)
{
	char *now = rows_of_other(), *live;

	MUST(!strcmp(now, kept));
	free(now);
	live = ask_all("SELECT max(n) <= 16 FROM (SELECT count(*) AS n FROM sessions WHERE ended IS NULL"
		       " GROUP BY honeypot UNION SELECT count(*) FROM ttys WHERE ended IS NULL"
		       " GROUP BY honeypot)");
	MUST(!strcmp(live, "1\n"));
	free(live);
	MUST(col->honeypots <= cfg.honeypots);
	look_at_lines();
	look_at_casts();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char * const names[] = { "evil", "worse", "other", "o'ther" };
	struct input in = { data, data + size };
	struct guest g = { .network = "net", .address = "10.0.0.66", .now = GUEST_T0, .comm = "x" };
	u32 op = take(&in, 1);

	if (runs++ % ANEW == 0) {
		if (runs > 1)
			tear_down();
		else
			atexit(tear_down);
		set_up();
	}
	g.sebek = op & 1;
	g.name = names[op >> 1 & 3];
	MUST(!collect_begin(col));
	while (in.p < in.end) {
		op = take(&in, 1);
		if (op % 8 == 7)
			say_bytes(&g, &in);
		else
			say_record(&g, &in, op % 8 > 4);
		if (op == 0xff) {
			MUST(!collect_commit(col));
			MUST(!collect_begin(col));
		}
	}
	MUST(!collect_commit(col));
	look();
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/* Sessions in collapsard's database: what is there, and what was done in one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db.h"
#include "text.h"

enum { LIST = 1, SHOWS = 2, REPLAY = 4, EXPORT = 8 };

static const struct {
	const char *name, *args;
	unsigned int bit;
} verbs[] = {
	{ "list", "", LIST },
	{ "show", "ID", SHOWS },
	{ "replay", "ID", REPLAY },
	{ "export", "ID", EXPORT },
};

#define WORDS (sizeof(verbs) / sizeof(verbs[0]))

static const struct {
	const char *name, *meta, *help;
	unsigned int verbs;
} opts[] = {
	{ "--db", "FILE", "database, default " DB_FILE, LIST | SHOWS | REPLAY | EXPORT },
	{ "--honeypot", "NAME", "of one honeypot", LIST },
	{ "--all", NULL, "those without commands and terminals too; processes, files and transfers too",
	  LIST | SHOWS },
	{ "--tty", "N", "which terminal of the session, default 1", REPLAY | EXPORT },
	{ "--speed", "X", "so many times as fast, default 1", REPLAY },
	{ "--idle", "SEC", "no pause is longer", REPLAY },
	{ "--input", NULL, "what was typed instead of what was shown", REPLAY },
	{ "--raw", NULL, "as it was, with what it does to the terminal; not where standard output is none",
	  REPLAY },
	{ "--output", "FILE", "instead of standard output", EXPORT },
};

#define OPTS (sizeof(opts) / sizeof(opts[0]))

void session_help(void)
{
	size_t i, j;

	puts("session: what visitors did, from collapsard's database");
	for (i = 0; i < WORDS; i++) {
		printf("  collapsarctl session %s%s%s", verbs[i].name, *verbs[i].args ? " " : "",
		       verbs[i].args);
		for (j = 0; j < OPTS; j++)
			if (opts[j].verbs & verbs[i].bit)
				printf(" [%s%s%s]", opts[j].name, opts[j].meta ? " " : "",
				       opts[j].meta ? opts[j].meta : "");
		putchar('\n');
	}
	for (j = 0; j < OPTS; j++)
		printf("    %-16s %s\n", opts[j].name, opts[j].help);
}

static bool parse_double(const char *s, double *val)
{
	char *end;

	*val = strtod(s, &end);
	return *s && !*end && *val >= 0.001 && *val <= 1000000;
}

/* Takes the option @i with its value. */
static bool take_opt(struct session_args *a, size_t i, const char *value)
{
	switch (opts[i].name[2]) {
	case 'd':
		a->db = value;
		return true;
	case 'h':
		a->honeypot = value;
		return true;
	case 'a':
		a->all = true;
		return true;
	case 't':
		return parse_u64(value, &a->tty) && a->tty && a->tty <= INT32_MAX;
	case 's':
		return parse_double(value, &a->speed);
	case 'o':
		a->output = value;
		return true;
	case 'r':
		a->raw = true;
		return true;
	default:
		if (!strcmp(opts[i].name, "--input"))
			a->input = true;
		else
			return parse_duration(value, 1, &a->idle_ms);
		return true;
	}
}

static int parse_opt(struct session_args *a, const struct tok *toks, int n, int *at, size_t verb)
{
	const char *value = NULL;
	size_t i = 0;

	while (i < OPTS && strcmp(opts[i].name, toks[*at].s))
		i++;
	if (i == OPTS || !(opts[i].verbs & verbs[verb].bit)) {
		err_at(&toks[*at], "session %s does not know '%s'", verbs[verb].name, toks[*at].s);
		return EXIT_USAGE;
	}
	if (opts[i].meta) {
		if (*at + 1 == n) {
			err_at(&toks[*at], "session %s: '%s' needs %s", verbs[verb].name,
			       toks[*at].s, opts[i].meta);
			return EXIT_USAGE;
		}
		value = toks[++*at].s;
	}
	if (!take_opt(a, i, value)) {
		err_at(&toks[*at], "session %s: '%s' is no %s", verbs[verb].name, value,
		       opts[i].meta);
		return EXIT_USAGE;
	}
	return EXIT_DONE;
}

static int parse(struct session_args *a, const struct tok *toks, int n, size_t verb)
{
	int i = 0, err;
	uint64_t id;

	*a = (struct session_args){ .db = DB_FILE, .tty = 1, .speed = 1 };
	if (*verbs[verb].args) {
		if (!n || !parse_u64(toks[0].s, &id) || !id || id > INT64_MAX) {
			err_at(n ? &toks[0] : NULL, "session %s needs the number of a session",
			       verbs[verb].name);
			return EXIT_USAGE;
		}
		a->id = (int64_t)id;
		i = 1;
	}
	for (; i < n; i++) {
		err = parse_opt(a, toks, n, &i, verb);
		if (err)
			return err;
	}
	return EXIT_DONE;
}

#define SESSION \
	"SELECT s.id, h.network, h.name, s.kind, s.program, s.local, s.local_port, s.remote," \
	" s.remote_port, s.community_id, s.began, s.ended," \
	" (SELECT count(*) FROM commands c WHERE c.session = s.id) AS commands," \
	" (SELECT count(*) FROM ttys t WHERE t.session = s.id) AS ttys" \
	" FROM sessions s JOIN honeypots h ON h.id = s.honeypot"

/* An address and its port. */
static void out_end_of(sqlite3_stmt *st, int col, const char *label, const char *key)
{
	if (!sqlite3_column_bytes(st, col))
		return;
	if (out_is_json()) {
		out_object(key);
		db_out_bytes(st, col, NULL, "address");
		db_out_u64(st, col + 1, NULL, "port");
		out_object_end();
		return;
	}
	db_out_bytes(st, col, label, NULL);
	if (sqlite3_column_int(st, col + 1))
		db_out_u64(st, col + 1, "port", NULL);
}

/* An open object, to which more may be added. */
static void out_session(sqlite3_stmt *st)
{
	out_object(NULL);
	db_out_u64(st, 0, "session", "id");
	db_out_bytes(st, 1, "network", "network");
	db_out_bytes(st, 2, "honeypot", "honeypot");
	db_out_bytes(st, 3, "kind", "kind");
	db_out_bytes(st, 4, "program", "program");
	out_end_of(st, 7, "from", "remote");
	out_end_of(st, 5, "to", "local");
	db_out_bytes(st, 9, "flow", "community_id");
	db_out_time(st, 10, "began", "began");
	db_out_time(st, 11, "ended", "ended");
	db_out_u64(st, 12, "commands", "commands_count");
	db_out_u64(st, 13, "terminals", "ttys_count");
}

static int list(sqlite3 *db, const struct session_args *a)
{
	sqlite3_stmt *st = db_ask(db, SESSION " WHERE (?1 IS NULL OR h.name = ?1)"
				  " AND (?2 OR ttys OR EXISTS (SELECT 1 FROM commands c"
				  " WHERE c.session = s.id)) ORDER BY s.id", 0);
	int err = EXIT_DONE;

	if (!st)
		return EXIT_REFUSED;
	sqlite3_bind_text(st, 1, a->honeypot, -1, SQLITE_STATIC);
	sqlite3_bind_int(st, 2, a->all);
	out_array(NULL);
	while (db_row(st, &err)) {
		out_session(st);
		out_object_end();
		out_end();
	}
	out_array_end();
	out_end();
	sqlite3_finalize(st);
	return err;
}

/* Who did it: the process's number and name. */
static void out_who(sqlite3_stmt *st, int col)
{
	db_out_u64(st, col, "pid", "pid");
	db_out_bytes(st, col + 1, NULL, "comm");
}

/* Arguments, each of which ends with NUL. */
static void out_args(sqlite3_stmt *st, int col)
{
	const char *p = sqlite3_column_blob(st, col);
	size_t len = (size_t)sqlite3_column_bytes(st, col), n;

	out_array("args");
	while (len) {
		n = strnlen(p, len);
		out_bytes(NULL, NULL, p, n);
		n += n < len;
		p += n;
		len -= n;
	}
	out_array_end();
}

static void out_command(sqlite3_stmt *st)
{
	db_out_time(st, 0, NULL, "time");
	out_who(st, 1);
	db_out_u64(st, 3, "uid", "uid");
	db_out_bytes(st, 4, "ran", "path");
	out_args(st, 5);
}

static void out_socket(sqlite3_stmt *st)
{
	db_out_time(st, 0, NULL, "time");
	out_who(st, 1);
	db_out_bytes(st, 3, NULL, "act");
	out_end_of(st, 4, "local", "local");
	out_end_of(st, 6, "remote", "remote");
	db_out_bytes(st, 8, "flow", "community_id");
}

static void out_file(sqlite3_stmt *st)
{
	db_out_time(st, 0, NULL, "time");
	out_who(st, 1);
	db_out_bytes(st, 3, NULL, "act");
	db_out_bytes(st, 4, NULL, "path");
	if (sqlite3_column_bytes(st, 5))
		db_out_bytes(st, 5, "to", "other");
}

static void out_process(sqlite3_stmt *st)
{
	db_out_time(st, 0, NULL, "began");
	out_who(st, 1);
	db_out_u64(st, 3, "parent", "parent_pid");
	db_out_bytes(st, 4, "program", "path");
	db_out_time(st, 5, "ended", "ended");
}

static void out_transfer(sqlite3_stmt *st)
{
	db_out_time(st, 0, NULL, "time");
	out_who(st, 1);
	db_out_bytes(st, 3, NULL, "kind");
	out_str(NULL, "direction", OUT_PLAIN, sqlite3_column_int(st, 4) ? "written" : "read");
	db_out_bytes(st, 5, NULL, "data");
	if (sqlite3_column_int64(st, 6))
		db_out_u64(st, 6, "missing", "missing");
}

static void out_other(sqlite3_stmt *st)
{
	db_out_time(st, 0, NULL, "time");
	out_who(st, 1);
	db_out_bytes(st, 3, NULL, "kind");
	db_out_bytes(st, 4, NULL, "fields");
}

static void out_gap(sqlite3_stmt *st)
{
	db_out_time(st, 0, NULL, "time");
	db_out_bytes(st, 1, "missing", "cause");
	db_out_u64(st, 2, NULL, "count");
	db_out_bytes(st, 3, NULL, "unit");
}

#define WHO	"p.pid, p.comm"
#define OF(table, columns) "SELECT x.arrived, " WHO ", " columns " FROM " table \
	" x JOIN processes p ON p.id = x.process WHERE x.session = ?1 ORDER BY x.id"

static const struct part {
	const char *key, *title, *sql;
	void (*out)(sqlite3_stmt *st);
	bool all;
} parts[] = {
	{ "commands", "commands:", OF("commands", "x.uid, x.path, x.args"), out_command, false },
	{ "sockets", "connections:", OF("sockets", "x.act, x.local, x.local_port, x.remote,"
	  " x.remote_port, x.community_id"), out_socket, false },
	{ "others", "what else was done:", OF("others", "x.kind, x.fields"), out_other, false },
	{ "gaps", "gaps of its honeypot meanwhile:",
	  "SELECT g.time, g.cause, g.count, g.unit FROM sessions s JOIN gaps g"
	  " ON g.honeypot = s.honeypot AND g.time >= s.began AND (s.ended IS NULL OR"
	  " coalesce(g.since, g.time) <= s.ended) WHERE s.id = ?1 ORDER BY g.id", out_gap, false },
	{ "processes", "processes:",
	  "SELECT x.began, x.pid, x.comm, p.pid, x.path, x.ended FROM processes x"
	  " LEFT JOIN processes p ON p.id = x.parent WHERE x.session = ?1 ORDER BY x.id",
	  out_process, true },
	{ "files", "files:", OF("files", "x.act, x.path, x.other"), out_file, true },
	{ "transfers", "pipes and sockets:", OF("transfers", "x.kind, x.written, x.data,"
	  " x.missing"), out_transfer, true },
};

#define PARTS (sizeof(parts) / sizeof(parts[0]))

static void title(const char *text)
{
	if (out_is_json())
		return;
	out_text(text);
	out_end();
}

static int show_part(sqlite3 *db, const struct part *p, int64_t id)
{
	sqlite3_stmt *st = db_ask(db, p->sql, id);
	int err = EXIT_DONE;

	if (!st)
		return EXIT_REFUSED;
	title(p->title);
	out_array(p->key);
	while (db_row(st, &err)) {
		out_object(NULL);
		p->out(st);
		out_object_end();
		out_end();
	}
	out_array_end();
	sqlite3_finalize(st);
	return err;
}

static const char * const codes[] = { "output", "input", "size" };

static void out_chunk(sqlite3_stmt *st)
{
	int code = sqlite3_column_int(st, 1);

	out_object(NULL);
	db_out_time(st, 0, NULL, "time");
	out_str(NULL, "code", OUT_PLAIN, code >= 0 && code < 3 ? codes[code] : "unknown");
	if (code == 2) {
		db_out_u64(st, 4, NULL, "rows");
		db_out_u64(st, 5, NULL, "columns");
	} else {
		db_out_bytes(st, 2, NULL, "data");
		if (sqlite3_column_int64(st, 3))
			db_out_u64(st, 3, NULL, "missing");
	}
	out_object_end();
}

/* In text, the output alone, with its lines. Half a character waits for the rest. */
static void text_chunk(sqlite3_stmt *st, struct text *part)
{
	struct text t = { 0 };
	size_t left;

	if (sqlite3_column_int(st, 1))
		return;
	text_add(part, sqlite3_column_blob(st, 2), (size_t)sqlite3_column_bytes(st, 2));
	if (part->failed)
		abort();
	left = sqlite3_column_int64(st, 3) ? 0 : utf8_tail((const uint8_t *)part->s, part->len);
	text_shown(&t, part->s, part->len - left, TEXT_LINES);
	if (t.failed)
		abort();
	if (t.s)
		fputs(t.s, stdout);
	text_free(&t);
	memmove(part->s, part->s + part->len - left, left);
	part->len = left;
}

static int show_chunks(sqlite3 *db, int64_t tty)
{
	sqlite3_stmt *st = db_ask(db, "SELECT c.arrived, c.code, c.data, c.missing, c.rows, c.columns"
				  " FROM tty_chunks c JOIN ttys t ON t.id = c.tty WHERE c.tty = ?1"
				  " AND (c.code = 2 OR c.master = t.master) ORDER BY c.id", tty);
	struct text part = { 0 };
	int err = EXIT_DONE;

	if (!st)
		return EXIT_REFUSED;
	out_array("chunks");
	while (db_row(st, &err))
		if (out_is_json())
			out_chunk(st);
		else
			text_chunk(st, &part);
	out_array_end();
	if (!out_is_json()) {
		out_bytes(NULL, NULL, part.s ? part.s : "", part.len);
		out_end();
	}
	text_free(&part);
	sqlite3_finalize(st);
	return err;
}

static int show_ttys(sqlite3 *db, int64_t id)
{
	sqlite3_stmt *st = db_ask(db, "SELECT id, row_number() OVER (ORDER BY id), rows, columns, began"
				  " FROM ttys WHERE session = ?1 ORDER BY id", id);
	int err = EXIT_DONE;

	if (!st)
		return EXIT_REFUSED;
	out_array("ttys");
	while (!err && db_row(st, &err)) {
		out_object(NULL);
		db_out_u64(st, 1, "terminal", "tty");
		db_out_u64(st, 2, "rows", "rows");
		db_out_u64(st, 3, "columns", "columns");
		db_out_time(st, 4, "began", "began");
		out_end();
		err = show_chunks(db, sqlite3_column_int64(st, 0));
		out_object_end();
	}
	out_array_end();
	sqlite3_finalize(st);
	return err;
}

int session_check(sqlite3 *db, int64_t id)
{
	sqlite3_stmt *st = db_ask(db, "SELECT 1 FROM sessions WHERE id = ?1", id);
	int err = EXIT_DONE;

	if (!st)
		return EXIT_REFUSED;
	if (!db_row(st, &err) && !err) {
		err_say("there is no session %lld", (long long)id);
		err = EXIT_REFUSED;
	}
	sqlite3_finalize(st);
	return err;
}

static int show(sqlite3 *db, const struct session_args *a)
{
	sqlite3_stmt *st = db_ask(db, SESSION " WHERE s.id = ?1", a->id);
	int err = EXIT_DONE;
	size_t i;

	if (!st)
		return EXIT_REFUSED;
	if (!db_row(st, &err)) {
		sqlite3_finalize(st);
		return err ? err : EXIT_REFUSED;
	}
	out_session(st);
	out_end();
	for (i = 0; i < PARTS && !err; i++)
		if (a->all || !parts[i].all)
			err = show_part(db, &parts[i], a->id);
	if (!err)
		err = show_ttys(db, a->id);
	/* Whatever happened, what was begun is JSON. */
	out_object_end();
	out_end();
	sqlite3_finalize(st);
	return err;
}

int cmd_session(const struct tok *toks, int n)
{
	struct session_args args;
	sqlite3 *db = NULL;
	size_t verb = 0;
	int err;

	while (n && verb < WORDS && strcmp(verbs[verb].name, toks[0].s))
		verb++;
	if (verb == WORDS) {
		err_at(&toks[0], "session knows list, show, replay and export, not '%s'",
		       toks[0].s);
		return EXIT_USAGE;
	}
	err = parse(&args, toks + !!n, n - !!n, verb);
	if (!err)
		err = db_open(&db, args.db);
	if (err)
		return err;
	err = verb ? session_check(db, args.id) : EXIT_DONE;
	if (!err)
		switch (verbs[verb].bit) {
		case LIST:
			err = list(db, &args);
			break;
		case SHOWS:
			err = show(db, &args);
			break;
		case REPLAY:
			err = session_replay(db, &args);
			break;
		default:
			err = session_export(db, &args);
		}
	sqlite3_close(db);
	return err;
}

// SPDX-License-Identifier: GPL-2.0-only
/* A terminal of a session, played, or as a file for players. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cast.h"
#include "db.h"

#define NSEC	UINT64_C(1000000000)
#define MSEC	UINT64_C(1000000)

struct tty {
	int64_t id;
	unsigned int rows, columns;
	uint64_t began;
	char title[160];
};

static int find_tty(sqlite3 *db, const struct session_args *a, struct tty *t)
{
	sqlite3_stmt *st = db_ask(db, "SELECT t.id, t.rows, t.columns, t.began, h.network || '/' ||"
				  " h.name || coalesce(' from ' || s.remote, '') FROM ttys t"
				  " JOIN sessions s ON s.id = t.session"
				  " JOIN honeypots h ON h.id = t.honeypot"
				  " WHERE t.session = ?1 ORDER BY t.id LIMIT 1 OFFSET ?2", a->id);
	int err = EXIT_DONE;

	if (!st)
		return EXIT_REFUSED;
	sqlite3_bind_int64(st, 2, (int64_t)a->tty - 1);
	if (db_row(st, &err)) {
		t->id = sqlite3_column_int64(st, 0);
		t->rows = (unsigned int)sqlite3_column_int(st, 1);
		t->columns = (unsigned int)sqlite3_column_int(st, 2);
		t->began = (uint64_t)sqlite3_column_int64(st, 3);
		snprintf(t->title, sizeof(t->title), "%s", sqlite3_column_text(st, 4));
	} else if (!err) {
		err_say("session %" PRId64 " has no terminal %" PRIu64, a->id, a->tty);
		err = EXIT_REFUSED;
	}
	sqlite3_finalize(st);
	return err;
}

static sqlite3_stmt *chunks(sqlite3 *db, const struct tty *t)
{
	return db_ask(db, "SELECT c.code, c.time, c.arrived, c.data, c.missing, c.rows, c.columns"
		      " FROM tty_chunks c JOIN ttys t ON t.id = c.tty WHERE c.tty = ?1"
		      " AND (c.code = 2 OR c.master = t.master) ORDER BY c.id", t->id);
}

static void get_chunk(sqlite3_stmt *st, struct cast_chunk *k)
{
	int code = sqlite3_column_int(st, 0);

	k->code = code == 1 ? CAST_INPUT : code == 2 ? CAST_SIZE : CAST_OUTPUT;
	k->guest = (uint64_t)sqlite3_column_int64(st, 1);
	k->arrived = (uint64_t)sqlite3_column_int64(st, 2);
	k->data = sqlite3_column_blob(st, 3);
	k->len = (size_t)sqlite3_column_bytes(st, 3);
	k->missing = (uint64_t)sqlite3_column_int64(st, 4);
	k->rows = (unsigned int)sqlite3_column_int(st, 5);
	k->columns = (unsigned int)sqlite3_column_int(st, 6);
}

static int put(FILE *f, struct text *t)
{
	if (t->failed || (t->len && fwrite(t->s, t->len, 1, f) != 1))
		return EXIT_REFUSED;
	text_clear(t);
	return EXIT_DONE;
}

static int write_cast(sqlite3 *db, const struct tty *tty, FILE *f)
{
	sqlite3_stmt *st = chunks(db, tty);
	struct cast cast = { 0 };
	struct cast_chunk k;
	struct text t = { 0 };
	int err = EXIT_DONE;

	if (!st)
		return EXIT_REFUSED;
	cast_header(&t, tty->columns, tty->rows, tty->began, tty->title, strlen(tty->title));
	while (!err && db_row(st, &err)) {
		get_chunk(st, &k);
		cast_event(&cast, &t, &k);
		err = put(f, &t);
	}
	cast_end(&cast, &t);
	if (!err)
		err = put(f, &t);
	text_free(&t);
	sqlite3_finalize(st);
	return err;
}

int session_export(sqlite3 *db, const struct session_args *a)
{
	FILE *f = stdout;
	struct tty tty;
	int err;

	err = find_tty(db, a, &tty);
	if (err)
		return err;
	if (a->output)
		f = fopen(a->output, "we");
	if (!f) {
		err_say("%s: %s", a->output, strerror(errno));
		return EXIT_REFUSED;
	}
	err = write_cast(db, &tty, f);
	/* Of standard output main() asks. */
	if (a->output && fclose(f)) {
		err_say("%s: %s", a->output, strerror(errno));
		return EXIT_REFUSED;
	}
	return err;
}

/* As long as it took, at the speed that is wanted. */
static void wait_until(const struct session_args *a, uint64_t *last, uint64_t at)
{
	uint64_t ns = at - *last;
	struct timespec ts;
	double scaled;

	*last = at;
	if (a->idle_ms && ns > a->idle_ms * MSEC)
		ns = a->idle_ms * MSEC;
	scaled = (double)ns / a->speed;
	ns = scaled < 1e18 ? (uint64_t)scaled : (uint64_t)1e18;
	ts.tv_sec = (time_t)(ns / NSEC);
	ts.tv_nsec = (long)(ns % NSEC);
	if (ns)
		nanosleep(&ts, NULL);
}

/* What does not make a whole character waits for what comes. */
static void add_shown(struct text *t, struct text *part, const struct cast_chunk *k)
{
	size_t left;

	text_add(part, k->data, k->len);
	if (part->failed)
		return;
	left = k->missing ? 0 : utf8_tail((const uint8_t *)part->s, part->len);
	text_shown(t, part->s, part->len - left, TEXT_LINES);
	memmove(part->s, part->s + part->len - left, left);
	part->len = left;
}

static int play(const struct session_args *a, sqlite3_stmt *st, bool raw)
{
	enum cast_code wanted = a->input ? CAST_INPUT : CAST_OUTPUT;
	struct text t = { 0 }, part = { 0 };
	struct cast cast = { 0 };
	struct cast_chunk k;
	int err = EXIT_DONE;
	uint64_t last = 0;

	while (!err && db_row(st, &err)) {
		get_chunk(st, &k);
		wait_until(a, &last, cast_move(&cast, &k));
		if (k.code != wanted)
			continue;
		if (raw)
			text_add(&t, k.data, k.len);
		else
			add_shown(&t, &part, &k);
		err = put(stdout, &t);
		/* Nobody sees it any more. */
		if (fflush(stdout))
			err = EXIT_REFUSED;
	}
	text_shown(&t, part.s ? part.s : "", part.len, TEXT_WORD);
	/* Back to what a terminal is like. */
	text_str(&t, raw ? "\033[?1049l\033[!p\033[0m\n" : "\n");
	err = err ? err : put(stdout, &t);
	text_free(&t);
	text_free(&part);
	return err;
}

int session_replay(sqlite3 *db, const struct session_args *a)
{
	bool raw = a->raw && isatty(STDOUT_FILENO);
	sqlite3_stmt *st;
	struct tty tty;
	int err;

	if (out_is_json()) {
		err_say("session replay is for people; session export writes JSON lines");
		return EXIT_USAGE;
	}
	err = find_tty(db, a, &tty);
	if (err)
		return err;
	st = chunks(db, &tty);
	if (!st)
		return EXIT_REFUSED;
	err = play(a, st, raw);
	sqlite3_finalize(st);
	return err;
}

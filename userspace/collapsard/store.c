// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sqlite3.h>

#include "schema.h"
#include "store.h"

#define BUSY_MS		10000	/* a reader that checkpoints, or a backup */

static const char * const sql[ST_NR] = {
#define X(name, text) [ST_##name] = text,
	STORE_STMTS(X)
#undef X
};

/* SQLite's reasons, as far as anybody acts on them. */
static int to_errno(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_DONE:
	case SQLITE_ROW:
		return 0;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_CANTOPEN:
		return -ENOENT;
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return -EACCES;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return -EBADMSG;
	default:
		return -EIO;
	}
}

static int fail(struct store *s, int rc)
{
	if (s->err)
		return s->err;
	s->err = to_errno(rc);
	/* A write that found no room is an I/O error to SQLite. */
	if (s->err == -EIO && s->db && sqlite3_system_errno(s->db) == ENOSPC)
		s->err = -ENOSPC;
	snprintf(s->why, sizeof(s->why), "%s", s->db ? sqlite3_errmsg(s->db) : sqlite3_errstr(rc));
	return s->err;
}

static int run_sql(struct store *s, const char *text)
{
	int rc = sqlite3_exec(s->db, text, NULL, NULL, NULL);

	return rc ? fail(s, rc) : 0;
}

/* The one integer of a PRAGMA. */
static int ask(struct store *s, const char *text, sqlite3_int64 *val)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(s->db, text, -1, &st, NULL);

	if (!rc && sqlite3_step(st) == SQLITE_ROW)
		*val = sqlite3_column_int64(st, 0);
	else
		fail(s, rc ? rc : sqlite3_errcode(s->db));
	sqlite3_finalize(st);
	return s->err;
}

static int make_schema(struct store *s)
{
	char text[96];

	snprintf(text, sizeof(text), "PRAGMA application_id = %d; PRAGMA user_version = %d",
		 SCHEMA_ID, SCHEMA_VERSION);
	/* All or nothing of it. */
	if (run_sql(s, "BEGIN IMMEDIATE") || run_sql(s, SCHEMA) || run_sql(s, text) ||
	    run_sql(s, "COMMIT")) {
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
		return s->err;
	}
	return 0;
}

static int check_schema(struct store *s)
{
	sqlite3_int64 version = 0, id = 0, tables = 0;

	if (ask(s, "PRAGMA user_version", &version) || ask(s, "PRAGMA application_id", &id) ||
	    ask(s, "SELECT count(*) FROM sqlite_master", &tables))
		return s->err;
	if (!version && !id && !tables)
		return make_schema(s);
	if (id == SCHEMA_ID && version == SCHEMA_VERSION)
		return 0;
	if (id != SCHEMA_ID)
		snprintf(s->why, sizeof(s->why), "it is another program's");
	else
		snprintf(s->why, sizeof(s->why), "its tables are of version %lld, this is %d",
			 (long long)version, SCHEMA_VERSION);
	s->err = -EPROTO;
	return s->err;
}

static int set_up(struct store *s, uint64_t max_bytes)
{
	sqlite3_int64 page = 0, got = 0;
	char text[64];
	int one = 1;

	sqlite3_busy_timeout(s->db, BUSY_MS);
	/* What others have put into the file is not run. */
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_extended_result_codes(s->db, 1);
	if (run_sql(s, "PRAGMA journal_mode = WAL") || run_sql(s, "PRAGMA synchronous = FULL") ||
	    run_sql(s, "PRAGMA journal_size_limit = 67108864") ||
	    run_sql(s, "PRAGMA temp_store = MEMORY") || check_schema(s))
		return s->err;
	/* Who may only read could not make the log's files again. */
	sqlite3_file_control(s->db, NULL, SQLITE_FCNTL_PERSIST_WAL, &one);
	if (!max_bytes)
		return 0;
	if (ask(s, "PRAGMA page_size", &page))
		return s->err;
	snprintf(text, sizeof(text), "PRAGMA max_page_count = %lld",
		 (long long)(max_bytes / (uint64_t)page));
	return ask(s, text, &got);
}

static int prepare(struct store *s)
{
	int rc;

	for (int i = 0; i < ST_NR; i++) {
		rc = sqlite3_prepare_v3(s->db, sql[i], -1, SQLITE_PREPARE_PERSISTENT,
					&s->stmt[i], NULL);
		if (rc)
			return fail(s, rc);
	}
	return 0;
}

int store_open(struct store *s, const char *path, uint64_t max_bytes)
{
	int rc, err;

	memset(s, 0, sizeof(*s));
	rc = sqlite3_open_v2(path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
			     SQLITE_OPEN_NOMUTEX, NULL);
	err = rc ? fail(s, rc) : set_up(s, max_bytes);
	if (!err)
		err = prepare(s);
	if (err)
		store_close(s);
	return err;
}

void store_close(struct store *s)
{
	for (int i = 0; i < ST_NR; i++) {
		sqlite3_finalize(s->stmt[i]);
		s->stmt[i] = NULL;
	}
	sqlite3_close(s->db);
	s->db = NULL;
}

int store_begin(struct store *s)
{
	s->err = 0;
	s->why[0] = '\0';
	if (run_sql(s, "BEGIN IMMEDIATE"))
		return s->err;
	s->open = true;
	return 0;
}

int store_commit(struct store *s)
{
	int err;

	if (!s->err)
		run_sql(s, "COMMIT");
	err = s->err;
	if (err)
		store_rollback(s);
	s->open = false;
	return err;
}

void store_rollback(struct store *s)
{
	for (int i = 0; i < ST_NR; i++)
		sqlite3_reset(s->stmt[i]);
	/* Some errors have rolled it back already. */
	if (!sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	s->open = false;
}

static int bind_one(sqlite3_stmt *st, int i, char type, va_list *ap)
{
	const char *text;
	const void *p;
	sqlite3_int64 v;
	size_t len;

	switch (type) {
	case 'i':
		return sqlite3_bind_int64(st, i, va_arg(*ap, int64_t));
	case 'n':
		v = va_arg(*ap, int64_t);
		return v ? sqlite3_bind_int64(st, i, v) : sqlite3_bind_null(st, i);
	case 't':
		text = va_arg(*ap, const char *);
		return text ? sqlite3_bind_text(st, i, text, -1, SQLITE_STATIC) :
			      sqlite3_bind_null(st, i);
	default:
		p = va_arg(*ap, const void *);
		len = va_arg(*ap, size_t);
		/* No bytes are a value as well. */
		return sqlite3_bind_blob64(st, i, len ? p : "", len, SQLITE_STATIC);
	}
}

static int start(struct store *s, enum store_stmt st, const char *types, va_list *ap)
{
	int i, rc = 0;

	if (s->err)
		return s->err;
	sqlite3_reset(s->stmt[st]);
	for (i = 0; types[i] && !rc; i++)
		rc = bind_one(s->stmt[st], i + 1, types[i], ap);
	return rc ? fail(s, rc) : 0;
}

static bool step(struct store *s, enum store_stmt st)
{
	int rc = sqlite3_step(s->stmt[st]);

	if (rc == SQLITE_ROW)
		return true;
	if (rc != SQLITE_DONE)
		fail(s, rc);
	sqlite3_reset(s->stmt[st]);
	return false;
}

int64_t store_run(struct store *s, enum store_stmt st, const char *types, ...)
{
	va_list ap;
	int err;

	va_start(ap, types);
	err = start(s, st, types, &ap);
	va_end(ap);
	if (err)
		return 0;
	while (step(s, st))
		;
	return s->err ? 0 : sqlite3_last_insert_rowid(s->db);
}

bool store_row(struct store *s, enum store_stmt st, const char *types, ...)
{
	va_list ap;
	int err;

	va_start(ap, types);
	err = start(s, st, types, &ap);
	va_end(ap);
	return !err && step(s, st);
}

bool store_next(struct store *s, enum store_stmt st)
{
	return !s->err && step(s, st);
}

int64_t store_int(struct store *s, enum store_stmt st, int col)
{
	return sqlite3_column_int64(s->stmt[st], col);
}

const void *store_bytes(struct store *s, enum store_stmt st, int col, size_t *len)
{
	const void *p = sqlite3_column_blob(s->stmt[st], col);

	*len = (size_t)sqlite3_column_bytes(s->stmt[st], col);
	return p;
}

void store_done(struct store *s, enum store_stmt st)
{
	sqlite3_reset(s->stmt[st]);
}

// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "collapsard/schema.h"
#include "db.h"

#define BUSY_MS		5000
#define NSEC		1000000000

static int ask_version(sqlite3 *db, const char *path)
{
	sqlite3_stmt *st = NULL;
	int err = EXIT_REFUSED, version = 0;

	if (sqlite3_prepare_v2(db, "SELECT (SELECT user_version FROM pragma_user_version)"
			       " * (SELECT application_id = ?1 FROM pragma_application_id)", -1,
			       &st, NULL) == SQLITE_OK &&
	    sqlite3_bind_int(st, 1, SCHEMA_ID) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW) {
		version = sqlite3_column_int(st, 0);
		err = EXIT_DONE;
	}
	if (err)
		err_say("%s: %s", path, sqlite3_errmsg(db));
	sqlite3_finalize(st);
	if (!err && version != SCHEMA_VERSION) {
		err_say("%s: no database of collapsard's, or of another version", path);
		err = EXIT_REFUSED;
	}
	return err;
}

int db_open(sqlite3 **db, const char *path)
{
	int rc = sqlite3_open_v2(path, db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);
	int err;

	if (rc != SQLITE_OK) {
		err_say("%s: %s", path, *db ? sqlite3_errmsg(*db) : sqlite3_errstr(rc));
		err = EXIT_REFUSED;
	} else {
		sqlite3_busy_timeout(*db, BUSY_MS);
		/* What somebody has put into the file is not run. */
		sqlite3_db_config(*db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		sqlite3_db_config(*db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
		err = ask_version(*db, path);
	}
	if (err) {
		sqlite3_close(*db);
		*db = NULL;
	}
	return err;
}

sqlite3_stmt *db_ask(sqlite3 *db, const char *sql, int64_t arg)
{
	sqlite3_stmt *st = NULL;

	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK ||
	    (sqlite3_bind_parameter_count(st) && sqlite3_bind_int64(st, 1, arg) != SQLITE_OK)) {
		err_say("database: %s", sqlite3_errmsg(db));
		sqlite3_finalize(st);
		return NULL;
	}
	return st;
}

bool db_row(sqlite3_stmt *st, int *err)
{
	int rc = sqlite3_step(st);

	if (rc == SQLITE_ROW)
		return true;
	if (rc != SQLITE_DONE) {
		err_say("database: %s", sqlite3_errmsg(sqlite3_db_handle(st)));
		*err = EXIT_REFUSED;
	}
	return false;
}

void db_out_bytes(sqlite3_stmt *st, int col, const char *label, const char *key)
{
	const void *p = sqlite3_column_blob(st, col);

	if (sqlite3_column_type(st, col) != SQLITE_NULL)
		out_bytes(label, key, p ? p : "", (size_t)sqlite3_column_bytes(st, col));
}

void db_out_u64(sqlite3_stmt *st, int col, const char *label, const char *key)
{
	if (sqlite3_column_type(st, col) != SQLITE_NULL)
		out_u64(label, key, (uint64_t)sqlite3_column_int64(st, col));
}

void db_out_time(sqlite3_stmt *st, int col, const char *label, const char *key)
{
	uint64_t ns = (uint64_t)sqlite3_column_int64(st, col);
	time_t sec = (time_t)(ns / NSEC);
	char day[32], text[64];
	struct tm tm;

	if (sqlite3_column_type(st, col) == SQLITE_NULL)
		return;
	gmtime_r(&sec, &tm);
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text, sizeof(text), "%s.%03uZ", day, (unsigned int)(ns % NSEC / 1000000));
	out_str(label, key, OUT_PLAIN, text);
}

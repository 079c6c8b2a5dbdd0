/* SPDX-License-Identifier: GPL-2.0-only */
/* collapsard's database, to be read. */
#ifndef CLPS_CTL_DB_H
#define CLPS_CTL_DB_H

#include <stdint.h>
#include <sqlite3.h>

#include "ctl.h"

#define DB_FILE		"/var/lib/collapsar/collapsard.db"
#define EVE_FILE	"/var/lib/collapsar/eve.json"

/* Returns an exit code, having said what went wrong. */
int db_open(sqlite3 **db, const char *path);

/* A query with one number, if it has a place for it; NULL when it was said why. */
sqlite3_stmt *db_ask(sqlite3 *db, const char *sql, int64_t arg);
/* Is there another row? Says so if it cannot be told, with *@err set. */
bool db_row(sqlite3_stmt *st, int *err);

/* Columns into out.h's words; NULLs are left out. */
void db_out_bytes(sqlite3_stmt *st, int col, const char *label, const char *key);
void db_out_u64(sqlite3_stmt *st, int col, const char *label, const char *key);
/* Nanoseconds since 1970 as a time in UTC. */
void db_out_time(sqlite3_stmt *st, int col, const char *label, const char *key);

/* cmd_replay.c */
struct session_args {
	int64_t id;
	const char *db;
	const char *honeypot;
	const char *output;
	uint64_t tty;		/* the first is 1 */
	double speed;
	uint64_t idle_ms;	/* a pause is no longer, 0: as it was */
	bool all, raw, input;
};

int session_replay(sqlite3 *db, const struct session_args *args);
int session_export(sqlite3 *db, const struct session_args *args);
/* cmd_session.c: is there such a session? Says so if not. */
int session_check(sqlite3 *db, int64_t id);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The database: transactions and prepared statements. The first error within a transaction
 * is kept, and all that follows does nothing, until store_commit() tells of it; so what
 * makes rows need not ask after each.
 */
#ifndef CLPS_STORE_H
#define CLPS_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store_sql.h"

struct sqlite3;
struct sqlite3_stmt;

enum store_stmt {
#define X(name, sql) ST_##name,
	STORE_STMTS(X)
#undef X
	ST_NR
};

struct store {
	struct sqlite3 *db;
	struct sqlite3_stmt *stmt[ST_NR];
	int err;		/* of the transaction: a negative errno */
	char why[160];		/* SQLite's words about it */
	bool open;		/* within a transaction */
};

/* @max_bytes: the file grows no further, 0: as far as the disk goes. 0 or a negative errno. */
int store_open(struct store *s, const char *path, uint64_t max_bytes);
void store_close(struct store *s);

int store_begin(struct store *s);
/* 0: it is on the disk, whatever happens now. Otherwise nothing of it is there. */
int store_commit(struct store *s);
void store_rollback(struct store *s);

/*
 * Run a statement with arguments of these types:
 *   i int64_t   n int64_t, 0 is NULL   t const char *, may be NULL   b const void *, size_t
 * Returns the row that it inserted.
 */
int64_t store_run(struct store *s, enum store_stmt st, const char *types, ...);

/*
 * The same for a query. True: there is a row, whose columns may be asked for until the
 * statement runs again; store_next() goes to the next one.
 */
bool store_row(struct store *s, enum store_stmt st, const char *types, ...);
bool store_next(struct store *s, enum store_stmt st);
int64_t store_int(struct store *s, enum store_stmt st, int col);
/* NULL and no bytes if there are none. */
const void *store_bytes(struct store *s, enum store_stmt st, int col, size_t *len);
/* A query whose rows were not all asked for is over. */
void store_done(struct store *s, enum store_stmt st);

#endif

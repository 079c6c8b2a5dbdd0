/* SPDX-License-Identifier: GPL-2.0-only */
/* A collector with a directory of its own, and questions to its database. */
#ifndef COLLECT_TEST_H
#define COLLECT_TEST_H

#include <ftw.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "guest.h"

static struct config cfg;
static struct collect *col;
static struct stream st;
static sqlite3 *db;

static int rm_one(const char *path, const struct stat *s, int type, struct FTW *f)
{
	(void)s;
	(void)type;
	(void)f;
	return remove(path);
}

/* Memory, where there is: nobody cuts the power of a test. */
static void new_directory(void)
{
	config_default(&cfg);
	strcpy(cfg.directory, access("/dev/shm", W_OK) ? "/tmp/collect.XXXXXX" :
	       "/dev/shm/collect.XXXXXX");
	if (!mkdtemp(cfg.directory))
		abort();
}

static void rm_directory(void)
{
	nftw(cfg.directory, rm_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void take_entry(const struct entry *e)
{
	collect_entry(col, &st, e);
}

static void open_collector(void)
{
	col = collect_open(&cfg);
	if (!col)
		abort();
	memset(&st, 0, sizeof(st));
	st.name = "front:test";
	st.epoch = 7;
	guests.take = take_entry;
}

static void close_collector(void)
{
	collect_close(col);
	col = NULL;
}

static inline void begin_collecting(void)
{
	new_directory();
	guests.seq = 0;
	open_collector();
	if (collect_begin(col))
		abort();
}

/* What was given until now is there, and more may come. */
static inline int commit(void)
{
	int err = collect_commit(col);

	if (collect_begin(col))
		abort();
	return err;
}

static inline void begin_again(void)
{
	if (collect_commit(col))
		abort();
	close_collector();
	open_collector();
	if (collect_begin(col))
		abort();
}

static inline int end_collecting(void)
{
	int err = collect_commit(col);

	close_collector();
	return err;
}

static void ask_open(void)
{
	char path[CONFIG_PATH + 32];

	snprintf(path, sizeof(path), "%s/collapsard.db", cfg.directory);
	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL))
		abort();
}

static inline void ask_write(const char *sql)
{
	char path[CONFIG_PATH + 32];

	snprintf(path, sizeof(path), "%s/collapsard.db", cfg.directory);
	if (sqlite3_open(path, &db) || sqlite3_exec(db, sql, NULL, NULL, NULL))
		abort();
	sqlite3_close(db);
}

/* All of the answer, "|" between columns and a new line behind rows; bytes in hexadecimal. */
static char *ask_all(const char *sql)
{
	sqlite3_stmt *s = NULL;
	char *out = NULL;
	const u8 *p;
	size_t len;
	FILE *f = open_memstream(&out, &len);
	int i, j;

	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL)) {
		printf("# %s: %s\n", sql, sqlite3_errmsg(db));
		abort();
	}
	while (sqlite3_step(s) == SQLITE_ROW) {
		for (i = 0; i < sqlite3_column_count(s); i++) {
			if (i)
				fputc('|', f);
			p = sqlite3_column_blob(s, i);
			if (sqlite3_column_type(s, i) != SQLITE_BLOB)
				fputs(p ? (const char *)sqlite3_column_text(s, i) : "", f);
			else
				for (j = 0; j < sqlite3_column_bytes(s, i); j++)
					fprintf(f, "%02x", p[j]);
		}
		fputc('\n', f);
	}
	sqlite3_finalize(s);
	fclose(f);
	return out;
}

/* Is that the answer? Of one row, without its new line. */
static bool answers(const char *sql, const char *want)
{
	char *have;
	bool same;

	ask_open();
	have = ask_all(sql);
	sqlite3_close(db);
	same = !strncmp(have, want, strlen(want)) && !strcmp(have + strlen(want), *have ? "\n" : "");
	if (!same)
		printf("# %s\n# is %s# instead of %s\n", sql, *have ? have : "nothing\n", want);
	free(have);
	return same;
}

/* The bytes that went over a terminal. */
static inline bool flowed(const char *where, const void *want, size_t len)
{
	char sql[256], *hex = malloc(2 * len + 1);
	bool same;
	size_t i;

	for (i = 0; i < len; i++)
		sprintf(hex + 2 * i, "%02X", ((const u8 *)want)[i]);
	hex[2 * len] = '\0';
	snprintf(sql, sizeof(sql), "SELECT group_concat(hex(data), '') FROM"
		 " (SELECT data FROM tty_chunks WHERE %s ORDER BY id)", where);
	same = answers(sql, hex);
	free(hex);
	return same;
}

static char *read_whole(const char *name)
{
	char path[CONFIG_PATH + 64], *p = calloc(1, 1);
	struct stat s;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", cfg.directory, name);
	f = fopen(path, "r");
	if (!f)
		return p;
	if (!fstat(fileno(f), &s)) {
		p = realloc(p, (size_t)s.st_size + 1);
		p[fread(p, 1, (size_t)s.st_size, f)] = '\0';
	}
	fclose(f);
	return p;
}

#endif

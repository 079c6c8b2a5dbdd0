// SPDX-License-Identifier: GPL-2.0-only
/*
 * One asciicast per terminal, DIRECTORY/casts/SESSION.cast and SESSION-N.cast for those
 * that came after the first. A file follows from the rows: what is behind the length that
 * the database has of it is of a transaction that was not done, and is cut off; a file that is
 * shorter is written anew. No file stays open, so any number of terminals costs no descriptor.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cast.h"
#include "eve.h"
#include "model.h"

#define CHUNKS_AT_ONCE	256

/* Where a file is, and what it has. */
struct cast_file {
	s64 tty, session, nr, size, chunk;
	u64 began;
	bool master;
	unsigned int rows, columns;
	struct cast cast;
	char title[160];
};

void cast_touch(struct collect *c, s64 tty)
{
	s64 *more;
	size_t i;

	if (!c->cfg->casts)
		return;
	/* Mostly the same as before. */
	for (i = c->touched_len; i > 0 && c->touched_len - i < 8; i--)
		if (c->touched[i - 1] == tty)
			return;
	if (c->touched_len == c->touched_size) {
		more = reallocarray(c->touched, 2 * c->touched_size + 64, sizeof(*more));
		if (!more) {
			c->store.err = c->store.err ? c->store.err : -ENOMEM;
			return;
		}
		c->touched = more;
		c->touched_size = 2 * c->touched_size + 64;
	}
	c->touched[c->touched_len++] = tty;
}

static bool load(struct collect *c, s64 tty, struct cast_file *f)
{
	struct store *s = &c->store;
	const char *who, *from;
	size_t len, from_len;
	const void *p;

	memset(f, 0, sizeof(*f));
	if (!store_row(s, ST_CAST, "i", tty))
		return false;
	f->tty = tty;
	f->session = store_int(s, ST_CAST, 0);
	f->rows = (unsigned int)store_int(s, ST_CAST, 1);
	f->columns = (unsigned int)store_int(s, ST_CAST, 2);
	f->began = (u64)store_int(s, ST_CAST, 3);
	f->size = store_int(s, ST_CAST, 4);
	f->chunk = store_int(s, ST_CAST, 5);
	p = store_bytes(s, ST_CAST, 6, &len);
	if (p && len == sizeof(f->cast))
		memcpy(&f->cast, p, len);
	else
		f->size = f->chunk = 0;
	f->master = store_int(s, ST_CAST, 7);
	who = store_bytes(s, ST_CAST, 8, &len);
	from = store_bytes(s, ST_CAST, 9, &from_len);
	snprintf(f->title, sizeof(f->title), "%.*s%s%.*s", (int)len, who ? who : "",
		 from_len ? " from " : "", (int)from_len, from ? from : "");
	f->nr = store_int(s, ST_CAST, 10);
	store_done(s, ST_CAST);
	return true;
}

static int open_cast(const struct collect *c, struct cast_file *f)
{
	char path[CONFIG_PATH + 80];
	struct stat st;
	int fd, n;

	n = snprintf(path, sizeof(path), "%s/casts/%lld", c->cfg->directory,
		     (long long)f->session);
	if (f->nr > 1)
		n += snprintf(path + n, sizeof(path) - (size_t)n, "-%lld", (long long)f->nr);
	snprintf(path + n, sizeof(path) - (size_t)n, ".cast");
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st)) {
		n = -errno;
		close(fd);
		return n;
	}
	if (st.st_size < f->size) {
		memset(&f->cast, 0, sizeof(f->cast));
		f->size = 0;
		f->chunk = 0;
	}
	if (ftruncate(fd, f->size) || lseek(fd, f->size, SEEK_SET) < 0) {
		n = -errno;
		close(fd);
		return n;
	}
	return fd;
}

static int push(int fd, struct cast_file *f, struct text *t)
{
	size_t done = 0;
	ssize_t n;

	while (done < t->len) {
		n = write(fd, t->s + done, t->len - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EIO;
		done += (size_t)n;
	}
	f->size += (s64)done;
	text_clear(t);
	return 0;
}

static void get_chunk(struct store *s, struct cast_file *f, struct cast_chunk *k)
{
	size_t len;

	f->chunk = store_int(s, ST_CAST_CHUNKS, 0);
	k->code = (enum cast_code)store_int(s, ST_CAST_CHUNKS, 1);
	k->guest = (u64)store_int(s, ST_CAST_CHUNKS, 2);
	k->arrived = (u64)store_int(s, ST_CAST_CHUNKS, 3);
	k->data = store_bytes(s, ST_CAST_CHUNKS, 4, &len);
	k->len = len;
	k->missing = (u64)store_int(s, ST_CAST_CHUNKS, 5);
	k->rows = (unsigned int)store_int(s, ST_CAST_CHUNKS, 6);
	k->columns = (unsigned int)store_int(s, ST_CAST_CHUNKS, 7);
}

/* Some chunks more. Returns how many, or a negative errno. */
static int some(struct collect *c, struct cast_file *f, int fd, struct text *t)
{
	struct store *s = &c->store;
	struct cast_chunk k;
	int n = 0, err;

	if (!store_row(s, ST_CAST_CHUNKS, "iiii", f->tty, f->chunk, (int64_t)f->master,
		       (int64_t)CHUNKS_AT_ONCE))
		return 0;
	still_alive(c);
	do {
		get_chunk(s, f, &k);
		cast_event(&f->cast, t, &k);
		n++;
	} while (store_next(s, ST_CAST_CHUNKS));
	if (t->failed)
		return -ENOMEM;
	err = push(fd, f, t);
	return err ? err : n;
}

static int catch_up(struct collect *c, s64 tty)
{
	struct cast_file f;
	struct text t = { 0 };
	int fd, n;

	if (!load(c, tty, &f))
		return 0;
	fd = open_cast(c, &f);
	if (fd < 0)
		return fd;
	if (!f.size)
		cast_header(&t, f.columns, f.rows, f.began, f.title, strlen(f.title));
	do
		n = some(c, &f, fd, &t);
	while (n == CHUNKS_AT_ONCE);
	close(fd);
	text_free(&t);
	if (n < 0)
		return n;
	store_run(&c->store, ST_CAST_SET, "iiib", f.tty, f.size, f.chunk,
		  (const void *)&f.cast, sizeof(f.cast));
	return 0;
}

static int by_number(const void *a, const void *b)
{
	s64 x = *(const s64 *)a, y = *(const s64 *)b;

	return x < y ? -1 : x > y;
}

/* All whose files have less than the database, whoever left them so. */
static void touch_behind(struct collect *c)
{
	struct store *s = &c->store;

	if (!store_row(s, ST_CASTS_OPEN, ""))
		return;
	do
		cast_touch(c, store_int(s, ST_CASTS_OPEN, 0));
	while (store_next(s, ST_CASTS_OPEN));
}

/* A terminal that has ended is touched no more; a disk that is full stays so for a while. */
static void retry(struct collect *c)
{
	s64 now = (s64)time(NULL);

	if (!c->casts_err)
		return;
	if (now == c->casts_tried) {
		c->out_err = c->casts_err;
		return;
	}
	c->casts_tried = now;
	c->casts_err = 0;
	touch_behind(c);
}

/* A cast that cannot be written is written later: the database has what is to be in it. */
void casts_write(struct collect *c)
{
	size_t i;
	int err;

	if (c->store.err)
		return;
	retry(c);
	if (!c->touched_len)
		return;
	qsort(c->touched, c->touched_len, sizeof(*c->touched), by_number);
	for (i = 0; i < c->touched_len && !c->store.err; i++) {
		if (i && c->touched[i] == c->touched[i - 1])
			continue;
		still_alive(c);
		err = catch_up(c, c->touched[i]);
		if (err)
			c->out_err = c->casts_err = err;
	}
}

void casts_forget(struct collect *c)
{
	c->touched_len = 0;
	c->casts_err = c->store.err;
	c->casts_tried = 0;
}

/* Those that an earlier end left behind. */
void casts_open(struct collect *c)
{
	char path[CONFIG_PATH + 16];

	if (!c->cfg->casts)
		return;
	snprintf(path, sizeof(path), "%s/casts", c->cfg->directory);
	if (mkdir(path, 0750) && errno != EEXIST) {
		c->out_err = -errno;
		return;
	}
	if (store_begin(&c->store))
		return;
	touch_behind(c);
	casts_write(c);
	store_commit(&c->store);
	c->touched_len = 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The EVE file. In the transaction that has what lines tell of, the database has the lines
 * too, and the place in the file where they will be: "inode" and "size". They are written
 * after it. Whoever finds them at a start compares the file's length with that place, and
 * writes what is missing, so that no line is lost, or there twice. Files change only when all
 * has been written.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "eve.h"
#include "say.h"

struct eve {
	const struct config *cfg;
	struct text lines;
	int fd;
	ino_t inode;
	u64 size;		/* of what was written, or will be before the next lines */
	size_t left;		/* lines[sent..] of the last transaction are still to be written */
	size_t sent;
	time_t since;
};

static int eve_path(const struct eve *v, unsigned int nr, char *path, size_t size)
{
	int n = nr ? snprintf(path, size, "%s/eve.json.%u", v->cfg->directory, nr) :
		     snprintf(path, size, "%s/eve.json", v->cfg->directory);

	return n < 0 || (size_t)n >= size ? -ENAMETOOLONG : 0;
}

static int open_file(struct eve *v, unsigned int nr)
{
	char path[CONFIG_PATH];
	struct stat st;
	int err = eve_path(v, nr, path, sizeof(path));

	if (err)
		return err;
	v->fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (v->fd < 0 || fstat(v->fd, &st))
		return -errno;
	v->inode = st.st_ino;
	v->size = (u64)st.st_size;
	v->since = time(NULL);
	return 0;
}

struct text *eve_lines(struct eve *v)
{
	return &v->lines;
}

static int push(struct eve *v)
{
	ssize_t n;

	while (v->left) {
		n = write(v->fd, v->lines.s + v->sent, v->left);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EIO;
		v->sent += (size_t)n;
		v->left -= (size_t)n;
	}
	text_clear(&v->lines);
	v->sent = 0;
	return 0;
}

/* Which of our files has this inode? -1: none. */
static int find_inode(struct eve *v, ino_t inode)
{
	char path[CONFIG_PATH];
	struct stat st;
	unsigned int i;

	for (i = 0; i <= v->cfg->eve_files; i++)
		if (!eve_path(v, i, path, sizeof(path)) && !stat(path, &st) && st.st_ino == inode)
			return (int)i;
	return -1;
}

/* Lines of the last transaction before the end, whatever it was. */
static int recover(struct eve *v, struct store *s)
{
	const void *p;
	u64 size, have;
	ino_t inode;
	size_t len;
	int nr;

	if (!store_row(s, ST_EVE, ""))
		return s->err;
	inode = (ino_t)store_int(s, ST_EVE, 0);
	size = (u64)store_int(s, ST_EVE, 1);
	p = store_bytes(s, ST_EVE, 2, &len);
	nr = find_inode(v, inode);
	if (nr) {
		/* It was renamed when all was in it, or somebody took it away. */
		store_done(s, ST_EVE);
		return 0;
	}
	have = v->size < size ? 0 : v->size - size;
	/* More than that is not ours. */
	if (have < len) {
		text_add(&v->lines, (const char *)p + have, len - have);
		v->sent = 0;
		v->left = v->lines.failed ? 0 : v->lines.len;
	}
	store_done(s, ST_EVE);
	return push(v);
}

struct eve *eve_open(struct collect *c)
{
	struct eve *v = calloc(1, sizeof(*v));
	struct stat st;
	int err = -ENOMEM;

	if (!v)
		return NULL;
	v->cfg = c->cfg;
	v->fd = -1;
	err = open_file(v, 0);
	if (!err)
		err = recover(v, &c->store);
	if (!err && !fstat(v->fd, &st))
		v->size = (u64)st.st_size;
	if (!err)
		return v;
	say("%s/eve.json: %s", c->cfg->directory, strerror(-err));
	eve_close(v);
	return NULL;
}

void eve_close(struct eve *v)
{
	if (!v)
		return;
	if (v->fd >= 0)
		close(v->fd);
	text_free(&v->lines);
	free(v);
}

/* The files move up by one, and the last goes. */
static int rotate(struct eve *v)
{
	char from[CONFIG_PATH], to[CONFIG_PATH];
	int old = v->fd, err;
	u64 i;

	for (i = v->cfg->eve_files; i > 0; i--) {
		if (eve_path(v, (unsigned int)i - 1, from, sizeof(from)) ||
		    eve_path(v, (unsigned int)i, to, sizeof(to)))
			return -ENAMETOOLONG;
		if (rename(from, to) && errno != ENOENT)
			return -errno;
	}
	if (!v->cfg->eve_files && (eve_path(v, 0, from, sizeof(from)) || unlink(from)))
		return -errno;
	/* The number of a file that has gone is free when nobody has it open. */
	v->fd = -1;
	err = open_file(v, 0);
	close(old);
	return err;
}

static bool is_full(const struct eve *v)
{
	if (!v->size)
		return false;
	return v->size >= v->cfg->eve_bytes ||
	       (v->cfg->eve_seconds && time(NULL) - v->since >= (time_t)v->cfg->eve_seconds);
}

/*
 * What could not be written before goes before what is new. As long as there is no room for
 * it, no transaction is done: nothing would hold the lines.
 */
void eve_save(struct collect *c)
{
	struct eve *v = c->eve;
	struct store *s = &c->store;

	if (!v || s->err || !v->lines.len)
		return;
	store_run(s, ST_EVE_SET, "iib", (int64_t)v->inode, (int64_t)v->size,
		  (const void *)v->lines.s, v->lines.len);
}

void eve_write(struct collect *c)
{
	struct eve *v = c->eve;
	int err;

	if (!v)
		return;
	v->left = v->lines.len;
	v->sent = 0;
	v->size += v->left;
	err = push(v);
	if (!err && is_full(v))
		err = rotate(v);
	c->out_err = err ? err : c->out_err;
}

int eve_ready(struct collect *c)
{
	struct eve *v = c->eve;

	if (!v)
		return 0;
	/* A rotation that failed half way. */
	if (v->fd < 0)
		return open_file(v, 0);
	return v->left ? push(v) : 0;
}

void eve_alone(struct collect *c)
{
	struct eve *v = c->eve;
	ssize_t n;

	if (!v || !v->lines.len)
		return;
	n = write(v->fd, v->lines.s, v->lines.len);
	if (n == (ssize_t)v->lines.len)
		v->size += v->lines.len;
	else if (n > 0 && ftruncate(v->fd, (off_t)v->size))
		c->out_err = -errno;
	text_clear(&v->lines);
}

void eve_drop(struct collect *c)
{
	struct eve *v = c->eve;

	if (v && !v->left)
		text_clear(&v->lines);
}

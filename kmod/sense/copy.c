// SPDX-License-Identifier: GPL-2.0-only
/* Files whose bytes go somewhere without passing through a program's read() or write(). */
#include <linux/file.h>
#include <linux/mman.h>

#include "sense.h"

void clps_sense_mmap(const struct clps_sense_sys *s)
{
	struct clps_evt_buf b;
	struct file *f;

	if (s->arg[3] & MAP_ANONYMOUS || IS_ERR_VALUE(s->ret))
		return;
	f = fget(s->arg[4]);
	if (!f)
		return;
	if (clps_sense_kind_has_path(clps_sense_kind(f))) {
		clps_sense_begin(&b, CLPS_EVT_mmap);
		clps_evt_int(&b, (int)s->arg[4]);
		clps_sense_put_file(&b, f);
		clps_evt_int(&b, s->arg[2]);
		clps_evt_int(&b, s->arg[3]);
		clps_evt_int(&b, s->arg[1]);
		clps_evt_int(&b, s->arg[5]);
		clps_sense_put_path(&b, f);
		clps_sense_commit(&b);
	}
	fput(f);
}

static void put_end(struct clps_evt_buf *b, int fd, struct file *f)
{
	clps_evt_int(b, fd);
	clps_sense_put_file(b, f);
	if (f && clps_sense_kind_has_path(clps_sense_kind(f)))
		clps_sense_put_path(b, f);
	else
		clps_evt_bytes(b, "", 0);
}

static void record(const struct clps_sense_sys *s, int in_fd, int out_fd)
{
	struct file *in, *out;
	struct clps_evt_buf b;

	if (s->ret < 0)
		return;
	in = fget(in_fd);
	out = fget(out_fd);
	clps_sense_begin(&b, CLPS_EVT_copy);
	clps_evt_int(&b, s->call);
	put_end(&b, in_fd, in);
	put_end(&b, out_fd, out);
	clps_evt_int(&b, s->ret);
	clps_sense_commit(&b);
	if (in)
		fput(in);
	if (out)
		fput(out);
}

void clps_sense_splice(const struct clps_sense_sys *s)
{
	record(s, s->arg[0], s->arg[2]);
}

void clps_sense_copy_range(const struct clps_sense_sys *s)
{
	record(s, s->arg[0], s->arg[2]);
}

void clps_sense_tee(const struct clps_sense_sys *s)
{
	record(s, s->arg[0], s->arg[1]);
}

void clps_sense_sendfile(const struct clps_sense_sys *s)
{
	record(s, s->arg[1], s->arg[0]);
}

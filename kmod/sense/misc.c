// SPDX-License-Identifier: GPL-2.0-only
/* What intruders do to a kernel, and the size of their terminals. */
#include <linux/file.h>
#include <linux/io_uring.h>
#include <linux/tty.h>

#include "sense.h"

void clps_sense_init_module(const struct clps_sense_sys *s)
{
	struct clps_evt_buf b;

	clps_sense_begin(&b, CLPS_EVT_module);
	clps_evt_int(&b, s->call);
	clps_evt_int(&b, s->ret);
	clps_evt_int(&b, s->arg[1]);
	clps_evt_bytes(&b, "", 0);
	clps_sense_put_user_str(&b, s->arg[2]);
	clps_sense_commit(&b);
}

void clps_sense_finit_module(const struct clps_sense_sys *s)
{
	struct file *f = fget(s->arg[0]);
	struct clps_evt_buf b;

	clps_sense_begin(&b, CLPS_EVT_module);
	clps_evt_int(&b, s->call);
	clps_evt_int(&b, s->ret);
	clps_evt_int(&b, f ? i_size_read(file_inode(f)) : 0);
	clps_sense_put_path(&b, f);
	clps_sense_put_user_str(&b, s->arg[1]);
	clps_sense_commit(&b);
	if (f)
		fput(f);
}

void clps_sense_delete_module(const struct clps_sense_sys *s)
{
	struct clps_evt_buf b;

	clps_sense_begin(&b, CLPS_EVT_module);
	clps_evt_int(&b, s->call);
	clps_evt_int(&b, s->ret);
	clps_evt_int(&b, 0);
	clps_sense_put_user_str(&b, s->arg[0]);
	clps_evt_bytes(&b, "", 0);
	clps_sense_commit(&b);
}

static void looked_into(const struct clps_sense_sys *s, long request, u32 target)
{
	struct clps_evt_buf b;

	clps_sense_begin(&b, CLPS_EVT_ptrace);
	clps_evt_int(&b, s->call);
	clps_evt_int(&b, request);
	clps_evt_int(&b, target);
	clps_evt_int(&b, s->ret);
	clps_sense_commit(&b);
}

void clps_sense_ptrace(const struct clps_sense_sys *s)
{
	looked_into(s, s->arg[0], s->arg[1]);
}

void clps_sense_process_vm(const struct clps_sense_sys *s)
{
	looked_into(s, 0, s->arg[0]);
}

void clps_sense_bpf(const struct clps_sense_sys *s)
{
	struct clps_evt_buf b;

	clps_sense_begin(&b, CLPS_EVT_bpf);
	clps_evt_int(&b, s->arg[0]);
	clps_evt_int(&b, s->ret);
	clps_sense_commit(&b);
}

void clps_sense_uring_setup(const struct clps_sense_sys *s)
{
	struct clps_evt_buf b;
	u32 flags;

	if (!clps_sense_peek(&flags, s->arg[1] + offsetof(struct io_uring_params, flags),
			     sizeof(flags)))
		flags = 0;
	clps_sense_begin(&b, CLPS_EVT_uring_setup);
	clps_evt_int(&b, s->ret);
	clps_evt_int(&b, s->arg[0]);
	clps_evt_int(&b, flags);
	clps_sense_commit(&b);
}

/* The one ioctl of interest: what a replay of the terminal must be as large as. */
void clps_sense_ioctl(const struct clps_sense_sys *s)
{
	enum clps_evt_file_kind kind;
	struct clps_evt_buf b;
	struct winsize ws;
	struct file *f;

	if ((u32)s->arg[1] != TIOCSWINSZ || s->ret)
		return;
	f = fget(s->arg[0]);
	if (!f)
		return;
	kind = clps_sense_kind(f);
	if (kind == CLPS_FILE_tty || kind == CLPS_FILE_pty) {
		clps_sense_winsize(f, &ws);
		clps_sense_begin(&b, CLPS_EVT_winsize);
		clps_evt_int(&b, (int)s->arg[0]);
		clps_evt_int(&b, clps_sense_dev(f, kind));
		clps_evt_int(&b, file_inode(f)->i_ino);
		clps_evt_int(&b, ws.ws_row);
		clps_evt_int(&b, ws.ws_col);
		clps_sense_commit(&b);
	}
	fput(f);
}

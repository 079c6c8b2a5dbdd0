// SPDX-License-Identifier: GPL-2.0-only
/* Files that are opened, and those that somebody tried to open. */
#include <linux/file.h>
#include <uapi/linux/openat2.h>

#include "sense.h"

static void record(const struct clps_sense_sys *s, unsigned long path, u64 flags, u16 mode)
{
	struct file *f = s->ret >= 0 ? fget_raw(s->ret) : NULL;
	struct clps_evt_buf b;

	if (f)
		clps_sense_first_forget(f);
	clps_sense_begin(&b, CLPS_EVT_open);
	clps_evt_int(&b, s->call);
	clps_evt_int(&b, s->ret);
	clps_evt_int(&b, flags);
	clps_evt_int(&b, mode);
	clps_sense_put_file(&b, f);
	if (f)
		clps_sense_put_path(&b, f);
	else
		clps_sense_put_user_str(&b, path);
	clps_sense_commit(&b);
	if (f)
		fput(f);
}

/* Flags are an int, and modes shorter yet, but for openat2(). */
void clps_sense_open(const struct clps_sense_sys *s)
{
	record(s, s->arg[0], (u32)s->arg[1], s->arg[2]);
}

void clps_sense_creat(const struct clps_sense_sys *s)
{
	record(s, s->arg[0], O_CREAT | O_WRONLY | O_TRUNC, s->arg[1]);
}

void clps_sense_openat(const struct clps_sense_sys *s)
{
	record(s, s->arg[1], (u32)s->arg[2], s->arg[3]);
}

void clps_sense_openat2(const struct clps_sense_sys *s)
{
	struct open_how how;

	if (!clps_sense_peek(&how, s->arg[2], sizeof(how)))
		how = (struct open_how){ };
	record(s, s->arg[1], how.flags, how.mode);
}

/* Without a path that was given. */
void clps_sense_open_by_handle(const struct clps_sense_sys *s)
{
	record(s, 0, (u32)s->arg[2], 0);
}

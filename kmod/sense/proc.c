// SPDX-License-Identifier: GPL-2.0-only
/* Programs that start, processes and threads that come and go. */
#include <linux/cred.h>
#include <linux/mm_types.h>
#include <linux/sched/signal.h>

#include "sense.h"

/* The new program's stack holds them, NUL behind each. */
void clps_sense_exec(struct task_struct *p, const struct file *file, int argc)
{
	const struct mm_struct *mm = p->mm;
	struct clps_evt_buf b;
	unsigned long args;

	args = mm->arg_end - mm->arg_start;
	clps_sense_begin(&b, CLPS_EVT_exec);
	clps_sense_put_path(&b, file);
	clps_evt_int(&b, clps_sense_dev(file, CLPS_FILE_regular));
	clps_evt_int(&b, file_inode(file)->i_ino);
	clps_evt_int(&b, argc);
	clps_evt_int(&b, args);
	clps_sense_put_user(&b, mm->arg_start, args);
	clps_evt_int(&b, mm->env_end - mm->env_start);
	clps_evt_int(&b, from_kuid(&init_user_ns, current_euid()));
	clps_sense_commit(&b);
}

u64 clps_sense_clone3_flags(unsigned long args)
{
	u64 flags;

	return clps_sense_peek(&flags, args, sizeof(flags)) ? flags : 0;
}

void clps_sense_fork(struct task_struct *child, u64 flags)
{
	struct clps_evt_buf b;

	clps_sense_filter_fork(child);
	clps_sense_begin(&b, CLPS_EVT_fork);
	clps_evt_int(&b, child->tgid);
	clps_evt_int(&b, child->pid);
	clps_evt_int(&b, flags);
	clps_sense_commit(&b);
}

void clps_sense_exit(struct task_struct *p)
{
	struct clps_evt_buf b;

	bool last = !atomic_read(&p->signal->live);

	clps_sense_begin_for(&b, CLPS_EVT_exit, p);
	clps_evt_int(&b, p->exit_code);
	clps_evt_int(&b, last);
	clps_sense_commit(&b);
	if (last)
		clps_sense_follow_set(p->tgid, 0);
}

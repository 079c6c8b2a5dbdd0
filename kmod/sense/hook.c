// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the kernel calls us: its own tracepoints, looked for by name since modules are
 * not given them otherwise.
 */
#include <linux/binfmts.h>
#include <linux/ptrace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task_stack.h>
#include <linux/tracepoint.h>
#include <asm/syscall.h>

#include "../compat/syscall.h"
#include "sense.h"

/* Neither is a program of anybody's. */
static bool is_kernels(const struct task_struct *p)
{
	return p->flags & (PF_KTHREAD | PF_IO_WORKER);
}

/* The call is made again after the signal, and recorded then. */
static bool will_restart(long ret)
{
	return ret == -ERESTARTSYS || ret == -ERESTARTNOINTR || ret == -ERESTARTNOHAND ||
	       ret == -ERESTART_RESTARTBLOCK;
}

/* A 32-bit call has the lower halves of the registers, whatever is in the upper ones. */
static void get_arguments(unsigned long arg[6], struct pt_regs *regs, bool ia32)
{
	int i;

	syscall_get_arguments(current, regs, arg);
	for (i = 0; ia32 && i < 6; i++)
		arg[i] = (u32)arg[i];
}

static void on_sys_exit(void *data, struct pt_regs *regs, long ret)
{
	int nr = syscall_get_nr(current, regs);
	bool ia32 = clps_compat_in_ia32_syscall();
	const struct clps_sense_call *call;
	struct clps_sense_sys s;

	if (nr < 0)
		return;
	call = ia32 ? clps_sense_call_ia32(nr) : clps_sense_call(nr);
	if (likely(!call || !call->fn))
		return;
	if (will_restart(ret) || clps_sense_is_reader(current))
		return;
	get_arguments(s.arg, regs, ia32);
	s.ret = ret;
	s.call = call->call;
	s.ia32 = ia32;
	call->fn(&s);
}

static void on_exec(void *data, struct task_struct *p, pid_t old_pid, struct linux_binprm *bprm)
{
	if (!clps_sense_is_reader(p))
		clps_sense_exec(p, bprm->file, bprm->argc);
}

static void on_fork(void *data, struct task_struct *parent, struct task_struct *child)
{
	bool ia32 = clps_compat_in_ia32_syscall();
	unsigned long arg[6];
	struct pt_regs *regs;
	int nr;

	if (is_kernels(child) || clps_sense_is_reader(parent))
		return;
	/* A helper that the kernel starts by itself comes from no system call. */
	if (is_kernels(parent)) {
		clps_sense_fork(child, 0);
		return;
	}
	regs = current_pt_regs();
	nr = syscall_get_nr(current, regs);
	get_arguments(arg, regs, ia32);
	clps_sense_fork(child, ia32 ? clps_sense_clone_flags_ia32(nr, arg[0]) :
				      clps_sense_clone_flags(nr, arg[0]));
}

static void on_exit(void *data, struct task_struct *p)
{
	if (is_kernels(p))
		return;
	if (!clps_sense_is_reader(p)) {
		clps_sense_exit(p);
	} else if (!atomic_read(&p->signal->live)) {
		clps_sense_reader_ended(p);
		clps_sense_follow_set(p->tgid, 0);
	}
}

static struct hook {
	const char *name;
	void *probe;
	struct tracepoint *tp;
	bool on;
} hooks[] = {
	{ "sys_exit", on_sys_exit },
	{ "sched_process_exec", on_exec },
	{ "sched_process_fork", on_fork },
	{ "sched_process_exit", on_exit },
	{ clps_sense_uring_tracepoint },
};

static void look_for(struct tracepoint *tp, void *unused)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(hooks); i++)
		if (!strcmp(hooks[i].name, tp->name))
			hooks[i].tp = tp;
}

int clps_sense_hook(void)
{
	int i, err;

	hooks[ARRAY_SIZE(hooks) - 1].probe = clps_sense_uring_probe();
	for_each_kernel_tracepoint(look_for, NULL);
	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		/* A kernel without io_uring has nothing to tell of it. */
		if (!hooks[i].probe)
			continue;
		err = -ENOENT;
		if (hooks[i].tp)
			err = tracepoint_probe_register(hooks[i].tp, hooks[i].probe, NULL);
		if (err) {
			pr_err("collapsar_sense: no tracepoint %s (%d)\n", hooks[i].name, err);
			clps_sense_unhook();
			return err;
		}
		hooks[i].on = true;
	}
	return 0;
}

/* Nobody is in a probe any more when this returns. */
void clps_sense_unhook(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		if (hooks[i].on)
			tracepoint_probe_unregister(hooks[i].tp, hooks[i].probe, NULL);
		hooks[i].on = false;
	}
	tracepoint_synchronize_unregister();
}

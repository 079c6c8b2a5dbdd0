// SPDX-License-Identifier: GPL-2.0-only
/*
 * What syscall tracepoints show of the tasks of one name, in order, as a probe sees it
 * that finds sys_enter and sys_exit the way an out-of-tree module must: by name.
 *
 * debugfs: collapsar_calls/on is 1 while the probes are registered, and calls has a line
 * for each time that one was called:
 *
 *   PID enter NR ARG0 ARG1 ARG2 ARG3 ARG4 ARG5
 *   PID exit NR RESULT
 */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/tracepoint.h>
#include <linux/vmalloc.h>
#include <asm/syscall.h>

#define CALLS	4096

struct call {
	pid_t pid;
	bool enter;
	long nr;
	long ret;
	unsigned long args[6];
};

static char *comm = "";
module_param(comm, charp, 0444);
MODULE_PARM_DESC(comm, "the name of those whose syscalls are listed");

static DEFINE_MUTEX(lock);		/* of what is registered */
static bool on;
static struct tracepoint *tp_enter, *tp_exit;
static struct dentry *dir;
static struct call *calls;
static atomic_t made;

/* The next line, if it is wanted and there is room; those without room are counted. */
static struct call *next_call(long nr)
{
	struct call *c;
	int n;

	if (strncmp(current->comm, comm, TASK_COMM_LEN))
		return NULL;
	n = atomic_fetch_inc(&made);
	if (n >= CALLS)
		return NULL;
	c = &calls[n];
	c->pid = task_pid_vnr(current);
	c->nr = nr;
	return c;
}

static void on_enter(void *data, struct pt_regs *regs, long nr)
{
	struct call *c = next_call(nr);

	if (!c)
		return;
	c->enter = true;
	syscall_get_arguments(current, regs, c->args);
}

static void on_exit(void *data, struct pt_regs *regs, long ret)
{
	struct call *c = next_call(syscall_get_nr(current, regs));

	if (c)
		c->ret = ret;
}

static void find(struct tracepoint *tp, void *priv)
{
	if (!strcmp(tp->name, "sys_enter"))
		tp_enter = tp;
	else if (!strcmp(tp->name, "sys_exit"))
		tp_exit = tp;
}

static int turn_on(void)
{
	int err;

	err = tracepoint_probe_register(tp_enter, on_enter, NULL);
	if (err)
		return err;
	err = tracepoint_probe_register(tp_exit, on_exit, NULL);
	if (err)
		tracepoint_probe_unregister(tp_enter, on_enter, NULL);
	return err;
}

static void turn_off(void)
{
	tracepoint_probe_unregister(tp_exit, on_exit, NULL);
	tracepoint_probe_unregister(tp_enter, on_enter, NULL);
	tracepoint_synchronize_unregister();
}

static int turn(bool want)
{
	int err = 0;

	mutex_lock(&lock);
	if (want && !on)
		err = turn_on();
	else if (!want && on)
		turn_off();
	if (!err)
		on = want;
	mutex_unlock(&lock);
	return err;
}

static int on_get(void *data, u64 *val)
{
	*val = READ_ONCE(on);
	return 0;
}

static int on_set(void *data, u64 val)
{
	return turn(val);
}
DEFINE_DEBUGFS_ATTRIBUTE(on_fops, on_get, on_set, "%llu\n");

/* Whole lines only of those who have ended. */
static int calls_show(struct seq_file *m, void *v)
{
	int n, i, all = atomic_read(&made);

	for (n = 0; n < min(all, CALLS); n++) {
		struct call *c = &calls[n];

		seq_printf(m, "%d %s %ld", c->pid, c->enter ? "enter" : "exit", c->nr);
		if (!c->enter)
			seq_printf(m, " %ld", c->ret);
		for (i = 0; c->enter && i < ARRAY_SIZE(c->args); i++)
			seq_printf(m, " %lx", c->args[i]);
		seq_putc(m, '\n');
	}
	if (all > CALLS)
		seq_printf(m, "and %d more\n", all - CALLS);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(calls);

static int __init calls_init(void)
{
	int err;

	for_each_kernel_tracepoint(find, NULL);
	if (!tp_enter || !tp_exit)
		return -ENODEV;
	calls = vzalloc(array_size(CALLS, sizeof(*calls)));
	if (!calls)
		return -ENOMEM;
	err = turn(true);
	if (err) {
		vfree(calls);
		return err;
	}
	dir = debugfs_create_dir("collapsar_calls", NULL);
	debugfs_create_file_unsafe("on", 0600, dir, NULL, &on_fops);
	debugfs_create_file("calls", 0400, dir, NULL, &calls_fops);
	return 0;
}

static void __exit calls_exit(void)
{
	debugfs_remove(dir);
	turn(false);
	vfree(calls);
}

module_init(calls_init);
module_exit(calls_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Collapsar: what syscall tracepoints show");

// SPDX-License-Identifier: GPL-2.0-only
/*
 * One planted mistake for each checker of a debug kernel, made when the module is
 * loaded: a checker's silence means something only where it is known to speak.
 */
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

static char *fault = "none";
module_param(fault, charp, 0444);
MODULE_PARM_DESC(fault, "which one: none, leak, overrun, deadlock, sleep, race");

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);
static DEFINE_SPINLOCK(atomic);

/* Many: what a stack or a register still holds by chance hides one of them. */
static int leak(void)
{
	int i;

	for (i = 0; i < 64; i++) {
		u8 *lost = kmalloc(64, GFP_KERNEL);

		if (!lost)
			return -ENOMEM;
		/* The compiler must not see that nobody can find it any more. */
		OPTIMIZER_HIDE_VAR(lost);
	}
	return 0;
}

static int overrun(void)
{
	u8 *p = kmalloc(13, GFP_KERNEL);
	size_t past = 13;

	if (!p)
		return -ENOMEM;
	OPTIMIZER_HIDE_VAR(past);
	WRITE_ONCE(p[past], 1);
	kfree(p);
	return 0;
}

/* Nobody waits: that somebody could is what lockdep must see. */
static int deadlock(void)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);
	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
	return 0;
}

static int sleep_in_atomic(void)
{
	spin_lock(&atomic);
	might_sleep();
	spin_unlock(&atomic);
	return 0;
}

static unsigned int shared;
static DECLARE_COMPLETION(raced);

/* The compiler must not make one addition of them all. */
static noinline void clps_race_once(void)
{
	shared++;
	barrier();
}

static int racer(void *unused)
{
	unsigned long end = jiffies + HZ;

	while (time_before(jiffies, end)) {
		clps_race_once();
		cond_resched();
	}
	kthread_complete_and_exit(&raced, 0);
}

/* For a second each CPU does without a lock what needs one. */
static int race(void)
{
	unsigned int cpu, nr = 0;
	int err = 0;

	for_each_online_cpu(cpu) {
		struct task_struct *task = kthread_run_on_cpu(racer, NULL, cpu, "clps_racer/%u");

		if (IS_ERR(task))
			err = PTR_ERR(task);
		else
			nr++;
	}
	while (nr--)
		wait_for_completion(&raced);
	return err;
}

static const struct {
	const char *name;
	int (*make)(void);
} faults[] = {
	{ "leak", leak },
	{ "overrun", overrun },
	{ "deadlock", deadlock },
	{ "sleep", sleep_in_atomic },
	{ "race", race },
};

static int __init faults_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(faults); i++)
		if (!strcmp(fault, faults[i].name))
			return faults[i].make();
	return strcmp(fault, "none") ? -EINVAL : 0;
}

static void __exit faults_exit(void)
{
}

module_init(faults_init);
module_exit(faults_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Collapsar: planted mistakes for a debug kernel's checkers");

// SPDX-License-Identifier: GPL-2.0-only
/* One record at a time for each CPU: who did it, and where it is built. */
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/ktime.h>
#include <linux/uidgid.h>

#include "sense.h"

struct scratch {
	u8 *rec;
	char *page;
	enum clps_evt_id id;
	bool has_ends;
	struct clps_evt_addr ends[2];
};

static DEFINE_PER_CPU(struct scratch, scratch);

void clps_sense_record_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct scratch *sc = per_cpu_ptr(&scratch, cpu);

		kvfree(sc->rec);
		kfree(sc->page);
		sc->rec = NULL;
		sc->page = NULL;
	}
}

int __init clps_sense_record_init(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct scratch *sc = per_cpu_ptr(&scratch, cpu);

		sc->rec = kvmalloc_node(CLPS_EVT_MAX_LEN, GFP_KERNEL, cpu_to_node(cpu));
		sc->page = kmalloc_node(PATH_MAX, GFP_KERNEL, cpu_to_node(cpu));
		if (!sc->rec || !sc->page) {
			clps_sense_record_exit();
			return -ENOMEM;
		}
	}
	return 0;
}

static void fill_who(struct clps_evt_who *who, struct task_struct *p)
{
	memset(who, 0, sizeof(*who));
	who->time = ktime_get_real_ns();
	who->pid = p->tgid;
	who->tid = p->pid;
	who->uid = from_kuid(&init_user_ns, task_uid(p));
	rcu_read_lock();
	who->ppid = rcu_dereference(p->real_parent)->tgid;
	rcu_read_unlock();
	/* Whoever renames the thread meanwhile gets a name of both. */
	memcpy(who->comm, p->comm, sizeof(who->comm));
}

void clps_sense_begin_for(struct clps_evt_buf *b, enum clps_evt_id id, struct task_struct *p)
{
	struct scratch *sc = this_cpu_ptr(&scratch);
	struct clps_evt_who who;

	BUILD_BUG_ON(TASK_COMM_LEN != CLPS_EVT_COMM);
	lockdep_assert_preemption_disabled();
	fill_who(&who, p);
	sc->id = id;
	sc->has_ends = false;
	clps_evt_begin(b, sc->rec, CLPS_EVT_MAX_LEN, id, &who);
}

void clps_sense_begin(struct clps_evt_buf *b, enum clps_evt_id id)
{
	clps_sense_begin_for(b, id, current);
}

void clps_sense_commit(struct clps_evt_buf *b)
{
	const struct scratch *sc = this_cpu_ptr(&scratch);
	int len = clps_evt_end(b);

	if (len <= 0)
		clps_sense_queue_lost(sc->id, CLPS_SENSE_LOST_unbuilt);
	else if (clps_sense_filter_keeps(b->data, len, sc->has_ends ? sc->ends : NULL))
		clps_sense_queue_put(b->data, len);
	else
		clps_sense_queue_filtered();
}

/* To be filled in, of the record that is being built: its socket's, for the filter alone. */
struct clps_evt_addr *clps_sense_ends(void)
{
	struct scratch *sc = this_cpu_ptr(&scratch);

	sc->has_ends = true;
	return sc->ends;
}

char *clps_sense_page(void)
{
	lockdep_assert_preemption_disabled();
	return this_cpu_ptr(&scratch)->page;
}

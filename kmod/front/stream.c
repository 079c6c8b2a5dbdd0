// SPDX-License-Identifier: GPL-2.0-only
/* A namespace's collectors. */
#include <linux/memcontrol.h>
#include <linux/netlink.h>
#include <linux/random.h>
#include <linux/rculist.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <net/sock.h>

#include "stream.h"

/* The entry is shared; whoever is first pays for it, and each by its own limit in full. */
static struct clps_stream_entry *new_entry(struct clps_stream *stream, u32 type,
					   const struct clps_stream_source *from,
					   const void *data, u32 len, u64 time)
{
	struct clps_stream_entry *entry;
	u32 cost = clps_entry_cost(len);
	struct clps_collector *c;
	struct mem_cgroup *old;

	list_for_each_entry_rcu(c, &stream->collectors, list) {
		if (!clps_queue_has_room(c, cost))
			continue;
		old = set_active_memcg(c->payer);
		entry = clps_entry_new(type, from, data, len, time,
				       GFP_NOWAIT | __GFP_ACCOUNT | __GFP_NOWARN);
		set_active_memcg(old);
		/* Another may have the memory that this one's payer has not. */
		if (entry)
			return entry;
	}
	return NULL;
}

bool clps_stream_put(const struct clps_honeypot *hp, u32 type, const void *data, u32 len)
{
	struct clps_stream *stream = &hp->network->fn->stream;
	struct clps_stream_entry *entry = NULL;
	struct clps_stream_source from;
	u64 now = ktime_get_real_ns();
	struct clps_collector *c;

	if (list_empty(&stream->collectors))
		return false;
	memcpy(from.network, hp->network->name, sizeof(from.network));
	memcpy(from.honeypot, hp->name, sizeof(from.honeypot));
	from.addr = hp->key.addr;
	if (data)
		entry = new_entry(stream, type, &from, data, len, now);
	list_for_each_entry_rcu(c, &stream->collectors, list)
		clps_queue_put(c, entry, &from, clps_entry_cost(len), now);
	if (entry)
		clps_entry_put(entry);
	return true;
}

struct clps_collector *clps_collector_find(struct clps_front_net *fn, const char *name)
{
	struct clps_collector *c;

	lockdep_assert_held(&fn->stream.lock);
	list_for_each_entry(c, &fn->stream.collectors, list) {
		if (!memcmp(c->name, name, sizeof(c->name)))
			return c;
	}
	return NULL;
}

struct clps_collector *clps_collector_of(struct clps_front_net *fn, const struct sock *sk)
{
	struct clps_collector *c;

	lockdep_assert_held(&fn->stream.lock);
	list_for_each_entry(c, &fn->stream.collectors, list) {
		if (READ_ONCE(c->sk) == sk)
			return c;
	}
	return NULL;
}

struct clps_collector *clps_collector_add(struct clps_front_net *fn, const char *name,
					  struct netlink_ext_ack *extack)
{
	struct clps_collector *c;

	lockdep_assert_held(&fn->stream.lock);
	if (fn->stream.nr == COLLAPSAR_STREAM_COLLECTORS) {
		NL_SET_ERR_MSG(extack, "too many collectors: one must be forgotten first");
		return ERR_PTR(-ENOSPC);
	}
	c = kzalloc(sizeof(*c), GFP_KERNEL_ACCOUNT);
	if (!c) {
		NL_SET_ERR_MSG(extack, "no memory for another collector");
		return ERR_PTR(-ENOMEM);
	}
	c->fn = fn;
	memcpy(c->name, name, sizeof(c->name));
	c->epoch = get_random_u64();
	/* Anybody with a namespace of his own may ask: his cgroup pays, also for what comes later. */
	c->payer = get_mem_cgroup_from_mm(current->mm);
	c->limit = COLLAPSAR_STREAM_LIMIT_DEFAULT;
	clps_queue_init(c);
	clps_reader_init(c);
	fn->stream.nr++;
	list_add_tail_rcu(&c->list, &fn->stream.collectors);
	return c;
}

static void collector_free(struct clps_collector *c)
{
	cancel_delayed_work_sync(&c->pump);
	clps_queue_destroy(c);
	mem_cgroup_put(c->payer);
	kfree(c);
}

void clps_collector_del(struct clps_collector *c)
{
	struct clps_front_net *fn = c->fn;

	lockdep_assert_held(&fn->stream.lock);
	WARN_ON_ONCE(c->sk);
	list_del_rcu(&c->list);
	fn->stream.nr--;
	synchronize_net();
	collector_free(c);
}

/* A socket has been closed: if it was a reader, what it was sent waits for the next one. */
static int sock_gone(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct netlink_notify *n = ptr;
	struct clps_collector *c;
	struct clps_front_net *fn;

	if (event != NETLINK_URELEASE || n->protocol != NETLINK_GENERIC)
		return NOTIFY_DONE;
	fn = clps_front_net(n->net);
	if (list_empty_careful(&fn->stream.collectors))
		return NOTIFY_DONE;
	mutex_lock(&fn->stream.lock);
	list_for_each_entry(c, &fn->stream.collectors, list) {
		mutex_lock(&c->mutex);
		if (c->sk && c->portid == n->portid && !clps_reader_lives(c))
			clps_reader_drop(c);
		mutex_unlock(&c->mutex);
	}
	mutex_unlock(&fn->stream.lock);
	return NOTIFY_DONE;
}

static struct notifier_block sock_notifier = { .notifier_call = sock_gone };

int clps_stream_register(void)
{
	return netlink_register_notifier(&sock_notifier);
}

void clps_stream_unregister(void)
{
	netlink_unregister_notifier(&sock_notifier);
}

void clps_stream_init(struct clps_front_net *fn)
{
	mutex_init(&fn->stream.lock);
	INIT_LIST_HEAD(&fn->stream.collectors);
	fn->stream.nr = 0;
}

/* A reader that is there, as the module goes, must not wait for ever. */
static void end_reader(struct clps_collector *c)
{
	mutex_lock(&c->mutex);
	if (clps_reader_lives(c)) {
		WRITE_ONCE(c->sk->sk_err, ESHUTDOWN);
		sk_error_report(c->sk);
	}
	clps_reader_drop(c);
	mutex_unlock(&c->mutex);
}

void clps_stream_exit(struct clps_front_net *fn)
{
	struct clps_collector *c, *next;

	mutex_lock(&fn->stream.lock);
	list_for_each_entry_safe(c, next, &fn->stream.collectors, list) {
		end_reader(c);
		list_del(&c->list);
		collector_free(c);
	}
	mutex_unlock(&fn->stream.lock);
	mutex_destroy(&fn->stream.lock);
}

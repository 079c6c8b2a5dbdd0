// SPDX-License-Identifier: GPL-2.0-only
/*
 * The reader of a collector. What it has no room for waits in the queue: to its socket goes
 * nothing that would be refused, and nothing is forgotten before it says so.
 */
#include <net/genetlink.h>
#include <net/sock.h>

#include "stream.h"

/* A batch is worth a fiftieth of a second. */
#define SOON	(HZ / 50)
/* Who acknowledges waits for the mutex, and all of generic netlink behind him. */
#define AT_ONCE	64

bool clps_reader_lives(const struct clps_collector *c)
{
	lockdep_assert_held(&c->mutex);
	/* Between its end and the notification of it others may get its number. */
	return c->sk && !sock_flag(c->sk, SOCK_DEAD);
}

void clps_reader_set(struct clps_collector *c, struct sock *sk, u32 portid)
{
	lockdep_assert_held(&c->mutex);
	WARN_ON_ONCE(c->sk);
	sock_hold(sk);
	WRITE_ONCE(c->sk, sk);
	c->portid = portid;
	/* Not before the answer to this has found room. */
	mod_delayed_work(system_unbound_wq, &c->pump, SOON);
}

void clps_reader_drop(struct clps_collector *c)
{
	struct sock *sk = c->sk;

	lockdep_assert_held(&c->mutex);
	if (!sk)
		return;
	WRITE_ONCE(c->sk, NULL);
	sock_put(sk);
	clps_queue_rewind(c);
}

/* Would it only be refused, and the reader told of an overrun that is none? */
static bool has_room(const struct sock *sk, unsigned int truesize)
{
	unsigned int used = atomic_read(&sk->sk_rmem_alloc);

	return !used || used + truesize < READ_ONCE(sk->sk_rcvbuf);
}

static int put_who(struct sk_buff *msg, const struct clps_stream_source *from)
{
	if (!from->honeypot[0])
		return 0;
	if (nla_put_string(msg, COLLAPSAR_ENTRY_A_NETWORK, from->network) ||
	    nla_put_string(msg, COLLAPSAR_ENTRY_A_HONEYPOT, from->honeypot) ||
	    clps_addr_put(msg, COLLAPSAR_ENTRY_A_ADDR, &from->addr))
		return -EMSGSIZE;
	return 0;
}

static int put_u64(struct sk_buff *msg, int attr, u64 value)
{
	return nla_put_u64_64bit(msg, attr, value, COLLAPSAR_ENTRY_A_PAD);
}

static int put_entry(struct sk_buff *msg, const struct clps_stream_item *item)
{
	const struct clps_stream_entry *entry = item->entry;
	struct nlattr *nest;
	int err;

	BUILD_BUG_ON(CLPS_STREAM_MAX_DATA + 2 * COLLAPSAR_FRONT_NAMSIZ + 128 > U16_MAX);
	nest = nla_nest_start(msg, COLLAPSAR_STREAM_A_ENTRY);
	if (!nest || put_u64(msg, COLLAPSAR_ENTRY_A_SEQ, item->seq) ||
	    put_u64(msg, COLLAPSAR_ENTRY_A_TIME, entry->time) || put_who(msg, &entry->from) ||
	    nla_put_u32(msg, COLLAPSAR_ENTRY_A_TYPE, entry->type))
		return -EMSGSIZE;
	if (entry->type == COLLAPSAR_ENTRY_TYPE_GAP)
		err = put_u64(msg, COLLAPSAR_ENTRY_A_COUNT, entry->count) ?:
			put_u64(msg, COLLAPSAR_ENTRY_A_SINCE, entry->since);
	else
		err = nla_put(msg, COLLAPSAR_ENTRY_A_DATA, entry->len, entry->data);
	nla_nest_end(msg, nest);
	return err;
}

/* The items up to @last that fit in @max bytes, one at least: the last of them. */
static struct clps_stream_item *batch_end(struct clps_collector *c, struct clps_stream_item *last,
					  u32 max, u32 *len)
{
	struct clps_stream_item *item, *end = NULL;
	u32 size;

	*len = 0;
	list_for_each_entry(item, &c->waiting, list) {
		size = clps_entry_size(item->entry);
		if (end && *len + size > max)
			break;
		*len += size;
		end = item;
		/* Behind it others append. */
		if (item == last)
			break;
	}
	return end;
}

static struct sk_buff *build(struct clps_collector *c, const struct clps_stream_item *end, u32 len)
{
	struct sk_buff *msg = genlmsg_new(len, GFP_KERNEL | __GFP_NOWARN);
	struct clps_stream_item *item;
	void *hdr;

	if (!msg)
		return NULL;
	hdr = genlmsg_put(msg, 0, 0, &clps_front_family, 0, COLLAPSAR_FRONT_CMD_STREAM_ENTRIES);
	if (!hdr)
		goto err;
	list_for_each_entry(item, &c->waiting, list) {
		if (put_entry(msg, item))
			goto err;
		if (item == end)
			break;
	}
	genlmsg_end(msg, hdr);
	return msg;

err:
	WARN_ON_ONCE(1);
	nlmsg_free(msg);
	return NULL;
}

/* Return: 1 sent, 0 nothing to send, -EAGAIN later, or the reader is gone. */
static int send_batch(struct clps_collector *c)
{
	const u32 head = NLMSG_HDRLEN + GENL_HDRLEN;
	struct clps_stream_item *last, *end;
	struct sk_buff *msg;
	u32 len;

	last = clps_queue_last(c);
	if (!last)
		return clps_queue_owes(c) ? -EAGAIN : 0;
	end = batch_end(c, last, CLPS_STREAM_BATCH - head, &len);
	if (!has_room(c->sk, SKB_TRUESIZE(head + len)))
		return -EAGAIN;
	msg = build(c, end, len);
	/* Memory in pieces has room for less. */
	if (!msg) {
		end = batch_end(c, last, 0, &len);
		msg = build(c, end, len);
	}
	if (!msg)
		return -EAGAIN;
	if (!has_room(c->sk, msg->truesize)) {
		nlmsg_free(msg);
		return -EAGAIN;
	}
	if (!clps_reader_lives(c)) {
		nlmsg_free(msg);
		return -ECONNREFUSED;
	}
	clps_put_to_reader(c->sk, msg);
	clps_queue_sent(c, end);
	return 1;
}

static void pump(struct work_struct *work)
{
	struct clps_collector *c = container_of(work, struct clps_collector, pump.work);
	int i, err = 1;

	mutex_lock(&c->mutex);
	for (i = 0; c->sk && err > 0 && i < AT_ONCE; i++) {
		err = send_batch(c);
		cond_resched();
	}
	if (err == -ECONNREFUSED)
		clps_reader_drop(c);
	else if (err && c->sk)
		queue_delayed_work(system_unbound_wq, &c->pump, err > 0 ? 0 : SOON);
	mutex_unlock(&c->mutex);
}

void clps_reader_kick(struct clps_collector *c, bool now)
{
	if (!READ_ONCE(c->sk))
		return;
	if (now)
		mod_delayed_work(system_unbound_wq, &c->pump, 0);
	else if (!delayed_work_pending(&c->pump))
		queue_delayed_work(system_unbound_wq, &c->pump, SOON);
}

void clps_reader_init(struct clps_collector *c)
{
	INIT_DELAYED_WORK(&c->pump, pump);
}

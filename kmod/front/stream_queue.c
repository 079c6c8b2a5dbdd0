// SPDX-License-Identifier: GPL-2.0-only
/*
 * A collector's queue. Its memory is bounded, and whoever floods it leaves room for others:
 * a source has at most eight times what is still free. What the bound costs is told: a gap
 * grows for each source until an entry of the source fits, or until there is room and
 * nothing else to send. A sixteenth of the memory is for gaps alone; where it ends, one gap
 * that is always there counts for all.
 */
#include <linux/jhash.h>
#include <linux/memcontrol.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <net/netlink.h>

#include "stream.h"

/* Nobody may wait here, and the payer's limit holds: what is lost is counted. */
#define GFP_PACKET	(GFP_NOWAIT | __GFP_ACCOUNT | __GFP_NOWARN)

/* Of what is free, what a source may have at most. */
#define MOST_OF_FREE	8

static const struct clps_stream_source nobody;

struct clps_stream_entry *clps_entry_new(u32 type, const struct clps_stream_source *from,
					 const void *data, u32 len, u64 time, gfp_t gfp)
{
	struct clps_stream_entry *entry;

	if (len > CLPS_STREAM_MAX_DATA)
		return NULL;
	entry = kmalloc(struct_size(entry, data, len), gfp);
	if (!entry)
		return NULL;
	refcount_set(&entry->users, 1);
	entry->type = type;
	entry->len = len;
	entry->time = time;
	entry->since = 0;
	entry->count = 0;
	entry->from = *from;
	if (len)
		memcpy(entry->data, data, len);
	return entry;
}

void clps_entry_put(struct clps_stream_entry *entry)
{
	if (refcount_dec_and_test(&entry->users))
		kfree(entry);
}

u32 clps_entry_cost(u32 len)
{
	return kmalloc_size_roundup(sizeof(struct clps_stream_entry) + len) +
		kmalloc_size_roundup(sizeof(struct clps_stream_item));
}

u32 clps_entry_size(const struct clps_stream_entry *entry)
{
	u32 size = nla_total_size(0) + 2 * nla_total_size_64bit(sizeof(u64)) +
		nla_total_size(sizeof(u32));

	if (entry->from.honeypot[0])
		size += nla_total_size(strlen(entry->from.network) + 1) +
			nla_total_size(strlen(entry->from.honeypot) + 1) +
			nla_total_size(sizeof(entry->from.addr));
	if (entry->type == COLLAPSAR_ENTRY_TYPE_GAP)
		size += 2 * nla_total_size_64bit(sizeof(u64));
	else
		size += nla_total_size(entry->len);
	return size;
}

/* Of the limit, what entries may have. */
static u32 entries_limit(const struct clps_collector *c)
{
	u32 limit = READ_ONCE(c->limit);

	return limit - limit / 16;
}

bool clps_queue_has_room(const struct clps_collector *c, u32 cost)
{
	return READ_ONCE(c->charge) + cost <= entries_limit(c);
}

static void charge(struct clps_collector *c, s64 cost)
{
	lockdep_assert_held(&c->lock);
	WRITE_ONCE(c->charge, c->charge + cost);
}

static u32 share_cost(void)
{
	return kmalloc_size_roundup(sizeof(struct clps_stream_share));
}

static u32 source_hash(const struct clps_collector *c, const struct clps_stream_source *from)
{
	return jhash(from, sizeof(*from), (u32)c->epoch);
}

/* Of this source; made if need be, and then of no items yet: share_put() it. */
static struct clps_stream_share *share_get(struct clps_collector *c,
					   const struct clps_stream_source *from)
{
	u32 hash = source_hash(c, from);
	struct clps_stream_share *share;

	lockdep_assert_held(&c->lock);
	hash_for_each_possible(c->shares, share, node, hash) {
		if (!memcmp(&share->from, from, sizeof(*from)))
			return share;
	}
	if (c->charge + share_cost() > READ_ONCE(c->limit))
		return NULL;
	share = kzalloc(sizeof(*share), GFP_PACKET);
	if (!share)
		return NULL;
	share->from = *from;
	hash_add(c->shares, &share->node, hash);
	charge(c, share_cost());
	return share;
}

/* It goes with its last item. */
static void share_put(struct clps_collector *c, struct clps_stream_share *share)
{
	lockdep_assert_held(&c->lock);
	if (share->items)
		return;
	hash_del(&share->node);
	charge(c, -(s64)share_cost());
	kfree(share);
}

/* Is there room, of which the source may have so much? */
static bool share_fits(const struct clps_collector *c, const struct clps_stream_share *share,
		       u32 cost)
{
	u64 after = (u64)c->charge + cost, limit = entries_limit(c);

	return after <= limit && share->charge + cost <= MOST_OF_FREE * (limit - after);
}

static struct clps_stream_item *item_new(struct clps_collector *c,
					 struct clps_stream_share *share,
					 struct clps_stream_entry *entry, u32 cost)
{
	struct clps_stream_item *item = kmalloc(sizeof(*item), GFP_PACKET);

	lockdep_assert_held(&c->lock);
	if (!item)
		return NULL;
	item->share = share;
	item->seq = 0;
	item->cost = cost;
	item->entry = entry;
	charge(c, cost);
	if (share) {
		share->charge += cost;
		share->items++;
	}
	return item;
}

static void item_free(struct clps_collector *c, struct clps_stream_item *item)
{
	struct clps_stream_share *share = item->share;

	spin_lock_bh(&c->lock);
	charge(c, -(s64)item->cost);
	if (share) {
		share->charge -= item->cost;
		share->items--;
		share_put(c, share);
	}
	spin_unlock_bh(&c->lock);
	clps_entry_put(item->entry);
	kfree(item);
}

/* To the end of what waits, with a number. */
static void enqueue(struct clps_collector *c, struct clps_stream_item *item)
{
	lockdep_assert_held(&c->lock);
	item->seq = ++c->last_seq;
	list_add_tail(&item->list, &c->waiting);
	c->fresh += clps_entry_size(item->entry);
}

/* Of a source, or of those that have no gap: @share is NULL. */
static struct clps_stream_item *gap_new(struct clps_collector *c, struct clps_stream_share *share,
					u64 since, u64 time, u64 count)
{
	const struct clps_stream_source *from = share ? &share->from : &nobody;
	struct clps_stream_entry *entry;
	struct clps_stream_item *item;
	u32 cost = clps_entry_cost(0);

	lockdep_assert_held(&c->lock);
	if (c->charge + cost > READ_ONCE(c->limit))
		return NULL;
	entry = clps_entry_new(COLLAPSAR_ENTRY_TYPE_GAP, from, NULL, 0, time, GFP_PACKET);
	if (!entry)
		return NULL;
	entry->since = since;
	entry->count = count;
	item = item_new(c, share, entry, cost);
	if (!item)
		clps_entry_put(entry);
	return item;
}

static void gap_close(struct clps_collector *c, struct clps_stream_item *gap)
{
	lockdep_assert_held(&c->lock);
	gap->share->gap = NULL;
	list_del(&gap->list);
	enqueue(c, gap);
	c->nr_gaps++;
}

/* The gap of all that have none. */
static bool rest_close(struct clps_collector *c)
{
	struct clps_stream_item *gap;

	lockdep_assert_held(&c->lock);
	if (likely(!c->rest.count))
		return true;
	gap = gap_new(c, NULL, c->rest.since, c->rest.time, c->rest.count);
	if (!gap)
		return false;
	c->rest.count = 0;
	enqueue(c, gap);
	c->nr_gaps++;
	return true;
}

/* Return: is it in a gap of its source? */
static bool gap_grow(struct clps_collector *c, struct clps_stream_share *share, u64 time)
{
	struct clps_stream_item *gap = share->gap;

	lockdep_assert_held(&c->lock);
	if (gap) {
		gap->entry->count++;
		gap->entry->time = time;
		return true;
	}
	gap = gap_new(c, share, time, time, 1);
	if (!gap)
		return false;
	share->gap = gap;
	list_add_tail(&gap->list, &c->gaps);
	return true;
}

static void lose(struct clps_collector *c, struct clps_stream_share *share, u64 time)
{
	lockdep_assert_held(&c->lock);
	c->lost++;
	if (share && gap_grow(c, share, time))
		return;
	if (!c->rest.count++)
		c->rest.since = time;
	c->rest.time = time;
}

static bool take(struct clps_collector *c, struct clps_stream_share *share,
		 struct clps_stream_entry *entry, u32 cost)
{
	struct clps_stream_item *item;

	lockdep_assert_held(&c->lock);
	if (!share || !share_fits(c, share, cost)) {
		c->full = true;
		return false;
	}
	/* What was lost before it comes before it. */
	if (!entry || !rest_close(c))
		return false;
	if (share->gap)
		gap_close(c, share->gap);
	item = item_new(c, share, entry, cost);
	if (!item)
		return false;
	refcount_inc(&entry->users);
	enqueue(c, item);
	c->entries++;
	c->bytes += entry->len;
	return true;
}

void clps_queue_put(struct clps_collector *c, struct clps_stream_entry *entry,
		    const struct clps_stream_source *from, u32 cost, u64 time)
{
	struct mem_cgroup *old = set_active_memcg(c->payer);
	struct clps_stream_share *share;
	u32 before, after;

	spin_lock(&c->lock);
	before = c->fresh;
	share = share_get(c, from);
	if (unlikely(!take(c, share, entry, cost)))
		lose(c, share, time);
	if (share)
		share_put(c, share);
	after = c->fresh;
	spin_unlock(&c->lock);
	set_active_memcg(old);
	clps_reader_kick(c, before < CLPS_STREAM_BATCH && after >= CLPS_STREAM_BATCH);
}

struct clps_stream_item *clps_queue_last(struct clps_collector *c)
{
	struct clps_stream_item *item, *last = NULL;
	struct mem_cgroup *old;

	lockdep_assert_held(&c->mutex);
	old = set_active_memcg(c->payer);
	spin_lock_bh(&c->lock);
	c->fresh = 0;
	/* With nothing sent no acknowledgement will make room. */
	if (list_empty(&c->waiting) && (!c->full || list_empty(&c->sent))) {
		rest_close(c);
		while ((item = list_first_entry_or_null(&c->gaps, struct clps_stream_item, list)) &&
		       c->fresh < CLPS_STREAM_BATCH)
			gap_close(c, item);
	}
	if (!list_empty(&c->waiting))
		last = list_last_entry(&c->waiting, struct clps_stream_item, list);
	spin_unlock_bh(&c->lock);
	set_active_memcg(old);
	return last;
}

bool clps_queue_owes(struct clps_collector *c)
{
	bool owes;

	lockdep_assert_held(&c->mutex);
	spin_lock_bh(&c->lock);
	owes = (c->rest.count || !list_empty(&c->gaps)) && (!c->full || list_empty(&c->sent));
	spin_unlock_bh(&c->lock);
	return owes;
}

void clps_queue_sent(struct clps_collector *c, struct clps_stream_item *last)
{
	LIST_HEAD(sent);

	lockdep_assert_held(&c->mutex);
	spin_lock_bh(&c->lock);
	list_cut_position(&sent, &c->waiting, &last->list);
	spin_unlock_bh(&c->lock);
	list_splice_tail(&sent, &c->sent);
	c->sent_seq = last->seq;
}

void clps_queue_rewind(struct clps_collector *c)
{
	lockdep_assert_held(&c->mutex);
	spin_lock_bh(&c->lock);
	list_splice_init(&c->sent, &c->waiting);
	spin_unlock_bh(&c->lock);
	c->sent_seq = c->acked;
}

bool clps_queue_ack(struct clps_collector *c, u64 seq)
{
	struct clps_stream_item *item, *next;
	bool any = false, more;

	lockdep_assert_held(&c->mutex);
	list_for_each_entry_safe(item, next, &c->sent, list) {
		if (item->seq > seq)
			break;
		c->acked = item->seq;
		list_del(&item->list);
		item_free(c, item);
		any = true;
		cond_resched();
	}
	if (!any)
		return false;
	spin_lock_bh(&c->lock);
	if (c->charge < entries_limit(c))
		c->full = false;
	more = c->rest.count || !list_empty(&c->gaps);
	spin_unlock_bh(&c->lock);
	return more;
}

void clps_queue_init(struct clps_collector *c)
{
	spin_lock_init(&c->lock);
	mutex_init(&c->mutex);
	INIT_LIST_HEAD(&c->waiting);
	INIT_LIST_HEAD(&c->gaps);
	INIT_LIST_HEAD(&c->sent);
	hash_init(c->shares);
}

void clps_queue_destroy(struct clps_collector *c)
{
	struct clps_stream_item *item, *next;

	list_splice(&c->sent, &c->waiting);
	list_splice(&c->gaps, &c->waiting);
	list_for_each_entry_safe(item, next, &c->waiting, list) {
		item_free(c, item);
		cond_resched();
	}
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* The stream: what sensors say, in one queue for each collector. Private to it. */
#ifndef CLPS_STREAM_H
#define CLPS_STREAM_H

#include <linux/hashtable.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/workqueue.h>

#include "front.h"

/* What a message to the reader holds, unless one entry alone is longer. */
#define CLPS_STREAM_BATCH	SKB_WITH_OVERHEAD(32768)
/* Of an entry, so that one that is alone in its message needs no more memory than others. */
#define CLPS_STREAM_MAX_DATA	(CLPS_STREAM_BATCH - 512)

struct mem_cgroup;

/**
 * struct clps_stream_source - who said it, as the names were; hashed and compared as bytes
 * @network: zero-padded
 * @honeypot: zero-padded; empty: not known
 * @addr: V
 */
struct clps_stream_source {
	char network[COLLAPSAR_FRONT_NAMSIZ];
	char honeypot[COLLAPSAR_FRONT_NAMSIZ];
	struct clps_addr addr;
};

/**
 * struct clps_stream_entry - what was said, or that something was lost
 * @users: items that refer to it
 * @type: enum collapsar_entry_type
 * @len: bytes of @data
 * @time: ns since 1970; of a gap: of the last that is lost
 * @since: of a gap: of the first that is lost
 * @count: of a gap: how many are lost
 * @from: who said it
 * @data: what
 */
struct clps_stream_entry {
	refcount_t users;
	u32 type;
	u32 len;
	u64 time;
	u64 since;
	u64 count;
	struct clps_stream_source from;
	u8 data[];
};

struct clps_stream_item;

/**
 * struct clps_stream_share - what one source has in the queue of a collector
 * @node: in clps_collector.shares
 * @from: the source
 * @charge: bytes of its items
 * @items: how many there are
 * @gap: the one that grows, or NULL
 */
struct clps_stream_share {
	struct hlist_node node;
	struct clps_stream_source from;
	u32 charge;
	u32 items;
	struct clps_stream_item *gap;
};

/**
 * struct clps_stream_item - an entry in the queue of one collector
 * @list: in clps_collector.gaps, then .waiting, then .sent
 * @share: of its source; NULL if that is not known
 * @seq: its number, once it is queued
 * @cost: memory that the collector is charged for
 * @entry: the entry
 */
struct clps_stream_item {
	struct list_head list;
	struct clps_stream_share *share;
	u64 seq;
	u32 cost;
	struct clps_stream_entry *entry;
};

#define CLPS_STREAM_SHARE_BITS	10

/**
 * struct clps_collector - a named queue, and who reads it
 * @list: in clps_stream.collectors
 * @fn: its namespace's front-end
 * @name: zero-padded
 * @epoch: random
 * @payer: whose memory the queue is
 * @lock: guards what follows, up to @mutex; taken with BH disabled
 * @waiting: items that were not sent, by number. With @mutex held those that are there stay.
 * @gaps: gaps that grow, without a number yet
 * @shares: struct clps_stream_share of each source that has items, by source
 * @rest: loss of sources for which there was no room for a gap; time, since and count only
 * @limit: bytes
 * @charge: bytes
 * @fresh: bytes queued since the pump looked
 * @full: something found no room, and nothing was acknowledged since
 * @last_seq: of the last item that was queued
 * @entries: queued, without gaps
 * @bytes: of their data
 * @nr_gaps: queued
 * @lost: entries
 * @mutex: guards what follows
 * @sent: items that were sent to the reader, and are not acknowledged
 * @sent_seq: of the last one
 * @acked: entries up to here are gone
 * @sk: the reader; NULL when there is none
 * @portid: of @sk
 * @pump: sends
 */
struct clps_collector {
	struct list_head list;
	struct clps_front_net *fn;
	char name[COLLAPSAR_FRONT_NAMSIZ];
	u64 epoch;
	struct mem_cgroup *payer;

	spinlock_t lock;
	struct list_head waiting;
	struct list_head gaps;
	DECLARE_HASHTABLE(shares, CLPS_STREAM_SHARE_BITS);
	struct {
		u64 time;
		u64 since;
		u64 count;
	} rest;
	u32 limit;
	u32 charge;
	u32 fresh;
	bool full;
	u64 last_seq;
	u64 entries;
	u64 bytes;
	u64 nr_gaps;
	u64 lost;

	struct mutex mutex;
	struct list_head sent;
	u64 sent_seq;
	u64 acked;
	struct sock *sk;
	u32 portid;
	struct delayed_work pump;
};

/* stream_queue.c: one collector's queue. */
struct clps_stream_entry *clps_entry_new(u32 type, const struct clps_stream_source *from,
					 const void *data, u32 len, u64 time, gfp_t gfp);
void clps_entry_put(struct clps_stream_entry *entry);
/* What an entry with @len bytes of data costs a collector. */
u32 clps_entry_cost(u32 len);
/* Bytes of it in a message. */
u32 clps_entry_size(const struct clps_stream_entry *entry);
/* Would it fit now? For a look without the lock. */
bool clps_queue_has_room(const struct clps_collector *c, u32 cost);
/* Queue @entry, or count its loss: of one that is not there for want of memory too. Softirq. */
void clps_queue_put(struct clps_collector *c, struct clps_stream_entry *entry,
		    const struct clps_stream_source *from, u32 cost, u64 time);
/*
 * The last item that waits; NULL: nothing does. Gaps that nothing follows end here. With
 * @mutex held it stays, and all before it.
 */
struct clps_stream_item *clps_queue_last(struct clps_collector *c);
/* Is there a gap that wants memory only, and nobody will ask again? */
bool clps_queue_owes(struct clps_collector *c);
/* Items up to this one were sent. */
void clps_queue_sent(struct clps_collector *c, struct clps_stream_item *last);
/* What was sent and not acknowledged waits again. */
void clps_queue_rewind(struct clps_collector *c);
/* Return: is there something to send that was not before? */
bool clps_queue_ack(struct clps_collector *c, u64 seq);
void clps_queue_init(struct clps_collector *c);
/* Nobody puts or reads any more. */
void clps_queue_destroy(struct clps_collector *c);

/* stream_reader.c: who reads a collector, and what is sent there. @mutex is held. */
void clps_reader_init(struct clps_collector *c);
void clps_reader_set(struct clps_collector *c, struct sock *sk, u32 portid);
/* No reader any more, unless @c has none. */
void clps_reader_drop(struct clps_collector *c);
/* Is there one, whose socket is open? */
bool clps_reader_lives(const struct clps_collector *c);
/* Something waits; @now: much. Any context but hard interrupts. */
void clps_reader_kick(struct clps_collector *c, bool now);

/* stream.c: a namespace's collectors; clps_stream.lock is held. Names are zero-padded. */
struct clps_collector *clps_collector_find(struct clps_front_net *fn, const char *name);
struct clps_collector *clps_collector_of(struct clps_front_net *fn, const struct sock *sk);
struct clps_collector *clps_collector_add(struct clps_front_net *fn, const char *name,
					  struct netlink_ext_ack *extack);
/* Sleeps. */
void clps_collector_del(struct clps_collector *c);

#endif /* CLPS_STREAM_H */

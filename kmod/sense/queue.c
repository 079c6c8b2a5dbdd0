// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records that no reader has acknowledged yet, in one ring of bytes. A number is given to
 * each under the lock, so that they lie in the order of their numbers, and none is missing
 * that a gap does not tell of.
 */
#include <linux/log2.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/ktime.h>
#include <linux/vmalloc.h>

#include "sense.h"

#define GAP_LEN		(CLPS_EVT_HDR + 2 * CLPS_EVT_gap_NR + 16)

/*
 * head, sent and tail count bytes since the beginning, modulo 2^32: what lies before head
 * was acknowledged, what lies before sent is the present reader's. The reader's side, which
 * one mutex guards, alone changes both.
 */
static struct {
	spinlock_t lock;
	u8 *mem;
	u32 size;
	u32 head;
	u32 sent;
	u32 tail;
	u64 seq;
	u64 acked;
	u64 lost_first;
	u64 lost;
	struct clps_sense_counts n;
} q;

int __init clps_sense_queue_init(u32 bytes)
{
	spin_lock_init(&q.lock);
	q.size = rounddown_pow_of_two(bytes);
	q.seq = 1;
	q.mem = vmalloc(q.size);
	return q.mem ? 0 : -ENOMEM;
}

void clps_sense_queue_exit(void)
{
	vfree(q.mem);
}

static u32 room(void)
{
	return q.size - (q.tail - q.head);
}

static void append(const u8 *rec, u32 len)
{
	u32 at = q.tail & (q.size - 1);
	u32 n = min(len, q.size - at);

	lockdep_assert_held(&q.lock);
	memcpy(q.mem + at, rec, n);
	memcpy(q.mem, rec + n, len - n);
	q.tail += len;
	q.n.bytes += len;
}

static void lose(enum clps_evt_id id, enum clps_sense_loss why)
{
	lockdep_assert_held(&q.lock);
	if (!q.lost++)
		q.lost_first = q.seq;
	q.seq++;
	q.n.lost[why]++;
	q.n.lost_of[id]++;
}

/* The gap is a record too, with a number of its own. */
static void append_gap(void)
{
	struct clps_evt_who who = { .seq = q.seq++, .time = ktime_get_real_ns() };
	struct clps_evt_buf b;
	u8 rec[GAP_LEN];

	clps_evt_begin(&b, rec, sizeof(rec), CLPS_EVT_gap, &who);
	clps_evt_int(&b, q.lost_first);
	clps_evt_int(&b, q.lost);
	append(rec, clps_evt_end(&b));
	q.lost = 0;
	q.n.gaps++;
}

static enum clps_evt_id id_of(const u8 *rec)
{
	return clps_get_be16(rec + 4);
}

bool clps_sense_queue_put(u8 *rec, u32 len)
{
	bool fits;

	spin_lock(&q.lock);
	fits = len + (q.lost ? GAP_LEN : 0) <= room();
	if (fits) {
		if (q.lost)
			append_gap();
		clps_evt_set_seq(rec, q.seq++);
		append(rec, len);
		q.n.records++;
		q.n.kept_of[id_of(rec)]++;
	} else {
		lose(id_of(rec), CLPS_SENSE_LOST_full);
	}
	spin_unlock(&q.lock);
	clps_sense_netlink_kick();
	return fits;
}

/* It has no number: nobody misses it. */
void clps_sense_queue_filtered(void)
{
	spin_lock(&q.lock);
	q.n.filtered++;
	spin_unlock(&q.lock);
}

/* A process that inherits no rule, as there was no room to remember it. */
void clps_sense_queue_unfollowed(void)
{
	spin_lock(&q.lock);
	q.n.unfollowed++;
	spin_unlock(&q.lock);
}

void clps_sense_queue_lost(enum clps_evt_id id, enum clps_sense_loss why)
{
	spin_lock(&q.lock);
	lose(id, why);
	spin_unlock(&q.lock);
	clps_sense_netlink_kick();
}

/* A loss that no record follows is told of as well. */
void clps_sense_queue_tell_loss(void)
{
	spin_lock(&q.lock);
	if (q.lost && room() >= GAP_LEN)
		append_gap();
	spin_unlock(&q.lock);
}

/* What was queued stays where it is until it is dropped: the one reader needs no lock. */
static void copy_out(u8 *to, u32 from, u32 len)
{
	u32 at = from & (q.size - 1);
	u32 n = min(len, q.size - at);

	memcpy(to, q.mem + at, n);
	memcpy(to + n, q.mem, len - n);
}

/* Length and number of the record that begins there. */
static u32 look(u32 from, u64 *seq)
{
	u8 h[16];

	copy_out(h, from, sizeof(h));
	*seq = (u64)clps_get_be32(h + 8) << 32 | clps_get_be32(h + 12);
	return clps_get_be32(h);
}

/* Bytes of the oldest records that the reader was not given, and that are whole in @max. */
u32 clps_sense_queue_batch(u32 max)
{
	u32 tail, len = 0, n;
	u64 seq;

	spin_lock(&q.lock);
	tail = q.tail;
	spin_unlock(&q.lock);
	while (q.sent + len != tail) {
		n = look(q.sent + len, &seq);
		if (n > max - len)
			break;
		len += n;
	}
	return len;
}

void clps_sense_queue_copy(u8 *to, u32 len)
{
	copy_out(to, q.sent, len);
}

/* The reader has them; they stay until it says that it will not want them again. */
void clps_sense_queue_sent(u32 len)
{
	q.sent += len;
}

/* Another reader: what the last one did not acknowledge is sent again. */
void clps_sense_queue_rewind(void)
{
	q.sent = q.head;
}

/*
 * Records up to this number are stored elsewhere. A number of the past says nothing new; one
 * that the reader was not given is a mistake, and nothing is dropped for it.
 */
int clps_sense_queue_ack(u64 upto)
{
	u64 seq, last = q.acked;
	u32 at = q.head, n;

	while (at != q.sent) {
		n = look(at, &seq);
		if (seq > upto)
			break;
		last = seq;
		at += n;
		cond_resched();
	}
	if (at == q.sent && upto > last)
		return -ERANGE;
	spin_lock(&q.lock);
	q.head = at;
	q.acked = last;
	spin_unlock(&q.lock);
	return 0;
}

void clps_sense_queue_counts(struct clps_sense_counts *c)
{
	spin_lock(&q.lock);
	*c = q.n;
	c->queued_bytes = q.tail - q.head;
	c->acked = q.acked;
	spin_unlock(&q.lock);
}

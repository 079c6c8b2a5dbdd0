// SPDX-License-Identifier: GPL-2.0-only
/* TEST_SRCS: kmod/lib/ring.c */
/*
 * Claim: the ring carries every record unharmed and in order, whatever the
 * wrap; rings a doorbell exactly when a sleeper needs one; and an end whose
 * peer lies only ever calls the ring broken.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include "ring.h"

static int tests, failures;

static void check(bool ok, const char *name)
{
	printf("%sok %d %s\n", ok ? "" : "not ", ++tests, name);
	failures += !ok;
}

#define LOG2	CLPS_RING_MIN_LOG2

struct cable {
	void *mem;
	struct clps_ring prod, cons;
};

static void cable_make(struct cable *c)
{
	c->mem = mmap(NULL, clps_ring_span(LOG2), PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (c->mem == MAP_FAILED)
		abort();
	clps_ring_init(&c->prod, c->mem, LOG2, 0);
	clps_ring_init(&c->cons, c->mem, LOG2, 0);
}

static void cable_cut(struct cable *c)
{
	munmap(c->mem, clps_ring_span(LOG2));
}

static u32 rnd_state = 1;

static u32 rnd(void)
{
	rnd_state = rnd_state * 1664525 + 1013904223;
	return rnd_state >> 8;
}

static void fill(u8 *p, u32 len, u32 seq)
{
	for (u32 i = 0; i < len; i++)
		p[i] = (u8)(seq * 31 + i * 7 + (i >> 8));
}

static bool is_filled(const u8 *p, u32 len, u32 seq)
{
	for (u32 i = 0; i < len; i++)
		if (p[i] != (u8)(seq * 31 + i * 7 + (i >> 8)))
			return false;
	return true;
}

static u8 out[CLPS_RING_MAX_PAYLOAD], in[CLPS_RING_MAX_PAYLOAD];

static int put(struct clps_ring *r, u32 len, u32 seq)
{
	int err = clps_ring_put_begin(r, CLPS_RING_REC_FRAME, len);
	u32 cut = len / 3;

	if (err)
		return err;
	fill(out, len, seq);
	clps_ring_put(r, 0, out, cut);
	clps_ring_put(r, cut, out + cut, len - cut);
	clps_ring_put_end(r);
	return 0;
}

static void test_order(void)
{
	static const u32 sizes[] = { 1, 7, 8, 9, 60, 1514, 4096, 65562, CLPS_RING_MAX_PAYLOAD };
	u32 put_seq = 0, get_seq = 0, lens[4096];
	struct clps_ring_rec rec;
	struct cable c;
	bool ok = true;

	cable_make(&c);
	while (get_seq < 20000 && ok) {
		u32 len = sizes[rnd() % ARRAY_SIZE(sizes)];
		u32 n = rnd() % 8;

		while (n-- && put_seq - get_seq < 4096 && !put(&c.prod, len, put_seq))
			lens[put_seq++ % 4096] = len;
		clps_ring_publish(&c.prod);
		n = rnd() % 8;
		while (n-- && clps_ring_peek(&c.cons, &rec) > 0) {
			ok &= rec.len == lens[get_seq % 4096];
			ok &= !clps_ring_get(&c.cons, 0, in, rec.len);
			ok &= is_filled(in, rec.len, get_seq++);
			clps_ring_next(&c.cons);
		}
		clps_ring_release(&c.cons);
		ok &= !c.prod.broken && !c.cons.broken;
	}
	check(ok, "records of all sizes arrive in order and unharmed across wraps");
	cable_cut(&c);
}

static void test_index_wrap(void)
{
	u32 near = 0u - 4096;
	struct clps_ring_rec rec;
	struct cable c;
	bool ok = true;

	cable_make(&c);
	c.prod.own = c.prod.pub = c.prod.peer = near;
	c.cons.own = c.cons.pub = c.cons.peer = near;
	c.prod.sh->prod = c.prod.sh->cons = near;
	for (u32 seq = 0; seq < 20; seq++) {
		ok &= !put(&c.prod, 1000, seq);
		clps_ring_publish(&c.prod);
		ok &= clps_ring_peek(&c.cons, &rec) == 1 && rec.len == 1000;
		ok &= !clps_ring_get(&c.cons, 0, in, 1000) && is_filled(in, 1000, seq);
		clps_ring_next(&c.cons);
		clps_ring_release(&c.cons);
	}
	check(ok && c.cons.own < near, "free-running indices pass 2^32");
	cable_cut(&c);
}

static void test_limits(void)
{
	struct clps_ring r;
	struct cable c;
	int err, n = 0;

	cable_make(&c);
	check(!clps_ring_span(CLPS_RING_MIN_LOG2 - 1) && !clps_ring_span(CLPS_RING_MAX_LOG2 + 1) &&
	      !clps_ring_span(~0u) && clps_ring_init(&r, c.mem, 64, 0) == -EINVAL &&
	      clps_ring_init(&r, c.mem, LOG2, 2) == -EINVAL, "geometry out of range is refused");
	check(clps_ring_put_begin(&c.prod, 1, 0) == -EMSGSIZE &&
	      clps_ring_put_begin(&c.prod, 1, CLPS_RING_MAX_PAYLOAD + 1) == -EMSGSIZE &&
	      clps_ring_put_begin(&c.prod, 1, ~0u) == -EMSGSIZE, "records out of range are refused");
	while (!(err = put(&c.prod, 1000, 0)))
		n++;
	check(err == -ENOSPC && n == (1 << LOG2) / 1008, "a full ring says so, not earlier");
	clps_ring_publish(&c.prod);
	check(clps_ring_space(&c.prod) < 1008 && !c.prod.broken, "a full ring is not broken");
	cable_cut(&c);
}

static void test_doorbells(void)
{
	struct clps_ring_rec rec;
	struct cable c;
	bool first, second, third;

	cable_make(&c);
	put(&c.prod, 100, 0);
	first = clps_ring_publish(&c.prod);
	put(&c.prod, 100, 1);
	second = clps_ring_publish(&c.prod);
	check(first && !second, "the first record rings, those behind it do not");
	check(!clps_ring_publish(&c.prod), "nothing new rings nothing");

	while (clps_ring_peek(&c.cons, &rec) > 0)
		clps_ring_next(&c.cons);
	clps_ring_release(&c.cons);
	put(&c.prod, 100, 2);
	third = clps_ring_publish(&c.prod);
	check(!third, "a consumer that has not gone to sleep is not rung");
	check(clps_ring_arm(&c.cons), "going to sleep on a record is noticed");
	clps_ring_peek(&c.cons, &rec);
	clps_ring_next(&c.cons);
	clps_ring_release(&c.cons);
	check(!clps_ring_arm(&c.cons), "an empty ring lets the consumer sleep");
	put(&c.prod, 100, 3);
	check(clps_ring_publish(&c.prod), "a sleeping consumer is rung");
	cable_cut(&c);
}

static void test_space_doorbell(void)
{
	struct clps_ring_rec rec;
	struct cable c;
	bool early = false, rung = false;
	u32 space;

	cable_make(&c);
	while (!put(&c.prod, 1000, 0))
		;
	clps_ring_publish(&c.prod);
	clps_ring_peek(&c.cons, &rec);	/* the very first release rings: see init */
	clps_ring_next(&c.cons);
	clps_ring_release(&c.cons);
	check(!clps_ring_want_space(&c.prod, 20000), "a full ring makes the producer wait");
	while (!rung && clps_ring_peek(&c.cons, &rec) > 0) {
		clps_ring_next(&c.cons);
		rung = clps_ring_release(&c.cons);
		space = clps_ring_space(&c.prod);
		early |= rung != (space >= 20000);
	}
	check(rung && !early, "the producer is rung when there is room, not before");
	check(clps_ring_want_space(&c.prod, 20000), "with room there is no wait");
	cable_cut(&c);
}

static bool cons_breaks(u32 prod_index)
{
	struct clps_ring_rec rec;
	struct cable c;
	bool broken;

	cable_make(&c);
	c.cons.sh->prod = prod_index;
	broken = clps_ring_peek(&c.cons, &rec) == -EPROTO && c.cons.broken &&
		 clps_ring_peek(&c.cons, &rec) == -EPROTO;
	cable_cut(&c);
	return broken;
}

static bool rec_breaks(u32 len, u16 type, u16 flags, u32 prod_index)
{
	struct clps_ring_rec lie = { .len = len, .type = type, .flags = flags }, rec;
	struct cable c;
	bool broken;

	cable_make(&c);
	memcpy(c.cons.data, &lie, sizeof(lie));
	c.cons.sh->prod = prod_index;
	broken = clps_ring_peek(&c.cons, &rec) == -EPROTO;
	cable_cut(&c);
	return broken;
}

static bool prod_breaks(u32 cons_index)
{
	struct cable c;
	bool broken;

	cable_make(&c);
	put(&c.prod, 1000, 0);
	clps_ring_publish(&c.prod);
	put(&c.prod, 1000, 0);	/* finished, not published */
	c.prod.sh->cons = cons_index;
	broken = clps_ring_space(&c.prod) == 0 && c.prod.broken &&
		 clps_ring_put_begin(&c.prod, 1, 8) == -EPIPE;
	cable_cut(&c);
	return broken;
}

static bool full_breaks(void)
{
	struct cable c;
	bool breaks;

	cable_make(&c);
	while (!put(&c.prod, 1000, 0))
		;
	c.prod.sh->cons = 4;
	breaks = put(&c.prod, 1000, 0) == -EPIPE && c.prod.broken;
	cable_cut(&c);
	return breaks;
}

static bool cons_stays_awake(void)
{
	struct clps_ring_rec rec;
	struct cable c;
	bool awake;

	cable_make(&c);
	c.cons.sh->prod = 4;
	awake = clps_ring_peek(&c.cons, &rec) == -EPROTO;
	c.cons.sh->prod = c.cons.own;
	awake = awake && clps_ring_arm(&c.cons);
	cable_cut(&c);
	return awake;
}

static void test_liars(void)
{
	struct clps_ring_rec rec;
	struct cable c;

	check(cons_breaks((1u << LOG2) + 8) && cons_breaks(~7u) && cons_breaks(0x80000000) &&
	      cons_breaks(4), "a producer index out of the ring breaks it");
	check(prod_breaks(1016) && prod_breaks(4) && prod_breaks(0x80000000) &&
	      prod_breaks(1008 - (1u << LOG2)), "a consumer index out of the ring breaks it");
	check(rec_breaks(0, 1, 0, 64) && rec_breaks(~0u, 1, 0, 64) && rec_breaks(57, 1, 0, 64) &&
	      rec_breaks(CLPS_RING_MAX_PAYLOAD + 1, 1, 0, 1u << LOG2),
	      "a record longer than what was published breaks the ring");
	check(full_breaks(), "who looks for room in a full ring finds the lie as well");
	check(cons_stays_awake(), "and its consumer waits for no doorbell");
	check(rec_breaks(8, 0, 0, 64) && rec_breaks(8, 1, 1, 64),
	      "unknown flags and type 0 break the ring");
	cable_make(&c);
	put(&c.prod, 100, 0);
	clps_ring_publish(&c.prod);
	clps_ring_peek(&c.cons, &rec);
	check(clps_ring_get(&c.cons, 0, in, 101) == -EINVAL &&
	      clps_ring_get(&c.cons, 101, in, 0) == -EINVAL &&
	      clps_ring_get(&c.cons, ~0u, in, 2) == -EINVAL &&
	      clps_ring_get(&c.cons, 100, in, 0) == 0, "nothing is read outside the record");
	cable_cut(&c);
}

static struct clps_ring_vnet vnet(u8 flags, u8 gso, u16 hdr, u16 size, u16 start, u16 off)
{
	return (struct clps_ring_vnet){
		.flags = flags, .gso_type = gso,
		.hdr_len = { (u8)hdr, (u8)(hdr >> 8) }, .gso_size = { (u8)size, (u8)(size >> 8) },
		.csum_start = { (u8)start, (u8)(start >> 8) },
		.csum_offset = { (u8)off, (u8)(off >> 8) },
	};
}

static bool vnet_ok(u8 flags, u8 gso, u16 hdr, u16 size, u16 start, u16 off, u32 len)
{
	struct clps_ring_vnet h = vnet(flags, gso, hdr, size, start, off);

	return clps_ring_vnet_ok(&h, len);
}

static bool buffers_ok(u8 low, u8 high)
{
	struct clps_ring_vnet h = vnet(0, 0, 0, 0, 0, 0);

	h.num_buffers[0] = low;
	h.num_buffers[1] = high;
	return clps_ring_vnet_ok(&h, 60);
}

static void test_vnet(void)
{
	check(buffers_ok(0, 0) && !buffers_ok(1, 0) && !buffers_ok(0, 1),
	      "a frame is in one piece");
	check(vnet_ok(0, 0, 0, 0, 0, 0, 60) && vnet_ok(2, 0, 0, 0, 0, 0, 60) &&
	      vnet_ok(1, 0, 0, 0, 34, 16, 60) && vnet_ok(1, 1, 66, 1448, 34, 16, 65000) &&
	      vnet_ok(1, 0x81, 66, 1448, 34, 16, 65000) && vnet_ok(1, 4, 86, 1428, 54, 16, 65000) &&
	      vnet_ok(1, 5, 42, 1400, 34, 6, 10000), "sound packet headers pass");
	check(!vnet_ok(0, 0, 0, 0, 0, 0, 13) && !vnet_ok(0, 0, 0, 0, 0, 0, CLPS_RING_MAX_FRAME + 1) &&
	      !vnet_ok(4, 0, 0, 0, 0, 0, 60), "runts, giants and unknown flags do not");
	check(!vnet_ok(1, 0, 0, 0, 34, 25, 60) && !vnet_ok(1, 0, 0, 0, 0xffff, 0xffff, 60) &&
	      !vnet_ok(1, 0, 0, 0, 13, 16, 60) && vnet_ok(1, 0, 0, 0, 34, 24, 60),
	      "a checksum must lie inside the frame and behind Ethernet");
	check(!vnet_ok(1, 1, 66, 0, 34, 16, 9000) && !vnet_ok(0, 1, 66, 1448, 34, 16, 9000) &&
	      !vnet_ok(1, 2, 66, 1448, 34, 16, 9000) && !vnet_ok(1, 3, 66, 1448, 34, 16, 9000) &&
	      !vnet_ok(1, 0x80, 66, 1448, 34, 16, 9000) && !vnet_ok(1, 0x85, 66, 1448, 34, 16, 9000) &&
	      !vnet_ok(1, 1, 9001, 1448, 34, 16, 9000) && !vnet_ok(1, 1, 14, 1448, 34, 16, 9000) &&
	      !vnet_ok(1, 1, 66, 1, 34, 16, 9000), "unsound segmentation does not");
}

/* Two real threads; a doorbell is a counter and a condition variable. */
#define STREAM	60000u

static struct bell {
	pthread_mutex_t lock;
	pthread_cond_t cond;
	unsigned int rung;
	u64 total;
} data_bell = { .lock = PTHREAD_MUTEX_INITIALIZER, .cond = PTHREAD_COND_INITIALIZER },
  space_bell = { .lock = PTHREAD_MUTEX_INITIALIZER, .cond = PTHREAD_COND_INITIALIZER };

static void bell_ring(struct bell *b)
{
	pthread_mutex_lock(&b->lock);
	b->rung++;
	b->total++;
	pthread_cond_signal(&b->cond);
	pthread_mutex_unlock(&b->lock);
}

static void bell_wait(struct bell *b)
{
	pthread_mutex_lock(&b->lock);
	while (!b->rung)
		pthread_cond_wait(&b->cond, &b->lock);
	b->rung = 0;
	pthread_mutex_unlock(&b->lock);
}

static u32 stream_len(u32 seq)
{
	return seq % 97 == 0 ? 60000 : 13 + seq % 1500;
}

static void *produce(void *arg)
{
	static u8 buf[CLPS_RING_MAX_PAYLOAD];
	struct clps_ring *r = arg;

	for (u32 seq = 0; seq < STREAM; seq++) {
		u32 len = stream_len(seq);

		while (clps_ring_put_begin(r, CLPS_RING_REC_FRAME, len)) {
			if (clps_ring_publish(r))
				bell_ring(&data_bell);
			if (r->broken)
				return NULL;
			if (!clps_ring_want_space(r, CLPS_RING_MAX_RECORD))
				bell_wait(&space_bell);
		}
		fill(buf, len, seq);
		clps_ring_put(r, 0, buf, len);
		clps_ring_put_end(r);
		if (clps_ring_publish(r))
			bell_ring(&data_bell);
	}
	return r;
}

static void *consume(void *arg)
{
	struct clps_ring *r = arg;
	struct clps_ring_rec rec;
	u32 seq = 0;

	while (seq < STREAM) {
		int got = clps_ring_peek(r, &rec);

		if (got < 0)
			return NULL;
		if (!got) {
			if (clps_ring_release(r))
				bell_ring(&space_bell);
			if (!clps_ring_arm(r))
				bell_wait(&data_bell);
			continue;
		}
		if (rec.len != stream_len(seq) || clps_ring_get(r, 0, in, rec.len) ||
		    !is_filled(in, rec.len, seq))
			return NULL;
		seq++;
		clps_ring_next(r);
		if (seq % 16 == 0 && clps_ring_release(r))
			bell_ring(&space_bell);
	}
	return r;
}

static void test_threads(void)
{
	pthread_t a, b;
	struct cable c;
	void *pa, *pb;

	cable_make(&c);
	pthread_create(&a, NULL, produce, &c.prod);
	pthread_create(&b, NULL, consume, &c.cons);
	pthread_join(b, &pb);
	pthread_join(a, &pa);
	check(pa && pb, "two threads stream 60000 records and neither sleeps for ever");
	printf("# doorbells: %llu for data, %llu for space\n",
	       (unsigned long long)data_bell.total, (unsigned long long)space_bell.total);
	cable_cut(&c);
}

int main(void)
{
	printf("KTAP version 1\n1..28\n");
	test_order();
	test_index_wrap();
	test_limits();
	test_doorbells();
	test_space_doorbell();
	test_liars();
	test_vnet();
	test_threads();
	if (tests != 28)
		printf("# %d tests ran\n", tests);
	return failures || tests != 28;
}

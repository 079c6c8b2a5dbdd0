// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records that are sound by themselves and hold anything: each put_*() adds one, not
 * published yet, and notes what the other end's counters are to say of it. They return
 * false, and note nothing, when there is no room.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "records.h"

#define VNET		((u32)sizeof(struct clps_ring_vnet))
#define ETH_HDR		14u
#define ARP_FRAME	42u
#define MTU		1500u
#define LIMIT		(MTU + 18)	/* with a VLAN tag */
#define LONGEST		60000u

u32 rnd(void)
{
	return (u32)random() << 16 ^ (u32)random();
}

/* From @least to @most. */
static u32 between(u32 least, u32 most)
{
	return least + rnd() % (most - least + 1);
}

static bool put(struct clps_ring *tx, u16 type, const u8 *payload, u32 len)
{
	if (clps_ring_put_begin(tx, type, len))
		return false;
	clps_ring_put(tx, 0, payload, len);
	clps_ring_put_end(tx);
	return true;
}

static bool note(struct sent *sent, enum fate fate, bool done)
{
	sent->to[fate] += done;
	return done;
}

/* Its header may by chance be a sound one. */
bool put_rubbish(struct clps_ring *tx, struct sent *sent)
{
	static u8 p[VNET + 60014];
	u32 len = ETH_HDR + rnd() % (rnd() & 1 ? 200 : LONGEST);

	for (u32 i = 0; i < len + VNET; i++)
		p[i] = (u8)rnd();
	if (rnd() & 1) {	/* nearly right: a TCP segment to cut */
		static const u8 head[] = { 1, 1, 66, 0, 0xa8, 5, 34, 0, 16, 0, 0, 0,
			2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, 0 };

		memcpy(p, head, len < 26 ? 12 + 14 : sizeof(head));
		p[rnd() % 12] ^= rnd() & 3 ? 0 : (u8)rnd();
	}
	return note(sent, FRAMES, put(tx, CLPS_RING_REC_FRAME, p, len + VNET));
}

bool put_unknown(struct clps_ring *tx, struct sent *sent)
{
	static const u8 nothing[LONGEST];

	return note(sent, UNKNOWN, put(tx, (u16)between(2, 0xffff), nothing,
					    between(1, rnd() & 1 ? 200 : LONGEST)));
}

/* A frame and its header, sound at first: who has 10.9.0.99? Nobody answers. */
struct frame {
	u8 vnet[VNET];
	u8 eth[LONGEST];
	u32 len;	/* of eth */
};

static const u8 arp[ARP_FRAME] = {
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 8, 6,
	0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 1, 10, 9, 0, 98, 0, 0, 0, 0, 0, 0, 10, 9, 0, 99,
};

static void vnet16(struct frame *f, unsigned int at, u32 v)
{
	f->vnet[at] = (u8)v;
	f->vnet[at + 1] = (u8)(v >> 8);
}

enum { FLAGS = 0, GSO_TYPE = 1, HDR_LEN = 2, GSO_SIZE = 4, CSUM_START = 6, CSUM_OFFSET = 8,
       BUFFERS = 10 };

static void make_arp(struct frame *f)
{
	memset(f, 0, sizeof(*f));
	memcpy(f->eth, arp, sizeof(arp));
	f->len = between(ARP_FRAME, MTU + ETH_HDR);
}

/* A TCP segment that is to be cut into @size. */
static void make_segments(struct frame *f, u32 len, u32 size)
{
	static const u8 head[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 8, 0, 0x45 };

	memset(f, 0, sizeof(*f));
	f->len = len;
	f->vnet[FLAGS] = 1;
	f->vnet[GSO_TYPE] = 1;
	vnet16(f, HDR_LEN, 54);
	vnet16(f, GSO_SIZE, size);
	vnet16(f, CSUM_START, 34);
	vnet16(f, CSUM_OFFSET, 16);
	memcpy(f->eth, head, sizeof(head));
	f->eth[16] = (u8)((len - ETH_HDR) >> 8);
	f->eth[17] = (u8)(len - ETH_HDR);
	f->eth[22] = 64;
	f->eth[23] = 6;
	f->eth[46] = 0x50;
}

static bool put_frame(struct clps_ring *tx, const struct frame *f)
{
	return put(tx, CLPS_RING_REC_FRAME, f->vnet, VNET + f->len);
}

/* Far above the MTU, and called segments of what is no longer than one. */
bool put_lying_segments(struct clps_ring *tx, struct sent *sent)
{
	static struct frame f;

	make_segments(&f, LONGEST, 0xfffe);
	return note(sent, TOO_LONG, put_frame(tx, &f));
}

/* What is wrong with a header, each in one way. */
static void spoil_header(struct frame *f, u32 way)
{
	static const u8 types[] = { 2, 3, 6, 7, 0x40, 0x7f, 0x80, 0x82, 0x85 };

	switch (way) {
	case 0:		/* a flag that there is not */
		f->vnet[FLAGS] |= (u8)(4 << rnd() % 6);
		break;
	case 1:		/* more than one buffer */
		vnet16(f, BUFFERS, between(1, 0xffff));
		break;
	case 2:		/* a checksum that begins in the Ethernet or IP header */
		f->vnet[FLAGS] = 1;
		vnet16(f, CSUM_START, between(0, 19));
		break;
	case 3:		/* or ends behind the frame */
		f->vnet[FLAGS] = 1;
		vnet16(f, CSUM_START, between(f->len - 1, 0xffff));
		break;
	case 4:
		f->vnet[FLAGS] = 1;
		vnet16(f, CSUM_START, 34);
		vnet16(f, CSUM_OFFSET, between(f->len - 35, 0xffff));
		break;
	case 5:		/* segments of no known kind */
		f->vnet[GSO_TYPE] = types[rnd() % ARRAY_SIZE(types)];
		break;
	case 6:		/* without the checksum that each will need */
		f->vnet[FLAGS] = 0;
		break;
	case 7:		/* of no length */
		vnet16(f, GSO_SIZE, 0);
		break;
	case 8:		/* too many */
		vnet16(f, GSO_SIZE, between(1, (f->len - 1) / 2048));
		break;
	case 9:		/* headers that are longer than all, or none */
		vnet16(f, HDR_LEN, rnd() & 1 ? between(0, ETH_HDR) : between(f->len + 1, 0xffff));
		break;
	case 10:	/* TCP whose checksum is elsewhere: the kernel sees that, not the ring */
		vnet16(f, CSUM_OFFSET, between(0, 15));
		break;
	case 11:	/* TCP within what would be the header of IPv6 */
		f->vnet[GSO_TYPE] = 4;
		break;
	}
}

static bool put_bad_header(struct clps_ring *tx)
{
	static struct frame f;
	u32 way = rnd() % 13;

	if (way == 12) {	/* no room for a header, or none for Ethernet's */
		memset(&f, 0, sizeof(f));
		return put(tx, CLPS_RING_REC_FRAME, f.vnet, between(1, VNET + ETH_HDR - 1));
	}
	if (way < 5)
		make_arp(&f);
	else
		make_segments(&f, between(4096, LONGEST), 1448);
	spoil_header(&f, way);
	return put_frame(tx, &f);
}

static bool put_too_long(struct clps_ring *tx)
{
	static struct frame f;

	make_arp(&f);
	f.len = between(LIMIT + 1, LONGEST);
	if (rnd() & 1)	/* segments that are longer than a frame may be */
		make_segments(&f, between(8000, LONGEST), between(MTU, 4000));
	return put_frame(tx, &f);
}

/* One of each kind as often; a sound frame here and there, which must get through. */
bool put_malformed(struct clps_ring *tx, struct sent *sent)
{
	static struct frame f;

	switch (rnd() % 8) {
	case 0:
		return put_unknown(tx, sent);
	case 1:
		return put_lying_segments(tx, sent);
	case 2:
	case 3:
		return note(sent, TOO_LONG, put_too_long(tx));
	case 4:
		make_arp(&f);
		return note(sent, RECEIVED, put_frame(tx, &f));
	default:
		return note(sent, BAD_HEADER, put_bad_header(tx));
	}
}

/* In the words of hostile.bash. */
void print_sent(const struct sent *sent)
{
	unsigned long bad = sent->to[BAD_HEADER], longer = sent->to[TOO_LONG];

	printf("expect rx_packets+rx_bad_header+rx_too_long %lu\n",
	       sent->to[RECEIVED] + bad + longer + sent->to[FRAMES]);
	printf("expect rx_unknown_records %lu\n", sent->to[UNKNOWN]);
	printf("expect rx_no_memory 0\n");
	/* Some frames of rubbish are received, and nobody's. */
	if (sent->to[FRAMES])
		return;
	printf("expect rx_dropped 0\n");
	printf("expect rx_packets %lu\nexpect rx_bad_header %lu\nexpect rx_too_long %lu\n",
	       sent->to[RECEIVED], bad, longer);
	printf("expect rx_errors %lu\nexpect rx_length_errors %lu\n", bad + longer, longer);
}

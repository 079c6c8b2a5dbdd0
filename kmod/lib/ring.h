/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One-producer one-consumer ring of bytes in memory shared with a hostile
 * peer. A cable is two of these, one per direction; see Documentation/ring.rst.
 *
 * Nothing in the shared memory is trusted. Geometry and own index live in
 * private memory; the peer's index is read once per decision and must lie
 * within the ring; a record's header is copied before it is looked at. The
 * payload is copied by clps_ring_get() and is to be parsed only from the copy.
 */
#ifndef CLPS_LIB_RING_H
#define CLPS_LIB_RING_H

#include "port.h"

#define CLPS_RING_MAGIC		0x636c7072	/* "clpr" */
#define CLPS_RING_VERSION	1
#define CLPS_RING_MIN_LOG2	18		/* two records of the largest size */
#define CLPS_RING_MAX_LOG2	24
#define CLPS_RING_DEF_LOG2	20
#define CLPS_RING_CTRL_SIZE	4096u		/* one page of indices per direction */

/* Largest frame: a GSO packet of 64 KiB and the headers below IP. */
#define CLPS_RING_MAX_FRAME	(65536u + 128u)

/**
 * enum clps_ring_hello_kind - what a handshake message says
 * @CLPS_RING_OFFER: from the listener, with the memory attached
 * @CLPS_RING_ACCEPT: from the connecter, once it has mapped the memory
 */
enum clps_ring_hello_kind {
	CLPS_RING_OFFER = 1,
	CLPS_RING_ACCEPT = 2,
};

/**
 * struct clps_ring_hello - the one message of each side before doorbells
 * @magic: %CLPS_RING_MAGIC, in host byte order: both ends share one machine
 * @version: %CLPS_RING_VERSION
 * @kind: &enum clps_ring_hello_kind
 * @log2size: size of each direction's ring
 * @features: optional record types that the sender understands; none so far
 */
struct clps_ring_hello {
	u32 magic;
	u16 version;
	u16 kind;
	u32 log2size;
	u32 features;
};

/**
 * struct clps_ring_shared - indices of one direction, in shared memory
 * @prod: bytes ever produced, free running
 * @space_event: the producer wants a doorbell once @cons passes this
 * @cons: bytes ever consumed, free running
 * @data_event: the consumer wants a doorbell once @prod passes this
 *
 * The producer writes only the first line, the consumer only the second.
 */
struct clps_ring_shared {
	u32 prod;
	u32 space_event;
	u8 pad0[56];
	u32 cons;
	u32 data_event;
	u8 pad1[56];
};

/* Record types. A consumer skips those that it does not know. */
enum clps_ring_type {
	CLPS_RING_REC_FRAME = 1,	/* struct clps_ring_vnet and a frame */
	CLPS_RING_REC_SENSE = 2,	/* reserved for the sensor lane */
};

/**
 * struct clps_ring_rec - header of a record
 * @len: bytes of payload that follow; the next record begins at the next
 *	multiple of eight
 * @type: &enum clps_ring_type
 * @flags: zero
 *
 * Eight bytes at a multiple of eight, so that it never wraps and one load
 * copies it.
 */
struct clps_ring_rec {
	u32 len;
	u16 type;
	u16 flags;
};

/**
 * struct clps_ring_vnet - what precedes a frame
 *
 * The layout of struct virtio_net_hdr_mrg_rxbuf, little endian, without its
 * dependencies. num_buffers is zero.
 */
struct clps_ring_vnet {
	u8 flags;
	u8 gso_type;
	u8 hdr_len[2];
	u8 gso_size[2];
	u8 csum_start[2];
	u8 csum_offset[2];
	u8 num_buffers[2];
};

#define CLPS_RING_MAX_PAYLOAD \
	(CLPS_RING_MAX_FRAME + (u32)sizeof(struct clps_ring_vnet))
#define CLPS_RING_MAX_RECORD \
	(CLPS_RING_MAX_PAYLOAD + (u32)sizeof(struct clps_ring_rec))

/**
 * struct clps_ring - one end of one direction; private memory
 * @sh: the shared indices
 * @data: the shared bytes
 * @size: of @data; a power of two
 * @own: index that this end advances; the shared copy is only ever written
 * @pub: value of @own that the peer was last shown
 * @peer: the peer's index when it was last looked at
 * @len: payload of the record being written or read
 * @broken: the peer broke the protocol; nothing works any more
 */
struct clps_ring {
	struct clps_ring_shared *sh;
	u8 *data;
	u32 size;
	u32 own;
	u32 pub;
	u32 peer;
	u32 len;
	bool broken;
};

u32 clps_ring_span(u32 log2size);
int clps_ring_init(struct clps_ring *r, void *mem, u32 log2size, unsigned int dir);

/* Producer */
u32 clps_ring_space(struct clps_ring *r);
int clps_ring_put_begin(struct clps_ring *r, u16 type, u32 len);
u8 *clps_ring_chunk(const struct clps_ring *r, u32 off, u32 *len);
void clps_ring_put(struct clps_ring *r, u32 off, const void *src, u32 len);
void clps_ring_put_end(struct clps_ring *r);
bool clps_ring_publish(struct clps_ring *r);
bool clps_ring_want_space(struct clps_ring *r, u32 need);

/* Consumer */
int clps_ring_peek(struct clps_ring *r, struct clps_ring_rec *rec);
int clps_ring_get(const struct clps_ring *r, u32 off, void *dst, u32 len);
void clps_ring_next(struct clps_ring *r);
bool clps_ring_release(struct clps_ring *r);
bool clps_ring_arm(struct clps_ring *r);

bool clps_ring_vnet_ok(const struct clps_ring_vnet *h, u32 frame_len);

#endif /* CLPS_LIB_RING_H */

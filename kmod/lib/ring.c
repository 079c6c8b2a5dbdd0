// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The protocol of a ring in shared memory, without any idea of who is at the
 * other end. Kernel and userspace build this same file.
 *
 * Ordering: an index is published by a store-release and read by a
 * load-acquire, which orders the bytes of the records. Deciding about a
 * doorbell is a store followed by a load of the other side's line (index then
 * event here, event then index there) and needs the full barrier at both ends,
 * or each could miss the other's store and both sleep. The virt_ kind, because a
 * kernel for one CPU makes nothing of smp_mb(), and its peer runs on another.
 */
#include "ring.h"

#define REC_ALIGN	8u
#define REC_HDR		((u32)sizeof(struct clps_ring_rec))

#define VNET_F_NEEDS_CSUM	1
#define VNET_F_DATA_VALID	2
#define VNET_GSO_NONE		0
#define VNET_GSO_TCPV4		1
#define VNET_GSO_TCPV6		4
#define VNET_GSO_UDP_L4		5
#define VNET_GSO_ECN		0x80
#define ETH_HDR			14u
#define MAX_SEGMENTS		2048u	/* of one frame: what a receiver may be made to cut */

static u32 rec_span(u32 len)
{
	return REC_HDR + ((len + REC_ALIGN - 1) & ~(REC_ALIGN - 1));
}

/* Did an index that went from @old to @now pass @event? */
static bool passed(u32 event, u32 now, u32 old)
{
	return (u32)(now - event - 1) < (u32)(now - old);
}

/**
 * clps_ring_span() - bytes of shared memory that a cable needs
 * @log2size: size of each direction
 *
 * Return: the size, or 0 if @log2size is out of range.
 */
u32 clps_ring_span(u32 log2size)
{
	if (log2size < CLPS_RING_MIN_LOG2 || log2size > CLPS_RING_MAX_LOG2)
		return 0;
	return 2 * (CLPS_RING_CTRL_SIZE + (1u << log2size));
}

/**
 * clps_ring_init() - attach one end of one direction to fresh memory
 * @r: the ring
 * @mem: clps_ring_span(@log2size) bytes, page aligned, zero at first
 * @log2size: size of each direction
 * @dir: 0 from listener to connecter, 1 from connecter to listener
 *
 * Both ends start at index zero and the event words are zero too: the first
 * record rings.
 *
 * Return: 0, or -EINVAL.
 */
int clps_ring_init(struct clps_ring *r, void *mem, u32 log2size, unsigned int dir)
{
	u8 *base = mem;

	if (!clps_ring_span(log2size) || dir > 1)
		return -EINVAL;
	memset(r, 0, sizeof(*r));
	r->size = 1u << log2size;
	r->sh = (void *)(base + dir * CLPS_RING_CTRL_SIZE);
	r->data = base + 2 * CLPS_RING_CTRL_SIZE + (size_t)dir * r->size;
	return 0;
}

/**
 * clps_ring_chunk() - where a part of the current record lies
 * @r: the ring
 * @off: offset into the payload
 * @len: bytes wanted; reduced to those that lie together
 *
 * Return: their address in shared memory.
 */
u8 *clps_ring_chunk(const struct clps_ring *r, u32 off, u32 *len)
{
	u32 at = (r->own + REC_HDR + off) & (r->size - 1);

	if (*len > r->size - at)
		*len = r->size - at;
	return r->data + at;
}

/**
 * clps_ring_space() - look how many bytes are free
 * @r: producer's end
 *
 * Return: the bytes, headers included; 0 if the ring is broken.
 */
u32 clps_ring_space(struct clps_ring *r)
{
	u32 cons = virt_load_acquire(&r->sh->cons);

	/*
	 * What is not published has not been consumed, nor does cons go back
	 * so far that more than the ring would be in use. One that is no
	 * multiple of eight cannot be a record's end.
	 */
	if ((u32)(r->pub - cons) > r->size || (u32)(r->own - cons) > r->size ||
	    cons % REC_ALIGN)
		r->broken = true;
	if (r->broken)
		return 0;
	r->peer = cons;
	return r->size - (u32)(r->own - cons);
}

/**
 * clps_ring_put_begin() - start a record
 * @r: producer's end
 * @type: &enum clps_ring_type
 * @len: bytes of payload, at most %CLPS_RING_MAX_PAYLOAD
 *
 * To be followed by clps_ring_put() for every byte and clps_ring_put_end().
 *
 * Return: 0, -EMSGSIZE, -ENOSPC if there is no room now, -EPIPE if broken.
 */
int clps_ring_put_begin(struct clps_ring *r, u16 type, u32 len)
{
	struct clps_ring_rec rec = { .len = len, .type = type };
	u32 need;

	if (!len || len > CLPS_RING_MAX_PAYLOAD)
		return -EMSGSIZE;
	need = rec_span(len);
	if (r->broken)
		return -EPIPE;
	if (r->size - (u32)(r->own - r->peer) < need && clps_ring_space(r) < need)
		return r->broken ? -EPIPE : -ENOSPC;
	memcpy(r->data + (r->own & (r->size - 1)), &rec, sizeof(rec));
	r->len = len;
	return 0;
}

/**
 * clps_ring_put() - copy bytes into the record being written
 * @r: producer's end
 * @off: offset into the payload
 * @src: the bytes
 * @len: how many; @off + @len is within the record
 */
void clps_ring_put(struct clps_ring *r, u32 off, const void *src, u32 len)
{
	const u8 *s = src;

	while (len) {
		u32 n = len;
		u8 *p = clps_ring_chunk(r, off, &n);

		memcpy(p, s, n);
		s += n;
		off += n;
		len -= n;
	}
}

/**
 * clps_ring_put_end() - finish a record; the peer does not see it yet
 * @r: producer's end
 */
void clps_ring_put_end(struct clps_ring *r)
{
	r->own += rec_span(r->len);
}

/**
 * clps_ring_publish() - show the peer all finished records
 * @r: producer's end
 *
 * Return: true if the peer wants a doorbell.
 */
bool clps_ring_publish(struct clps_ring *r)
{
	u32 old = r->pub;

	if (r->own == old)
		return false;
	virt_store_release(&r->sh->prod, r->own);
	r->pub = r->own;
	virt_mb();	/* pairs with clps_ring_arm() */
	return passed(READ_ONCE(r->sh->data_event), r->own, old);
}

/**
 * clps_ring_want_space() - ask for a doorbell when room has been made
 * @r: producer's end; all records published
 * @need: bytes that must be free
 *
 * Return: true if they already are: carry on, no doorbell may come.
 */
bool clps_ring_want_space(struct clps_ring *r, u32 need)
{
	/* cons + size - own >= need, that is, cons has passed one less */
	WRITE_ONCE(r->sh->space_event, r->own + need - r->size - 1);
	virt_mb();	/* pairs with clps_ring_release() */
	return clps_ring_space(r) >= need;
}

/**
 * clps_ring_peek() - look at the next record
 * @r: consumer's end
 * @rec: its header, copied and checked
 *
 * Return: 1, 0 if there is none, -EPROTO if the ring is broken.
 */
int clps_ring_peek(struct clps_ring *r, struct clps_ring_rec *rec)
{
	u32 avail;
	u64 raw;

	if (r->broken)
		return -EPROTO;
	if (r->peer == r->own) {
		r->peer = virt_load_acquire(&r->sh->prod);
		if (r->peer == r->own)
			return 0;
	}
	avail = r->peer - r->own;
	if (avail > r->size || avail % REC_ALIGN)
		goto broken;
	raw = READ_ONCE(*(const u64 *)(r->data + (r->own & (r->size - 1))));
	memcpy(rec, &raw, sizeof(*rec));
	if (!rec->len || rec->len > CLPS_RING_MAX_PAYLOAD || rec->flags ||
	    !rec->type || rec_span(rec->len) > avail)
		goto broken;
	r->len = rec->len;
	return 1;

broken:
	r->broken = true;
	return -EPROTO;
}

/**
 * clps_ring_get() - copy bytes out of the record that was peeked at
 * @r: consumer's end
 * @off: offset into the payload
 * @dst: private memory
 * @len: how many
 *
 * Return: 0, or -EINVAL if the record does not have them.
 */
int clps_ring_get(const struct clps_ring *r, u32 off, void *dst, u32 len)
{
	u8 *d = dst;

	if (off > r->len || len > r->len - off)
		return -EINVAL;
	while (len) {
		u32 n = len;
		const u8 *p = clps_ring_chunk(r, off, &n);

		memcpy(d, p, n);
		d += n;
		off += n;
		len -= n;
	}
	return 0;
}

/**
 * clps_ring_next() - done with the record that was peeked at
 * @r: consumer's end
 */
void clps_ring_next(struct clps_ring *r)
{
	r->own += rec_span(r->len);
}

/**
 * clps_ring_release() - give the space of consumed records back
 * @r: consumer's end
 *
 * Return: true if the peer wants a doorbell.
 */
bool clps_ring_release(struct clps_ring *r)
{
	u32 old = r->pub;

	if (r->own == old)
		return false;
	virt_store_release(&r->sh->cons, r->own);
	r->pub = r->own;
	virt_mb();	/* pairs with clps_ring_want_space() */
	return passed(READ_ONCE(r->sh->space_event), r->own, old);
}

/**
 * clps_ring_arm() - ask for a doorbell at the next record
 * @r: consumer's end; everything released
 *
 * Return: true if there is a record already, or the ring is broken: look
 * again, no doorbell may come.
 */
bool clps_ring_arm(struct clps_ring *r)
{
	WRITE_ONCE(r->sh->data_event, r->own);
	virt_mb();	/* pairs with clps_ring_publish() */
	return r->broken || READ_ONCE(r->sh->prod) != r->own;
}

static u32 le16(const u8 *p)
{
	return p[0] | ((u32)p[1] << 8);
}

/**
 * clps_ring_vnet_ok() - may this header describe a frame of this length?
 * @h: a private copy
 * @frame_len: bytes of the frame
 *
 * Offsets must lie inside the frame and behind the Ethernet header, GSO types
 * must be known and come with a partial checksum and a segment size. Whether
 * the frame's protocols match is for virtio_net_hdr_to_skb() to see.
 *
 * Return: true if so.
 */
bool clps_ring_vnet_ok(const struct clps_ring_vnet *h, u32 frame_len)
{
	u32 start = le16(h->csum_start), offset = le16(h->csum_offset);
	u8 type = h->gso_type & ~VNET_GSO_ECN;

	if (frame_len < ETH_HDR || frame_len > CLPS_RING_MAX_FRAME)
		return false;
	if (h->flags & ~(VNET_F_NEEDS_CSUM | VNET_F_DATA_VALID))
		return false;
	if (h->num_buffers[0] || h->num_buffers[1])
		return false;
	if (h->flags & VNET_F_NEEDS_CSUM &&
	    (start < ETH_HDR || start + offset + 2 > frame_len))
		return false;
	switch (type) {
	case VNET_GSO_NONE:
		return h->gso_type == VNET_GSO_NONE;
	case VNET_GSO_UDP_L4:
		if (h->gso_type & VNET_GSO_ECN)
			return false;
		break;
	case VNET_GSO_TCPV4:
	case VNET_GSO_TCPV6:
		break;
	default:
		return false;
	}
	return h->flags & VNET_F_NEEDS_CSUM &&
	       le16(h->gso_size) * MAX_SEGMENTS >= frame_len &&
	       le16(h->hdr_len) <= frame_len && le16(h->hdr_len) > ETH_HDR;
}

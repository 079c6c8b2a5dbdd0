// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a guest's sensor sends: datagrams that go no further than this. A sensor sends no
 * fragments, so these are the guest's own.
 */
#include <linux/udp.h>

#include "../lib/sebek.h"
#include "front.h"

/* More than any stack merges; who sends them keeps a CPU busy for a packet. */
#define MAX_MERGED	128

/* Bytes behind the UDP header, as far as both lengths go; a super-packet's is no length. */
static u32 payload_len(const struct sk_buff *skb, const struct clps_pkt *pkt)
{
	u32 have = skb->len - pkt->l3_len - sizeof(struct udphdr);
	u32 said = ntohs(udp_hdr(skb)->len);

	if (skb_is_gso(skb) || said < sizeof(struct udphdr))
		return have;
	return min_t(u32, have, said - sizeof(struct udphdr));
}

static bool has_magic(const struct sk_buff *skb, u32 off, u32 len, u32 magic)
{
	u8 buf[sizeof(__be32)];
	const void *p;

	p = len < sizeof(buf) ? NULL : skb_header_pointer(skb, off, sizeof(buf), buf);
	return p && clps_sebek_is(p, sizeof(buf), magic);
}

/* Of datagrams that were merged on their way here, one that is the sensor's takes all. */
static bool any_magic(const struct sk_buff *skb, u32 off, u32 len, u32 each, u32 magic)
{
	u32 at;

	for (at = 0; at < len; at += each) {
		if (has_magic(skb, off + at, min(each, len - at), magic))
			return true;
	}
	return false;
}

static bool put(const struct clps_honeypot *from, struct sk_buff *skb, u32 off, u32 len, u32 each)
{
	const u8 *data = skb_linearize(skb) ? NULL : skb->data + off;
	bool heard = true;
	u32 at = 0;

	do {
		heard &= clps_stream_put(from, COLLAPSAR_ENTRY_TYPE_SEBEK, data ? data + at : NULL,
					 min(each, len - at));
		at += each;
	} while (at < len);
	return heard;
}

noinline bool clps_sensor_takes(struct clps_honeypot *from, struct sk_buff *skb,
				const struct clps_pkt *pkt, u64 sensor)
{
	struct clps_stats __percpu *stats = from->network->stats;
	u32 off, len, each;

	if (pkt->proto != IPPROTO_UDP || pkt->dport != sensor >> 32 ||
	    (pkt->flags & (CLPS_PKT_FRAG_FIRST | CLPS_PKT_FRAG_LATER)))
		return false;
	off = pkt->l3_len + sizeof(struct udphdr);
	len = payload_len(skb, pkt);
	each = skb_is_gso(skb) && (skb_shinfo(skb)->gso_type & SKB_GSO_UDP_L4) ?
		skb_shinfo(skb)->gso_size : len;
	if (!each || DIV_ROUND_UP(len, each) > MAX_MERGED || !any_magic(skb, off, len, each, sensor))
		return false;
	if (!put(from, skb, off, len, each))
		clps_stats_inc(stats, CLPS_C_sensor_unheard);
	clps_stats_inc(stats, CLPS_C_sensor_packets);
	consume_skb(skb);
	return true;
}

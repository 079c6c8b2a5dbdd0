// SPDX-License-Identifier: GPL-2.0-only
/* The first look at a packet. */
#include <linux/dccp.h>
#include <linux/export.h>
#include <linux/icmp.h>
#include <linux/if_vlan.h>
#include <linux/in.h>
#include <linux/sctp.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <linux/udp.h>

#include <collapsar/admit.h>
#include <collapsar/policy.h>
#include <collapsar/stats.h>

/* Not by a call: this is what most of a look at a packet consists of. */
#include "../lib/pkt.c"

/* The longest IPv4 header, as embedded in an ICMP error. */
#define IP_HLEN_MAX	60

/**
 * struct l4 - what matters of a transport header
 * @csum: offset of its checksum, or -1
 * @seen: bytes of it that a policy decides by
 */
struct l4 {
	int csum;
	int seen;
};

static struct l4 l4_of(u8 proto)
{
	switch (proto) {
	case IPPROTO_TCP:
		return (struct l4){ offsetof(struct tcphdr, check), sizeof(struct tcphdr) };
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
		return (struct l4){ offsetof(struct udphdr, check), sizeof(struct udphdr) };
	case IPPROTO_DCCP:
		return (struct l4){ offsetof(struct dccp_hdr, dccph_checksum),
				    sizeof(struct dccp_hdr) };
	case IPPROTO_SCTP:
		return (struct l4){ offsetof(struct sctphdr, checksum), sizeof(struct sctphdr) };
	case IPPROTO_ICMP:
		return (struct l4){ -1, sizeof(struct icmphdr) + IP_HLEN_MAX + 8 };
	default:
		return (struct l4){ -1, 0 };
	}
}

/* UDP's or TCP's own, in a header that is there as a whole. */
static bool csum_is_usual(const struct sk_buff *skb, const struct clps_pkt *pkt)
{
	if ((pkt->flags & (CLPS_PKT_FRAG_FIRST | CLPS_PKT_FRAG_LATER)) ||
	    skb_checksum_start_offset(skb) != pkt->l3_len)
		return false;
	if (pkt->proto == IPPROTO_UDP)
		return skb->csum_offset == offsetof(struct udphdr, check);
	return pkt->proto == IPPROTO_TCP && skb->csum_offset == offsetof(struct tcphdr, check);
}

/* Whoever writes the checksum writes nothing that was looked at. */
static noinline bool csum_is_harmless(struct sk_buff *skb, const struct clps_pkt *pkt)
{
	int start = skb_checksum_start_offset(skb);
	int field = start + skb->csum_offset;
	struct l4 l4 = l4_of(pkt->proto);

	if (pkt->flags & (CLPS_PKT_FRAG_FIRST | CLPS_PKT_FRAG_LATER))
		return false;
	if (start < pkt->l3_len)
		return false;
	if (!skb_is_gso(skb) && field + sizeof(__sum16) > pkt->tot_len)
		return false;
	/* skb_checksum_help() would warn. */
	if (!pskb_may_pull(skb, field + sizeof(__sum16)))
		return false;
	if (start == pkt->l3_len && skb->csum_offset == l4.csum)
		return true;
	return field >= pkt->l3_len + l4.seen;
}

__flatten int clps_skb_admit(struct sk_buff *skb, struct clps_pkt *pkt)
{
	unsigned int len = min_t(unsigned int, skb->len, CLPS_PKT_PEEK);
	bool is_gso;

	if (unlikely(!pskb_may_pull(skb, len)))
		return CLPS_DROP_no_memory;
	is_gso = skb_is_gso(skb);
	if (unlikely(clps_pkt_parse4(pkt, skb->data, len, is_gso ? 0 : skb->len)))
		return CLPS_DROP_malformed;
	if (skb->ip_summed == CHECKSUM_PARTIAL && !csum_is_usual(skb, pkt) &&
	    unlikely(!csum_is_harmless(skb, pkt)))
		return CLPS_DROP_malformed;
	if (unlikely(skb->len > pkt->tot_len) && !is_gso &&
	    unlikely(pskb_trim_rcsum(skb, pkt->tot_len)))
		return CLPS_DROP_no_memory;
	/* VLAN 0, the only one that gets here, is a priority on the untagged LAN. */
	__vlan_hwaccel_clear_tag(skb);
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, pkt->l3_len);
	return 0;
}
EXPORT_SYMBOL_NS_GPL(clps_skb_admit, COLLAPSAR);

struct sk_buff *clps_skb_clone(struct clps_stats __percpu *stats, struct sk_buff *skb)
{
	struct sk_buff *own = skb_clone(skb, GFP_ATOMIC);

	if (own)
		consume_skb(skb);
	else
		clps_drop(stats, skb, CLPS_DROP_no_memory);
	return own;
}
EXPORT_SYMBOL_NS_GPL(clps_skb_clone, COLLAPSAR);

// SPDX-License-Identifier: GPL-2.0-only
/* What arrives on a production NIC. */
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/jiffies.h>

#include "redir.h"

/* A request that was not sent to us is evidence, but not ours to answer. */
static bool may_answer(const struct clps_v *v, const struct sk_buff *skb)
{
	const struct ethhdr *eth = eth_hdr(skb);

	return is_broadcast_ether_addr(eth->h_dest) || clps_v_is_at(v, eth->h_dest);
}

static bool arp_for(struct clps_redir_nic *nic, __be32 addr, const struct clps_arp *arp,
		    const struct sk_buff *skb)
{
	struct clps_v *v = clps_v_of_nic(nic, addr);

	/* Our own frame that came back, or somebody who poses as us: no new owner. */
	if (!v || clps_v_is_own_mac(v, arp->sha))
		return false;
	if (arp->op == CLPS_ARP_REQUEST && arp->tpa == addr)
		clps_stats_inc(nic->rn->stats, CLPS_C_arp_requests);
	/* Neither a machine that shows the address nor a probe, but a martian: no host hears it. */
	if (arp->spa && arp->spa != addr && !clps_redir_is_sender(nic->rn, nic->dev, arp->spa))
		return false;
	return clps_v_arp(v, arp, may_answer(v, skb));
}

static noinline unsigned int hook_arp(struct clps_redir_nic *nic, struct sk_buff *skb)
{
	struct clps_arp arp;
	u8 buf[CLPS_ARP_LEN];
	const void *data;

	data = skb_header_pointer(skb, 0, sizeof(buf), buf);
	if (!data || clps_arp_parse(&arp, data, sizeof(buf)))
		return NF_ACCEPT;
	if (arp.spa && arp.spa != arp.tpa)
		arp_for(nic, arp.spa, &arp, skb);
	/* The host's proxy ARP must not answer a second time. */
	if (arp_for(nic, arp.tpa, &arp, skb)) {
		consume_skb(skb);
		return NF_STOLEN;
	}
	return NF_ACCEPT;
}

static void count_rx(struct clps_v *v, unsigned int len)
{
	clps_pcount_rx(v->count, len);
	clps_stats_packet(v->rn->stats, CLPS_C_rx_packets, len);
}

/* A newcomer who never speaks is found although nobody's cache expires. */
static void verify(struct clps_v *v)
{
	if (likely(time_before(jiffies, READ_ONCE(v->verify_at))))
		return;
	WRITE_ONCE(v->verify_at, jiffies + CLPS_REDIR_VERIFY);
	clps_v_suspect(v);
}

/* Towards the center, unchanged. */
static __always_inline unsigned int capture(struct clps_v *v, struct sk_buff *skb)
{
	struct clps_stats __percpu *stats = v->rn->stats;
	struct clps_pkt pkt clps_compat_uninit;
	unsigned int len;
	int why;

	skb = clps_skb_own(stats, skb);
	if (unlikely(!skb))
		return NF_STOLEN;
	/* Short frames are padded; the padding is not the packet's. */
	why = clps_skb_admit(skb, &pkt);
	if (unlikely(why)) {
		clps_drop(stats, skb, why);
		return NF_STOLEN;
	}
	if (unlikely(skb_warn_if_lro(skb))) {
		clps_drop(stats, skb, CLPS_DROP_lro);
		return NF_STOLEN;
	}
	clps_policy_inbound(v->uplink->policy, &pkt, stats);
	verify(v);
	len = skb->len;
	if (likely(!clps_uplink_xmit(v->uplink->up, skb)))
		count_rx(v, len);
	return NF_STOLEN;
}

static __always_inline unsigned int hook_ip(struct clps_redir_nic *nic, struct sk_buff *skb)
{
	struct iphdr buf clps_compat_uninit, *iph;
	struct clps_v *v;

	iph = skb_header_pointer(skb, 0, sizeof(buf), &buf);
	if (unlikely(!iph))
		return NF_ACCEPT;
	v = clps_v_of_nic(nic, iph->saddr);
	/* Anyone beyond the router can forge a source: ask, do not believe. */
	if (unlikely(v) && clps_v_is_claimed(v) &&
	    !clps_v_is_own_mac(v, eth_hdr(skb)->h_source) && __ratelimit(&nic->suspects))
		clps_v_suspect(v);

	v = clps_v_of_nic(nic, iph->daddr);
	if (!v || !clps_v_is_claimed(v) || !clps_v_is_at(v, eth_hdr(skb)->h_dest))
		return NF_ACCEPT;
	return capture(v, skb);
}

/*
 * A tagged frame belongs to a VLAN device, which has a hook of its own. A tag of
 * VLAN 0 has but a priority: without such a device the stack ignores it.
 */
static bool is_untagged(const struct clps_redir_nic *nic, const struct sk_buff *skb)
{
	if (likely(!skb_vlan_tag_present(skb)))
		return true;
	return !skb_vlan_tag_get_id(skb) &&
	       !__vlan_find_dev_deep_rcu(nic->dev, skb->vlan_proto, 0);
}

unsigned int clps_redir_hook(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct clps_redir_nic *nic = priv;

	if (!is_untagged(nic, skb) || skb->pkt_type == PACKET_LOOPBACK ||
	    !skb_mac_header_was_set(skb))
		return NF_ACCEPT;
	if (skb->protocol == htons(ETH_P_IP))
		return hook_ip(nic, skb);
	if (skb->protocol == htons(ETH_P_ARP))
		return hook_arp(nic, skb);
	return NF_ACCEPT;
}

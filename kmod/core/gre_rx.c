// SPDX-License-Identifier: GPL-2.0-only
/* From the wire to the tunnel's netdev. */
#include <linux/if_tunnel.h>
#include <linux/ip.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ip_tunnels.h>
#include <net/route.h>
#include <net/xfrm.h>

#include <collapsar/stats.h>

#include "core.h"
#include "gre_priv.h"

/* What must survive the outer headers. */
struct outer {
	struct iphdr ip;
	struct clps_gre gre;
};

static bool csum_ok(struct sk_buff *skb)
{
	if (skb_checksum_simple_validate(skb))
		return false;
	skb_checksum_try_convert(skb, IPPROTO_GRE, null_compute_pseudo);
	return true;
}

static void rx_drop(struct clps_gre_tun *tun, struct sk_buff *skb, enum clps_counter why)
{
	DEV_STATS_INC(tun->dev, rx_errors);
	clps_drop(clps_core_stats(tun->net), skb, why);
}

/* An IP packet out of the tunnel: to its owner, or into the stack. */
static void deliver(struct clps_gre_tun *tun, struct sk_buff *skb)
{
	struct net_device *dev = tun->dev;

	skb->dev = dev;
	skb->pkt_type = PACKET_HOST;
	skb_reset_mac_header(skb);
	skb_reset_mac_len(skb);
	dev_sw_netstats_rx_add(dev, skb->len);
	if (!clps_uplink_rx_direct(skb))
		gro_cells_receive(&tun->gro_cells, skb);
}

static unsigned int keepalive_len(const struct sk_buff *skb, const struct iphdr *outer)
{
	u8 buf[60 + CLPS_GRE_MAX_LEN];
	unsigned int len = min_t(unsigned int, skb->len, sizeof(buf));
	const void *inner = skb_header_pointer(skb, 0, len, buf);

	if (!inner)
		return 0;
	return clps_gre_is_keepalive(inner, len, outer->daddr, outer->saddr);
}

static void gre_rx(struct clps_gre_tun *tun, struct sk_buff *skb, const struct outer *outer)
{
	unsigned int hlen = outer->ip.ihl * 4;
	unsigned int len;
	int ecn;

	if (!(tun->dev->flags & IFF_UP)) {
		rx_drop(tun, skb, CLPS_DROP_link_down);
		return;
	}
	__skb_pull(skb, hlen);
	skb_reset_transport_header(skb);
	if ((outer->gre.flags & CLPS_GRE_F_CSUM) && !csum_ok(skb)) {
		rx_drop(tun, skb, CLPS_DROP_gre_csum);
		return;
	}
	if (!outer->gre.proto) {
		clps_gre_keepalive_back(tun);
		consume_skb(skb);
		return;
	}
	if (outer->gre.proto != ETH_P_IP) {
		rx_drop(tun, skb, CLPS_DROP_gre_proto);
		return;
	}
	if (!pskb_may_pull(skb, outer->gre.hlen + sizeof(struct iphdr)) ||
	    iptunnel_pull_header(skb, outer->gre.hlen, htons(ETH_P_IP), false)) {
		rx_drop(tun, skb, CLPS_DROP_malformed);
		return;
	}
	skb_reset_network_header(skb);
	len = keepalive_len(skb, &outer->ip);
	if (unlikely(len)) {
		clps_gre_keepalive_answer(tun, skb, len);
		return;
	}
	/* RFC 6040, 4.2: the outer CE goes inside, or the packet goes. */
	ecn = IP_ECN_decapsulate(&outer->ip, skb);
	if (unlikely(ecn > 1)) {
		rx_drop(tun, skb, CLPS_DROP_ecn);
		return;
	}
	deliver(tun, skb);
}

/*
 * GRE from a registered peer is ours when its key is: it is then never
 * answered, whatever is wrong with it. Everything else is the host's.
 */
static unsigned int gre_in(const struct nf_hook_state *state, struct sk_buff *skb)
{
	const struct iphdr *iph = ip_hdr(skb);
	struct net *net = state->net;
	struct clps_gre_tun *tun;
	struct clps_gre_net *gn;
	struct clps_addr remote;
	u8 buf[CLPS_GRE_MAX_LEN];
	struct outer outer;
	unsigned int len;
	const void *gre;
	int err;

	gn = clps_gre_net(net);
	remote = clps_addr_v4(iph->saddr);
	if (!clps_gre_is_peer(gn, &remote))
		return NF_ACCEPT;

	len = skb->len - min_t(unsigned int, skb->len, iph->ihl * 4);
	len = min_t(unsigned int, len, sizeof(buf));
	gre = skb_header_pointer(skb, iph->ihl * 4, len, buf);
	/* Version 1 is PPTP's (RFC 2637), which may come from the same host. */
	if (gre && len >= CLPS_GRE_MIN_LEN && (((const u8 *)gre)[1] & CLPS_GRE_VERSION) == 1)
		return NF_ACCEPT;
	err = gre ? clps_gre_parse(&outer.gre, gre, len) : -EMSGSIZE;
	if (unlikely(err)) {
		/* The stock driver takes none or little of it, and might answer. */
		clps_drop(clps_core_stats(net), skb, CLPS_DROP_gre_header);
		return NF_STOLEN;
	}
	tun = clps_gre_lookup(gn, &remote, outer.gre.flags & CLPS_GRE_F_KEY, outer.gre.key);
	if (!tun || (tun->local && tun->local != iph->daddr))
		return NF_ACCEPT;
	/* Forged beside the WireGuard, say, that the peer is behind. */
	if (unlikely(tun->link && tun->link != state->in->ifindex)) {
		rx_drop(tun, skb, CLPS_DROP_underlay);
		return NF_STOLEN;
	}
	/* As before any other protocol: where the host demands IPsec, cleartext is forged. */
	if (!xfrm4_policy_check(NULL, XFRM_POLICY_IN, skb)) {
		rx_drop(tun, skb, CLPS_DROP_ipsec);
		return NF_STOLEN;
	}
	outer.ip = *iph;
	gre_rx(tun, skb, &outer);
	return NF_STOLEN;
}

unsigned int clps_gre_hook(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	unsigned int verdict;

	if (ip_hdr(skb)->protocol != IPPROTO_GRE)
		return NF_ACCEPT;
	/* To us alone: nobody tunnels to a broadcast or multicast address. */
	if (!skb_rtable(skb) || skb_rtable(skb)->rt_type != RTN_LOCAL)
		return NF_ACCEPT;
	/* What a program has accepted from a queue comes in that program's context. */
	local_bh_disable();
	verdict = gre_in(state, skb);
	local_bh_enable();
	return verdict;
}

// SPDX-License-Identifier: GPL-2.0-only
/* From the tunnel's netdev to the wire. */
#include <linux/if_tunnel.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ip_tunnels.h>
#include <net/route.h>

#include <collapsar/stats.h>

#include "core.h"
#include "gre_priv.h"

static struct rtable *find_route(struct clps_gre_tun *tun, __be32 *saddr)
{
	struct flowi4 fl4 = {
		.daddr = clps_addr_get_v4(&tun->id.remote),
		.saddr = tun->local,
		.flowi4_proto = IPPROTO_GRE,
		.flowi4_tos = RT_TOS(READ_ONCE(tun->tos)),
		.flowi4_oif = tun->link,
	};
	struct rtable *rt = ip_route_output_key(tun->net, &fl4);

	if (IS_ERR(rt))
		return rt;
	/* A route into ourselves would encapsulate without end. */
	if (rt->dst.dev == tun->dev) {
		ip_rt_put(rt);
		return ERR_PTR(-ELOOP);
	}
	*saddr = fl4.saddr;
	dst_cache_set_ip4(&tun->dst_cache, &rt->dst, fl4.saddr);
	return rt;
}

struct rtable *clps_gre_route(struct clps_gre_tun *tun, __be32 *saddr)
{
	struct rtable *rt = dst_cache_get_ip4(&tun->dst_cache, saddr);

	return likely(rt) ? rt : find_route(tun, saddr);
}

/* @with_csum is read once for a packet: it may change at any time. */
static void push_gre(const struct clps_gre_tun *tun, struct sk_buff *skb, bool with_csum)
{
	struct clps_gre gre = {
		.proto = ETH_P_IP,
		.key = tun->id.key,
		.flags = (tun->id.has_key ? CLPS_GRE_F_KEY : 0) |
			 (with_csum ? CLPS_GRE_F_CSUM : 0),
	};
	unsigned int hlen = clps_gre_hlen(gre.flags);
	__sum16 csum;
	u8 *hdr;

	skb_set_inner_protocol(skb, htons(ETH_P_IP));
	hdr = skb_push(skb, hlen);
	skb_reset_transport_header(skb);
	clps_gre_build(hdr, &gre);
	/* A super-packet gets its checksums when it is segmented. */
	if (!with_csum || skb_is_gso(skb))
		return;
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		csum = csum_fold(lco_csum(skb));
	else
		csum = csum_fold(skb_checksum(skb, 0, skb->len, 0));
	memcpy(hdr + 4, &csum, sizeof(csum));
}

/* As iptunnel_xmit(), which tells nobody what became of the packet. Consumes both. */
static int push_ip_and_send(struct clps_gre_tun *tun, struct sk_buff *skb, struct rtable *rt,
			    __be32 saddr, u8 tos)
{
	struct iphdr *iph;

	skb_scrub_packet(skb, false);
	skb_clear_hash_if_not_l4(skb);
	skb_dst_set(skb, &rt->dst);
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	iph = skb_push(skb, sizeof(*iph));
	skb_reset_network_header(skb);
	/*
	 * DF stays off whatever the inner packet says: a 1500-byte packet with
	 * DF crosses a 1500-byte path in two outer fragments, unseen.
	 */
	*iph = (struct iphdr) {
		.version = 4,
		.ihl = sizeof(*iph) / 4,
		.tos = tos,
		.ttl = READ_ONCE(tun->ttl),
		.protocol = IPPROTO_GRE,
		.saddr = saddr,
		.daddr = clps_addr_get_v4(&tun->id.remote),
	};
	__ip_select_ident(tun->net, iph, skb_shinfo(skb)->gso_segs ?: 1);
	return ip_local_out(tun->net, NULL, skb);
}

int clps_gre_send(struct clps_gre_tun *tun, struct sk_buff *skb)
{
	unsigned int need = sizeof(struct iphdr) + CLPS_GRE_MAX_LEN;
	bool with_csum = READ_ONCE(tun->csum);
	unsigned int len = skb->len;
	struct rtable *rt;
	__be32 saddr;
	int err;
	u8 tos;

	if (skb->protocol != htons(ETH_P_IP))
		return CLPS_DROP_not_ip;
	if (!pskb_may_pull(skb, sizeof(struct iphdr)))
		return CLPS_DROP_malformed;
	rt = clps_gre_route(tun, &saddr);
	if (IS_ERR(rt))
		return PTR_ERR(rt) == -ELOOP ? CLPS_DROP_loop : CLPS_DROP_no_route;

	tos = clps_gre_outer_tos(tun, skb);
	need += LL_RESERVED_SPACE(rt->dst.dev) + rt->dst.header_len;
	if (skb_cow_head(skb, need) ||
	    iptunnel_handle_offloads(skb, with_csum ? SKB_GSO_GRE_CSUM : SKB_GSO_GRE)) {
		ip_rt_put(rt);
		return CLPS_DROP_no_memory;
	}
	push_gre(tun, skb, with_csum);
	err = push_ip_and_send(tun, skb, rt, saddr, tos);
	if (unlikely(net_xmit_eval(err)))
		return CLPS_DROP_xmit;
	dev_sw_netstats_tx_add(tun->dev, 1, len);
	return 0;
}

void clps_gre_lost(struct clps_gre_tun *tun, unsigned int len)
{
	DEV_STATS_INC(tun->dev, tx_dropped);
	clps_drop_gone(clps_core_stats(tun->net), tun->dev, len, CLPS_DROP_xmit);
}

netdev_tx_t clps_gre_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct clps_gre_tun *tun = netdev_priv(dev);
	unsigned int len = skb->len;
	int why;

	why = clps_gre_send(tun, skb);
	if (likely(!why))
		return NETDEV_TX_OK;
	if (why == CLPS_DROP_xmit) {
		clps_gre_lost(tun, len);
	} else {
		DEV_STATS_INC(dev, tx_dropped);
		clps_drop(clps_core_stats(tun->net), skb, why);
	}
	return NETDEV_TX_OK;
}

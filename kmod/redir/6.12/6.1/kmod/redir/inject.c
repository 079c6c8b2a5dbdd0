// SPDX-License-Identifier: GPL-2.0-only
/* What comes back from the center, onto the LAN. */
#include <linux/inet.h>
#include <net/arp.h>
#include <net/ip.h>
#include <net/neighbour.h>
#include <net/route.h>

#include "../compat/gso.h"
#include "redir.h"

static void count_tx(struct clps_v *v, unsigned int len)
{
	struct clps_pcount *c = this_cpu_ptr(v->count);

	u64_stats_update_begin(&c->syncp);
	u64_stats_inc(&c->tx_packets);
	u64_stats_add(&c->tx_bytes, len);
	u64_stats_update_end(&c->syncp);
	clps_stats_inc(v->rn->stats, CLPS_C_tx_packets);
	clps_stats_add(v->rn->stats, CLPS_C_tx_bytes, len);
}

static bool is_unicast(__be32 addr)
{
	return !ipv4_is_multicast(addr) && !ipv4_is_lbcast(addr) &&
	       !ipv4_is_loopback(addr) && !ipv4_is_zeronet(addr);
}

/* May @v send this? 0, or why not. */
static int admit(struct clps_v *v, const struct clps_pkt *pkt)
{
	struct clps_v *other;

	if (!is_unicast(clps_addr_get_v4(&pkt->dst)))
		return CLPS_DROP_bad_dst;
	/* The center hands such packets over itself; here they would circle. */
	other = clps_v_by_nic(v->rn, &pkt->dst, v->nic->dev->ifindex);
	if (other && clps_v_is_claimed(other))
		return CLPS_DROP_loop;
	return clps_policy_outbound(v->uplink->policy, pkt, READ_ONCE(v->outbound));
}

static struct rtable *route(struct clps_v *v, const struct clps_pkt *pkt)
{
	struct flowi4 fl4 = {
		.flowi4_oif = v->nic->dev->ifindex,
		.flowi4_tos = RT_TOS(pkt->tos),
		.flowi4_flags = FLOWI_FLAG_ANYSRC,
		.daddr = clps_addr_get_v4(&pkt->dst),
		.saddr = clps_addr_get_v4(&pkt->src),
	};

	return ip_route_output_key(v->rn->net, &fl4);
}

/* As if V were plugged into the LAN: on-link hosts directly, others by the router. */
static int output(struct clps_v *v, struct rtable *rt, struct sk_buff *skb)
{
	struct net_device *dev = v->nic->dev;
	unsigned int len = skb->len;
	struct neighbour *neigh;
	bool is_v6gw = false;

	if (rt->rt_type != RTN_UNICAST)
		return CLPS_DROP_bad_dst;
	if (rt->dst.dev != dev)
		return CLPS_DROP_no_route;
	if (!netif_running(dev) || !netif_carrier_ok(dev))
		return CLPS_DROP_link_down;
	if (skb_is_gso(skb) ? !skb_gso_validate_network_len(skb, dev->mtu) : len > dev->mtu)
		return CLPS_DROP_too_big;
	if (skb_cow_head(skb, LL_RESERVED_SPACE(dev)))
		return CLPS_DROP_no_memory;
	skb->dev = dev;
	neigh = ip_neigh_for_gw(rt, skb, &is_v6gw);
	if (IS_ERR(neigh))
		return CLPS_DROP_no_neighbour;

	count_tx(v, len);
	if (!READ_ONCE(v->has_mac))
		neigh_output(neigh, skb, is_v6gw);
	else if (READ_ONCE(neigh->nud_state) & NUD_VALID) {
		/* Keeps the entry fresh, as neigh_output() would. */
		neigh_event_send(neigh, NULL);
		clps_redir_send(v->rn, neigh, skb, v->mac);
	} else {
		clps_redir_pending_add(v->rn, neigh, skb, v->mac);
	}
	return 0;
}

void clps_redir_inject(void *priv, struct clps_uplink *up, struct sk_buff *skb)
{
	struct clps_redir_uplink *uplink = priv;
	struct clps_stats __percpu *stats = uplink->rn->stats;
	struct clps_pkt pkt;
	struct rtable *rt;
	struct clps_v *v;
	int why;

	if (unlikely(clps_skb_parse4(skb, &pkt))) {
		clps_drop(stats, skb, CLPS_DROP_malformed);
		return;
	}
	v = clps_v_by_uplink(uplink->rn, &pkt.src, uplink);
	if (unlikely(!v || !clps_v_is_claimed(v))) {
		clps_drop(stats, skb, CLPS_DROP_no_redirect);
		return;
	}
	if (!skb_is_gso(skb) && skb->len > pkt.tot_len &&
	    unlikely(pskb_trim_rcsum(skb, pkt.tot_len))) {
		clps_drop(stats, skb, CLPS_DROP_no_memory);
		return;
	}
	why = admit(v, &pkt);
	if (unlikely(why)) {
		clps_drop(stats, skb, why);
		return;
	}
	rt = route(v, &pkt);
	if (IS_ERR(rt)) {
		clps_drop(stats, skb, CLPS_DROP_no_route);
		return;
	}
	why = output(v, rt, skb);
	ip_rt_put(rt);
	if (unlikely(why))
		clps_drop(stats, skb, why);
}

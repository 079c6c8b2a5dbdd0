// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cisco-style keepalives: a GRE packet to the peer that holds a GRE packet from
 * the peer to us, of protocol type 0. A peer that merely decapsulates and
 * routes sends the inner one back.
 */
#include <linux/ip.h>
#include <net/ip.h>
#include <net/route.h>

#include <collapsar/stats.h>
#include <collapsar/uplink.h>

#include "core.h"
#include "gre_priv.h"

void clps_gre_keepalive_answer(struct clps_gre_tun *tun, struct sk_buff *skb, unsigned int len)
{
	struct clps_stats __percpu *stats = clps_core_stats(tun->net);
	struct flowi4 fl4 = { };
	struct rtable *rt;
	int err;

	/* Only ever to the registered peer, so nobody is hit by proxy; but paced. */
	if (!__ratelimit(&tun->answers)) {
		clps_drop(stats, skb, CLPS_DROP_rate);
		return;
	}
	clps_stats_inc(stats, CLPS_C_keepalives_rx);
	/*
	 * Out it goes as if it had been made here: not at the time of its arrival, by
	 * the mark of its reception, or with bytes filled in where the peer says.
	 */
	skb->ip_summed = CHECKSUM_NONE;
	clps_skb_scrub(skb);
	if (pskb_trim(skb, len))
		goto unsent;
	fl4.daddr = ip_hdr(skb)->daddr;
	fl4.saddr = ip_hdr(skb)->saddr;
	fl4.flowi4_proto = IPPROTO_GRE;
	fl4.flowi4_oif = tun->link;
	rt = ip_route_output_key(tun->net, &fl4);
	if (IS_ERR(rt))
		goto unsent;
	skb_dst_set(skb, &rt->dst);
	skb->dev = rt->dst.dev;
	if (skb_cow_head(skb, LL_RESERVED_SPACE(rt->dst.dev)))
		goto unsent;
	err = ip_local_out(tun->net, NULL, skb);
	if (net_xmit_eval(err))
		clps_drop_gone(stats, tun->dev, len, CLPS_C_own_unsent);
	return;

unsent:
	kfree_skb(skb);
	clps_drop_gone(stats, tun->dev, len, CLPS_C_own_unsent);
}

void clps_gre_keepalive_back(struct clps_gre_tun *tun)
{
	clps_stats_inc(clps_core_stats(tun->net), CLPS_C_keepalives_back);
	atomic_set(&tun->unanswered, 0);
	if (READ_ONCE(tun->keepalive) && !netif_carrier_ok(tun->dev))
		netif_carrier_on(tun->dev);
}

static struct sk_buff *keepalive_build(struct clps_gre_tun *tun, __be32 local)
{
	struct clps_gre gre = {
		.proto = 0,
		.key = tun->id.key,
		.flags = tun->id.has_key ? CLPS_GRE_F_KEY : 0,
	};
	unsigned int hlen = clps_gre_hlen(gre.flags);
	struct sk_buff *skb;
	struct iphdr *iph;

	skb = alloc_skb(LL_MAX_HEADER + 2 * (sizeof(*iph) + CLPS_GRE_MAX_LEN), GFP_ATOMIC);
	if (!skb)
		return NULL;
	skb_reserve(skb, LL_MAX_HEADER + sizeof(*iph) + CLPS_GRE_MAX_LEN);
	skb_reset_network_header(skb);
	iph = skb_put_zero(skb, sizeof(*iph) + hlen);
	iph->version = 4;
	iph->ihl = 5;
	iph->tot_len = htons(skb->len);
	iph->ttl = 255;
	iph->protocol = IPPROTO_GRE;
	iph->saddr = clps_addr_get_v4(&tun->id.remote);
	iph->daddr = local;
	iph->check = ip_fast_csum(iph, iph->ihl);
	clps_gre_build((u8 *)(iph + 1), &gre);
	skb->protocol = htons(ETH_P_IP);
	skb->dev = tun->dev;
	return skb;
}

/* Past the qdisc, which drops everything while the carrier is off. */
static bool keepalive_send(struct clps_gre_tun *tun)
{
	struct sk_buff *skb;
	struct rtable *rt;
	__be32 saddr;
	int why;

	rt = clps_gre_route(tun, &saddr);
	if (IS_ERR(rt))
		return false;
	ip_rt_put(rt);
	skb = keepalive_build(tun, saddr);
	if (!skb)
		return false;
	why = clps_gre_send(tun, skb);
	if (why && why != CLPS_DROP_xmit)
		kfree_skb(skb);
	return !why;
}

void clps_gre_keepalive_work(struct work_struct *work)
{
	struct clps_gre_tun *tun = container_of(to_delayed_work(work), struct clps_gre_tun, work);
	struct clps_stats __percpu *stats = clps_core_stats(tun->net);
	u32 period = READ_ONCE(tun->keepalive);

	if (!period)
		return;
	if (atomic_inc_return(&tun->unanswered) > READ_ONCE(tun->retries) &&
	    netif_carrier_ok(tun->dev))
		netif_carrier_off(tun->dev);
	local_bh_disable();
	rcu_read_lock();
	if (keepalive_send(tun))
		clps_stats_inc(stats, CLPS_C_keepalives_tx);
	else
		clps_drop_gone(stats, tun->dev, 0, CLPS_C_own_unsent);
	rcu_read_unlock();
	local_bh_enable();
	queue_delayed_work(system_unbound_wq, &tun->work, period * HZ);
}

void clps_gre_keepalive_start(struct clps_gre_tun *tun)
{
	/* What has counted so far must not take the carrier after it was given. */
	cancel_delayed_work_sync(&tun->work);
	atomic_set(&tun->unanswered, 0);
	/* Innocent until proven dead: silence from now on takes the carrier. */
	netif_carrier_on(tun->dev);
	if (tun->keepalive)
		queue_delayed_work(system_unbound_wq, &tun->work, 0);
}

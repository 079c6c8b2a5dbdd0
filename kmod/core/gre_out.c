// SPDX-License-Identifier: GPL-2.0-only
/* From an uplink's owner to the netdev below the tunnel, past the stack. */
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <net/ip.h>
#include <net/ip_tunnels.h>
#include <net/l3mdev.h>
#include <net/lwtunnel.h>
#include <net/neighbour.h>
#include <net/route.h>

#include <collapsar/stats.h>
#include <collapsar/uplink.h>

#include "../compat/ip.h"
#include "core.h"
#include "gre_priv.h"
#include "tapped.h"

/*
 * Identifiers are unique for source, destination and protocol (RFC 6864), and drawn
 * from the host's own source, whose hash costs more than all else that is done here:
 * a CPU draws some ahead, for packets that leave whole, and for no longer than others
 * take to come round to them.
 */
static __be16 next_ident(struct clps_gre_tun *tun, __be32 saddr)
{
	struct clps_gre_idents *ids = this_cpu_ptr(tun->idents);
	struct iphdr draw;

	if (unlikely(!ids->left || ids->saddr != saddr || time_after(jiffies, ids->until))) {
		draw = tun->template.ip;
		draw.saddr = saddr;
		__ip_select_ident(tun->net, &draw, CLPS_GRE_IDENTS);
		ids->next = ntohs(draw.id);
		ids->left = CLPS_GRE_IDENTS;
		ids->saddr = saddr;
		ids->until = jiffies + HZ;
	}
	ids->left--;
	return htons(ids->next++);
}

void clps_gre_template(struct clps_gre_tun *tun)
{
	struct clps_gre gre = { .proto = ETH_P_IP, .key = tun->id.key,
				.flags = tun->id.has_key ? CLPS_GRE_F_KEY : 0 };
	struct clps_gre_template *t = &tun->template;

	/* Without DF, as in clps_gre_send(). */
	t->ip = (struct iphdr) {
		.version = 4,
		.ihl = sizeof(t->ip) / 4,
		.protocol = IPPROTO_GRE,
		.daddr = clps_addr_get_v4(&tun->id.remote),
	};
	t->len = sizeof(t->ip) + clps_gre_build(t->gre, &gre);
}

static void push_headers(struct clps_gre_tun *tun, struct sk_buff *skb, __be32 saddr)
{
	const struct clps_gre_template *t = &tun->template;
	u8 tos = clps_gre_outer_tos(tun, skb);
	struct iphdr *iph;

	skb_reset_inner_headers(skb);
	skb_set_inner_protocol(skb, htons(ETH_P_IP));
	skb->encapsulation = skb->ip_summed == CHECKSUM_PARTIAL;
	if (!skb->encapsulation)
		skb->ip_summed = CHECKSUM_NONE;

	iph = __skb_push(skb, t->len);
	BUILD_BUG_ON(offsetof(struct clps_gre_template, gre) != sizeof(*iph));
	memcpy(iph, t, t->len);
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, sizeof(*iph));
	iph->tos = tos;
	iph->ttl = READ_ONCE(tun->ttl);
	iph->saddr = saddr;
}

static bool has_hooks(const struct net *net, unsigned int hook)
{
	const struct nf_hook_entries *e = rcu_dereference(net->nf.hooks_ipv4[hook]);

	return e && e->num_hook_entries;
}

/*
 * Would ip_local_out() and ip_output() do nothing but fill in the header, ask
 * POST_ROUTING and look for the neighbour?
 */
static bool is_plain(const struct net *net, const struct sk_buff *skb, const struct rtable *rt)
{
	const struct net_device *dev = rt->dst.dev;

	return rt->dst.output == ip_output && !rt->dst.lwtstate && rt->rt_type == RTN_UNICAST &&
	       !rt->rt_pmtu && !dst_metric_raw(&rt->dst, RTAX_MTU) &&
	       skb->len <= min(READ_ONCE(dev->mtu), 0xffffU) && !netif_is_l3_slave(dev) &&
	       !has_hooks(net, NF_INET_LOCAL_OUT);
}

static int to_neighbour(struct net *net, struct sk_buff *skb, struct rtable *rt)
{
	struct neighbour *neigh;
	bool is_v6gw = false;

	clps_compat_ip_count_out(net, skb->len);
	neigh = ip_neigh_for_gw(rt, skb, &is_v6gw);
	if (IS_ERR(neigh)) {
		kfree_skb(skb);
		return -EINVAL;
	}
	return clps_xmit_neigh(skb, neigh, is_v6gw);
}

/* As ip_local_out(). */
static int send_plain(struct net *net, struct sk_buff *skb, struct rtable *rt)
{
	struct net_device *in = skb->dev;
	int rc = 1;

	ip_hdr(skb)->tot_len = htons(skb->len);
	ip_send_check(ip_hdr(skb));
	skb->protocol = htons(ETH_P_IP);
	skb->dev = rt->dst.dev;
	clps_compat_ip_count_request(net);
	if (has_hooks(net, NF_INET_POST_ROUTING)) {
		/* Whoever queues it gives it back to ip_output(): past the hooks. */
		IPCB(skb)->flags |= IPSKB_REROUTED;
		rc = nf_hook(NFPROTO_IPV4, NF_INET_POST_ROUTING, net, NULL, skb, in, skb->dev,
			     ip_output);
		if (rc == 1 && unlikely(skb_rtable(skb) != rt || skb->len > READ_ONCE(skb->dev->mtu)))
			return ip_output(net, NULL, skb);
	}
	return rc == 1 ? to_neighbour(net, skb, rt) : rc;
}

static void out(struct clps_gre_tun *tun, struct sk_buff *skb, struct rtable *rt, __be32 saddr)
{
	int len = skb->len;
	int err;

	push_headers(tun, skb, saddr);
	skb_clear_hash_if_not_l4(skb);
	skb_dst_set(skb, &rt->dst);
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	dev_xmit_recursion_inc();
	if (likely(is_plain(tun->net, skb, rt))) {
		ip_hdr(skb)->id = next_ident(tun, saddr);
		err = send_plain(tun->net, skb, rt);
	} else {
		__ip_select_ident(tun->net, ip_hdr(skb), 1);
		err = ip_local_out(tun->net, NULL, skb);
	}
	dev_xmit_recursion_dec();
	err = net_xmit_eval(err);
	if (unlikely(err))
		clps_drop_gone(clps_core_stats(tun->net), tun->dev, len, CLPS_DROP_xmit);
	iptunnel_xmit_stats(tun->dev, err ? 0 : len);
}

bool clps_gre_xmit_direct(struct sk_buff *skb)
{
	struct clps_gre_tun *tun = netdev_priv(skb->dev);
	struct rtable *rt;
	__be32 saddr;

	/* What the stack or clps_gre_send() would have to segment or to checksum. */
	if (skb_is_gso(skb) || skb_csum_is_sctp(skb) || skb->encapsulation ||
	    READ_ONCE(tun->csum) || dev_xmit_recursion() || clps_tx_is_tapped(skb->dev, NULL))
		return false;
	/* What fails is counted there. */
	rt = clps_gre_route(tun, &saddr);
	if (IS_ERR(rt))
		return false;
	if (skb_cow_head(skb, tun->template.len + LL_RESERVED_SPACE(rt->dst.dev) +
			      rt->dst.header_len)) {
		ip_rt_put(rt);
		return false;
	}
	out(tun, skb, rt, saddr);
	return true;
}

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
static noinline void draw_idents(struct clps_gre_tun *tun, struct clps_gre_cpu *cpu)
{
	struct iphdr draw = cpu->hdr.ip;

	__ip_select_ident(tun->net, &draw, CLPS_GRE_IDENTS);
	cpu->ident = ntohs(draw.id);
	cpu->idents = CLPS_GRE_IDENTS;
	cpu->until = jiffies + HZ;
}

static __be16 next_ident(struct clps_gre_tun *tun, struct clps_gre_cpu *cpu)
{
	if (unlikely(!cpu->idents || time_after(jiffies, cpu->until)))
		draw_idents(tun, cpu);
	cpu->idents--;
	return htons(cpu->ident++);
}

/* As ipv4_dst_check(). */
static bool is_valid(const struct rtable *rt)
{
	return READ_ONCE(rt->dst.obsolete) == DST_OBSOLETE_FORCE_CHK &&
	       rt->rt_genid == rt_genid_ipv4(dev_net(READ_ONCE(rt->dst.dev)));
}

static void fill_headers(struct clps_gre_tun *tun, struct clps_gre_cpu *cpu, __be32 saddr)
{
	if (cpu->hdr.ip.saddr != saddr)
		cpu->idents = 0;
	cpu->hdr = tun->template;
	cpu->hdr.ip.saddr = saddr;
	cpu->hdr.ip.ttl = READ_ONCE(tun->ttl);
	cpu->hdr.ip.tos = READ_ONCE(tun->tos) & ~INET_ECN_MASK;
	cpu->sum = (__force u32)csum_partial(&cpu->hdr.ip, sizeof(cpu->hdr.ip), 0);
}

/* Whoever still sends by the old route does so under RCU. */
static noinline struct rtable *find_route(struct clps_gre_tun *tun, struct clps_gre_cpu *cpu)
{
	/* Before what it counts is read: a change since then is another number. */
	u32 changes = smp_load_acquire(&tun->changes);
	struct rtable *rt, *old = cpu->rt;
	__be32 saddr;

	rt = clps_gre_route(tun, &saddr);
	if (IS_ERR(rt))
		return rt;
	/* A bundle of IPsec's has a validity of its own: clps_gre_send() asks for it. */
	if (dst_xfrm(&rt->dst)) {
		ip_rt_put(rt);
		return ERR_PTR(-EAGAIN);
	}
	fill_headers(tun, cpu, saddr);
	cpu->changes = changes;
	cpu->rt = rt;
	if (old)
		ip_rt_put(old);
	return rt;
}

/* The route to the peer, for as long as RCU lasts; and @cpu is as it wants. */
static struct rtable *route(struct clps_gre_tun *tun, struct clps_gre_cpu *cpu)
{
	struct rtable *rt = cpu->rt;

	if (likely(rt && is_valid(rt) && cpu->changes == READ_ONCE(tun->changes)))
		return rt;
	return find_route(tun, cpu);
}

void clps_gre_cpu_free(struct clps_gre_tun *tun)
{
	struct rtable *rt;
	int cpu;

	for_each_possible_cpu(cpu) {
		rt = per_cpu_ptr(tun->cpu, cpu)->rt;
		if (rt)
			ip_rt_put(rt);
	}
	free_percpu(tun->cpu);
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

/* With a key, as nearly all have it, it is as long as the compiler knows. */
static void copy_headers(void *to, const struct clps_gre_template *hdr)
{
	const size_t keyed = sizeof(struct iphdr) + 8;

	BUILD_BUG_ON(offsetof(struct clps_gre_template, gre) != sizeof(struct iphdr));
	if (likely(hdr->len == keyed))
		memcpy(to, hdr, keyed);
	else
		memcpy(to, hdr, hdr->len);
}

static void push_headers(const struct clps_gre_cpu *cpu, struct sk_buff *skb)
{
	u8 ecn = ip_hdr(skb)->tos & INET_ECN_MASK;
	struct iphdr *iph;

	skb_reset_inner_headers(skb);
	skb_set_inner_protocol(skb, htons(ETH_P_IP));
	skb->encapsulation = skb->ip_summed == CHECKSUM_PARTIAL;
	if (!skb->encapsulation)
		skb->ip_summed = CHECKSUM_NONE;

	iph = __skb_push(skb, cpu->hdr.len);
	copy_headers(iph, &cpu->hdr);
	/* RFC 6040, 4.1, as clps_gre_outer_tos(). */
	iph->tos |= ecn;
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, sizeof(*iph));
}

/* The rest of the header: all but what cpu->sum has. */
static void finish_header(const struct clps_gre_cpu *cpu, struct sk_buff *skb, __be16 id)
{
	struct iphdr *iph = ip_hdr(skb);
	u32 sum = cpu->sum;

	iph->id = id;
	iph->tot_len = htons(skb->len);
	sum = (__force u32)csum_add((__force __wsum)sum, (__force __wsum)
				    ((__force u16)iph->id + (__force u16)iph->tot_len +
				     (__force u16)htons(iph->tos & INET_ECN_MASK)));
	iph->check = csum_fold((__force __wsum)sum);
}

static const struct nf_hook_entries *hooks_at(const struct net *net, unsigned int hook)
{
	const struct nf_hook_entries *e = rcu_dereference(net->nf.hooks_ipv4[hook]);

	return e && e->num_hook_entries ? e : NULL;
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
	       !hooks_at(net, NF_INET_LOCAL_OUT);
}

static __always_inline int to_neighbour(struct net *net, struct sk_buff *skb, struct rtable *rt)
{
	struct neighbour *neigh;
	bool is_v6gw = false;

	if (likely(rt->rt_gw_family != AF_INET6))
		neigh = ip_neigh_gw4(rt->dst.dev, rt->rt_gw_family ? rt->rt_gw4 : ip_hdr(skb)->daddr);
	else
		neigh = ip_neigh_for_gw(rt, skb, &is_v6gw);
	if (IS_ERR(neigh)) {
		kfree_skb(skb);
		return -EINVAL;
	}
	clps_compat_ip_count_out(net, skb->len);
	return clps_xmit_neigh(skb, neigh, is_v6gw);
}

/* As nf_hook(), but that RCU is held. */
static int ask_post_routing(const struct nf_hook_entries *e, struct net *net, struct sk_buff *skb,
			    struct net_device *in)
{
	struct nf_hook_state state clps_compat_uninit;

	nf_hook_state_init(&state, NF_INET_POST_ROUTING, NFPROTO_IPV4, in, skb->dev, NULL, net,
			   ip_output);
	return nf_hook_slow(skb, &state, e, 0);
}

/* As ip_local_out(). */
static int send_plain(struct net *net, struct sk_buff *skb, struct rtable *rt)
{
	const struct nf_hook_entries *e = hooks_at(net, NF_INET_POST_ROUTING);
	struct net_device *in = skb->dev;
	int rc;

	skb->protocol = htons(ETH_P_IP);
	skb->dev = rt->dst.dev;
	clps_compat_ip_count_request(net, skb->len);
	if (!e)
		return to_neighbour(net, skb, rt);
	/* Whoever queues it gives it back to ip_output(): past the hooks. */
	IPCB(skb)->flags |= IPSKB_REROUTED;
	rc = ask_post_routing(e, net, skb, in);
	if (rc != 1)
		return rc;
	if (unlikely(skb_rtable(skb) != rt || skb->len > READ_ONCE(skb->dev->mtu)))
		return ip_output(net, NULL, skb);
	return to_neighbour(net, skb, rt);
}

/* 0, or it is gone. */
static int out(struct clps_gre_tun *tun, struct clps_gre_cpu *cpu, struct sk_buff *skb,
	       struct rtable *rt)
{
	int err;

	skb_clear_hash_if_not_l4(skb);
	skb_dst_set_noref(skb, &rt->dst);
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	dev_xmit_recursion_inc();
	if (likely(is_plain(tun->net, skb, rt))) {
		finish_header(cpu, skb, next_ident(tun, cpu));
		err = send_plain(tun->net, skb, rt);
	} else {
		__ip_select_ident(tun->net, ip_hdr(skb), 1);
		err = ip_local_out(tun->net, NULL, skb);
	}
	dev_xmit_recursion_dec();
	return net_xmit_eval(err);
}

bool clps_gre_xmit_direct(struct sk_buff *skb)
{
	struct clps_gre_tun *tun = netdev_priv(skb->dev);
	struct clps_gre_cpu *cpu = this_cpu_ptr(tun->cpu);
	unsigned int len = skb->len;
	struct rtable *rt;

	/* What the stack or clps_gre_send() would have to segment or to checksum. */
	if (skb_is_gso(skb) || skb_csum_is_sctp(skb) || skb->encapsulation ||
	    READ_ONCE(tun->csum) || dev_xmit_recursion() || clps_tx_is_tapped(skb->dev, NULL))
		return false;
	/* What fails is counted there. */
	rt = route(tun, cpu);
	if (IS_ERR(rt) || skb_cow_head(skb, cpu->hdr.len + LL_RESERVED_SPACE(rt->dst.dev) +
					    rt->dst.header_len))
		return false;
	push_headers(cpu, skb);
	if (likely(!out(tun, cpu, skb, rt)))
		dev_sw_netstats_tx_add(tun->dev, 1, len);
	else
		clps_gre_lost(tun, len);
	return true;
}

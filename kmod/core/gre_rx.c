// SPDX-License-Identifier: GPL-2.0-only
/* From the wire to the tunnel's netdev. */
#include <linux/if_tunnel.h>
#include <linux/if_vlan.h>
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ip_tunnels.h>
#include <net/route.h>
#include <net/xfrm.h>

#include <collapsar/stats.h>

#include "core.h"
#include "gre_priv.h"

/* Not malformed, but another protocol's. */
#define PPTP	1

/* What must survive the outer headers. */
struct outer {
	struct iphdr ip;
	struct clps_gre gre;
};

static noinline bool csum_ok(struct sk_buff *skb)
{
	if (skb_checksum_simple_validate(skb))
		return false;
	skb_checksum_try_convert(skb, IPPROTO_GRE, null_compute_pseudo);
	return true;
}

static noinline void rx_drop(struct clps_gre_tun *tun, struct sk_buff *skb, enum clps_counter why)
{
	DEV_STATS_INC(tun->dev, rx_errors);
	clps_drop(clps_core_stats(tun->net), skb, why);
}

/* To its owner, or into the stack. */
static void deliver(struct clps_gre_tun *tun, struct sk_buff *skb)
{
	struct net_device *dev = tun->dev;
	unsigned int len = skb->len;

	skb->dev = dev;
	skb->pkt_type = PACKET_HOST;
	skb_reset_mac_header(skb);
	skb_reset_mac_len(skb);
	if (!clps_uplink_rx_direct(skb)) {
		skb_scrub_packet(skb, false);
		if (unlikely(gro_cells_receive(&tun->gro_cells, skb) == NET_RX_DROP)) {
			clps_drop_gone(clps_core_stats(tun->net), dev, len, CLPS_DROP_backlog);
			return;
		}
	}
	dev_sw_netstats_rx_add(dev, len);
}

/* As iptunnel_pull_header(), but for the scrubbing. The IP header is there. */
static bool pull_gre(struct sk_buff *skb, unsigned int hlen)
{
	const void *hdr;

	if (unlikely(!pskb_may_pull(skb, hlen + sizeof(struct iphdr))))
		return false;
	hdr = __skb_pull(skb, hlen) - hlen;
	skb_postpull_rcsum(skb, hdr, hlen);
	skb->protocol = htons(ETH_P_IP);
	skb_clear_hash_if_not_l4(skb);
	__vlan_hwaccel_clear_tag(skb);
	skb_set_queue_mapping(skb, 0);
	skb_reset_network_header(skb);
	return !iptunnel_pull_offloads(skb);
}

/* Of the keepalive that an inner GRE packet may be; 0 if it is none. */
static noinline unsigned int keepalive_len(const struct sk_buff *skb, const struct iphdr *outer)
{
	u8 buf[60 + CLPS_GRE_MAX_LEN];
	unsigned int len = min_t(unsigned int, skb->len, sizeof(buf));
	const void *inner;

	inner = skb_header_pointer(skb, 0, len, buf);
	if (!inner)
		return 0;
	return clps_gre_is_keepalive(inner, len, outer->daddr, outer->saddr);
}

static void gre_rx(struct clps_gre_tun *tun, struct sk_buff *skb, const struct outer *outer)
{
	unsigned int hlen = outer->ip.ihl * 4;
	unsigned int len;
	int ecn;

	if (!(READ_ONCE(tun->dev->flags) & IFF_UP)) {
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
	if (unlikely(!pull_gre(skb, outer->gre.hlen))) {
		rx_drop(tun, skb, CLPS_DROP_malformed);
		return;
	}
	if (unlikely(ip_hdr(skb)->protocol == IPPROTO_GRE)) {
		len = keepalive_len(skb, &outer->ip);
		if (len) {
			clps_gre_keepalive_answer(tun, skb, len);
			return;
		}
	}
	/* RFC 6040, 4.2: the outer CE goes inside, or the packet goes. */
	ecn = INET_ECN_decapsulate(skb, outer->ip.tos, ip_hdr(skb)->tos);
	if (unlikely(ecn > 1)) {
		rx_drop(tun, skb, CLPS_DROP_ecn);
		return;
	}
	deliver(tun, skb);
}

/* A key, IPv4 and nothing else: what our own end sends. */
static bool plain_header(struct clps_gre *gre, const struct sk_buff *skb, unsigned int off)
{
	const u8 *data = skb->data + off;

	if (skb_headlen(skb) < off + 8 ||
	    get_unaligned_be32(data) != (CLPS_GRE_F_KEY << 16 | ETH_P_IP))
		return false;
	*gre = (struct clps_gre) {
		.flags = CLPS_GRE_F_KEY,
		.proto = ETH_P_IP,
		.key = get_unaligned_be32(data + 4),
		.hlen = 8,
	};
	return true;
}

static noinline int any_header(struct clps_gre *gre, const struct sk_buff *skb, unsigned int off)
{
	u8 buf[CLPS_GRE_MAX_LEN];
	unsigned int len;
	const u8 *data;

	len = skb->len - min_t(unsigned int, skb->len, off);
	len = min_t(unsigned int, len, sizeof(buf));
	data = skb_header_pointer(skb, off, len, buf);
	if (!data)
		return -EMSGSIZE;
	/* Version 1 is PPTP's (RFC 2637), which may come from the same host. */
	if (len >= CLPS_GRE_MIN_LEN && (data[1] & CLPS_GRE_VERSION) == 1)
		return PPTP;
	return clps_gre_parse(gre, data, len);
}

/* The GRE header of @skb, whose outer IP header is @iph. 0, negative errno, or PPTP. */
static int gre_header(struct clps_gre *gre, const struct sk_buff *skb, const struct iphdr *iph)
{
	unsigned int off = iph->ihl * 4;

	return likely(plain_header(gre, skb, off)) ? 0 : any_header(gre, skb, off);
}

/*
 * How the host routes what a peer sends to its tunnel's local address: by which DSCP, in by
 * which netdev, by what reverse path filter, at which generation of its addresses, routes
 * and rules. 0 is none.
 */
static u64 way_in(const struct nf_hook_state *state, const struct sk_buff *skb, u32 genid)
{
	struct in_device *in_dev = __in_dev_get_rcu(state->in);
	u32 ifindex = state->in->ifindex;

	/* A mark may be anything, and lead anywhere. */
	if (unlikely(!in_dev || ifindex >> 24 || skb->mark))
		return 0;
	return (u64)genid << 32 | ifindex << 8 | (ip_hdr(skb)->tos & ~INET_ECN_MASK) |
	       min_t(u32, IN_DEV_RPFILTER(in_dev), INET_ECN_MASK);
}

/* The generation is that of the decision, which may be old by now. */
static void learn_way(struct clps_gre_tun *tun, const struct nf_hook_state *state,
		      const struct sk_buff *skb)
{
	const struct rtable *rt = skb_rtable(skb);
	u64 way;

	if (rt->dst.lwtstate)
		return;
	way = way_in(state, skb, rt->rt_genid);
	if (READ_ONCE(tun->heard) != way)
		WRITE_ONCE(tun->heard, way);
}

static bool is_known_way(const struct clps_gre_tun *tun, const struct nf_hook_state *state,
			 const struct sk_buff *skb)
{
	u64 heard = READ_ONCE(tun->heard);

	/* A tunnel's netdev has left what it knows of the packet as a dst. */
	return heard && heard == way_in(state, skb, rt_genid_ipv4(state->net)) && !skb_dst(skb);
}

/*
 * GRE from a registered peer is ours when its key is: it is then never
 * answered, whatever is wrong with it. Everything else is the host's.
 */
static unsigned int gre_in(struct clps_gre_net *gn, const struct nf_hook_state *state,
			   struct sk_buff *skb)
{
	const struct iphdr *iph = ip_hdr(skb);
	struct clps_addr remote = clps_addr_v4(iph->saddr);
	struct clps_gre_tun *tun;
	struct outer outer;
	int err;

	if (!clps_gre_is_peer(gn, &remote))
		return NF_ACCEPT;
	err = gre_header(&outer.gre, skb, iph);
	if (err == PPTP)
		return NF_ACCEPT;
	if (unlikely(err)) {
		/* The stock driver takes none or little of it, and might answer. */
		clps_drop(clps_core_stats(state->net), skb, CLPS_DROP_gre_header);
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
	learn_way(tun, state, skb);
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
	verdict = gre_in(priv, state, skb);
	local_bh_enable();
	return verdict;
}

/* Is @own the only one at @hook? */
static bool is_alone(const struct net *net, unsigned int hook, nf_hookfn *own)
{
	const struct nf_hook_entries *e = rcu_dereference(net->nf.hooks_ipv4[hook]);

	return e && e->num_hook_entries == 1 && e->hooks[0].hook == own;
}

/* Would the host do nothing with a packet between PRE_ROUTING and LOCAL_IN but route it? */
static bool host_only_routes(const struct net *net, const struct sk_buff *skb)
{
#ifdef CONFIG_XFRM
	if (net->xfrm.policy_count[XFRM_POLICY_IN] || secpath_exists(skb) ||
	    net->xfrm.policy_default[XFRM_POLICY_IN] != XFRM_USERPOLICY_ACCEPT)
		return false;
#endif
	return is_alone(net, NF_INET_PRE_ROUTING, clps_gre_hook_early) &&
	       is_alone(net, NF_INET_LOCAL_IN, clps_gre_hook);
}

/*
 * Routing is dear, and the packets of a tunnel are all routed alike. What is like one
 * that has come to clps_gre_hook() since the host's addresses, routes and rules last
 * changed is taken here, when nobody is there who would look at it on its way.
 * Whatever is not in order goes on, and is judged there.
 */
__flatten unsigned int clps_gre_hook_early(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	const struct iphdr *iph = ip_hdr(skb);
	struct clps_gre_net *gn = priv;
	struct clps_gre_tun *tun;
	struct clps_addr remote;
	struct outer outer clps_compat_uninit;

	if (iph->protocol != IPPROTO_GRE || iph->ihl != 5 || ip_is_fragment(iph) ||
	    skb->pkt_type != PACKET_HOST || !host_only_routes(state->net, skb))
		return NF_ACCEPT;
	/* What a program has accepted from a queue comes in that program's context. */
	if (unlikely(!in_softirq()))
		return NF_ACCEPT;
	if (gre_header(&outer.gre, skb, iph))
		return NF_ACCEPT;
	remote = clps_addr_v4(iph->saddr);
	tun = clps_gre_lookup(gn, &remote, outer.gre.flags & CLPS_GRE_F_KEY, outer.gre.key);
	if (!tun || tun->local != iph->daddr || !is_known_way(tun, state, skb))
		return NF_ACCEPT;
	outer.ip = *iph;
	gre_rx(tun, skb, &outer);
	return NF_STOLEN;
}

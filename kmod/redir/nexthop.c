// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where V's packets go next on its LAN. The FIB is asked directly:
 * ip_route_output_key() takes an address without a route for on-link, and the
 * redirector would then ask the LAN for hosts of the whole Internet.
 */
#include <linux/hash.h>
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <net/arp.h>
#include <net/ip.h>
#include <net/ip_fib.h>
#include <net/neighbour.h>
#include <net/route.h>

#include "redir.h"

static int lookup(struct clps_redir_net *rn, int oif, __be32 saddr, __be32 daddr, u8 tos,
		  struct fib_result *res)
{
	struct flowi4 fl4 = {
		.flowi4_oif = oif,
		.flowi4_iif = LOOPBACK_IFINDEX,
		.flowi4_tos = RT_TOS(tos),
		.flowi4_scope = RT_SCOPE_UNIVERSE,
		.daddr = daddr,
		.saddr = saddr,
	};

	memset(res, 0, sizeof(*res));
	return fib_lookup(rn->net, &fl4, res, 0);
}

/* The sender of an ARP packet: on the LAN as far as our routes know? */
bool clps_redir_is_on_link(struct clps_redir_net *rn, struct net_device *dev, __be32 addr)
{
	const struct fib_nh_common *nhc;
	struct fib_result res;
	bool on_link = false;

	rcu_read_lock();
	if (!lookup(rn, dev->ifindex, 0, addr, 0, &res) && res.type == RTN_UNICAST) {
		nhc = FIB_RES_NHC(res);
		on_link = nhc->nhc_dev == dev && !nhc->nhc_gw_family;
	}
	rcu_read_unlock();
	return on_link;
}

/* As arp_process() asks by ip_route_input(), but that H itself is V's neighbour. */
bool clps_redir_is_sender(struct clps_redir_net *rn, const struct net_device *dev, __be32 addr)
{
	struct in_device *in_dev;
	struct fib_result res;
	bool ok = true;
	int filter;

	if (!clps_v4_is_unicast(addr))
		return false;
	rcu_read_lock();
	in_dev = __in_dev_get_rcu(dev);
	filter = in_dev ? IN_DEV_RPFILTER(in_dev) : 0;
	if (filter)
		ok = !lookup(rn, 0, 0, addr, 0, &res) &&
		     (res.type == RTN_LOCAL ||
		      (res.type == RTN_UNICAST &&
		       (filter != 1 || fib_info_nh_uses_dev(res.fi, dev))));
	rcu_read_unlock();
	return ok;
}

/*
 * Of what the FIB says, the part that lasts; 0 if there is nothing to remember. What a
 * nexthop object consists of may change without a new generation.
 */
static int ask_fib(struct clps_redir_nic *nic, const struct clps_pkt *pkt, __be32 *gw,
		   struct neighbour **neigh)
{
	__be32 daddr = clps_addr_get_v4(&pkt->dst);
	struct net *net = nic->rn->net;
	struct fib_nh_common *nhc;
	struct fib_result res;

	/* Those of other NICs too, which a route on this one would lead to the LAN's router. */
	if (inet_addr_type_dev_table(net, nic->dev, daddr) == RTN_LOCAL)
		return CLPS_DROP_bad_dst;
	if (lookup(nic->rn, nic->dev->ifindex, clps_addr_get_v4(&pkt->src), daddr, pkt->tos, &res))
		return CLPS_DROP_no_route;
	switch (res.type) {
	case RTN_UNICAST:
		break;
	case RTN_BROADCAST:
	case RTN_MULTICAST:
		return CLPS_DROP_bad_dst;
	default:
		return CLPS_DROP_no_route;
	}
	nhc = FIB_RES_NHC(res);
	if (nhc->nhc_dev != nic->dev)
		return CLPS_DROP_no_route;
	*gw = 0;
	if (nhc->nhc_gw_family == AF_INET6) {
		*neigh = ip_neigh_gw6(nic->dev, &nhc->nhc_gw.ipv6);
		return 0;
	}
	if (nhc->nhc_gw_family)
		daddr = nhc->nhc_gw.ipv4;
	if (!res.fi->nh)
		*gw = daddr;
	*neigh = ip_neigh_gw4(nic->dev, daddr);
	return 0;
}

/*
 * Two questions to the FIB cost more than all else that is done here. What it says is
 * remembered until the generation of the host's own remembered routes is another, and for
 * a second at most: a route that is asked for the first time while it is deleted may make
 * none. Rules may ask for more than the destination and the TOS.
 */
int clps_redir_next_hop(struct clps_redir_nic *nic, const struct clps_pkt *pkt,
			struct neighbour **neigh)
{
	__be32 gw, daddr = clps_addr_get_v4(&pkt->dst);
	u8 tos = RT_TOS(pkt->tos);
	struct net *net = nic->rn->net;
	u32 now = (u32)jiffies;
	struct clps_redir_hop *hop;
	int genid, why;

	RCU_LOCKDEP_WARN(!rcu_read_lock_held() && !rcu_read_lock_bh_held(),
			 "next hop without RCU");
	hop = &this_cpu_ptr(nic->hops)->hop[hash_32((__force u32)daddr, CLPS_REDIR_HOP_BITS)];
	genid = rt_genid_ipv4(net);
	if (likely(hop->daddr == daddr && hop->gw && hop->tos == tos && hop->genid == genid &&
		   now - hop->since < HZ && !fib4_has_custom_rules(net))) {
		*neigh = ip_neigh_gw4(nic->dev, hop->gw);
		return IS_ERR(*neigh) ? CLPS_DROP_no_neighbour : 0;
	}
	/* What changes from now on has another generation; whoever changes it has no barrier. */
	smp_rmb();
	why = ask_fib(nic, pkt, &gw, neigh);
	if (why)
		return why;
	if (IS_ERR(*neigh))
		return CLPS_DROP_no_neighbour;
	if (!fib4_has_custom_rules(net))
		*hop = (struct clps_redir_hop){ .genid = genid, .since = now, .daddr = daddr,
						.gw = gw, .tos = tos };
	return 0;
}

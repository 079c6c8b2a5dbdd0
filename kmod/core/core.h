/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to collapsar.ko. */
#ifndef CLPS_CORE_H
#define CLPS_CORE_H

#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <net/net_namespace.h>

struct clps_stats;
struct clps_core_net;
struct neighbour;

int clps_uplink_init(void);
void clps_uplink_exit(void);

/**
 * clps_uplink_rx_direct() - skip the stack between a tunnel and its owner
 * @skb: skb->dev is the tunnel, skb->data at the inner IPv4 header, which is in the
 *       linear part; without a VLAN tag; not shared
 *
 * Consumes @skb and returns true if @skb->dev is an uplink and nobody taps,
 * filters or redirects on it; otherwise the packet must take the usual way.
 *
 * Context: softirq, RCU.
 */
bool clps_uplink_rx_direct(struct sk_buff *skb);

/**
 * clps_gre_xmit_direct() - skip the stack between an uplink's owner and its tunnel
 * @skb: skb->dev is a clps_gre device, skb->data at the inner IPv4 header; scrubbed
 *
 * Context: BH disabled, RCU.
 * Return: true if the tunnel has taken @skb, and counted it; false if the stack would do
 * more than call the device: the packet must take the usual way.
 */
bool clps_gre_xmit_direct(struct sk_buff *skb);

/**
 * clps_xmit_neigh() - to a neighbour, as by neigh_output()
 * @skb: consumed; skb->dev is the neighbour's, skb->data at the IP header
 * @neigh: the neighbour
 * @is_v6gw: it is an IPv6 gateway of an IPv4 packet
 *
 * By clps_xmit(), if its link-layer header is known. Context: BH disabled, RCU.
 * Return: 0, a NET_XMIT code or a negative errno.
 */
int clps_xmit_neigh(struct sk_buff *skb, struct neighbour *neigh, bool is_v6gw);

/* Is it a clps_gre device? */
bool clps_gre_is(const struct net_device *dev);

int clps_policy_init(void);
void clps_policy_exit(void);

int clps_gre_init(void);
void clps_gre_exit(void);

int clps_netlink_init(void);
void clps_netlink_exit(void);

/* The counters of a namespace, for scope "core". */
struct clps_stats __percpu *clps_core_stats(struct net *net);

#endif /* CLPS_CORE_H */

// SPDX-License-Identifier: GPL-2.0-only
/* The packet path: uplink to port, port to uplink, port to port. */
#include <linux/if_vlan.h>
#include <linux/in.h>
#include <linux/ip.h>

#include "../compat/gso.h"
#include "front.h"

static bool fits(const struct sk_buff *skb, unsigned int mtu)
{
	if (skb_is_gso(skb))
		return skb_gso_validate_network_len(skb, mtu);
	return skb->len <= mtu;
}

/* As dev_hard_header(); there is room for it. */
static __always_inline int push_eth(struct sk_buff *skb, struct net_device *dev, const u8 *dst, const u8 *src)
{
	struct ethhdr *eth;

	if (unlikely(!dev->header_ops || dev->header_ops->create != eth_header))
		return dev_hard_header(skb, dev, ETH_P_IP, dst, src, skb->len);
	eth = __skb_push(skb, ETH_HLEN);
	ether_addr_copy(eth->h_dest, dst);
	ether_addr_copy(eth->h_source, src);
	eth->h_proto = htons(ETH_P_IP);
	return 0;
}

/* Straight into the guest's NIC; consumes @skb. 0, or the reason that was counted. */
static __always_inline int deliver(struct clps_honeypot *hp, struct sk_buff *skb, const u8 *src_mac)
{
	struct clps_stats __percpu *stats = hp->network->stats;
	struct clps_port *port = rcu_dereference(hp->port);
	unsigned int len = skb->len;
	u8 mac[ETH_ALEN] clps_compat_uninit;
	struct net_device *dev;

	if (unlikely(!port)) {
		clps_drop(stats, skb, CLPS_DROP_detached);
		return CLPS_DROP_detached;
	}
	dev = port->dev;
	if (unlikely(!netif_running(dev) || !netif_carrier_ok(dev))) {
		clps_drop(stats, skb, CLPS_DROP_link_down);
		return CLPS_DROP_link_down;
	}
	if (unlikely(!clps_mac_load(&hp->mac, mac))) {
		clps_front_ask_mac(hp, ip_hdr(skb)->saddr, src_mac);
		clps_drop(stats, skb, CLPS_DROP_no_guest_mac);
		return CLPS_DROP_no_guest_mac;
	}
	if (unlikely(!fits(skb, READ_ONCE(dev->mtu)))) {
		clps_drop(stats, skb, CLPS_DROP_too_big);
		return CLPS_DROP_too_big;
	}
	if (unlikely(skb_cow_head(skb, LL_RESERVED_SPACE(dev)))) {
		clps_drop(stats, skb, CLPS_DROP_no_memory);
		return CLPS_DROP_no_memory;
	}
	skb->dev = dev;
	skb_reset_network_header(skb);
	if (unlikely(push_eth(skb, dev, mac, src_mac) < 0)) {
		clps_drop(stats, skb, CLPS_DROP_xmit);
		return CLPS_DROP_xmit;
	}
	if (unlikely(clps_xmit_past(skb, clps_front_egress))) {
		clps_drop_gone(stats, dev, len, CLPS_DROP_xmit);
		return CLPS_DROP_xmit;
	}
	clps_pcount_rx(hp->count, len);
	return 0;
}

void clps_front_from_uplink(void *priv, struct clps_uplink *up, struct sk_buff *skb)
{
	struct clps_network *network = priv;
	struct clps_honeypot *hp;
	u8 gateway[ETH_ALEN] clps_compat_uninit;
	struct clps_pkt pkt clps_compat_uninit;
	unsigned int len;
	int why;

	why = clps_skb_admit(skb, &pkt);
	if (unlikely(why)) {
		clps_drop(network->stats, skb, why);
		return;
	}
	hp = clps_honeypot_lookup(network, &pkt.dst);
	if (unlikely(!hp)) {
		clps_drop(network->stats, skb, CLPS_DROP_no_honeypot);
		return;
	}
	clps_policy_inbound(network->policy, &pkt, network->stats);
	clps_mac_load(&network->gateway, gateway);
	len = skb->len;
	if (unlikely(deliver(hp, skb, gateway)))
		return;
	clps_stats_packet(network->stats, CLPS_C_rx_packets, len);
}

/* Between two honeypots of one network, as on its LAN. */
static noinline void local(struct clps_honeypot *from, struct clps_honeypot *to, struct sk_buff *skb)
{
	struct clps_network *network = from->network;
	unsigned int len = skb->len;
	u8 mac[ETH_ALEN];

	if (from == to) {
		clps_drop(network->stats, skb, CLPS_DROP_loop);
		return;
	}
	if (!clps_mac_load(&from->mac, mac))
		clps_mac_load(&network->gateway, mac);
	clps_skb_scrub(skb);
	if (unlikely(deliver(to, skb, mac)))
		return;
	clps_pcount_tx(from->count, len);
	clps_stats_inc(network->stats, CLPS_C_local_packets);
}

static void from_port_ip(struct clps_port *port, struct sk_buff *skb)
{
	struct clps_network *network = port->network;
	struct clps_honeypot *from, *to;
	struct clps_uplink *up;
	struct clps_pkt pkt clps_compat_uninit;
	unsigned int len;
	u64 sensor;
	int why;

	why = clps_skb_admit(skb, &pkt);
	if (unlikely(why)) {
		clps_drop(network->stats, skb, why);
		return;
	}
	from = clps_honeypot_lookup(network, &pkt.src);
	if (unlikely(!from || rcu_access_pointer(from->port) != port)) {
		clps_drop(network->stats, skb, CLPS_DROP_spoofed);
		return;
	}
	sensor = READ_ONCE(from->sensor);
	if (unlikely(sensor) && clps_sensor_takes(from, skb, &pkt, sensor))
		return;
	if (unlikely(!clps_v4_is_unicast(clps_addr_get_v4(&pkt.dst)))) {
		clps_drop(network->stats, skb, CLPS_DROP_bad_dst);
		return;
	}
	to = clps_honeypot_may_have(network, &pkt.dst) ?
		clps_honeypot_lookup(network, &pkt.dst) : NULL;
	if (to) {
		local(from, to, skb);
		return;
	}
	why = clps_policy_outbound(network->policy, &pkt, READ_ONCE(network->outbound),
				   network->stats);
	if (why) {
		clps_drop(network->stats, skb, why);
		return;
	}
	up = rcu_dereference(network->up);
	if (unlikely(!up)) {
		clps_drop(network->stats, skb, CLPS_DROP_detached);
		return;
	}
	len = skb->len;
	if (unlikely(clps_uplink_xmit(up, skb)))
		return;
	clps_pcount_tx(from->count, len);
	clps_stats_packet(network->stats, CLPS_C_tx_packets, len);
}

void clps_front_from_port(struct clps_port *port, struct sk_buff *skb)
{
	struct clps_stats __percpu *stats = port->network->stats;

	if (unlikely(skb_vlan_tag_get_id(skb))) {
		clps_drop(stats, skb, CLPS_DROP_vlan);
		return;
	}
	if (unlikely(skb_warn_if_lro(skb)))
		clps_drop(stats, skb, CLPS_DROP_lro);
	else if (skb->protocol == htons(ETH_P_IP))
		from_port_ip(port, skb);
	else if (skb->protocol == htons(ETH_P_ARP))
		clps_front_arp(port, skb);
	else
		clps_drop(stats, skb, CLPS_DROP_not_ip);
}

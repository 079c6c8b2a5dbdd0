// SPDX-License-Identifier: GPL-2.0-only
/* What honeypots hear when they ask for addresses of their LAN. */
#include <linux/jiffies.h>
#include <net/arp.h>

#include "../lib/arp.h"
#include "front.h"

static bool is_on_port(const struct clps_honeypot *hp, const struct clps_port *port)
{
	return hp && rcu_access_pointer(hp->port) == port;
}

static void answer(struct clps_port *port, const struct clps_arp *arp, const u8 *mac)
{
	struct sk_buff *skb;

	skb = arp_create(ARPOP_REPLY, ETH_P_ARP, arp->spa, port->dev, arp->tpa, arp->sha, mac,
			 arp->sha);
	clps_own_xmit(port->network->stats, port->dev, skb, CLPS_C_arp_replies);
}

/* The LAN as the guest sees it: its neighbours have their MACs, the rest the router's. */
static void request(struct clps_port *port, const struct clps_arp *arp)
{
	struct clps_network *network = port->network;
	struct clps_addr tpa = clps_addr_v4(arp->tpa);
	struct clps_honeypot *target;
	u8 mac[ETH_ALEN];
	bool known;

	clps_stats_inc(network->stats, CLPS_C_arp_requests);
	target = clps_honeypot_lookup(network, &tpa);
	/* Its own address: it announces or probes, and must hear nothing. */
	if (is_on_port(target, port))
		return;
	/* A probe for an address that no honeypot has must find it free. */
	if (!arp->spa && !target)
		return;
	known = target && clps_mac_load(&target->mac, mac);
	/* A neighbour is at its own MAC or nowhere; but to a probe its address is taken. */
	if (target && !known && arp->spa) {
		clps_front_ask_mac(target, arp->spa, arp->sha);
		return;
	}
	if (!known)
		clps_mac_load(&network->gateway, mac);
	answer(port, arp, mac);
}

void clps_front_arp(struct clps_port *port, struct sk_buff *skb)
{
	struct clps_stats __percpu *stats = port->network->stats;
	struct clps_honeypot *sender = NULL;
	u8 buf[CLPS_ARP_LEN];
	struct clps_addr spa;
	struct clps_arp arp;
	const void *data;

	data = skb_header_pointer(skb, 0, sizeof(buf), buf);
	if (!data || clps_arp_parse(&arp, data, sizeof(buf))) {
		clps_drop(stats, skb, CLPS_DROP_malformed);
		return;
	}
	if (arp.spa) {
		spa = clps_addr_v4(arp.spa);
		sender = clps_honeypot_lookup(port->network, &spa);
		if (!is_on_port(sender, port)) {
			clps_drop(stats, skb, CLPS_DROP_spoofed);
			return;
		}
		clps_mac_learn(&sender->mac, arp.sha);
	}
	clps_stats_inc(stats, CLPS_C_arp_packets);
	if (arp.op == CLPS_ARP_REQUEST)
		request(port, &arp);
	consume_skb(skb);
}

void clps_front_ask_mac(struct clps_honeypot *hp, __be32 spa, const u8 *sha)
{
	struct clps_port *port = rcu_dereference(hp->port);
	unsigned long asked = READ_ONCE(hp->asked);
	struct sk_buff *skb;

	/* One of the racing CPUs asks; a second question would do no harm. */
	if (!port || time_before(jiffies, asked + HZ))
		return;
	WRITE_ONCE(hp->asked, jiffies);
	skb = arp_create(ARPOP_REQUEST, ETH_P_ARP, clps_addr_get_v4(&hp->key.addr), port->dev, spa,
			 NULL, sha, NULL);
	clps_own_xmit(hp->network->stats, port->dev, skb, CLPS_C_arp_probes);
}

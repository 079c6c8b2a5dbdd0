// SPDX-License-Identifier: GPL-2.0-only
/* What comes back from the center, onto the LAN. */
#include <linux/in.h>
#include <net/neighbour.h>

#include "../compat/gso.h"
#include "redir.h"

static void count_tx(struct clps_v *v, unsigned int len)
{
	clps_pcount_tx(v->count, len);
	clps_stats_packet(v->rn->stats, CLPS_C_tx_packets, len);
}

void clps_redir_send(struct clps_v *v, struct neighbour *neigh, struct sk_buff *skb)
{
	u64 own = READ_ONCE(v->mac);
	unsigned int len = skb->len;
	u8 mac[ETH_ALEN];

	if (unlikely(own))
		u64_to_ether_addr(own, mac);
	if (unlikely(clps_xmit_known(skb, neigh, own ? mac : NULL)))
		clps_drop_gone(v->rn->stats, neigh->dev, len, CLPS_DROP_xmit);
	else
		count_tx(v, len);
}

/* May @v send this? 0, or why not. */
static int admit(struct clps_v *v, const struct clps_pkt *pkt)
{
	struct clps_v *other;

	if (!clps_v4_is_unicast(clps_addr_get_v4(&pkt->dst)))
		return CLPS_DROP_bad_dst;
	/* The center hands such packets over itself; here they would circle. */
	other = clps_v_of_nic(v->nic, clps_addr_get_v4(&pkt->dst));
	if (other && clps_v_is_claimed(other))
		return CLPS_DROP_loop;
	return clps_policy_outbound(v->uplink->policy, pkt, READ_ONCE(v->outbound),
				    v->rn->stats);
}

/* As if V were plugged into the LAN: on-link hosts directly, others by the router. */
static int output(struct clps_v *v, const struct clps_pkt *pkt, struct sk_buff *skb)
{
	struct net_device *dev = v->nic->dev;
	unsigned int mtu = READ_ONCE(dev->mtu);
	struct neighbour *neigh;
	int why;

	if (!netif_running(dev) || !netif_carrier_ok(dev))
		return CLPS_DROP_link_down;
	if (skb_is_gso(skb) ? !skb_gso_validate_network_len(skb, mtu) : skb->len > mtu)
		return CLPS_DROP_too_big;
	why = clps_redir_next_hop(v->nic, pkt, &neigh);
	if (why)
		return why;
	if (skb_cow_head(skb, LL_RESERVED_SPACE(dev)))
		return CLPS_DROP_no_memory;
	skb->dev = dev;
	if (likely(!neigh_event_send(neigh, NULL)))
		clps_redir_send(v, neigh, skb);
	else
		clps_redir_pending_add(v->rn, neigh, skb);
	return 0;
}

void clps_redir_inject(void *priv, struct clps_uplink *up, struct sk_buff *skb)
{
	struct clps_redir_uplink *uplink = priv;
	struct clps_stats __percpu *stats = uplink->rn->stats;
	struct clps_pkt pkt clps_compat_uninit;
	struct clps_v *v;
	int why;

	why = clps_skb_admit(skb, &pkt);
	if (unlikely(why)) {
		clps_drop(stats, skb, why);
		return;
	}
	v = clps_v_by_uplink(uplink->rn, &pkt.src, uplink);
	if (unlikely(!v || !clps_v_is_claimed(v))) {
		clps_drop(stats, skb, CLPS_DROP_no_redirect);
		return;
	}
	why = admit(v, &pkt);
	if (unlikely(why)) {
		clps_drop(stats, skb, why);
		return;
	}
	why = output(v, &pkt, skb);
	if (unlikely(why))
		clps_drop(stats, skb, why);
}

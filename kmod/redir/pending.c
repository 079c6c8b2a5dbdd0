// SPDX-License-Identifier: GPL-2.0-only
/*
 * The neighbour code queues packets itself, but sends them with the NIC's MAC.
 * Packets of a V with a MAC of its own wait here instead.
 */
#include <linux/slab.h>
#include <net/neighbour.h>

#include "redir.h"

struct pending {
	struct list_head list;
	struct neighbour *neigh;
	struct sk_buff *skb;
	u8 src_mac[ETH_ALEN];
};

void clps_redir_send(struct clps_redir_net *rn, struct neighbour *neigh, struct sk_buff *skb,
		     const u8 *src_mac)
{
	struct net_device *dev = neigh->dev;
	u8 dst_mac[MAX_ADDR_LEN];

	neigh_ha_snapshot((char *)dst_mac, neigh, dev);
	if (dev_hard_header(skb, dev, ETH_P_IP, dst_mac, src_mac, skb->len) < 0) {
		clps_drop(rn->stats, skb, CLPS_DROP_xmit);
		return;
	}
	if (unlikely(clps_xmit(skb)))
		clps_stats_inc(rn->stats, CLPS_DROP_xmit);
}

/* One silent host must not take the room of all others. */
static bool may_wait(const struct clps_redir_net *rn, const struct neighbour *neigh)
{
	const struct pending *p;
	unsigned int nr = 0;

	lockdep_assert_held(&rn->pending_lock);
	if (rn->nr_pending >= CLPS_REDIR_MAX_PENDING)
		return false;
	list_for_each_entry(p, &rn->pending, list)
		nr += p->neigh == neigh;
	return nr < CLPS_REDIR_NEIGH_PENDING;
}

void clps_redir_pending_add(struct clps_redir_net *rn, struct neighbour *neigh,
			    struct sk_buff *skb, const u8 *src_mac)
{
	struct pending *p = kmalloc(sizeof(*p), GFP_ATOMIC);

	if (!p) {
		clps_drop(rn->stats, skb, CLPS_DROP_no_memory);
		return;
	}
	/* Found under RCU: it may be on its way out. */
	if (!refcount_inc_not_zero(&neigh->refcnt)) {
		kfree(p);
		clps_drop(rn->stats, skb, CLPS_DROP_no_neighbour);
		return;
	}
	p->skb = skb;
	p->neigh = neigh;
	ether_addr_copy(p->src_mac, src_mac);

	spin_lock_bh(&rn->pending_lock);
	if (!may_wait(rn, neigh)) {
		spin_unlock_bh(&rn->pending_lock);
		neigh_release(neigh);
		kfree(p);
		clps_drop(rn->stats, skb, CLPS_DROP_no_neighbour);
		return;
	}
	list_add_tail(&p->list, &rn->pending);
	WRITE_ONCE(rn->nr_pending, rn->nr_pending + 1);
	spin_unlock_bh(&rn->pending_lock);

	/* Ask now. If it was answered, or died, meanwhile there is no further event. */
	neigh_event_send(neigh, NULL);
	clps_redir_pending_event(rn, neigh);
}

static void take(struct clps_redir_net *rn, struct list_head *out,
		 const struct neighbour *neigh, const struct net_device *dev)
{
	struct pending *p, *tmp;

	spin_lock_bh(&rn->pending_lock);
	list_for_each_entry_safe(p, tmp, &rn->pending, list) {
		if ((neigh && p->neigh != neigh) || (dev && p->neigh->dev != dev))
			continue;
		list_move_tail(&p->list, out);
		WRITE_ONCE(rn->nr_pending, rn->nr_pending - 1);
	}
	spin_unlock_bh(&rn->pending_lock);
}

static void finish(struct clps_redir_net *rn, struct list_head *list, bool valid)
{
	struct pending *p, *tmp;

	local_bh_disable();
	list_for_each_entry_safe(p, tmp, list, list) {
		if (valid)
			clps_redir_send(rn, p->neigh, p->skb, p->src_mac);
		else
			clps_drop(rn->stats, p->skb, CLPS_DROP_no_neighbour);
		neigh_release(p->neigh);
		kfree(p);
	}
	local_bh_enable();
}

void clps_redir_pending_event(struct clps_redir_net *rn, struct neighbour *neigh)
{
	bool dead;
	u8 state;
	LIST_HEAD(list);

	/*
	 * Whoever queues looks at the state afterwards; whoever changes the
	 * state looks at the queue afterwards. One of them sees the other.
	 */
	smp_mb();
	if (!READ_ONCE(rn->nr_pending))
		return;
	state = READ_ONCE(neigh->nud_state);
	dead = READ_ONCE(neigh->dead);
	if (!dead && (state & NUD_INCOMPLETE))
		return;
	take(rn, &list, neigh, NULL);
	finish(rn, &list, !dead && (state & NUD_VALID));
}

void clps_redir_pending_flush(struct clps_redir_net *rn, const struct net_device *dev)
{
	LIST_HEAD(list);

	take(rn, &list, NULL, dev);
	finish(rn, &list, false);
}

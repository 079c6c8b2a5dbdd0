// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets that wait for a neighbour. The neighbour code has a queue of its own, but
 * tells nobody of what it loses, and knows no MAC but the NIC's.
 */
#include <linux/hash.h>
#include <linux/ip.h>
#include <linux/slab.h>
#include <net/neighbour.h>

#include "redir.h"

struct pending {
	struct list_head list;
	struct neighbour *neigh;
	struct sk_buff *skb;
	u16 *nr_of_nic;
};

void clps_redir_pending_init(struct clps_redir_net *rn)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(rn->pending); i++)
		INIT_LIST_HEAD(&rn->pending[i]);
	spin_lock_init(&rn->pending_lock);
}

static struct list_head *list_of(struct clps_redir_net *rn, const struct neighbour *neigh)
{
	return &rn->pending[hash_ptr(neigh, CLPS_REDIR_PENDING_BITS)];
}

/* One silent host must not take the room of all others, nor one LAN that of the others. */
static bool may_wait(struct clps_redir_net *rn, const struct pending *new)
{
	const struct pending *p;
	unsigned int nr = 0;

	lockdep_assert_held(&rn->pending_lock);
	if (rn->nr_pending >= CLPS_REDIR_MAX_PENDING || *new->nr_of_nic >= CLPS_REDIR_NIC_PENDING)
		return false;
	list_for_each_entry(p, list_of(rn, new->neigh), list)
		nr += p->neigh == new->neigh;
	return nr < CLPS_REDIR_NEIGH_PENDING;
}

void clps_redir_pending_add(struct clps_redir_net *rn, struct neighbour *neigh,
			    struct sk_buff *skb)
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
	/* NICs that share a count share their room. */
	p->nr_of_nic = &rn->nr_pending_of[neigh->dev->ifindex % ARRAY_SIZE(rn->nr_pending_of)];

	spin_lock_bh(&rn->pending_lock);
	if (!may_wait(rn, p)) {
		spin_unlock_bh(&rn->pending_lock);
		neigh_release(neigh);
		kfree(p);
		clps_drop(rn->stats, skb, CLPS_DROP_no_neighbour);
		return;
	}
	list_add_tail(&p->list, list_of(rn, neigh));
	WRITE_ONCE(rn->nr_pending, rn->nr_pending + 1);
	++*p->nr_of_nic;
	spin_unlock_bh(&rn->pending_lock);

	/* Ask now. If it was answered, or died, meanwhile there is no further event. */
	neigh_event_send(neigh, NULL);
	clps_redir_pending_event(rn, neigh);
}

static void take(struct clps_redir_net *rn, struct list_head *from, struct list_head *to,
		 const struct neighbour *neigh, const struct net_device *dev)
{
	struct pending *p, *tmp;

	lockdep_assert_held(&rn->pending_lock);
	list_for_each_entry_safe(p, tmp, from, list) {
		if ((neigh && p->neigh != neigh) || (dev && p->neigh->dev != dev))
			continue;
		list_move_tail(&p->list, to);
		WRITE_ONCE(rn->nr_pending, rn->nr_pending - 1);
		--*p->nr_of_nic;
	}
}

/* The V that it is from may have gone, or somebody else may have the address now. */
static void send(struct clps_redir_net *rn, struct pending *p)
{
	struct clps_addr src = clps_addr_v4(ip_hdr(p->skb)->saddr);
	struct clps_v *v = clps_v_by_nic(rn, &src, p->neigh->dev->ifindex);

	if (!v || !clps_v_is_claimed(v))
		clps_drop(rn->stats, p->skb, CLPS_DROP_no_redirect);
	else if (neigh_event_send(p->neigh, NULL))
		clps_drop(rn->stats, p->skb, CLPS_DROP_no_neighbour);
	else
		clps_redir_send(v, p->neigh, p->skb);
}

/* @why: 0 to send them. */
static void finish(struct clps_redir_net *rn, struct list_head *list, int why)
{
	struct pending *p, *tmp;

	rcu_read_lock_bh();
	list_for_each_entry_safe(p, tmp, list, list) {
		if (why)
			clps_drop(rn->stats, p->skb, why);
		else
			send(rn, p);
		neigh_release(p->neigh);
		kfree(p);
	}
	rcu_read_unlock_bh();
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
	spin_lock_bh(&rn->pending_lock);
	take(rn, list_of(rn, neigh), &list, neigh, NULL);
	spin_unlock_bh(&rn->pending_lock);
	finish(rn, &list, !dead && (state & NUD_VALID) ? 0 : CLPS_DROP_no_neighbour);
}

void clps_redir_pending_flush(struct clps_redir_net *rn, const struct net_device *dev)
{
	LIST_HEAD(list);
	int i;

	spin_lock_bh(&rn->pending_lock);
	for (i = 0; i < ARRAY_SIZE(rn->pending); i++)
		take(rn, &rn->pending[i], &list, NULL, dev);
	spin_unlock_bh(&rn->pending_lock);
	finish(rn, &list, CLPS_DROP_detached);
}

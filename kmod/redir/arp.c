// SPDX-License-Identifier: GPL-2.0-only
/* Carries out what the claim state machine decides. */
#include <linux/inetdevice.h>
#include <linux/jiffies.h>
#include <linux/random.h>
#include <net/arp.h>
#include <net/neighbour.h>

#include "redir.h"

static u64 now_ms(void)
{
	return ktime_to_ms(ktime_get());
}

/* In V's name. */
static void arp_out(struct clps_v *v, int op, __be32 sip, __be32 tip, const u8 *dst_mac,
		    const u8 *target_mac, enum clps_counter sent)
{
	struct net_device *dev = v->nic->dev;
	struct sk_buff *skb = NULL;
	u8 mac[ETH_ALEN];

	clps_v_mac(v, mac);
	if (netif_running(dev))
		skb = arp_create(op, ETH_P_ARP, tip, dev, sip, dst_mac, mac, target_mac);
	clps_own_xmit(v->rn->stats, dev, skb, sent);
}

/* The address H asks @addr's LAN with, 0 if the NIC has none. */
static __be32 own_addr(struct net_device *dev, __be32 addr)
{
	struct in_device *in_dev;
	__be32 own = 0;

	rcu_read_lock();
	in_dev = __in_dev_get_rcu(dev);
	if (in_dev)
		own = inet_confirm_addr(dev_net(dev), in_dev, addr, 0, RT_SCOPE_LINK) ?:
		      inet_confirm_addr(dev_net(dev), in_dev, 0, 0, RT_SCOPE_LINK);
	rcu_read_unlock();
	return own;
}

/* In H's name, its MAC with its address: a host that wants to talk to whoever has V. */
static void verify_out(struct clps_v *v, __be32 addr)
{
	struct net_device *dev = v->nic->dev;
	__be32 own = own_addr(dev, addr);
	struct sk_buff *skb = NULL;

	if (!own)
		return;
	if (netif_running(dev))
		skb = arp_create(ARPOP_REQUEST, ETH_P_ARP, addr, dev, own, NULL, dev->dev_addr,
				 NULL);
	clps_own_xmit(v->rn->stats, dev, skb, CLPS_C_arp_probes);
}

/* Context: any; takes no lock of ours. */
static void act_out(struct clps_v *v, u32 act)
{
	__be32 addr = clps_addr_get_v4(&v->nic_key.addr);

	local_bh_disable();
	if (act & CLPS_CLAIM_DO_PROBE)
		arp_out(v, ARPOP_REQUEST, 0, addr, NULL, NULL, CLPS_C_arp_probes);
	if ((act & CLPS_CLAIM_DO_VERIFY) && __ratelimit(&v->nic->verifies))
		verify_out(v, addr);
	if (act & CLPS_CLAIM_DO_ANNOUNCE)
		arp_out(v, ARPOP_REQUEST, addr, addr, NULL, NULL, CLPS_C_arp_announcements);
	if (act & CLPS_CLAIM_DO_CONFLICT)
		clps_stats_inc(v->rn->stats, CLPS_C_arp_conflicts);
	local_bh_enable();
}

/* What must be done before the lock is let go: timer and event, in order. */
static void act_locked(struct clps_v *v, u32 act)
{
	u64 now;

	lockdep_assert_held(&v->lock);
	/* The last event says that it was deleted. */
	if (v->dead)
		return;
	if (act & CLPS_CLAIM_DO_EVENT)
		clps_redir_event(v, v->claim.state, v->claim.reason);
	if (!v->claim.timer) {
		timer_delete(&v->timer);
		return;
	}
	if (!(act & CLPS_CLAIM_DO_TIMER))
		return;
	now = now_ms();
	mod_timer(&v->timer, jiffies + (v->claim.next <= now ? 1 :
			     msecs_to_jiffies((u32)(v->claim.next - now)) + 1));
}

/* Silence proves nothing while nobody can be heard: clps_v_resume() goes on. */
static bool must_pause(const struct clps_v *v)
{
	const struct net_device *dev = v->nic->dev;

	return v->claim.state == CLPS_CLAIM_PROBING &&
	       (!netif_running(dev) || !netif_carrier_ok(dev));
}

static u32 start_locked(struct clps_v *v, u8 reason)
{
	u32 act;

	act = clps_claim_start(&v->claim, now_ms(), get_random_u32(), reason);
	if (must_pause(v))
		v->claim.timer = false;
	act_locked(v, act);
	return act;
}

void clps_v_start(struct clps_v *v, u8 reason)
{
	u32 act;

	spin_lock_bh(&v->lock);
	act = start_locked(v, reason);
	spin_unlock_bh(&v->lock);
	act_out(v, act);
}

void clps_v_resume(struct clps_v *v)
{
	u32 act = 0;

	spin_lock_bh(&v->lock);
	if (v->claim.state == CLPS_CLAIM_PROBING && !v->claim.timer && !must_pause(v))
		act = start_locked(v, CLPS_CLAIM_R_LINK);
	spin_unlock_bh(&v->lock);
	act_out(v, act);
}

void clps_v_announce(struct clps_v *v)
{
	struct clps_redir_nic *nic = v->nic;
	u32 act;

	spin_lock_bh(&v->lock);
	spin_lock(&nic->pace_lock);
	act = clps_claim_announce(&v->claim, now_ms(), &nic->pace);
	spin_unlock(&nic->pace_lock);
	act_locked(v, act);
	spin_unlock_bh(&v->lock);
	act_out(v, act);
}

void clps_v_withdraw(struct clps_v *v, u8 reason, const u8 *foreign_mac)
{
	u32 act;

	spin_lock_bh(&v->lock);
	act = clps_claim_withdraw(&v->claim, now_ms(), reason, foreign_mac);
	act_locked(v, act);
	spin_unlock_bh(&v->lock);
}

void clps_v_suspect(struct clps_v *v)
{
	u32 act;

	spin_lock_bh(&v->lock);
	act = clps_claim_suspect(&v->claim, now_ms());
	spin_unlock_bh(&v->lock);
	act_out(v, act);
}

void clps_v_timer(struct timer_list *timer)
{
	struct clps_v *v = container_of(timer, struct clps_v, timer);
	struct clps_redir_nic *nic = v->nic;
	u32 act = 0;

	spin_lock_bh(&v->lock);
	if (must_pause(v)) {
		v->claim.timer = false;
	} else if (!v->dead) {
		spin_lock(&nic->pace_lock);
		act = clps_claim_timer(&v->claim, now_ms(), get_random_u32(), &nic->pace);
		spin_unlock(&nic->pace_lock);
	}
	act_locked(v, act);
	spin_unlock_bh(&v->lock);
	act_out(v, act);
}

/*
 * As any host that answers does (RFC 826): the asker is about to be talked to.
 * Only if it is on the LAN, or a stranger could fill the neighbour table.
 */
static void learn(struct clps_v *v, const struct clps_arp *arp)
{
	struct net_device *dev = v->nic->dev;
	struct neighbour *neigh;
	__be32 spa = arp->spa;
	u8 sha[ETH_ALEN];

	if (!clps_redir_is_on_link(v->rn, dev, spa))
		return;
	/* The table is one for the whole host, its young entries stay, and names are free. */
	neigh = neigh_lookup(&arp_tbl, &spa, dev);
	if (neigh)
		neigh_release(neigh);
	else if (!__ratelimit(&v->nic->learns))
		return;
	ether_addr_copy(sha, arp->sha);
	neigh = neigh_event_ns(&arp_tbl, sha, &spa, dev);
	if (neigh)
		neigh_release(neigh);
}

bool clps_v_arp(struct clps_v *v, const struct clps_arp *arp, bool may_answer)
{
	__be32 addr = clps_addr_get_v4(&v->nic_key.addr);
	bool answered = false;
	u32 act;

	spin_lock_bh(&v->lock);
	act = clps_claim_arp(&v->claim, arp, addr, now_ms());
	act_locked(v, act);
	spin_unlock_bh(&v->lock);

	if ((act & CLPS_CLAIM_DO_REPLY) && may_answer) {
		/* At once: Linux's own proxy ARP would wait up to 0.8 s. */
		arp_out(v, ARPOP_REPLY, addr, arp->spa, arp->sha, arp->sha, CLPS_C_arp_replies);
		if (arp->spa)
			learn(v, arp);
		answered = true;
	}
	act_out(v, act);
	return answered;
}

// SPDX-License-Identifier: GPL-2.0-only
#include <linux/export.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>

#include <collapsar/policy.h>

#include "../lib/flow.h"

#define POLICY_LOCKS	64

/**
 * struct clps_policy - containment of one production network
 * @hash_key: the outside chooses ports and addresses; it must not choose sets
 * @set_mask: number of sets - 1
 * @sets: the flow table
 * @lock: set i is guarded by lock[i % POLICY_LOCKS]; taken with BH disabled
 * @rcu: frees the table after a grace period
 */
struct clps_policy {
	siphash_key_t hash_key;
	u32 set_mask;
	struct clps_flow_set *sets;
	spinlock_t lock[POLICY_LOCKS];
	struct rcu_head rcu;
};

int clps_skb_parse4(const struct sk_buff *skb, struct clps_pkt *pkt)
{
	unsigned int len = min_t(unsigned int, skb->len, CLPS_PKT_PEEK);
	u8 buf[CLPS_PKT_PEEK];
	const void *data;

	data = skb_header_pointer(skb, 0, len, buf);
	if (unlikely(!data))
		return -EMSGSIZE;
	return clps_pkt_parse4(pkt, data, len, skb_is_gso(skb) ? 0 : skb->len);
}
EXPORT_SYMBOL_NS_GPL(clps_skb_parse4, COLLAPSAR);

struct clps_policy *clps_policy_new(u32 flows)
{
	struct clps_policy *policy;
	u32 nsets;
	int i;

	if (flows < CLPS_FLOW_MIN || flows > CLPS_FLOW_MAX || !is_power_of_2(flows))
		return NULL;
	policy = kzalloc(sizeof(*policy), GFP_KERNEL_ACCOUNT);
	if (!policy)
		return NULL;
	nsets = flows / CLPS_FLOW_WAYS;
	/* Large, and anybody with a namespace of his own may ask: his cgroup pays. */
	policy->sets = kvcalloc(nsets, sizeof(*policy->sets), GFP_KERNEL_ACCOUNT);
	if (!policy->sets) {
		kfree(policy);
		return NULL;
	}
	policy->set_mask = nsets - 1;
	get_random_bytes(&policy->hash_key, sizeof(policy->hash_key));
	for (i = 0; i < POLICY_LOCKS; i++)
		spin_lock_init(&policy->lock[i]);
	return policy;
}
EXPORT_SYMBOL_NS_GPL(clps_policy_new, COLLAPSAR);

static void policy_free_rcu(struct rcu_head *head)
{
	struct clps_policy *policy = container_of(head, struct clps_policy, rcu);

	kvfree(policy->sets);
	kfree(policy);
}

void clps_policy_free(struct clps_policy *policy)
{
	/* Not a work item: rcu_barrier() at module exit must cover it. */
	if (policy)
		call_rcu(&policy->rcu, policy_free_rcu);
}
EXPORT_SYMBOL_NS_GPL(clps_policy_free, COLLAPSAR);

static struct clps_flow_set *set_lock(struct clps_policy *policy,
				      const struct clps_flow_key *key, spinlock_t **lock)
	__acquires(*lock)
{
	u32 i = siphash(key, sizeof(*key), &policy->hash_key) & policy->set_mask;

	*lock = &policy->lock[i % POLICY_LOCKS];
	spin_lock(*lock);
	return &policy->sets[i];
}

static bool note_inbound(struct clps_policy *policy, const struct clps_flow_key *key, u16 flags,
			 u32 now)
{
	struct clps_flow_set *set;
	spinlock_t *lock;
	bool evicted;

	set = set_lock(policy, key, &lock);
	evicted = clps_flow_note_inbound(set, key, flags, now, &clps_flow_default_timeouts);
	spin_unlock(lock);
	return evicted;
}

static bool note_outbound(struct clps_policy *policy, const struct clps_flow_key *key, u16 flags,
			  u32 now)
{
	struct clps_flow_set *set;
	spinlock_t *lock;
	bool known;

	set = set_lock(policy, key, &lock);
	known = clps_flow_note_outbound(set, key, flags, now, &clps_flow_default_timeouts);
	spin_unlock(lock);
	return known;
}

static u32 policy_now(void)
{
	return (u32)ktime_get_seconds();
}

void clps_policy_inbound(struct clps_policy *policy, const struct clps_pkt *pkt,
			 struct clps_stats __percpu *stats)
{
	struct clps_flow_key key;

	if (clps_flow_key_inbound(&key, pkt))
		return;
	if (note_inbound(policy, &key, pkt->flags, policy_now()))
		clps_stats_inc(stats, CLPS_C_flows_evicted);
}
EXPORT_SYMBOL_NS_GPL(clps_policy_inbound, COLLAPSAR);

int clps_policy_outbound(struct clps_policy *policy, const struct clps_pkt *pkt, u32 mode,
			 struct clps_stats __percpu *stats)
{
	struct clps_flow_key key, pair;
	u32 now = policy_now();

	if (mode == COLLAPSAR_OUTBOUND_OPEN)
		return 0;
	if (mode != COLLAPSAR_OUTBOUND_REPLIES || clps_flow_key_outbound(&key, pkt) ||
	    !note_outbound(policy, &key, pkt->flags, now))
		return CLPS_DROP_contained;
	/* The rest of this datagram has no ports to be known by. */
	if (pkt->flags & CLPS_PKT_FRAG_FIRST) {
		clps_flow_key_pair(&pair, &key);
		if (note_inbound(policy, &pair, 0, now))
			clps_stats_inc(stats, CLPS_C_flows_evicted);
	}
	return 0;
}
EXPORT_SYMBOL_NS_GPL(clps_policy_outbound, COLLAPSAR);

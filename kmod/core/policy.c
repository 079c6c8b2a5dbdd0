// SPDX-License-Identifier: GPL-2.0-only
#include <linux/export.h>
#include <linux/log2.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>

#include <collapsar/policy.h>

/* Not by a call: each packet asks twice. */
#include "../lib/flow.c"
#include "core.h"

#define POLICY_LOCKS	64
/* Three quarters of a page, of which slabs waste little. */
#define BLOCK_SETS	8

struct flow_block {
	struct clps_flow_set set[BLOCK_SETS];
};

/**
 * struct clps_policy - containment of one production network
 * @hash_key: the outside chooses ports and addresses; it must not choose sets
 * @hash_v4: another such key, for two IPv4 addresses, as SipHash begins with it
 * @set_mask: number of sets - 1
 * @payer: whose memory the flow table is
 * @blocks: the flow table; a block comes with the first flow in it, and stays
 * @lock: block i is guarded by lock[i % POLICY_LOCKS]; taken with BH disabled
 * @rcu: frees the table after a grace period
 */
struct clps_policy {
	hsiphash_key_t hash_key;
	u64 hash_v4[4];
	u32 set_mask;
	struct mem_cgroup *payer;
	struct flow_block **blocks;
	spinlock_t lock[POLICY_LOCKS];
	struct rcu_head rcu;
};

static struct kmem_cache *block_cache;

int clps_policy_init(void)
{
	block_cache = kmem_cache_create("clps_flows", sizeof(struct flow_block), 0, 0, NULL);
	return block_cache ? 0 : -ENOMEM;
}

/* Policies must be gone, and their grace periods over. */
void clps_policy_exit(void)
{
	kmem_cache_destroy(block_cache);
}

static void draw_hash_keys(struct clps_policy *policy)
{
	siphash_key_t key;

	get_random_bytes(&policy->hash_key, sizeof(policy->hash_key));
	get_random_bytes(&key, sizeof(key));
	policy->hash_v4[0] = SIPHASH_CONST_0 ^ key.key[0];
	policy->hash_v4[1] = SIPHASH_CONST_1 ^ key.key[1];
	policy->hash_v4[2] = SIPHASH_CONST_2 ^ key.key[0];
	policy->hash_v4[3] = SIPHASH_CONST_3 ^ key.key[1];
	memzero_explicit(&key, sizeof(key));
}

static u32 nr_blocks(const struct clps_policy *policy)
{
	return policy->set_mask / BLOCK_SETS + 1;
}

struct clps_policy *clps_policy_new(u32 flows)
{
	struct clps_policy *policy;
	int i;

	BUILD_BUG_ON(CLPS_FLOW_MIN / CLPS_FLOW_WAYS < BLOCK_SETS);
	if (flows < CLPS_FLOW_MIN || flows > CLPS_FLOW_MAX || !is_power_of_2(flows))
		return NULL;
	policy = kzalloc(sizeof(*policy), GFP_KERNEL_ACCOUNT);
	if (!policy)
		return NULL;
	policy->set_mask = flows / CLPS_FLOW_WAYS - 1;
	policy->blocks = kvcalloc(nr_blocks(policy), sizeof(*policy->blocks), GFP_KERNEL_ACCOUNT);
	if (!policy->blocks) {
		kfree(policy);
		return NULL;
	}
	/* Anybody with a namespace of his own may ask: his cgroup pays, also for what comes later. */
	policy->payer = get_mem_cgroup_from_mm(current->mm);
	draw_hash_keys(policy);
	for (i = 0; i < POLICY_LOCKS; i++)
		spin_lock_init(&policy->lock[i]);
	return policy;
}
EXPORT_SYMBOL_NS_GPL(clps_policy_new, COLLAPSAR);

static void policy_free_rcu(struct rcu_head *head)
{
	struct clps_policy *policy = container_of(head, struct clps_policy, rcu);
	u32 i;

	for (i = 0; i < nr_blocks(policy); i++)
		if (policy->blocks[i])
			kmem_cache_free(block_cache, policy->blocks[i]);
	mem_cgroup_put(policy->payer);
	kvfree(policy->blocks);
	kfree(policy);
}

void clps_policy_free(struct clps_policy *policy)
{
	/* Not a work item: rcu_barrier() at module exit must cover it. */
	if (policy)
		call_rcu(&policy->rcu, policy_free_rcu);
}
EXPORT_SYMBOL_NS_GPL(clps_policy_free, COLLAPSAR);

/* Nobody may wait here, and the payer's limit holds: a packet can be had again. */
static noinline struct flow_block *block_new(const struct clps_policy *policy)
{
	struct mem_cgroup *old = set_active_memcg(policy->payer);
	struct flow_block *block;

	block = kmem_cache_zalloc(block_cache, GFP_NOWAIT | __GFP_ACCOUNT | __GFP_NOWARN);
	set_active_memcg(old);
	return block;
}

/*
 * SipHash-1-3, as hsiphash() is where words have 64 bits; for tables of which the hash
 * is never seen outside. All that is hashed here has two words, so none says its length.
 */
static u32 hash_words(const struct clps_policy *policy, u64 a, u64 b)
{
	u64 v0 = policy->hash_v4[0], v1 = policy->hash_v4[1];
	u64 v2 = policy->hash_v4[2], v3 = policy->hash_v4[3];

	v3 ^= a;
	SIPHASH_PERMUTATION(v0, v1, v2, v3);
	v0 ^= a;
	v3 ^= b;
	SIPHASH_PERMUTATION(v0, v1, v2, v3);
	v0 ^= b;
	v2 ^= 0xff;
	SIPHASH_PERMUTATION(v0, v1, v2, v3);
	SIPHASH_PERMUTATION(v0, v1, v2, v3);
	SIPHASH_PERMUTATION(v0, v1, v2, v3);
	return v0 ^ v1 ^ v2 ^ v3;
}

static u32 key_hash(const struct clps_policy *policy,
				    const struct clps_flow_key *key)
{
	const size_t rest = offsetof(struct clps_flow_key, in_port);

	BUILD_BUG_ON(sizeof(*key) - rest != sizeof(u64));
	if (likely(clps_addr_is_v4(&key->in) && clps_addr_is_v4(&key->out)))
		return hash_words(policy, (u64)(__force u32)key->in.w[3] << 32 |
					  (__force u32)key->out.w[3], clps_get_8(key, rest));
	return hsiphash(key, sizeof(*key), &policy->hash_key);
}

/* The set of @key, or NULL if it has none; locked in either case. */
static struct clps_flow_set *
set_lock(struct clps_policy *policy, const struct clps_flow_key *key, bool make, spinlock_t **lock)
	__acquires(*lock)
{
	u32 i = key_hash(policy, key) & policy->set_mask;
	struct flow_block **block = &policy->blocks[i / BLOCK_SETS];

	*lock = &policy->lock[i / BLOCK_SETS % POLICY_LOCKS];
	spin_lock(*lock);
	if (unlikely(!*block) && make)
		*block = block_new(policy);
	return likely(*block) ? &(*block)->set[i % BLOCK_SETS] : NULL;
}

/* Remember the flow. Without memory for it the answers stay inside. */
static void
note_inbound(struct clps_policy *policy, const struct clps_flow_key *key, u16 flags, u32 now,
	     struct clps_stats __percpu *stats)
{
	struct clps_flow_set *set;
	bool evicted = false;
	spinlock_t *lock;

	set = set_lock(policy, key, true, &lock);
	if (likely(set))
		evicted = clps_flow_note_inbound(set, key, flags, now,
						 &clps_flow_default_timeouts);
	spin_unlock(lock);
	if (unlikely(!set))
		clps_stats_inc(stats, CLPS_C_flows_refused);
	else if (evicted)
		clps_stats_inc(stats, CLPS_C_flows_evicted);
}

static bool note_outbound(struct clps_policy *policy, const struct clps_flow_key *key, u16 flags,
			  u32 now)
{
	struct clps_flow_set *set;
	bool known = false;
	spinlock_t *lock;

	set = set_lock(policy, key, false, &lock);
	if (likely(set))
		known = clps_flow_note_outbound(set, key, flags, now, &clps_flow_default_timeouts);
	spin_unlock(lock);
	return known;
}

static u32 policy_now(void)
{
	return (u32)ktime_get_seconds();
}

__flatten void clps_policy_inbound(struct clps_policy *policy, const struct clps_pkt *pkt,
			 struct clps_stats __percpu *stats)
{
	struct clps_flow_key key clps_compat_uninit;

	if (clps_flow_key_inbound(&key, pkt))
		return;
	note_inbound(policy, &key, pkt->flags, policy_now(), stats);
}
EXPORT_SYMBOL_NS_GPL(clps_policy_inbound, COLLAPSAR);

__flatten int clps_policy_outbound(struct clps_policy *policy, const struct clps_pkt *pkt, u32 mode,
			 struct clps_stats __percpu *stats)
{
	struct clps_flow_key key clps_compat_uninit, pair clps_compat_uninit;
	u32 now = policy_now();

	if (mode == COLLAPSAR_OUTBOUND_OPEN)
		return 0;
	if (mode != COLLAPSAR_OUTBOUND_REPLIES || clps_flow_key_outbound(&key, pkt) ||
	    !note_outbound(policy, &key, pkt->flags, now))
		return CLPS_DROP_contained;
	/* The rest of this datagram has no ports to be known by. */
	if (pkt->flags & CLPS_PKT_FRAG_FIRST) {
		clps_flow_key_pair(&pair, &key);
		note_inbound(policy, &pair, 0, now, stats);
	}
	return 0;
}
EXPORT_SYMBOL_NS_GPL(clps_policy_outbound, COLLAPSAR);

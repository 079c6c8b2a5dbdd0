// SPDX-License-Identifier: GPL-2.0-only
/* Redirected addresses: creation, lookup, deletion. */
#include <linux/hash.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/route.h>

#include <collapsar/addr_hash.h>

#include "redir.h"

static u32 nic_hash(const void *data, u32 len, u32 seed)
{
	const struct clps_v_nic_key *key = data;

	return clps_addr_hash(&key->addr, key->ifindex, seed);
}

static __always_inline int nic_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct clps_v_nic_key *key = arg->key;
	const struct clps_v *v = obj;

	return key->ifindex != v->nic_key.ifindex || !clps_addr_eq(&key->addr, &v->nic_key.addr);
}

static const struct rhashtable_params nic_params = {
	.head_offset = offsetof(struct clps_v, nic_node),
	.key_offset = offsetof(struct clps_v, nic_key),
	.key_len = sizeof(struct clps_v_nic_key),
	.hashfn = nic_hash,
	.obj_cmpfn = nic_cmp,
	.automatic_shrinking = true,
};

static u32 uplink_hash(const void *data, u32 len, u32 seed)
{
	const struct clps_v_uplink_key *key = data;

	return clps_addr_hash(&key->addr, hash_ptr(key->uplink, 32), seed);
}

static __always_inline int uplink_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct clps_v_uplink_key *key = arg->key;
	const struct clps_v *v = obj;

	return key->uplink != v->uplink_key.uplink ||
	       !clps_addr_eq(&key->addr, &v->uplink_key.addr);
}

static const struct rhashtable_params uplink_params = {
	.head_offset = offsetof(struct clps_v, uplink_node),
	.key_offset = offsetof(struct clps_v, uplink_key),
	.key_len = sizeof(struct clps_v_uplink_key),
	.hashfn = uplink_hash,
	.obj_cmpfn = uplink_cmp,
	.automatic_shrinking = true,
};

static struct kmem_cache *v_cache;

int clps_v_init(void)
{
	v_cache = kmem_cache_create("clps_v", sizeof(struct clps_v), 0, SLAB_ACCOUNT, NULL);
	return v_cache ? 0 : -ENOMEM;
}

/* All V's must be gone, and their grace periods over. */
void clps_v_exit(void)
{
	kmem_cache_destroy(v_cache);
}

int clps_v_tables_init(struct clps_redir_net *rn)
{
	int err;

	err = rhashtable_init(&rn->by_nic, &nic_params);
	if (err)
		return err;
	err = rhashtable_init(&rn->by_uplink, &uplink_params);
	if (err)
		rhashtable_destroy(&rn->by_nic);
	xa_init_flags(&rn->ids, XA_FLAGS_ALLOC1 | XA_FLAGS_ACCOUNT);
	return err;
}

void clps_v_tables_destroy(struct clps_redir_net *rn)
{
	xa_destroy(&rn->ids);
	rhashtable_destroy(&rn->by_uplink);
	rhashtable_destroy(&rn->by_nic);
}

struct clps_v *clps_v_by_nic(struct clps_redir_net *rn, const struct clps_addr *addr, int ifindex)
{
	struct clps_v_nic_key key = { .addr = *addr, .ifindex = ifindex };

	return rhashtable_lookup(&rn->by_nic, &key, nic_params);
}

struct clps_v *clps_v_in_range(const struct clps_redir_nic *nic, __be32 addr)
{
	struct clps_v_nic_key key = { .addr = clps_addr_v4(addr), .ifindex = nic->dev->ifindex };

	return rhashtable_lookup(&nic->rn->by_nic, &key, nic_params);
}

static void widen(struct clps_redir_nic *nic, const struct clps_addr *addr)
{
	u32 n = be32_to_cpu(clps_addr_get_v4(addr));

	ASSERT_RTNL();
	if (n < nic->lowest)
		WRITE_ONCE(nic->lowest, n);
	if (n > nic->highest)
		WRITE_ONCE(nic->highest, n);
}

struct clps_v *clps_v_find(struct clps_redir_net *rn, const struct clps_addr *addr, int ifindex)
{
	struct clps_v *v;

	ASSERT_RTNL();
	rcu_read_lock();
	v = clps_v_by_nic(rn, addr, ifindex);
	rcu_read_unlock();
	return v;
}

struct clps_v *clps_v_by_uplink(struct clps_redir_net *rn, const struct clps_addr *addr,
				const struct clps_redir_uplink *uplink)
{
	struct clps_v_uplink_key key = { .addr = *addr, .uplink = uplink };

	return rhashtable_lookup(&rn->by_uplink, &key, uplink_params);
}

int clps_v_check_addr(struct clps_redir_net *rn, const struct clps_addr *addr,
		      const struct net_device *dev, struct netlink_ext_ack *extack)
{
	switch (inet_addr_type_dev_table(rn->net, dev, clps_addr_get_v4(addr))) {
	case RTN_LOCAL:
		NL_SET_ERR_MSG(extack, "the address is this host's own");
		return -EADDRINUSE;
	case RTN_BROADCAST:
	case RTN_MULTICAST:
		NL_SET_ERR_MSG(extack, "the address is a broadcast or multicast address");
		return -EINVAL;
	default:
		return 0;
	}
}

static struct clps_v *v_alloc(struct clps_redir_net *rn, const struct clps_v_conf *conf)
{
	struct clps_v *v = kmem_cache_zalloc(v_cache, GFP_KERNEL);

	if (!v)
		return NULL;
	v->count = __netdev_alloc_pcpu_stats(struct clps_pcount, GFP_KERNEL_ACCOUNT);
	if (!v->count) {
		kmem_cache_free(v_cache, v);
		return NULL;
	}
	v->rn = rn;
	v->nic_key.addr = conf->addr;
	v->nic_key.ifindex = conf->ifindex;
	v->uplink_key.addr = conf->addr;
	v->outbound = conf->outbound;
	v->mac = conf->has_mac ? ether_addr_to_u64(conf->mac) : 0;
	v->verify_at = jiffies + CLPS_REDIR_VERIFY;
	v->claim.mode = conf->mode;
	v->claim.probes = conf->probes;
	v->claim.interval_ms = conf->interval;
	v->claim.quiet_ms = conf->quiet * MSEC_PER_SEC;
	spin_lock_init(&v->lock);
	timer_setup(&v->timer, clps_v_timer, 0);
	return v;
}

static void v_free(struct clps_v *v)
{
	free_percpu(v->count);
	kmem_cache_free(v_cache, v);
}

static void v_free_rcu(struct rcu_head *head)
{
	v_free(container_of(head, struct clps_v, rcu));
}

static int v_insert(struct clps_v *v, struct netlink_ext_ack *extack)
{
	struct clps_redir_net *rn = v->rn;
	int err;

	err = xa_alloc_cyclic(&rn->ids, &v->id, v, XA_LIMIT(1, CLPS_REDIR_MAX_V), &rn->next_id,
			      GFP_KERNEL);
	if (err < 0) {
		if (err == -EBUSY)
			NL_SET_ERR_MSG(extack, "too many redirected addresses");
		return err;
	}
	err = rhashtable_lookup_insert_fast(&rn->by_uplink, &v->uplink_node, uplink_params);
	if (err) {
		if (err == -EEXIST)
			NL_SET_ERR_MSG(extack, "the address is redirected into this uplink already");
		goto err_id;
	}
	widen(v->nic, &v->nic_key.addr);
	err = rhashtable_lookup_insert_fast(&rn->by_nic, &v->nic_node, nic_params);
	if (err)
		goto err_uplink;
	return 0;

err_uplink:
	rhashtable_remove_fast(&rn->by_uplink, &v->uplink_node, uplink_params);
err_id:
	xa_erase(&rn->ids, v->id);
	return err;
}

int clps_v_add(struct clps_redir_net *rn, const struct clps_v_conf *conf,
	       struct netlink_ext_ack *extack)
{
	struct clps_v *v;
	int err;

	ASSERT_RTNL();
	if (clps_redir_closing()) {
		NL_SET_ERR_MSG(extack, "the module is being unloaded");
		return -ESHUTDOWN;
	}
	if (clps_v_find(rn, &conf->addr, conf->ifindex)) {
		NL_SET_ERR_MSG(extack, "the address is redirected on this NIC already");
		return -EEXIST;
	}
	v = v_alloc(rn, conf);
	if (!v)
		return -ENOMEM;
	v->nic = clps_redir_nic_get(rn, conf->ifindex, extack);
	if (IS_ERR(v->nic)) {
		err = PTR_ERR(v->nic);
		goto err_free;
	}
	err = clps_v_check_addr(rn, &conf->addr, v->nic->dev, extack);
	if (err)
		goto err_nic;
	v->uplink = clps_redir_uplink_get(rn, &conf->uplink, extack);
	if (IS_ERR(v->uplink)) {
		err = PTR_ERR(v->uplink);
		goto err_nic;
	}
	v->uplink_key.uplink = v->uplink;
	if (conf->has_mac) {
		err = dev_uc_add(v->nic->dev, conf->mac);
		if (err) {
			NL_SET_ERR_MSG(extack, "the NIC does not take another MAC address");
			goto err_uplink;
		}
	}
	err = v_insert(v, extack);
	if (err)
		goto err_mac;
	list_add_tail(&v->on_nic, &v->nic->vs);
	list_add_tail(&v->on_uplink, &v->uplink->vs);
	clps_v_start(v, CLPS_CLAIM_R_ADDED);
	return 0;

err_mac:
	if (conf->has_mac)
		dev_uc_del(v->nic->dev, conf->mac);
err_uplink:
	clps_redir_uplink_put(v->uplink);
err_nic:
	clps_redir_nic_put(v->nic);
err_free:
	/* A failed insertion may have been seen by a reader. */
	call_rcu(&v->rcu, v_free_rcu);
	return err;
}

static void release_mac(struct clps_v *v)
{
	u8 mac[ETH_ALEN];

	if (!v->mac)
		return;
	u64_to_ether_addr(v->mac, mac);
	dev_uc_del(v->nic->dev, mac);
}

int clps_v_set_mac(struct clps_v *v, const u8 *mac, struct netlink_ext_ack *extack)
{
	int err;

	ASSERT_RTNL();
	err = dev_uc_add(v->nic->dev, mac);
	if (err) {
		NL_SET_ERR_MSG(extack, "the NIC does not take another MAC address");
		return err;
	}
	release_mac(v);
	WRITE_ONCE(v->mac, ether_addr_to_u64(mac));
	/* Neighbours send to the old one until they hear of this. */
	clps_v_announce(v);
	return 0;
}

void clps_v_del(struct clps_v *v)
{
	struct clps_redir_net *rn = v->rn;

	ASSERT_RTNL();
	rhashtable_remove_fast(&rn->by_nic, &v->nic_node, nic_params);
	rhashtable_remove_fast(&rn->by_uplink, &v->uplink_node, uplink_params);
	xa_erase(&rn->ids, v->id);
	list_del(&v->on_nic);
	list_del(&v->on_uplink);

	spin_lock_bh(&v->lock);
	v->dead = true;
	clps_redir_event(v, CLPS_CLAIM_WITHDRAWN, CLPS_CLAIM_R_DELETED);
	spin_unlock_bh(&v->lock);
	timer_shutdown_sync(&v->timer);

	release_mac(v);
	clps_redir_uplink_put(v->uplink);
	clps_redir_nic_put(v->nic);
	call_rcu(&v->rcu, v_free_rcu);
}

// SPDX-License-Identifier: GPL-2.0-only
/* Honeypots, and the table that finds them. */
#include <linux/jiffies.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include <collapsar/addr_hash.h>

#include "front.h"

static u32 dispatch_hash(const void *data, u32 len, u32 seed)
{
	const struct clps_dispatch_key *key = data;

	return clps_addr_hash(&key->addr, key->network, seed);
}

static __always_inline int dispatch_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct clps_dispatch_key *key = arg->key;
	const struct clps_honeypot *hp = obj;

	return key->network != hp->key.network || !clps_addr_eq(&key->addr, &hp->key.addr);
}

static const struct rhashtable_params dispatch_params = {
	.head_offset = offsetof(struct clps_honeypot, dispatch_node),
	.key_offset = offsetof(struct clps_honeypot, key),
	.key_len = sizeof(struct clps_dispatch_key),
	.hashfn = dispatch_hash,
	.obj_cmpfn = dispatch_cmp,
	.automatic_shrinking = true,
};

static const struct rhashtable_params name_params = {
	.head_offset = offsetof(struct clps_honeypot, name_node),
	.key_offset = offsetof(struct clps_honeypot, name),
	.key_len = COLLAPSAR_FRONT_NAMSIZ,
	.automatic_shrinking = true,
};

static struct kmem_cache *honeypot_cache;

int clps_honeypot_init(void)
{
	honeypot_cache = kmem_cache_create("clps_honeypot", sizeof(struct clps_honeypot), 0,
					   SLAB_ACCOUNT, NULL);
	return honeypot_cache ? 0 : -ENOMEM;
}

/* All honeypots must be gone, and their grace periods over. */
void clps_honeypot_exit(void)
{
	kmem_cache_destroy(honeypot_cache);
}

int clps_honeypots_init(struct clps_front_net *fn)
{
	int err;

	err = rhashtable_init(&fn->dispatch, &dispatch_params);
	if (err)
		return err;
	err = rhashtable_init(&fn->honeypots, &name_params);
	if (err)
		rhashtable_destroy(&fn->dispatch);
	xa_init_flags(&fn->honeypot_ids, XA_FLAGS_ALLOC1 | XA_FLAGS_ACCOUNT);
	return err;
}

void clps_honeypots_destroy(struct clps_front_net *fn)
{
	xa_destroy(&fn->honeypot_ids);
	rhashtable_destroy(&fn->honeypots);
	rhashtable_destroy(&fn->dispatch);
}

struct clps_honeypot *clps_honeypot_find(struct clps_front_net *fn, const char *name)
{
	return rhashtable_lookup_fast(&fn->honeypots, name, name_params);
}

struct clps_honeypot *clps_honeypot_lookup(const struct clps_network *network,
					   const struct clps_addr *addr)
{
	struct clps_dispatch_key key = { .addr = *addr, .network = network->id };

	return rhashtable_lookup(&network->fn->dispatch, &key, dispatch_params);
}

static void honeypot_free_rcu(struct rcu_head *head)
{
	struct clps_honeypot *hp = container_of(head, struct clps_honeypot, rcu);

	free_percpu(hp->count);
	kmem_cache_free(honeypot_cache, hp);
}

static struct clps_honeypot *honeypot_alloc(const struct clps_honeypot_conf *conf)
{
	struct clps_honeypot *hp = kmem_cache_zalloc(honeypot_cache, GFP_KERNEL);

	if (!hp)
		return NULL;
	hp->count = __netdev_alloc_pcpu_stats(struct clps_pcount, GFP_KERNEL_ACCOUNT);
	if (!hp->count) {
		kmem_cache_free(honeypot_cache, hp);
		return NULL;
	}
	memcpy(hp->name, conf->name, sizeof(hp->name));
	hp->network = conf->network;
	hp->key.addr = conf->addr;
	hp->key.network = conf->network->id;
	hp->asked = jiffies - HZ;
	hp->sensor = conf->sensor;
	if (conf->has_mac)
		clps_mac_give(&hp->mac, conf->mac);
	return hp;
}

static void widen(struct clps_network *network, const struct clps_addr *addr)
{
	u32 n = be32_to_cpu(clps_addr_get_v4(addr));

	ASSERT_RTNL();
	if (n < network->lowest)
		WRITE_ONCE(network->lowest, n);
	if (n > network->highest)
		WRITE_ONCE(network->highest, n);
}

static int honeypot_insert(struct clps_front_net *fn, struct clps_honeypot *hp,
			   struct netlink_ext_ack *extack)
{
	int err;

	err = xa_alloc_cyclic(&fn->honeypot_ids, &hp->id, hp,
			      XA_LIMIT(1, CLPS_FRONT_MAX_HONEYPOTS), &fn->next_honeypot,
			      GFP_KERNEL);
	if (err < 0) {
		if (err == -EBUSY)
			NL_SET_ERR_MSG(extack, "too many honeypots");
		else
			NL_SET_ERR_MSG(extack, "no memory for another honeypot");
		return err;
	}
	err = rhashtable_lookup_insert_fast(&fn->honeypots, &hp->name_node, name_params);
	if (err) {
		if (err == -EEXIST)
			NL_SET_ERR_MSG(extack, "a honeypot of this name exists");
		else
			NL_SET_ERR_MSG(extack, "no memory for another honeypot");
		goto err_id;
	}
	widen(hp->network, &hp->key.addr);
	err = rhashtable_lookup_insert_fast(&fn->dispatch, &hp->dispatch_node, dispatch_params);
	if (err) {
		if (err == -EEXIST)
			NL_SET_ERR_MSG(extack,
				       "another honeypot has this address in this network");
		else
			NL_SET_ERR_MSG(extack, "no memory for another honeypot");
		goto err_name;
	}
	return 0;

err_name:
	rhashtable_remove_fast(&fn->honeypots, &hp->name_node, name_params);
err_id:
	xa_erase(&fn->honeypot_ids, hp->id);
	return err;
}

static void attach(struct clps_honeypot *hp, struct clps_port *port)
{
	rcu_assign_pointer(hp->port, port);
	list_add_tail(&hp->on_port, &port->honeypots);
}

void clps_honeypot_detach(struct clps_honeypot *hp)
{
	struct clps_port *port = rtnl_dereference(hp->port);

	ASSERT_RTNL();
	if (!port)
		return;
	RCU_INIT_POINTER(hp->port, NULL);
	list_del(&hp->on_port);
	clps_port_put(port);
}

int clps_honeypot_add(struct clps_front_net *fn, const struct clps_honeypot_conf *conf,
		      struct netlink_ext_ack *extack)
{
	struct clps_honeypot *hp;
	struct clps_port *port;
	int err;

	ASSERT_RTNL();
	hp = honeypot_alloc(conf);
	if (!hp) {
		NL_SET_ERR_MSG(extack, "no memory for another honeypot");
		return -ENOMEM;
	}
	port = clps_port_get(conf->network, conf->port, extack);
	if (IS_ERR(port)) {
		err = PTR_ERR(port);
		goto err_free;
	}
	attach(hp, port);
	err = honeypot_insert(fn, hp, extack);
	if (err)
		goto err_port;
	conf->network->nr_honeypots++;
	clps_honeypot_event(hp, COLLAPSAR_FRONT_EVENT_ADDED);
	return 0;

err_port:
	clps_honeypot_detach(hp);
err_free:
	call_rcu(&hp->rcu, honeypot_free_rcu);
	return err;
}

void clps_honeypot_forget_mac(struct clps_honeypot *hp)
{
	ASSERT_RTNL();
	if (clps_mac_forget(&hp->mac))
		WRITE_ONCE(hp->asked, jiffies - HZ);
}

int clps_honeypot_set_port(struct clps_honeypot *hp, int ifindex, struct netlink_ext_ack *extack)
{
	struct clps_port *old = rtnl_dereference(hp->port);
	struct clps_port *port;

	ASSERT_RTNL();
	if (old && old->dev->ifindex == ifindex)
		return 0;
	port = clps_port_get(hp->network, ifindex, extack);
	if (IS_ERR(port))
		return PTR_ERR(port);
	if (old)
		list_del(&hp->on_port);
	attach(hp, port);
	clps_honeypot_forget_mac(hp);
	if (old)
		clps_port_put(old);
	clps_honeypot_event(hp, COLLAPSAR_FRONT_EVENT_ATTACHED);
	return 0;
}

void clps_honeypot_del(struct clps_honeypot *hp)
{
	struct clps_front_net *fn = hp->network->fn;

	ASSERT_RTNL();
	rhashtable_remove_fast(&fn->dispatch, &hp->dispatch_node, dispatch_params);
	rhashtable_remove_fast(&fn->honeypots, &hp->name_node, name_params);
	xa_erase(&fn->honeypot_ids, hp->id);
	clps_honeypot_event(hp, COLLAPSAR_FRONT_EVENT_DELETED);
	clps_honeypot_detach(hp);
	hp->network->nr_honeypots--;
	call_rcu(&hp->rcu, honeypot_free_rcu);
}

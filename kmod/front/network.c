// SPDX-License-Identifier: GPL-2.0-only
/* Production networks. */
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "front.h"

static const struct rhashtable_params network_params = {
	.head_offset = offsetof(struct clps_network, node),
	.key_offset = offsetof(struct clps_network, name),
	.key_len = COLLAPSAR_FRONT_NAMSIZ,
	.automatic_shrinking = true,
};

int clps_networks_init(struct clps_front_net *fn)
{
	xa_init_flags(&fn->network_ids, XA_FLAGS_ALLOC1 | XA_FLAGS_ACCOUNT);
	return rhashtable_init(&fn->networks, &network_params);
}

struct clps_network *clps_network_find(struct clps_front_net *fn, const char *name)
{
	return rhashtable_lookup_fast(&fn->networks, name, network_params);
}

static void network_uplink_gone(void *priv, struct clps_uplink *up)
{
	struct clps_network *network = priv;

	RCU_INIT_POINTER(network->up, NULL);
	clps_uplink_detach(up);
	clps_network_event(network, COLLAPSAR_FRONT_EVENT_DETACHED);
}

static const struct clps_uplink_ops network_uplink_ops = {
	.rcv = clps_front_from_uplink,
	.gone = network_uplink_gone,
};

int clps_network_attach(struct clps_network *network, const struct clps_uplink_parm *parm,
			struct netlink_ext_ack *extack)
{
	struct clps_uplink *old, *up;

	ASSERT_RTNL();
	if (clps_port_of(__dev_get_by_index(network->fn->net, parm->dev_index))) {
		NL_SET_ERR_MSG(extack, "the netdev is a port");
		return -EBUSY;
	}
	up = clps_uplink_attach(network->fn->net, parm, &network_uplink_ops, network,
				network->stats, extack);
	if (IS_ERR(up))
		return PTR_ERR(up);
	old = rtnl_dereference(network->up);
	network->parm = *parm;
	rcu_assign_pointer(network->up, up);
	if (old)
		clps_uplink_detach(old);
	return 0;
}

static void network_free_rcu(struct rcu_head *head)
{
	struct clps_network *network = container_of(head, struct clps_network, rcu);

	free_percpu(network->stats);
	kfree(network);
}

static struct clps_network *network_alloc(struct clps_front_net *fn,
					  const struct clps_network_conf *conf)
{
	struct clps_network *network = kzalloc(sizeof(*network), GFP_KERNEL_ACCOUNT);

	if (!network)
		return NULL;
	network->fn = fn;
	memcpy(network->name, conf->name, sizeof(network->name));
	clps_mac_store(&network->gateway, conf->gateway);
	network->outbound = conf->outbound;
	network->flows = conf->flows;
	network->lowest = U32_MAX;
	network->stats = clps_stats_alloc();
	if (!network->stats)
		goto err_network;
	network->policy = clps_policy_new(conf->flows);
	if (!network->policy)
		goto err_stats;
	return network;

err_stats:
	free_percpu(network->stats);
err_network:
	kfree(network);
	return NULL;
}

int clps_network_add(struct clps_front_net *fn, const struct clps_network_conf *conf,
		     struct netlink_ext_ack *extack)
{
	struct clps_network *network;
	int err;

	ASSERT_RTNL();
	/* Without networks there are no honeypots either. */
	if (clps_front_closing()) {
		NL_SET_ERR_MSG(extack, "the module is being unloaded");
		return -ESHUTDOWN;
	}
	if (clps_network_find(fn, conf->name)) {
		NL_SET_ERR_MSG(extack, "a network of this name exists");
		return -EEXIST;
	}
	network = network_alloc(fn, conf);
	if (!network) {
		NL_SET_ERR_MSG(extack, "no memory for another network");
		return -ENOMEM;
	}
	err = xa_alloc_cyclic(&fn->network_ids, &network->id, network,
			      XA_LIMIT(1, CLPS_FRONT_MAX_NETWORKS), &fn->next_network, GFP_KERNEL);
	if (err < 0) {
		if (err == -EBUSY)
			NL_SET_ERR_MSG(extack, "too many networks");
		else
			NL_SET_ERR_MSG(extack, "no memory for another network");
		goto err_free;
	}
	err = rhashtable_insert_fast(&fn->networks, &network->node, network_params);
	if (err) {
		NL_SET_ERR_MSG(extack, "no memory for another network");
		goto err_id;
	}
	err = clps_network_attach(network, &conf->uplink, extack);
	if (err)
		goto err_hash;
	clps_network_event(network, COLLAPSAR_FRONT_EVENT_ADDED);
	return 0;

err_hash:
	rhashtable_remove_fast(&fn->networks, &network->node, network_params);
err_id:
	xa_erase(&fn->network_ids, network->id);
err_free:
	clps_policy_free(network->policy);
	call_rcu(&network->rcu, network_free_rcu);
	return err;
}

void clps_network_del(struct clps_network *network)
{
	struct clps_front_net *fn = network->fn;
	struct clps_uplink *up;

	ASSERT_RTNL();
	WARN_ON_ONCE(network->nr_honeypots);
	up = rtnl_dereference(network->up);
	RCU_INIT_POINTER(network->up, NULL);
	if (up)
		clps_uplink_detach(up);
	rhashtable_remove_fast(&fn->networks, &network->node, network_params);
	xa_erase(&fn->network_ids, network->id);
	clps_network_event(network, COLLAPSAR_FRONT_EVENT_DELETED);
	clps_policy_free(network->policy);
	call_rcu(&network->rcu, network_free_rcu);
}

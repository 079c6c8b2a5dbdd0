// SPDX-License-Identifier: GPL-2.0-only
/* collapsar_front.ko: lifetime. */
#include <linux/module.h>
#include <linux/rtnetlink.h>
#include <net/netns/generic.h>

#include "front.h"

static unsigned int clps_front_net_id __read_mostly;

struct clps_front_net *clps_front_net(const struct net *net)
{
	return net_generic(net, clps_front_net_id);
}

/* Guarded by RTNL. */
static bool front_closing;

bool clps_front_closing(void)
{
	ASSERT_RTNL();
	return front_closing;
}

/* A VLAN device above a port would hear the guest before the front-end does. */
static int refuse_upper(const struct netdev_notifier_changeupper_info *info)
{
	if (!info->linking)
		return NOTIFY_DONE;
	NL_SET_ERR_MSG(info->info.extack, "the netdev is a honeypot's port");
	return notifier_from_errno(-EBUSY);
}

static int netdev_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct clps_port *port = clps_port_of(dev);

	if (!port)
		return NOTIFY_DONE;
	switch (event) {
	case NETDEV_PRECHANGEUPPER:
		return refuse_upper(ptr);
	case NETDEV_UNREGISTER:
		clps_port_gone(port);
		break;
	case NETDEV_DOWN:
	case NETDEV_CHANGE:
		clps_port_changed(port);
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block netdev_notifier = { .notifier_call = netdev_event };

static int __net_init front_net_init(struct net *net)
{
	struct clps_front_net *fn = clps_front_net(net);
	int err;

	fn->net = net;
	err = clps_networks_init(fn);
	if (err)
		return err;
	err = clps_honeypots_init(fn);
	if (err) {
		xa_destroy(&fn->network_ids);
		rhashtable_destroy(&fn->networks);
		return err;
	}
	clps_stream_init(fn);
	return 0;
}

static void del_all(struct clps_front_net *fn)
{
	struct clps_network *network;
	struct clps_honeypot *hp;
	unsigned long id;

	xa_for_each(&fn->honeypot_ids, id, hp) {
		clps_honeypot_del(hp);
		cond_resched();
	}
	xa_for_each(&fn->network_ids, id, network) {
		clps_network_del(network);
		cond_resched();
	}
}

static void __net_exit front_net_exit(struct net *net)
{
	struct clps_front_net *fn = clps_front_net(net);

	rtnl_lock();
	del_all(fn);
	rtnl_unlock();
	/* Tables are walked under RCU. */
	synchronize_net();
	clps_stream_exit(fn);
	clps_honeypots_destroy(fn);
	xa_destroy(&fn->network_ids);
	rhashtable_destroy(&fn->networks);
}

static struct pernet_operations front_net_ops = {
	.init = front_net_init,
	.exit = front_net_exit,
	.id = &clps_front_net_id,
	.size = sizeof(struct clps_front_net),
};

static int __init clps_front_init(void)
{
	int err;

	err = clps_honeypot_init();
	if (err)
		return err;
	err = register_pernet_subsys(&front_net_ops);
	if (err)
		goto err_honeypot;
	err = register_netdevice_notifier(&netdev_notifier);
	if (err)
		goto err_pernet;
	err = clps_stream_register();
	if (err)
		goto err_netdev;
	err = clps_front_netlink_init();
	if (err)
		goto err_stream;
	return 0;

err_stream:
	clps_stream_unregister();
err_netdev:
	unregister_netdevice_notifier(&netdev_notifier);
err_pernet:
	unregister_pernet_subsys(&front_net_ops);
err_honeypot:
	clps_honeypot_exit();
	return err;
}

/* The events of the end can only be sent while the family is registered. */
static void close_all(void)
{
	struct net *net;

	rtnl_lock();
	front_closing = true;
	down_read(&net_rwsem);
	for_each_net(net)
		del_all(clps_front_net(net));
	up_read(&net_rwsem);
	rtnl_unlock();
}

static void __exit clps_front_exit(void)
{
	close_all();
	clps_front_netlink_exit();
	clps_stream_unregister();
	unregister_netdevice_notifier(&netdev_notifier);
	unregister_pernet_subsys(&front_net_ops);
	/* RCU callbacks are module text. */
	rcu_barrier();
	clps_honeypot_exit();
}

module_init(clps_front_init);
module_exit(clps_front_exit);

MODULE_DESCRIPTION("Collapsar front-end: dispatches packets of production networks to honeypots");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(COLLAPSAR);

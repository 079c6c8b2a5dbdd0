// SPDX-License-Identifier: GPL-2.0-only
/* collapsar_redir.ko: lifetime, and what the rest of the host tells us. */
#include <linux/inetdevice.h>
#include <linux/module.h>
#include <linux/rtnetlink.h>
#include <net/arp.h>
#include <net/neighbour.h>
#include <net/netevent.h>
#include <net/netns/generic.h>

#include "redir.h"

static unsigned int clps_redir_net_id __read_mostly;

struct clps_redir_net *clps_redir_net(const struct net *net)
{
	return net_generic(net, clps_redir_net_id);
}

static void nic_gone(struct clps_redir_net *rn, const struct net_device *dev)
{
	unsigned long id;
	struct clps_v *v;

	xa_for_each(&rn->ids, id, v) {
		if (v->nic->dev == dev)
			clps_v_del(v);
	}
}

/* The link was away: somebody may have taken an address meanwhile. */
static void nic_up(struct clps_redir_net *rn, const struct net_device *dev)
{
	unsigned long id;
	struct clps_v *v;

	xa_for_each(&rn->ids, id, v) {
		if (v->nic->dev == dev && READ_ONCE(v->claim.state) != CLPS_CLAIM_WITHDRAWN)
			clps_v_start(v, CLPS_CLAIM_R_LINK);
	}
}

static int netdev_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct clps_redir_net *rn = clps_redir_net(dev_net(dev));

	if (event == NETDEV_UNREGISTER)
		nic_gone(rn, dev);
	else if (event == NETDEV_UP)
		nic_up(rn, dev);
	return NOTIFY_DONE;
}

static struct notifier_block netdev_notifier = { .notifier_call = netdev_event };

/* The redirector host took the address for itself. */
static int inetaddr_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	const struct in_ifaddr *ifa = ptr;
	struct clps_redir_net *rn = clps_redir_net(dev_net(ifa->ifa_dev->dev));
	struct clps_addr addr = clps_addr_v4(ifa->ifa_local);
	unsigned long id;
	struct clps_v *v;

	if (event != NETDEV_UP)
		return NOTIFY_DONE;
	xa_for_each(&rn->ids, id, v) {
		if (clps_addr_eq(&v->nic_key.addr, &addr))
			clps_v_withdraw(v, CLPS_CLAIM_R_LOCAL, NULL);
	}
	return NOTIFY_DONE;
}

static struct notifier_block inetaddr_notifier = { .notifier_call = inetaddr_event };

static int netevent(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct neighbour *neigh = ptr;

	if (event == NETEVENT_NEIGH_UPDATE && neigh->tbl == &arp_tbl)
		clps_redir_pending_event(clps_redir_net(dev_net(neigh->dev)), neigh);
	return NOTIFY_DONE;
}

static struct notifier_block netevent_notifier = { .notifier_call = netevent };

static int __net_init redir_net_init(struct net *net)
{
	struct clps_redir_net *rn = clps_redir_net(net);
	int err;

	rn->net = net;
	INIT_LIST_HEAD(&rn->nics);
	INIT_LIST_HEAD(&rn->uplinks);
	INIT_LIST_HEAD(&rn->pending);
	spin_lock_init(&rn->pending_lock);
	rn->stats = clps_stats_alloc();
	if (!rn->stats)
		return -ENOMEM;
	err = clps_v_tables_init(rn);
	if (err)
		free_percpu(rn->stats);
	return err;
}

static void __net_exit redir_net_exit(struct net *net)
{
	struct clps_redir_net *rn = clps_redir_net(net);
	unsigned long id;
	struct clps_v *v;

	rtnl_lock();
	xa_for_each(&rn->ids, id, v)
		clps_v_del(v);
	rtnl_unlock();
	clps_redir_pending_flush(rn, NULL);
	/* Packets in flight still count, and tables are walked under RCU. */
	synchronize_net();
	clps_v_tables_destroy(rn);
	free_percpu(rn->stats);
}

static struct pernet_operations redir_net_ops = {
	.init = redir_net_init,
	.exit = redir_net_exit,
	.id = &clps_redir_net_id,
	.size = sizeof(struct clps_redir_net),
};

static int __init clps_redir_init(void)
{
	int err;

	err = register_pernet_subsys(&redir_net_ops);
	if (err)
		return err;
	err = register_netdevice_notifier(&netdev_notifier);
	if (err)
		goto err_pernet;
	err = register_inetaddr_notifier(&inetaddr_notifier);
	if (err)
		goto err_netdev;
	err = register_netevent_notifier(&netevent_notifier);
	if (err)
		goto err_inetaddr;
	err = clps_redir_netlink_init();
	if (err)
		goto err_netevent;
	return 0;

err_netevent:
	unregister_netevent_notifier(&netevent_notifier);
err_inetaddr:
	unregister_inetaddr_notifier(&inetaddr_notifier);
err_netdev:
	unregister_netdevice_notifier(&netdev_notifier);
err_pernet:
	unregister_pernet_subsys(&redir_net_ops);
	return err;
}

static void __exit clps_redir_exit(void)
{
	clps_redir_netlink_exit();
	unregister_netevent_notifier(&netevent_notifier);
	unregister_inetaddr_notifier(&inetaddr_notifier);
	unregister_netdevice_notifier(&netdev_notifier);
	unregister_pernet_subsys(&redir_net_ops);
	/* v_free_rcu() is module text. */
	rcu_barrier();
}

module_init(clps_redir_init);
module_exit(clps_redir_exit);

MODULE_DESCRIPTION("Collapsar redirector: claims unused addresses and tunnels their packets");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(COLLAPSAR);

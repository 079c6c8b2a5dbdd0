// SPDX-License-Identifier: GPL-2.0-only
/* collapsar_redir.ko: lifetime, and what the rest of the host tells us. */
#include <linux/inetdevice.h>
#include <linux/module.h>
#include <linux/rtnetlink.h>
#include <net/neighbour.h>
#include <net/netevent.h>
#include <net/netns/generic.h>

#include "redir.h"

static unsigned int clps_redir_net_id __read_mostly;

struct clps_redir_net *clps_redir_net(const struct net *net)
{
	return net_generic(net, clps_redir_net_id);
}

/* Guarded by RTNL. */
static bool redir_closing;

bool clps_redir_closing(void)
{
	ASSERT_RTNL();
	return redir_closing;
}

static struct clps_redir_nic *find_nic(struct clps_redir_net *rn, const struct net_device *dev)
{
	struct clps_redir_nic *nic;

	list_for_each_entry(nic, &rn->nics, list)
		if (nic->dev == dev)
			return nic;
	return NULL;
}

static void nic_gone(struct clps_redir_nic *nic)
{
	unsigned int nr = nic->nr;
	struct clps_v *v, *tmp;

	list_for_each_entry_safe(v, tmp, &nic->vs, on_nic) {
		clps_v_del(v);
		/* The last one frees the NIC's object. */
		if (!--nr)
			return;
		cond_resched();
	}
}

/*
 * While the link is away nothing is heard, and when it is back somebody may
 * have taken an address: what is not withdrawn probes again.
 */
static void nic_link(struct clps_redir_nic *nic)
{
	bool is_up = netif_running(nic->dev) && netif_carrier_ok(nic->dev);
	bool changed = is_up != nic->is_up;
	struct clps_v *v;

	nic->is_up = is_up;
	/* All begin anew: nobody waits for the turn that he had. */
	if (changed) {
		spin_lock_bh(&nic->pace_lock);
		nic->pace.next = 0;
		spin_unlock_bh(&nic->pace_lock);
	}
	list_for_each_entry(v, &nic->vs, on_nic) {
		if (changed && READ_ONCE(v->claim.state) != CLPS_CLAIM_WITHDRAWN)
			clps_v_start(v, CLPS_CLAIM_R_LINK);
		else if (is_up)
			clps_v_resume(v);
		cond_resched();
	}
}

/* The NIC's MAC changed, or it moved to another switch port. */
static void nic_announce(struct clps_redir_nic *nic)
{
	struct clps_v *v;

	list_for_each_entry(v, &nic->vs, on_nic) {
		clps_v_announce(v);
		cond_resched();
	}
}

static int netdev_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct clps_redir_net *rn = clps_redir_net(dev_net(dev));
	struct clps_redir_nic *nic = find_nic(rn, dev);

	if (!nic)
		return NOTIFY_DONE;
	switch (event) {
	case NETDEV_UNREGISTER:
		nic_gone(nic);
		break;
	case NETDEV_UP:
	case NETDEV_DOWN:
	case NETDEV_CHANGE:
		nic_link(nic);
		break;
	case NETDEV_CHANGEADDR:
	case NETDEV_NOTIFY_PEERS:
		nic_announce(nic);
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block netdev_notifier = { .notifier_call = netdev_event };

/* The redirector host took the address for itself. */
static int inetaddr_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	const struct in_ifaddr *ifa = ptr;
	struct clps_redir_net *rn = clps_redir_net(dev_net(ifa->ifa_dev->dev));
	struct clps_addr addr = clps_addr_v4(ifa->ifa_local);
	struct clps_redir_nic *nic;
	struct clps_v *v;

	if (event != NETDEV_UP)
		return NOTIFY_DONE;
	list_for_each_entry(nic, &rn->nics, list) {
		v = clps_v_find(rn, &addr, nic->dev->ifindex);
		if (v)
			clps_v_withdraw(v, CLPS_CLAIM_R_LOCAL, NULL);
	}
	return NOTIFY_DONE;
}

static struct notifier_block inetaddr_notifier = { .notifier_call = inetaddr_event };

static int netevent(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct neighbour *neigh = ptr;

	if (event == NETEVENT_NEIGH_UPDATE)
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
	hash_init(rn->uplinks);
	clps_redir_pending_init(rn);
	rn->stats = clps_stats_alloc();
	if (!rn->stats)
		return -ENOMEM;
	err = clps_v_tables_init(rn);
	if (err)
		free_percpu(rn->stats);
	return err;
}

static void del_all(struct clps_redir_net *rn)
{
	unsigned long id;
	struct clps_v *v;

	xa_for_each(&rn->ids, id, v) {
		clps_v_del(v);
		cond_resched();
	}
}

static void __net_exit redir_net_exit(struct net *net)
{
	struct clps_redir_net *rn = clps_redir_net(net);

	rtnl_lock();
	del_all(rn);
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

	err = clps_v_init();
	if (err)
		return err;
	err = register_pernet_subsys(&redir_net_ops);
	if (err)
		goto err_v;
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
err_v:
	clps_v_exit();
	return err;
}

/* The events of the end can only be sent while the family is registered. */
static void close_all(void)
{
	struct net *net;

	rtnl_lock();
	redir_closing = true;
	down_read(&net_rwsem);
	for_each_net(net)
		del_all(clps_redir_net(net));
	up_read(&net_rwsem);
	rtnl_unlock();
}

static void __exit clps_redir_exit(void)
{
	close_all();
	clps_redir_netlink_exit();
	unregister_netevent_notifier(&netevent_notifier);
	unregister_inetaddr_notifier(&inetaddr_notifier);
	unregister_netdevice_notifier(&netdev_notifier);
	unregister_pernet_subsys(&redir_net_ops);
	/* v_free_rcu() and nic_free_rcu() are module text. */
	rcu_barrier();
	clps_v_exit();
}

module_init(clps_redir_init);
module_exit(clps_redir_exit);

MODULE_DESCRIPTION("Collapsar redirector: claims unused addresses and tunnels their packets");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(COLLAPSAR);

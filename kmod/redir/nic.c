// SPDX-License-Identifier: GPL-2.0-only
/* Production NICs: one ingress hook each, while they have V's. */
#include <linux/if_arp.h>
#include <linux/netfilter_netdev.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "redir.h"

static void limit(struct ratelimit_state *rs, int per_second)
{
	ratelimit_state_init(rs, HZ, per_second);
	/* Nothing to say in the log about it. */
	ratelimit_set_flags(rs, RATELIMIT_MSG_ON_RELEASE);
}

static void nic_free(struct clps_redir_nic *nic)
{
	free_percpu(nic->hops);
	kfree(nic);
}

static void nic_free_rcu(struct rcu_head *head)
{
	nic_free(container_of(head, struct clps_redir_nic, rcu));
}

static struct clps_redir_nic *nic_new(struct clps_redir_net *rn, struct net_device *dev,
				      struct netlink_ext_ack *extack)
{
	struct clps_redir_nic *nic = kzalloc(sizeof(*nic), GFP_KERNEL_ACCOUNT);
	int err;

	if (!nic)
		return ERR_PTR(-ENOMEM);
	nic->hops = alloc_percpu_gfp(struct clps_redir_hops, GFP_KERNEL_ACCOUNT);
	if (!nic->hops) {
		kfree(nic);
		return ERR_PTR(-ENOMEM);
	}
	nic->dev = dev;
	nic->rn = rn;
	nic->lowest = U32_MAX;
	nic->is_up = netif_running(dev) && netif_carrier_ok(dev);
	limit(&nic->verifies, CLPS_REDIR_VERIFIES);
	limit(&nic->suspects, CLPS_REDIR_SUSPECTS);
	limit(&nic->learns, CLPS_REDIR_LEARNS);
	spin_lock_init(&nic->pace_lock);
	INIT_LIST_HEAD(&nic->vs);
	nic->hook.hook = clps_redir_hook;
	nic->hook.pf = NFPROTO_NETDEV;
	nic->hook.hooknum = NF_NETDEV_INGRESS;
	/* After the operator's own ingress filters at the usual priority. */
	nic->hook.priority = 100;
	nic->hook.priv = nic;
	nic->hook.dev = dev;
	err = nf_register_net_hook(rn->net, &nic->hook);
	if (err) {
		NL_SET_ERR_MSG(extack, "cannot hook the NIC's ingress");
		nic_free(nic);
		return ERR_PTR(err);
	}
	netdev_hold(dev, &nic->tracker, GFP_KERNEL);
	/* Where the driver makes the room, none has to be made for every packet. */
	netdev_set_rx_headroom(dev, CLPS_UPLINK_HEADROOM);
	list_add_tail(&nic->list, &rn->nics);
	return nic;
}

struct clps_redir_nic *clps_redir_nic_get(struct clps_redir_net *rn, int ifindex,
					  struct netlink_ext_ack *extack)
{
	struct clps_redir_nic *nic;
	struct net_device *dev;

	ASSERT_RTNL();
	list_for_each_entry(nic, &rn->nics, list) {
		if (nic->dev->ifindex == ifindex) {
			nic->nr++;
			return nic;
		}
	}
	dev = __dev_get_by_index(rn->net, ifindex);
	if (!dev || dev->reg_state != NETREG_REGISTERED) {
		NL_SET_ERR_MSG(extack, "no such NIC");
		return ERR_PTR(-ENODEV);
	}
	if (dev->type != ARPHRD_ETHER || (dev->flags & (IFF_LOOPBACK | IFF_NOARP))) {
		NL_SET_ERR_MSG(extack, "a production NIC must be an Ethernet device with ARP");
		return ERR_PTR(-EOPNOTSUPP);
	}
	if (clps_redir_is_uplink(rn, ifindex)) {
		NL_SET_ERR_MSG(extack, "the NIC is the uplink of another address");
		return ERR_PTR(-EBUSY);
	}
	nic = nic_new(rn, dev, extack);
	if (!IS_ERR(nic))
		nic->nr = 1;
	return nic;
}

void clps_redir_nic_put(struct clps_redir_nic *nic)
{
	ASSERT_RTNL();
	if (--nic->nr)
		return;
	nf_unregister_net_hook(nic->rn->net, &nic->hook);
	list_del(&nic->list);
	clps_redir_pending_flush(nic->rn, nic->dev);
	netdev_reset_rx_headroom(nic->dev);
	netdev_put(nic->dev, &nic->tracker);
	call_rcu(&nic->rcu, nic_free_rcu);
}

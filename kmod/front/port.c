// SPDX-License-Identifier: GPL-2.0-only
/* Ports: netdevs whose other end is a guest. */
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "front.h"

/* Nothing that a guest sends reaches the center's own stack. */
static rx_handler_result_t clps_front_handle_frame(struct sk_buff **pskb)
{
	struct sk_buff *skb = *pskb;
	struct clps_port *port = rcu_dereference(skb->dev->rx_handler_data);

	if (unlikely(skb->pkt_type == PACKET_LOOPBACK))
		return RX_HANDLER_PASS;
	skb = skb_share_check(skb, GFP_ATOMIC);
	if (unlikely(!skb)) {
		clps_stats_inc(port->network->stats, CLPS_DROP_no_memory);
		return RX_HANDLER_CONSUMED;
	}
	clps_front_from_port(port, skb);
	return RX_HANDLER_CONSUMED;
}

struct clps_port *clps_port_of(const struct net_device *dev)
{
	ASSERT_RTNL();
	if (!dev || rtnl_dereference(dev->rx_handler) != clps_front_handle_frame)
		return NULL;
	return rtnl_dereference(dev->rx_handler_data);
}

static struct clps_port *port_new(struct clps_network *network, struct net_device *dev,
				  struct netlink_ext_ack *extack)
{
	struct clps_port *port = kzalloc(sizeof(*port), GFP_KERNEL_ACCOUNT);
	int err;

	if (!port)
		return ERR_PTR(-ENOMEM);
	port->dev = dev;
	port->network = network;
	err = netdev_rx_handler_register(dev, clps_front_handle_frame, port);
	if (err) {
		NL_SET_ERR_MSG(extack, "the port is in use by a bridge, an uplink or the like");
		kfree(port);
		return ERR_PTR(err);
	}
	netdev_hold(dev, &port->tracker, GFP_KERNEL);
	return port;
}

struct clps_port *clps_port_get(struct clps_network *network, int ifindex,
				struct netlink_ext_ack *extack)
{
	struct net_device *dev = __dev_get_by_index(network->fn->net, ifindex);
	struct clps_port *port;

	ASSERT_RTNL();
	if (!dev || dev->reg_state != NETREG_REGISTERED) {
		NL_SET_ERR_MSG(extack, "no such port netdev");
		return ERR_PTR(-ENODEV);
	}
	port = clps_port_of(dev);
	if (port && port->network != network) {
		NL_SET_ERR_MSG(extack, "the port belongs to another network");
		return ERR_PTR(-EBUSY);
	}
	if (!port) {
		if (dev->type != ARPHRD_ETHER || (dev->flags & IFF_LOOPBACK)) {
			NL_SET_ERR_MSG(extack, "a port must be an Ethernet device");
			return ERR_PTR(-EOPNOTSUPP);
		}
		port = port_new(network, dev, extack);
		if (IS_ERR(port))
			return port;
	}
	port->nr++;
	return port;
}

void clps_port_put(struct clps_port *port)
{
	ASSERT_RTNL();
	if (--port->nr)
		return;
	netdev_rx_handler_unregister(port->dev);
	netdev_put(port->dev, &port->tracker);
	kfree_rcu(port, rcu);
}

void clps_port_gone(struct clps_front_net *fn, struct clps_port *port)
{
	unsigned int nr = port->nr;
	struct clps_honeypot *hp;
	unsigned long id;

	ASSERT_RTNL();
	xa_for_each(&fn->honeypot_ids, id, hp) {
		if (rtnl_dereference(hp->port) != port)
			continue;
		RCU_INIT_POINTER(hp->port, NULL);
		clps_honeypot_event(hp, COLLAPSAR_FRONT_EVENT_DETACHED);
		clps_port_put(port);
		if (!--nr)
			return;
	}
}

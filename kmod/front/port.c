// SPDX-License-Identifier: GPL-2.0-only
/* Ports: netdevs whose other end is a guest. */
#include <linux/if_arp.h>
#include <linux/if_vlan.h>
#include <linux/netfilter_netdev.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/sock.h>

#include "front.h"

/* A port, and what keeps the center's own stack from sending there. */
struct guarded {
	struct clps_port port;
	struct nf_hook_ops egress;
};

/* From a program of the center, which writes its own Ethernet header. */
static bool from_packet_socket(const struct sk_buff *skb, const struct net *net)
{
	return skb->sk && skb->sk->sk_family == AF_PACKET && net_eq(sock_net(skb->sk), net);
}

static bool from_front_end(const struct clps_port *port, const struct sk_buff *skb,
			   const struct net *net)
{
	u8 gateway[ETH_ALEN];

	if (skb->protocol != htons(ETH_P_IP) && skb->protocol != htons(ETH_P_ARP))
		return false;
	/* Whatever the stack routes to a device has a dst, and ours has been scrubbed. */
	if (skb_dst(skb) || skb_vlan_tag_present(skb) || from_packet_socket(skb, net))
		return false;
	/* The stack's ARP has none; but it names the port, and we never do. */
	if (!ether_addr_equal(eth_hdr(skb)->h_source, port->dev->dev_addr))
		return true;
	clps_mac_load(&port->network->gateway, gateway);
	return ether_addr_equal(gateway, port->dev->dev_addr);
}

unsigned int clps_front_egress(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state)
{
	struct clps_port *port = priv;

	if (likely(from_front_end(port, skb, state->net)))
		return NF_ACCEPT;
	clps_drop_note(port->network->stats, skb, CLPS_DROP_own_stack);
	return NF_DROP;
}

/* Nothing that a guest sends reaches the center's own stack. */
static rx_handler_result_t clps_front_handle_frame(struct sk_buff **pskb)
{
	struct sk_buff *skb = *pskb;
	struct clps_port *port = rcu_dereference(skb->dev->rx_handler_data);

	if (unlikely(skb->pkt_type == PACKET_LOOPBACK))
		return RX_HANDLER_PASS;
	skb = clps_skb_own(port->network->stats, skb);
	if (likely(skb))
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

static int hook_egress(struct guarded *g, struct net *net, struct net_device *dev)
{
	g->egress.hook = clps_front_egress;
	g->egress.pf = NFPROTO_NETDEV;
	g->egress.hooknum = NF_NETDEV_EGRESS;
	/* Before any filter that might send it elsewhere. */
	g->egress.priority = INT_MIN;
	g->egress.priv = &g->port;
	g->egress.dev = dev;
	return nf_register_net_hook(net, &g->egress);
}

/*
 * Open only under its guards: a device that is down has no stack on it, so the
 * guest hears nothing between the device's creation and this.
 */
static int port_open(struct guarded *g, struct net *net, struct netlink_ext_ack *extack)
{
	struct net_device *dev = g->port.dev;
	int err;

	/* A VLAN device on it would hear the guest before any rx_handler does. */
	err = netdev_has_any_upper_dev(dev) ? -EBUSY :
		netdev_rx_handler_register(dev, clps_front_handle_frame, &g->port);
	if (err) {
		NL_SET_ERR_MSG(extack, "the port is in use by a bridge, an uplink or the like");
		return err;
	}
	err = hook_egress(g, net, dev);
	if (err) {
		NL_SET_ERR_MSG(extack, "cannot hook the port's egress");
		goto err_rx;
	}
	/* A guest sends to its LAN's MACs, never to the port's own. */
	err = dev_set_promiscuity(dev, 1);
	if (err) {
		NL_SET_ERR_MSG(extack, "the port cannot be made to hear all that the guest sends");
		goto err_egress;
	}
	err = dev_open(dev, extack);
	if (err)
		goto err_promisc;
	return 0;

err_promisc:
	dev_set_promiscuity(dev, -1);
err_egress:
	nf_unregister_net_hook(net, &g->egress);
err_rx:
	netdev_rx_handler_unregister(dev);
	return err;
}

static struct clps_port *port_new(struct clps_network *network, struct net_device *dev,
				  struct netlink_ext_ack *extack)
{
	struct guarded *g = kzalloc(sizeof(*g), GFP_KERNEL_ACCOUNT);
	int err;

	if (!g)
		return ERR_PTR(-ENOMEM);
	g->port.dev = dev;
	g->port.network = network;
	INIT_LIST_HEAD(&g->port.honeypots);
	err = port_open(g, network->fn->net, extack);
	if (err) {
		kfree_rcu(g, port.rcu);
		return ERR_PTR(err);
	}
	netdev_hold(dev, &g->port.tracker, GFP_KERNEL);
	/* Where the driver makes the room, none has to be made for every packet. */
	netdev_set_rx_headroom(dev, CLPS_UPLINK_HEADROOM);
	return &g->port;
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
	struct guarded *g = container_of(port, struct guarded, port);

	ASSERT_RTNL();
	if (--port->nr)
		return;
	/* Fails closed: an open port without guards joins the guest to the center. */
	dev_close(port->dev);
	netdev_reset_rx_headroom(port->dev);
	dev_set_promiscuity(port->dev, -1);
	nf_unregister_net_hook(port->network->fn->net, &g->egress);
	netdev_rx_handler_unregister(port->dev);
	netdev_put(port->dev, &port->tracker);
	kfree_rcu(g, port.rcu);
}

void clps_port_gone(struct clps_port *port)
{
	struct clps_honeypot *hp, *tmp;
	unsigned int nr = port->nr;

	ASSERT_RTNL();
	list_for_each_entry_safe(hp, tmp, &port->honeypots, on_port) {
		clps_honeypot_detach(hp);
		clps_honeypot_forget_mac(hp);
		clps_honeypot_event(hp, COLLAPSAR_FRONT_EVENT_DETACHED);
		/* The last one frees the list. */
		if (!--nr)
			return;
		cond_resched();
	}
}

void clps_port_changed(struct clps_port *port)
{
	struct clps_honeypot *hp;

	ASSERT_RTNL();
	list_for_each_entry(hp, &port->honeypots, on_port) {
		clps_honeypot_forget_mac(hp);
		cond_resched();
	}
}

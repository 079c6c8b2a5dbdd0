/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to collapsar_front.ko. */
#ifndef CLPS_FRONT_H
#define CLPS_FRONT_H

#include <linux/etherdevice.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/rhashtable.h>
#include <linux/xarray.h>
#include <net/genetlink.h>
#include <uapi/collapsar/front.h>

#include <collapsar/admit.h>
#include <collapsar/policy.h>
#include <collapsar/stats.h>
#include <collapsar/uplink.h>

#include "mac.h"

#define CLPS_FRONT_MAX_NETWORKS		65536
#define CLPS_FRONT_MAX_HONEYPOTS	(1u << 21)

/**
 * struct clps_stream - a namespace's collectors; see stream.h
 * @lock: guards who they are and who reads them; outside clps_collector.mutex
 * @collectors: struct clps_collector; readers in softirq
 * @nr: how many
 */
struct clps_stream {
	struct mutex lock;
	struct list_head collectors;
	unsigned int nr;
};

/**
 * struct clps_front_net - a namespace's front-end
 * @net: the namespace
 * @dispatch: struct clps_honeypot by (network, address): the hot path
 * @networks: struct clps_network by name
 * @honeypots: struct clps_honeypot by name
 * @network_ids: networks in the order of creation: dumps
 * @honeypot_ids: honeypots in the order of creation: dumps
 * @next_network: cursor of xa_alloc_cyclic()
 * @next_honeypot: cursor of xa_alloc_cyclic()
 * @stream: who collects what sensors say
 */
struct clps_front_net {
	struct net *net;
	struct rhashtable dispatch;
	struct rhashtable networks;
	struct rhashtable honeypots;
	struct xarray network_ids;
	struct xarray honeypot_ids;
	u32 next_network;
	u32 next_honeypot;
	struct clps_stream stream;
};

/**
 * struct clps_network - a production network
 * @node: in clps_front_net.networks
 * @name: zero-padded, hashed as bytes
 * @id: in clps_front_net.network_ids; half of the dispatch key
 * @fn: its namespace's front-end
 * @up: its uplink; NULL while detached
 * @parm: the uplink's parameters
 * @gateway: what honeypots believe to be the router's MAC; see mac.h
 * @outbound: enum collapsar_outbound
 * @flows: size of the flow table
 * @nr_honeypots: RTNL
 * @lowest: of its honeypots' addresses, in host order; grows downwards only
 * @highest: of its honeypots' addresses, in host order; grows upwards only
 * @policy: containment
 * @stats: every packet of this network, and every drop
 * @rcu: readers are in softirq
 */
struct clps_network {
	struct rhash_head node;
	char name[COLLAPSAR_FRONT_NAMSIZ];
	u32 id;
	struct clps_front_net *fn;
	struct clps_uplink __rcu *up;
	struct clps_uplink_parm parm;
	u64 gateway;
	u32 outbound;
	u32 flows;
	u32 nr_honeypots;
	u32 lowest;
	u32 highest;
	struct clps_policy *policy;
	struct clps_stats __percpu *stats;
	struct rcu_head rcu;
};

/**
 * struct clps_port - a netdev whose other end is a guest
 * @dev: the netdev
 * @network: all honeypots of a port are of one network
 * @honeypots: those that it has; RTNL
 * @nr: how many; RTNL
 * @tracker: of the reference to @dev
 * @rcu: readers are in softirq
 */
struct clps_port {
	struct net_device *dev;
	struct clps_network *network;
	struct list_head honeypots;
	unsigned int nr;
	netdevice_tracker tracker;
	struct rcu_head rcu;
};

struct clps_dispatch_key {
	struct clps_addr addr;
	u32 network;
};

/**
 * struct clps_honeypot - (network, address) -> port
 * @dispatch_node: in clps_front_net.dispatch
 * @key: network and address
 * @name_node: in clps_front_net.honeypots
 * @name: zero-padded, hashed as bytes
 * @id: in clps_front_net.honeypot_ids
 * @network: its network
 * @port: its port; NULL while detached
 * @sensor: what its sensor sends: UDP port in the upper half, magic number in the lower
 *          one, so that they change in one step; 0: it has none
 * @on_port: in clps_port.honeypots, while it has one
 * @mac: the guest's, 0 while unknown; given or learned: see mac.h
 * @asked: jiffies of the last ARP request to the guest
 * @count: packets and bytes
 * @rcu: readers are in softirq
 */
struct clps_honeypot {
	struct rhash_head dispatch_node;
	struct clps_dispatch_key key;
	struct rhash_head name_node;
	char name[COLLAPSAR_FRONT_NAMSIZ];
	u32 id;
	struct clps_network *network;
	struct clps_port __rcu *port;
	u64 sensor;
	struct list_head on_port;
	u64 mac;
	unsigned long asked;
	struct clps_pcount __percpu *count;
	struct rcu_head rcu;
};

struct clps_front_net *clps_front_net(const struct net *net);

/* main.c: the module is being unloaded, nothing new may begin; RTNL. */
bool clps_front_closing(void);

/**
 * struct clps_network_conf - what an operator says of a new network
 * @name: zero-padded
 * @uplink: uplink
 * @gateway: MAC
 * @outbound: enum collapsar_outbound
 * @flows: flow table entries
 */
struct clps_network_conf {
	char name[COLLAPSAR_FRONT_NAMSIZ];
	struct clps_uplink_parm uplink;
	u8 gateway[ETH_ALEN];
	u32 outbound;
	u32 flows;
};

/* network.c; all under RTNL. Names are zero-padded arrays. */
int clps_networks_init(struct clps_front_net *fn);
struct clps_network *clps_network_find(struct clps_front_net *fn, const char *name);
int clps_network_add(struct clps_front_net *fn, const struct clps_network_conf *conf,
		     struct netlink_ext_ack *extack);
int clps_network_attach(struct clps_network *network, const struct clps_uplink_parm *parm,
			struct netlink_ext_ack *extack);
void clps_network_del(struct clps_network *network);

/**
 * struct clps_honeypot_conf - what an operator says of a new honeypot
 * @name: zero-padded
 * @network: its network
 * @addr: V
 * @port: ifindex
 * @has_mac: @mac is valid
 * @mac: the guest's
 * @sensor: as in struct clps_honeypot
 */
struct clps_honeypot_conf {
	char name[COLLAPSAR_FRONT_NAMSIZ];
	struct clps_network *network;
	struct clps_addr addr;
	int port;
	bool has_mac;
	u8 mac[ETH_ALEN];
	u64 sensor;
};

/* honeypot.c; all under RTNL, but clps_honeypot_lookup(): RCU. */
int clps_honeypot_init(void);
void clps_honeypot_exit(void);
int clps_honeypots_init(struct clps_front_net *fn);
void clps_honeypots_destroy(struct clps_front_net *fn);
struct clps_honeypot *clps_honeypot_find(struct clps_front_net *fn, const char *name);
struct clps_honeypot *clps_honeypot_lookup(const struct clps_network *network,
					   const struct clps_addr *addr);

/* Most of what honeypots send is for nobody of their own network: the table need not be asked. */
static inline bool clps_honeypot_may_have(const struct clps_network *network,
					  const struct clps_addr *addr)
{
	u32 n = be32_to_cpu(clps_addr_get_v4(addr));

	return n >= READ_ONCE(network->lowest) && n <= READ_ONCE(network->highest);
}

int clps_honeypot_add(struct clps_front_net *fn, const struct clps_honeypot_conf *conf,
		      struct netlink_ext_ack *extack);
int clps_honeypot_set_port(struct clps_honeypot *hp, int ifindex, struct netlink_ext_ack *extack);
/* Away from its port, if it has one. */
void clps_honeypot_detach(struct clps_honeypot *hp);
/* Unless the operator gave it: the next packet asks. */
void clps_honeypot_forget_mac(struct clps_honeypot *hp);
void clps_honeypot_del(struct clps_honeypot *hp);

/* port.c; RTNL. */
struct clps_port *clps_port_get(struct clps_network *network, int ifindex,
				struct netlink_ext_ack *extack);
void clps_port_put(struct clps_port *port);
/* The port of a netdev, or NULL. */
struct clps_port *clps_port_of(const struct net_device *dev);
/* Its netdev goes: its honeypots stay, without a port. */
void clps_port_gone(struct clps_port *port);

/* Its link came or went: another guest may be at the other end. RTNL. */
void clps_port_changed(struct clps_port *port);

/* The hook that keeps everybody but the front-end from sending there. */
unsigned int clps_front_egress(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state);

/* dispatch.c; softirq, RCU. */
void clps_front_from_uplink(void *priv, struct clps_uplink *up, struct sk_buff *skb);
void clps_front_from_port(struct clps_port *port, struct sk_buff *skb);

/* arp.c; softirq, RCU. */
void clps_front_arp(struct clps_port *port, struct sk_buff *skb);
/*
 * Ask the guest for its MAC, once a second at most, in the name of who wants to reach it:
 * a question from 0.0.0.0 would be a probe, on which RFC 5227 has the guest give its
 * address up.
 */
void clps_front_ask_mac(struct clps_honeypot *hp, __be32 spa, const u8 *sha);

/* sensor.c */
static inline u64 clps_sensor_word(u16 port, u32 magic)
{
	return (u64)port << 32 | magic;
}

/*
 * A packet of a guest that has a sensor: is it the sensor's? Consumes it then. It was
 * admitted, and has a source that is @from's. Softirq, RCU.
 */
bool clps_sensor_takes(struct clps_honeypot *from, struct sk_buff *skb, const struct clps_pkt *pkt,
		       u64 sensor);

/* stream.c */
void clps_stream_init(struct clps_front_net *fn);
/* Nobody puts any more: a grace period is over. */
void clps_stream_exit(struct clps_front_net *fn);
int clps_stream_register(void);
void clps_stream_unregister(void);

/**
 * clps_stream_put() - something for all collectors
 * @hp: whose sensor said it
 * @type: enum collapsar_entry_type, but no gap
 * @data: what; NULL: it is lost, and counted as such
 * @len: bytes
 *
 * Context: BH disabled, RCU. Return: false if there is no collector.
 */
bool clps_stream_put(const struct clps_honeypot *hp, u32 type, const void *data, u32 len);

/* netlink*.c */
extern struct genl_family clps_front_family;
int clps_front_netlink_init(void);
void clps_front_netlink_exit(void);
int clps_front_name_get(const struct nlattr *attr, char *name, struct netlink_ext_ack *extack);
void clps_network_event(const struct clps_network *network, u32 event);
void clps_honeypot_event(const struct clps_honeypot *hp, u32 event);
bool clps_front_has_listeners(struct net *net);
void clps_front_multicast(struct net *net, struct sk_buff *msg);

extern const struct nla_policy clps_network_policy[];
extern const struct nla_policy clps_honeypot_policy[];
int clps_network_new_doit(struct sk_buff *skb, struct genl_info *info);
int clps_network_set_doit(struct sk_buff *skb, struct genl_info *info);
int clps_network_del_doit(struct sk_buff *skb, struct genl_info *info);
int clps_network_get_doit(struct sk_buff *skb, struct genl_info *info);
int clps_network_get_dumpit(struct sk_buff *msg, struct netlink_callback *cb);
/* Those of networks, then those of collectors. */
int clps_front_stats_dumpit(struct sk_buff *msg, struct netlink_callback *cb);
/* @at: how many have been told of. */
void clps_stream_stats(struct sk_buff *msg, struct netlink_callback *cb, long *at);
int clps_honeypot_new_doit(struct sk_buff *skb, struct genl_info *info);
int clps_honeypot_set_doit(struct sk_buff *skb, struct genl_info *info);
int clps_honeypot_del_doit(struct sk_buff *skb, struct genl_info *info);
int clps_honeypot_get_doit(struct sk_buff *skb, struct genl_info *info);
int clps_honeypot_get_dumpit(struct sk_buff *msg, struct netlink_callback *cb);

extern const struct nla_policy clps_stream_policy[];
int clps_stream_subscribe_doit(struct sk_buff *skb, struct genl_info *info);
int clps_stream_ack_doit(struct sk_buff *skb, struct genl_info *info);
int clps_stream_forget_doit(struct sk_buff *skb, struct genl_info *info);

#endif /* CLPS_FRONT_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Uplinks: the attachment of a module to a netdev that carries inner IP
 * packets: our clps_gre device, any other tunnel, or an Ethernet device.
 */
#ifndef _COLLAPSAR_UPLINK_H
#define _COLLAPSAR_UPLINK_H

#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netlink.h>
#include <net/netlink.h>
#include <linux/skbuff.h>

#include "../../lib/addr.h"
#include "stats.h"

struct clps_uplink;

/* What our tunnel pushes before a packet: Ethernet, IPv4 and GRE with all options. */
#define CLPS_UPLINK_HEADROOM	64

/**
 * struct clps_uplink_parm - which uplink; also its identity
 * @dev_index: the netdev's ifindex
 * @has_remote: the netdev is a collect-metadata tunnel; this uplink is one peer of it
 * @has_key: the peer's packets carry @key, and so do ours
 * @has_peer_mac: @peer_mac is valid
 * @ttl: outer TTL with @has_remote
 * @key: tunnel key in host order
 * @remote: the peer
 * @peer_mac: next hop on an Ethernet device
 */
struct clps_uplink_parm {
	int dev_index;
	bool has_remote;
	bool has_key;
	bool has_peer_mac;
	u8 ttl;
	u32 key;
	struct clps_addr remote;
	u8 peer_mac[ETH_ALEN];
};

extern const struct nla_policy clps_uplink_policy[];	/* [COLLAPSAR_UPLINK_A_MAX + 1] */

/**
 * clps_uplink_parm_get() - decode a nest of collapsar_uplink_attr
 * @nest: the nest attribute
 * @parm: filled in, fully initialised
 * @extack: refusals are explained here
 *
 * Return: 0 or negative errno.
 */
int clps_uplink_parm_get(const struct nlattr *nest, struct clps_uplink_parm *parm,
			 struct netlink_ext_ack *extack);

/**
 * clps_uplink_parm_put() - put a nest of collapsar_uplink_attr
 * @msg: message
 * @attrtype: type of the nest
 * @parm: what to put
 * @name: the netdev's name, or NULL
 *
 * Return: 0 or -EMSGSIZE; the caller cancels the message.
 */
int clps_uplink_parm_put(struct sk_buff *msg, int attrtype, const struct clps_uplink_parm *parm,
			 const char *name);

/**
 * clps_v4_is_unicast() - may this be the address of one machine on a network?
 * @addr: an IPv4 address; a subnet's own broadcast address cannot be told here
 *
 * Return: false for multicast, limited broadcast, loopback and 0.0.0.0.
 */
static inline bool clps_v4_is_unicast(__be32 addr)
{
	return !ipv4_is_multicast(addr) && !ipv4_is_lbcast(addr) &&
	       !ipv4_is_loopback(addr) && !ipv4_is_zeronet(addr);
}

/**
 * clps_addr_get() - take a unicast address from an attribute
 * @attr: 4 bytes; 16 are refused as not supported yet
 * @addr: what to fill
 * @extack: takes the reason of a refusal
 *
 * Return: 0 or negative errno.
 */
int clps_addr_get(const struct nlattr *attr, struct clps_addr *addr,
		  struct netlink_ext_ack *extack);

/**
 * clps_addr_put() - put an address with as many bytes as its family has
 * @msg: message under construction
 * @attrtype: the attribute
 * @addr: address
 *
 * Return: 0 or -EMSGSIZE.
 */
int clps_addr_put(struct sk_buff *msg, int attrtype, const struct clps_addr *addr);

/**
 * clps_mac_get() - take a unicast MAC address from an attribute
 * @attr: ETH_ALEN bytes
 * @mac: what to fill
 * @extack: takes the reason of a refusal
 *
 * Return: 0 or -EINVAL.
 */
int clps_mac_get(const struct nlattr *attr, u8 *mac, struct netlink_ext_ack *extack);

/**
 * struct clps_uplink_ops - what the owner of an uplink is told
 * @rcv: an inner packet arrived. Consumes @skb. skb->data is at the IP header,
 *       skb->protocol is ETH_P_IP, the packet is unshared and scrubbed
 *       (no dst, conntrack, mark), lengths are NOT validated beyond the
 *       presence of 20 bytes. Called in softirq under rcu_read_lock().
 * @gone: the netdev is being unregistered; RTNL held. The owner must call
 *        clps_uplink_detach() before returning.
 */
struct clps_uplink_ops {
	void (*rcv)(void *priv, struct clps_uplink *up, struct sk_buff *skb);
	void (*gone)(void *priv, struct clps_uplink *up);
};

/**
 * clps_uplink_attach() - claim a netdev (or one peer of it) as an uplink
 * @net: namespace of the netdev
 * @parm: which
 * @ops: callbacks, static storage
 * @priv: passed to the callbacks
 * @stats: counters to charge (drops in rx and tx); must outlive the uplink by an RCU grace period
 * @extack: refusals are explained here
 *
 * One netdev has one kind of owner: @ops must be the same for all peers of a
 * collect-metadata device. The netdev gets our rx_handler: IPv4 goes to @rcv;
 * on Ethernet devices ARP passes on to the host stack; the rest is dropped.
 *
 * Context: RTNL held.
 * Return: the uplink, or ERR_PTR: -ENODEV, -EBUSY (claimed, or enslaved),
 * -EEXIST (peer in use), -EOPNOTSUPP (device kind), -ENOMEM.
 */
struct clps_uplink *clps_uplink_attach(struct net *net, const struct clps_uplink_parm *parm,
				       const struct clps_uplink_ops *ops, void *priv,
				       struct clps_stats __percpu *stats,
				       struct netlink_ext_ack *extack);

/**
 * clps_uplink_detach() - release an uplink
 * @up: from clps_uplink_attach()
 *
 * No callback runs after the RCU grace period that follows; the memory of @up
 * is freed by RCU. Context: RTNL held.
 */
void clps_uplink_detach(struct clps_uplink *up);

/**
 * clps_uplink_xmit() - send an inner packet
 * @up: the uplink
 * @skb: consumed; skb->data at the IP header, headers validated by the caller
 *
 * Never changes the inner packet. Scrubs metadata, adds what the device needs
 * (tunnel metadata, Ethernet header), and transmits; drops are counted on the
 * uplink's stats. On our GRE device the qdisc is skipped when there is none.
 *
 * Context: BH disabled, rcu_read_lock() held.
 * Return: 0 if the device took it, or the CLPS_DROP_* reason that was counted.
 */
int clps_uplink_xmit(struct clps_uplink *up, struct sk_buff *skb);

/**
 * clps_uplink_dev() - the netdev of an uplink
 * @up: uplink
 *
 * Context: RCU or RTNL.
 * Return: the device, NULL once it is gone.
 */
struct net_device *clps_uplink_dev(const struct clps_uplink *up);

/**
 * clps_uplink_parms() - the parameters given at attach
 * @up: uplink
 *
 * Return: parameters, as long-lived as @up.
 */
const struct clps_uplink_parm *clps_uplink_parms(const struct clps_uplink *up);

/**
 * clps_skb_scrub() - make a packet that came from one side fit for the other
 * @skb: dst, conntrack, marks, timestamps, secpath, cb and packet type are reset;
 *       a checksum state that does not survive forwarding is dropped.
 *       GSO and CHECKSUM_PARTIAL are kept.
 */
void clps_skb_scrub(struct sk_buff *skb);

/**
 * clps_xmit_past() - to a netdev, past an egress hook of one's own
 * @skb: consumed; skb->dev is set, skb->data at the link-layer header
 * @own: the hook, which would accept @skb; or NULL
 *
 * Calls the driver of a device without queue and lock at once when dev_queue_xmit()
 * would have nothing else to do: no tap, filter or redirection, nothing to segment
 * or to checksum. The tracepoints net:net_dev_queue and net:net_dev_xmit are then
 * not passed.
 *
 * Context: BH disabled, RCU. Return: 0, or not if the packet was dropped.
 */
int clps_xmit_past(struct sk_buff *skb, nf_hookfn *own);

/**
 * clps_xmit() - to a netdev, as by dev_queue_xmit()
 * @skb: consumed; skb->dev is set, skb->data at the link-layer header
 *
 * Context: BH disabled, RCU. Return: 0, or not if the packet was dropped.
 */
static inline int clps_xmit(struct sk_buff *skb)
{
	return clps_xmit_past(skb, NULL);
}

struct neighbour;

/**
 * clps_xmit_known() - to a neighbour whose address is known
 * @skb: consumed; IPv4; skb->dev is the neighbour's, skb->data at the IP header
 * @neigh: the neighbour, of IPv4 or of IPv6; neigh_event_send() has just let it pass
 * @src: link-layer address that it is from; NULL for the netdev's own
 *
 * Never enters the neighbour's own queue, which tells nobody what it loses.
 *
 * Context: BH disabled, RCU. Return: 0, or not if the packet was dropped.
 */
int clps_xmit_known(struct sk_buff *skb, struct neighbour *neigh, const u8 *src);

/**
 * clps_own_xmit() - send a packet that was made here
 * @stats: the object's counters
 * @dev: by which device
 * @skb: consumed; NULL if there was no memory for it
 * @sent: what to count if the device takes it; otherwise CLPS_C_own_unsent
 *
 * Context: BH disabled.
 * Return: whether the device took it.
 */
bool clps_own_xmit(struct clps_stats __percpu *stats, const struct net_device *dev,
		   struct sk_buff *skb, enum clps_counter sent);

#endif /* _COLLAPSAR_UPLINK_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to collapsar_redir.ko. */
#ifndef CLPS_REDIR_H
#define CLPS_REDIR_H

#include <linux/etherdevice.h>
#include <linux/hashtable.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/ratelimit.h>
#include <linux/rhashtable.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/xarray.h>
#include <uapi/collapsar/redir.h>

#include <collapsar/admit.h>
#include <collapsar/policy.h>
#include <collapsar/stats.h>
#include <collapsar/uplink.h>

#include "../lib/claim.h"

/* V's of one namespace: ids are 1..this. */
#define CLPS_REDIR_MAX_V	(1u << 20)
/* A scan of every V must not evict the flows that it began. */
#define CLPS_REDIR_FLOWS	65536
/* Packets that wait for neighbours, for those of a NIC, and for one; lists of them. */
#define CLPS_REDIR_MAX_PENDING	1024
#define CLPS_REDIR_NIC_PENDING	256
#define CLPS_REDIR_NEIGH_PENDING	16
#define CLPS_REDIR_PENDING_BITS	6
/* Neighbours per NIC and second that their own questions make known. */
#define CLPS_REDIR_LEARNS	64
/* Verifications per NIC and second, */
#define CLPS_REDIR_VERIFIES	100
/* and those of them that forged IP packets can cause. */
#define CLPS_REDIR_SUSPECTS	50
/* A V in use is verified this often, whether or not anybody asks for it. */
#define CLPS_REDIR_VERIFY	(30 * HZ)
#define CLPS_REDIR_UPLINK_BITS	8
/* Destinations of which a CPU remembers the next hop, for each NIC. */
#define CLPS_REDIR_HOP_BITS	6

/**
 * struct clps_redir_net - a namespace's redirector
 * @net: the namespace
 * @by_nic: struct clps_v by (address, NIC): capture
 * @by_uplink: struct clps_v by (address, uplink): return
 * @ids: struct clps_v by id, in the order of creation: dumps
 * @next_id: cursor of xa_alloc_cyclic()
 * @nics: struct clps_redir_nic; RTNL
 * @uplinks: struct clps_redir_uplink; RTNL
 * @pending: packets that wait for a neighbour, by it
 * @nr_pending: how many
 * @nr_pending_of: how many of those netdevs whose index has this remainder
 * @pending_lock: guards the three
 * @stats: counters
 */
struct clps_redir_net {
	struct net *net;
	struct rhashtable by_nic;
	struct rhashtable by_uplink;
	struct xarray ids;
	u32 next_id;
	struct list_head nics;
	DECLARE_HASHTABLE(uplinks, CLPS_REDIR_UPLINK_BITS);
	struct list_head pending[1 << CLPS_REDIR_PENDING_BITS];
	unsigned int nr_pending;
	u16 nr_pending_of[1 << CLPS_REDIR_PENDING_BITS];
	spinlock_t pending_lock;
	struct clps_stats __percpu *stats;
};

/**
 * struct clps_redir_hop - where a destination's packets went last
 * @genid: of the namespace's addresses, routes and rules then
 * @since: when that was, in jiffies
 * @daddr: the destination
 * @gw: the neighbour; 0 in an entry that is free
 * @tos: that the routes were asked for
 */
struct clps_redir_hop {
	int genid;
	u32 since;
	__be32 daddr;
	__be32 gw;
	u8 tos;
};

struct clps_redir_hops {
	struct clps_redir_hop hop[1 << CLPS_REDIR_HOP_BITS];
};

/**
 * struct clps_redir_nic - a production NIC that has V's
 * @list: in clps_redir_net.nics
 * @dev: the NIC
 * @rn: its namespace's redirector
 * @hook: netdev ingress
 * @vs: its V's; RTNL
 * @nr: how many; RTNL
 * @lowest: of its V's addresses, in host order; grows downwards only
 * @highest: of its V's addresses, in host order; grows upwards only
 * @is_up: running with carrier when last looked at; RTNL
 * @hops: next hops, see nexthop.c
 * @verifies: limits the verifications
 * @suspects: limits those that weak evidence causes
 * @learns: limits the neighbours that are new because they ask for a V
 * @pace: spreads probes and announcements of its V's
 * @pace_lock: guards it; within struct clps_v.lock
 * @tracker: of the reference to @dev
 * @rcu: the hook runs in softirq
 */
struct clps_redir_nic {
	struct list_head list;
	struct net_device *dev;
	struct clps_redir_net *rn;
	struct nf_hook_ops hook;
	struct list_head vs;
	unsigned int nr;
	u32 lowest;
	u32 highest;
	bool is_up;
	struct clps_redir_hops __percpu *hops;
	struct ratelimit_state verifies;
	struct ratelimit_state suspects;
	struct ratelimit_state learns;
	struct clps_claim_pace pace;
	spinlock_t pace_lock;
	netdevice_tracker tracker;
	struct rcu_head rcu;
};

/**
 * struct clps_redir_uplink - the way to a center
 * @node: in clps_redir_net.uplinks
 * @rn: its namespace's redirector
 * @up: the attachment
 * @policy: containment of what comes back
 * @vs: its V's; RTNL
 * @nr: how many; RTNL
 * @rcu: packets are in softirq
 */
struct clps_redir_uplink {
	struct hlist_node node;
	struct clps_redir_net *rn;
	struct clps_uplink *up;
	struct clps_policy *policy;
	struct list_head vs;
	unsigned int nr;
	struct rcu_head rcu;
};

struct clps_v_nic_key {
	struct clps_addr addr;
	u32 ifindex;
};

struct clps_v_uplink_key {
	struct clps_addr addr;
	const struct clps_redir_uplink *uplink;
};

/**
 * struct clps_v - a redirected address
 * @nic_node: in clps_redir_net.by_nic
 * @uplink_node: in clps_redir_net.by_uplink
 * @nic_key: address and NIC
 * @uplink_key: address and uplink
 * @rn: its namespace's redirector
 * @nic: its NIC
 * @uplink: its uplink
 * @on_nic: in clps_redir_nic.vs
 * @on_uplink: in clps_redir_uplink.vs
 * @id: in clps_redir_net.ids
 * @outbound: enum collapsar_outbound
 * @mac: V's own MAC as a number, so that readers never see half of a change; 0: the NIC's
 * @verify_at: jiffies, when traffic next causes a verification
 * @lock: guards @claim and @dead; BH disabled
 * @claim: the state machine; @claim.state is read without the lock
 * @dead: no timer may be armed
 * @timer: drives @claim
 * @count: packets and bytes
 * @rcu: readers are in softirq
 */
struct clps_v {
	struct rhash_head nic_node;
	struct rhash_head uplink_node;
	struct clps_v_nic_key nic_key;
	struct clps_v_uplink_key uplink_key;
	struct clps_redir_net *rn;
	struct clps_redir_nic *nic;
	struct clps_redir_uplink *uplink;
	struct list_head on_nic;
	struct list_head on_uplink;
	u32 id;
	u32 outbound;
	u64 mac;
	unsigned long verify_at;
	spinlock_t lock;
	struct clps_claim claim;
	bool dead;
	struct timer_list timer;
	struct clps_pcount __percpu *count;
	struct rcu_head rcu;
};

/**
 * struct clps_v_conf - what an operator may say of a V
 * @addr: address
 * @ifindex: NIC
 * @uplink: uplink
 * @outbound: enum collapsar_outbound
 * @mode: enum collapsar_redir_mode
 * @quiet: seconds
 * @probes: number
 * @interval: ms, 0 = RFC 5227
 * @has_mac: @mac is valid
 * @mac: V's own MAC
 */
struct clps_v_conf {
	struct clps_addr addr;
	int ifindex;
	struct clps_uplink_parm uplink;
	u32 outbound;
	u32 mode;
	u32 quiet;
	u32 probes;
	u32 interval;
	bool has_mac;
	u8 mac[ETH_ALEN];
};

struct clps_redir_net *clps_redir_net(const struct net *net);

/* v.c: objects. Configuration under RTNL. */
int clps_v_init(void);
void clps_v_exit(void);
/* May @addr be redirected on @dev as far as the host's own addresses go? 0 or negative errno. */
int clps_v_check_addr(struct clps_redir_net *rn, const struct clps_addr *addr,
		      const struct net_device *dev, struct netlink_ext_ack *extack);
int clps_v_tables_init(struct clps_redir_net *rn);
void clps_v_tables_destroy(struct clps_redir_net *rn);
int clps_v_add(struct clps_redir_net *rn, const struct clps_v_conf *conf,
	       struct netlink_ext_ack *extack);
void clps_v_del(struct clps_v *v);
int clps_v_set_mac(struct clps_v *v, const u8 *mac, struct netlink_ext_ack *extack);
/* RCU. */
struct clps_v *clps_v_by_nic(struct clps_redir_net *rn, const struct clps_addr *addr, int ifindex);
/* RTNL. */
struct clps_v *clps_v_find(struct clps_redir_net *rn, const struct clps_addr *addr, int ifindex);
/* Of a NIC, with an address between its lowest and its highest; or NULL. RCU. */
struct clps_v *clps_v_in_range(const struct clps_redir_nic *nic, __be32 addr);

/*
 * The V of a NIC that has an IPv4 address, or NULL. Most of what a NIC hears is of and for
 * others, whom the table need not be asked about. RCU.
 */
static inline struct clps_v *clps_v_of_nic(const struct clps_redir_nic *nic, __be32 addr)
{
	u32 n = be32_to_cpu(addr);

	if (n < READ_ONCE(nic->lowest) || n > READ_ONCE(nic->highest))
		return NULL;
	return clps_v_in_range(nic, addr);
}

/* RCU. */
struct clps_v *clps_v_by_uplink(struct clps_redir_net *rn, const struct clps_addr *addr,
				const struct clps_redir_uplink *uplink);
static inline bool clps_v_is_claimed(const struct clps_v *v)
{
	return READ_ONCE(v->claim.state) == CLPS_CLAIM_CLAIMED;
}

/* The MAC that V answers with. */
static inline void clps_v_mac(const struct clps_v *v, u8 *mac)
{
	u64 own = READ_ONCE(v->mac);

	if (own)
		u64_to_ether_addr(own, mac);
	else
		ether_addr_copy(mac, v->nic->dev->dev_addr);
}

/* Does @mac belong to us: the NIC's, or V's own? */
static inline bool clps_v_is_own_mac(const struct clps_v *v, const u8 *mac)
{
	u64 own = READ_ONCE(v->mac);

	return ether_addr_equal(mac, v->nic->dev->dev_addr) ||
	       (own && own == ether_addr_to_u64(mac));
}

/*
 * Is a frame to @mac one to V? A V with a MAC of its own is not at the NIC's: it
 * would tell whose answers these are.
 */
static inline bool clps_v_is_at(const struct clps_v *v, const u8 *mac)
{
	u64 own = READ_ONCE(v->mac);

	return own ? own == ether_addr_to_u64(mac) :
		     ether_addr_equal(mac, v->nic->dev->dev_addr);
}

/* nic.c, uplink.c: shared by V's, counted under RTNL. */
struct clps_redir_nic *clps_redir_nic_get(struct clps_redir_net *rn, int ifindex,
					  struct netlink_ext_ack *extack);
void clps_redir_nic_put(struct clps_redir_nic *nic);
struct clps_redir_uplink *clps_redir_uplink_get(struct clps_redir_net *rn,
						const struct clps_uplink_parm *parm,
						struct netlink_ext_ack *extack);
void clps_redir_uplink_put(struct clps_redir_uplink *uplink);
/* Is this netdev the way to a center? */
bool clps_redir_is_uplink(struct clps_redir_net *rn, int ifindex);

/* hook.c */
unsigned int clps_redir_hook(void *priv, struct sk_buff *skb, const struct nf_hook_state *state);

/* arp.c: carry out what the state machine says. BH may be on or off. */
void clps_v_start(struct clps_v *v, u8 reason);
void clps_v_withdraw(struct clps_v *v, u8 reason, const u8 *foreign_mac);
void clps_v_suspect(struct clps_v *v);
/* Begin again if the link's absence stopped the probing. */
void clps_v_resume(struct clps_v *v);
/* Tell the LAN that a claimed V's MAC changed, when it is its turn. */
void clps_v_announce(struct clps_v *v);
/* True when the request was answered. */
bool clps_v_arp(struct clps_v *v, const struct clps_arp *arp, bool may_answer);
void clps_v_timer(struct timer_list *timer);

/* nexthop.c */
bool clps_redir_is_on_link(struct clps_redir_net *rn, struct net_device *dev, __be32 addr);
/* Would H answer this sender of an ARP request on @dev? */
bool clps_redir_is_sender(struct clps_redir_net *rn, const struct net_device *dev, __be32 addr);
/*
 * The neighbour for @pkt on @nic into @neigh (valid under RCU): 0, or a CLPS_DROP_* reason.
 * BH disabled.
 */
int clps_redir_next_hop(struct clps_redir_nic *nic, const struct clps_pkt *pkt,
			struct neighbour **neigh);

/* inject.c: uplink to LAN. */
void clps_redir_inject(void *priv, struct clps_uplink *up, struct sk_buff *skb);
/* Send V's packet to a neighbour that neigh_event_send() let pass. Consumes @skb. */
void clps_redir_send(struct clps_v *v, struct neighbour *neigh, struct sk_buff *skb);

/* pending.c: packets that wait for a neighbour. */
void clps_redir_pending_init(struct clps_redir_net *rn);
void clps_redir_pending_add(struct clps_redir_net *rn, struct neighbour *neigh,
			    struct sk_buff *skb);
void clps_redir_pending_event(struct clps_redir_net *rn, struct neighbour *neigh);
void clps_redir_pending_flush(struct clps_redir_net *rn, const struct net_device *dev);

/* main.c: the module is being unloaded, nothing new may begin; RTNL. */
bool clps_redir_closing(void);

/* netlink.c */
int clps_redir_netlink_init(void);
void clps_redir_netlink_exit(void);
/* Tell the events group. v->lock held. */
void clps_redir_event(const struct clps_v *v, u8 state, u8 reason);

#endif /* CLPS_REDIR_H */

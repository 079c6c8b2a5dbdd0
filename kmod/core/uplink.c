// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attachment of netdevs that carry inner packets. A netdev has one attachment,
 * which holds one uplink, or, on a collect-metadata tunnel, one per peer.
 */
#include <linux/etherdevice.h>
#include <linux/export.h>
#include <linux/if_arp.h>
#include <linux/if_vlan.h>
#include <linux/rhashtable.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/bareudp.h>
#include <net/ip6_tunnel.h>
#include <net/rtnetlink.h>
#include <net/sch_generic.h>
#include <net/vxlan.h>

#include <collapsar/admit.h>
#include <collapsar/stats.h>
#include <collapsar/uplink.h>

#include "../compat/tunnel.h"
#include "core.h"
#include "tapped.h"

/* A peer of a collect-metadata device; hashed as bytes. */
struct peer_key {
	struct clps_addr remote;
	u32 key;
	u32 has_key;
};

/**
 * struct clps_attach - what we hang on a netdev
 * @dev: the netdev; we hold a reference
 * @ops: the owner's callbacks, the same for all peers
 * @single: the uplink of a device that is not collect-metadata
 * @peers: uplinks by remote and key of a collect-metadata device
 * @uplinks: all of them; RTNL
 * @nr: uplinks attached; RTNL
 * @is_md: collect-metadata device
 * @is_ether: frames have an Ethernet header
 * @is_gre: a clps_gre device
 * @tracker: of the reference to @dev
 * @rcu: readers are in softirq
 */
struct clps_attach {
	struct net_device *dev;
	const struct clps_uplink_ops *ops;
	struct clps_uplink __rcu *single;
	struct rhashtable peers;
	struct list_head uplinks;
	unsigned int nr;
	bool is_md;
	bool is_ether;
	bool is_gre;
	netdevice_tracker tracker;
	struct rcu_head rcu;
};

struct clps_uplink {
	struct clps_attach *at;
	const struct clps_uplink_ops *ops;
	void *priv;
	struct clps_stats __percpu *stats;
	struct metadata_dst *md;
	struct rhash_head node;
	struct peer_key peer;
	struct list_head list;
	struct clps_uplink_parm parm;
	bool dead;
	struct rcu_head rcu;
};

static rx_handler_result_t clps_uplink_handle_frame(struct sk_buff **pskb);

static const struct rhashtable_params peer_params = {
	.head_offset = offsetof(struct clps_uplink, node),
	.key_offset = offsetof(struct clps_uplink, peer),
	.key_len = sizeof(struct peer_key),
	.automatic_shrinking = true,
};

static struct clps_uplink *find_peer(struct clps_attach *at, const struct clps_addr *remote,
				     bool has_key, u32 key)
{
	struct peer_key peer = { .remote = *remote, .key = key, .has_key = has_key };

	return rhashtable_lookup_fast(&at->peers, &peer, peer_params);
}

static struct clps_uplink *find_by_metadata(struct clps_attach *at, const struct sk_buff *skb)
{
	const struct ip_tunnel_info *info = skb_tunnel_info(skb);
	struct clps_addr remote;
	bool has_key;

	if (!info || (info->mode & IP_TUNNEL_INFO_TX) || ip_tunnel_info_af(info) != AF_INET)
		return NULL;
	remote = clps_addr_v4(info->key.u.ipv4.src);
	has_key = clps_compat_tun_has_key(&info->key);
	return find_peer(at, &remote, has_key,
			 has_key ? be32_to_cpu(tunnel_id_to_key32(info->key.tun_id)) : 0);
}

/* A compiler that sees memset() makes a loop of it, which takes twice as long to begin. */
static void clear_cb(struct sk_buff *skb)
{
	u64 *word = (u64 *)skb->cb;
	int i;

	BUILD_BUG_ON(sizeof(skb->cb) != 6 * sizeof(*word));
#pragma GCC unroll 6
	for (i = 0; i < 6; i++)
		WRITE_ONCE(word[i], 0);
}

static __always_inline void scrub(struct sk_buff *skb)
{
	skb_scrub_packet(skb, true);
	skb_forward_csum(skb);
	skb->pkt_type = PACKET_HOST;
	skb->priority = 0;
	clear_cb(skb);
}

void clps_skb_scrub(struct sk_buff *skb)
{
	scrub(skb);
}
EXPORT_SYMBOL_NS_GPL(clps_skb_scrub, COLLAPSAR);

static void uplink_rx(struct clps_uplink *up, struct sk_buff *skb)
{
	if (skb_vlan_tag_get_id(skb)) {
		clps_drop(up->stats, skb, CLPS_DROP_vlan);
		return;
	}
	if (skb->protocol != htons(ETH_P_IP)) {
		clps_drop(up->stats, skb, CLPS_DROP_not_ip);
		return;
	}
	if (!pskb_may_pull(skb, sizeof(struct iphdr))) {
		clps_drop(up->stats, skb, CLPS_DROP_malformed);
		return;
	}
	if (skb_warn_if_lro(skb)) {
		clps_drop(up->stats, skb, CLPS_DROP_lro);
		return;
	}
	clps_skb_scrub(skb);
	up->ops->rcv(up->priv, up, skb);
}

/*
 * Metadata on a device that was not known to attach any says that it takes
 * packets from whoever sends them: such a packet is nobody's.
 */
static struct clps_uplink *uplink_of(struct clps_attach *at, const struct sk_buff *skb)
{
	if (at->is_md)
		return find_by_metadata(at, skb);
	return skb_tunnel_info(skb) ? NULL : rcu_dereference(at->single);
}

static rx_handler_result_t clps_uplink_handle_frame(struct sk_buff **pskb)
{
	struct sk_buff *skb = *pskb;
	struct clps_attach *at = rcu_dereference(skb->dev->rx_handler_data);
	struct clps_uplink *up;

	if (unlikely(skb->pkt_type == PACKET_LOOPBACK))
		return RX_HANDLER_PASS;
	/* Somebody else's frame, seen because the NIC is promiscuous; a group's. */
	if (at->is_ether && skb->pkt_type != PACKET_HOST && skb->pkt_type != PACKET_BROADCAST)
		return RX_HANDLER_PASS;
	/* The host resolves addresses on its Ethernet uplinks as usual. */
	if (at->is_ether && skb->protocol == htons(ETH_P_ARP) && !skb_vlan_tag_get_id(skb))
		return RX_HANDLER_PASS;

	up = uplink_of(at, skb);
	if (unlikely(!up)) {
		clps_drop(clps_core_stats(dev_net(skb->dev)), skb, CLPS_DROP_no_network);
		return RX_HANDLER_CONSUMED;
	}
	skb = clps_skb_own(up->stats, skb);
	if (likely(skb))
		uplink_rx(up, skb);
	return RX_HANDLER_CONSUMED;
}

bool clps_uplink_rx_direct(struct sk_buff *skb)
{
	struct net_device *dev = skb->dev;
	struct clps_attach *at;
	struct clps_uplink *up;

	if (rcu_access_pointer(dev->rx_handler) != clps_uplink_handle_frame ||
	    clps_rx_is_tapped(dev))
		return false;
	at = rcu_dereference(dev->rx_handler_data);
	up = rcu_dereference(at->single);
	if (!up)
		return false;
	/* Our tunnel has seen to the rest of uplink_rx(). */
	if (unlikely(skb_warn_if_lro(skb))) {
		clps_drop(up->stats, skb, CLPS_DROP_lro);
		return true;
	}
	scrub(skb);
	up->ops->rcv(up->priv, up, skb);
	return true;
}

/* The next header down: nothing, tunnel metadata, or Ethernet. */
static int uplink_prepare(struct clps_uplink *up, struct sk_buff *skb)
{
	struct clps_attach *at = up->at;
	struct net_device *dev = at->dev;
	unsigned int mtu;
	const u8 *dst;

	if (at->is_md) {
		dst_hold(&up->md->dst);
		skb_dst_set(skb, &up->md->dst);
		return 0;
	}
	if (!at->is_ether)
		return 0;
	mtu = READ_ONCE(dev->mtu);
	if (skb_is_gso(skb) ? !skb_gso_validate_network_len(skb, mtu) : skb->len > mtu)
		return CLPS_DROP_too_big;
	if (skb_cow_head(skb, LL_RESERVED_SPACE(dev)))
		return CLPS_DROP_no_memory;
	dst = up->parm.has_peer_mac ? up->parm.peer_mac : dev->broadcast;
	if (dev_hard_header(skb, dev, ETH_P_IP, dst, dev->dev_addr, skb->len) < 0)
		return CLPS_DROP_xmit;
	skb_reset_mac_header(skb);
	return 0;
}

/* Consumes @skb. 0, or the reason that was counted. */
static int xmit_by_stack(struct clps_uplink *up, struct sk_buff *skb)
{
	unsigned int len = skb->len;
	int why = uplink_prepare(up, skb);

	if (unlikely(why)) {
		clps_drop(up->stats, skb, why);
		return why;
	}
	if (likely(!clps_xmit(skb)))
		return 0;
	clps_drop_gone(up->stats, up->at->dev, len, CLPS_DROP_xmit);
	return CLPS_DROP_xmit;
}

int clps_uplink_xmit(struct clps_uplink *up, struct sk_buff *skb)
{
	struct net_device *dev = up->at->dev;

	if (unlikely(READ_ONCE(up->dead))) {
		clps_drop(up->stats, skb, CLPS_DROP_detached);
		return CLPS_DROP_detached;
	}
	if (unlikely(!netif_running(dev) || !netif_carrier_ok(dev))) {
		clps_drop(up->stats, skb, CLPS_DROP_link_down);
		return CLPS_DROP_link_down;
	}
	scrub(skb);
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, ip_hdrlen(skb));
	skb_reset_mac_header(skb);
	skb->dev = dev;
	if (likely(up->at->is_gre) && clps_gre_xmit_direct(skb))
		return 0;
	return xmit_by_stack(up, skb);
}
EXPORT_SYMBOL_NS_GPL(clps_uplink_xmit, COLLAPSAR);

bool clps_own_xmit(struct clps_stats __percpu *stats, const struct net_device *dev,
		   struct sk_buff *skb, enum clps_counter sent)
{
	unsigned int len = skb ? skb->len : 0;
	bool ok;

	/* An operator's process or a timer may be the one that has something to say. */
	rcu_read_lock();
	ok = skb && !clps_xmit(skb);
	rcu_read_unlock();
	if (ok)
		clps_stats_inc(stats, sent);
	else
		clps_drop_gone(stats, dev, len, CLPS_C_own_unsent);
	return ok;
}
EXPORT_SYMBOL_NS_GPL(clps_own_xmit, COLLAPSAR);

struct net_device *clps_uplink_dev(const struct clps_uplink *up)
{
	return READ_ONCE(up->dead) ? NULL : up->at->dev;
}
EXPORT_SYMBOL_NS_GPL(clps_uplink_dev, COLLAPSAR);

const struct clps_uplink_parm *clps_uplink_parms(const struct clps_uplink *up)
{
	return &up->parm;
}
EXPORT_SYMBOL_NS_GPL(clps_uplink_parms, COLLAPSAR);

static bool dev_is_kind(const struct net_device *dev, const char *kind)
{
	return dev->rtnl_link_ops && !strcmp(dev->rtnl_link_ops->kind, kind);
}

/*
 * Devices that take their peer from metadata. Of those only gre is served; of the
 * others some hide what they are, which uplink_of() then sees.
 */
static bool is_external(const struct net_device *dev)
{
	if (dev_is_kind(dev, "gre") || dev_is_kind(dev, "gretap") || dev_is_kind(dev, "erspan"))
		return ((struct ip_tunnel *)netdev_priv(dev))->collect_md;
	if (dev_is_kind(dev, "ip6gre") || dev_is_kind(dev, "ip6gretap") ||
	    dev_is_kind(dev, "ip6erspan") || dev_is_kind(dev, "ip6tnl"))
		return ((struct ip6_tnl *)netdev_priv(dev))->parms.collect_md;
	if (netif_is_vxlan(dev))
		return ((struct vxlan_dev *)netdev_priv(dev))->cfg.flags & VXLAN_F_COLLECT_METADATA;
	return netif_is_bareudp(dev);
}

/* Whoever sends such a tunnel's key would be its site. */
static bool has_one_remote(const struct net_device *dev)
{
	static const char * const v4[] = { "gre", "gretap", "erspan", "ipip", "sit", "vti" };
	static const char * const v6[] = { "ip6gre", "ip6gretap", "ip6erspan", "ip6tnl", "vti6" };
	const struct in6_addr *remote6;
	__be32 remote;
	int i;

	for (i = 0; i < ARRAY_SIZE(v4); i++) {
		if (!dev_is_kind(dev, v4[i]))
			continue;
		remote = ((struct ip_tunnel *)netdev_priv(dev))->parms.iph.daddr;
		return remote && !ipv4_is_multicast(remote);
	}
	for (i = 0; i < ARRAY_SIZE(v6); i++) {
		if (!dev_is_kind(dev, v6[i]))
			continue;
		remote6 = &((struct ip6_tnl *)netdev_priv(dev))->parms.raddr;
		return !ipv6_addr_any(remote6) && !ipv6_addr_is_multicast(remote6);
	}
	return true;
}

static int check_dev(const struct net_device *dev, const struct clps_uplink_parm *parm,
		     bool *is_ether, struct netlink_ext_ack *extack)
{
	bool is_md = false;

	if (dev->flags & IFF_LOOPBACK) {
		NL_SET_ERR_MSG(extack, "the loopback device cannot be an uplink");
		return -EOPNOTSUPP;
	}
	switch (dev->type) {
	case ARPHRD_ETHER:
	case ARPHRD_NONE:
	case ARPHRD_IPGRE:
	case ARPHRD_IP6GRE:
	case ARPHRD_TUNNEL:
	case ARPHRD_TUNNEL6:
	case ARPHRD_SIT:
		break;
	default:
		NL_SET_ERR_MSG(extack, "this kind of netdev cannot be an uplink");
		return -EOPNOTSUPP;
	}
	*is_ether = dev->type == ARPHRD_ETHER;
	is_md = is_external(dev);
	if (is_md && !dev_is_kind(dev, "gre")) {
		NL_SET_ERR_MSG(extack, "of external tunnel devices, only gre can be an uplink");
		return -EOPNOTSUPP;
	}
	if (is_md && !parm->has_remote) {
		NL_SET_ERR_MSG(extack, "an external gre device needs a remote");
		return -EINVAL;
	}
	if (!is_md && !has_one_remote(dev)) {
		NL_SET_ERR_MSG(extack, "the tunnel has no single remote");
		return -EOPNOTSUPP;
	}
	if (!is_md && parm->has_remote) {
		NL_SET_ERR_MSG(extack, "remote, key and ttl are for an external gre device only");
		return -EINVAL;
	}
	if (!*is_ether && parm->has_peer_mac) {
		NL_SET_ERR_MSG(extack, "peer-mac is for Ethernet uplinks only");
		return -EINVAL;
	}
	return 0;
}

static struct clps_attach *attach_new(struct net_device *dev, const struct clps_uplink_ops *ops,
				      bool is_md, bool is_ether, struct netlink_ext_ack *extack)
{
	struct clps_attach *at = kzalloc(sizeof(*at), GFP_KERNEL_ACCOUNT);
	int err;

	if (!at)
		return ERR_PTR(-ENOMEM);
	at->dev = dev;
	at->ops = ops;
	at->is_md = is_md;
	at->is_ether = is_ether;
	at->is_gre = clps_gre_is(dev);
	INIT_LIST_HEAD(&at->uplinks);
	err = is_md ? rhashtable_init(&at->peers, &peer_params) : 0;
	if (err)
		goto err_free;
	err = netdev_rx_handler_register(dev, clps_uplink_handle_frame, at);
	if (err) {
		NL_SET_ERR_MSG(extack, "the netdev is in use by a bridge, bond or the like");
		goto err_peers;
	}
	netdev_hold(dev, &at->tracker, GFP_KERNEL);
	return at;

err_peers:
	if (is_md)
		rhashtable_destroy(&at->peers);
err_free:
	kfree(at);
	return ERR_PTR(err);
}

static struct clps_attach *attach_get(struct net_device *dev)
{
	ASSERT_RTNL();
	if (rtnl_dereference(dev->rx_handler) != clps_uplink_handle_frame)
		return NULL;
	return rtnl_dereference(dev->rx_handler_data);
}

static void attach_put(struct clps_attach *at)
{
	if (at->nr)
		return;
	/* Waits for the readers of the table. */
	netdev_rx_handler_unregister(at->dev);
	if (at->is_md)
		rhashtable_destroy(&at->peers);
	netdev_put(at->dev, &at->tracker);
	kfree_rcu(at, rcu);
}

static struct clps_uplink *uplink_new(struct clps_attach *at, const struct clps_uplink_parm *parm,
				      void *priv, struct clps_stats __percpu *stats)
{
	struct clps_uplink *up = kzalloc(sizeof(*up), GFP_KERNEL_ACCOUNT);

	if (!up)
		return NULL;
	up->at = at;
	up->ops = at->ops;
	up->priv = priv;
	up->stats = stats;
	up->parm = *parm;
	up->peer.remote = parm->remote;
	up->peer.key = parm->key;
	up->peer.has_key = parm->has_key;
	if (!at->is_md)
		return up;
	up->md = metadata_dst_alloc(0, METADATA_IP_TUNNEL, GFP_KERNEL_ACCOUNT);
	if (!up->md) {
		kfree(up);
		return NULL;
	}
	up->md->u.tun_info.mode = IP_TUNNEL_INFO_TX;
	clps_compat_tun_key(&up->md->u.tun_info.key, clps_addr_get_v4(&parm->remote),
			    parm->ttl, parm->has_key, parm->key);
	return up;
}

static void uplink_free_rcu(struct rcu_head *head)
{
	struct clps_uplink *up = container_of(head, struct clps_uplink, rcu);

	if (up->md)
		dst_release(&up->md->dst);
	kfree(up);
}

/* Let packets find it. */
static int uplink_insert(struct clps_attach *at, struct clps_uplink *up)
{
	int err;

	if (at->is_md) {
		err = rhashtable_lookup_insert_fast(&at->peers, &up->node, peer_params);
		if (err)
			return err;
	} else {
		rcu_assign_pointer(at->single, up);
	}
	list_add_tail(&up->list, &at->uplinks);
	at->nr++;
	return 0;
}

struct clps_uplink *clps_uplink_attach(struct net *net, const struct clps_uplink_parm *parm,
				       const struct clps_uplink_ops *ops, void *priv,
				       struct clps_stats __percpu *stats,
				       struct netlink_ext_ack *extack)
{
	struct net_device *dev = __dev_get_by_index(net, parm->dev_index);
	struct clps_attach *at;
	struct clps_uplink *up;
	bool is_ether;
	int err;

	ASSERT_RTNL();
	if (!dev || dev->reg_state != NETREG_REGISTERED) {
		NL_SET_ERR_MSG(extack, "no such uplink netdev");
		return ERR_PTR(-ENODEV);
	}
	err = check_dev(dev, parm, &is_ether, extack);
	if (err)
		return ERR_PTR(err);

	at = attach_get(dev);
	if (at && (at->ops != ops || !at->is_md)) {
		NL_SET_ERR_MSG(extack, "the netdev is an uplink already");
		return ERR_PTR(-EBUSY);
	}
	if (!at) {
		at = attach_new(dev, ops, parm->has_remote, is_ether, extack);
		if (IS_ERR(at))
			return ERR_CAST(at);
	}
	up = uplink_new(at, parm, priv, stats);
	if (!up) {
		attach_put(at);
		return ERR_PTR(-ENOMEM);
	}
	err = uplink_insert(at, up);
	if (err) {
		if (err == -EEXIST)
			NL_SET_ERR_MSG(extack, "remote and key are in use on this netdev");
		/* A failed insertion may have been seen by a reader. */
		call_rcu(&up->rcu, uplink_free_rcu);
		attach_put(at);
		return ERR_PTR(err);
	}
	return up;
}
EXPORT_SYMBOL_NS_GPL(clps_uplink_attach, COLLAPSAR);

void clps_uplink_detach(struct clps_uplink *up)
{
	struct clps_attach *at = up->at;

	ASSERT_RTNL();
	WRITE_ONCE(up->dead, true);
	if (at->is_md)
		rhashtable_remove_fast(&at->peers, &up->node, peer_params);
	else
		RCU_INIT_POINTER(at->single, NULL);
	list_del(&up->list);
	at->nr--;
	attach_put(at);
	call_rcu(&up->rcu, uplink_free_rcu);
}
EXPORT_SYMBOL_NS_GPL(clps_uplink_detach, COLLAPSAR);

/* The netdev goes: every owner lets go of it now. */
static void attach_gone(struct clps_attach *at)
{
	struct clps_uplink *up, *tmp;
	unsigned int nr = at->nr;

	list_for_each_entry_safe(up, tmp, &at->uplinks, list) {
		up->ops->gone(up->priv, up);
		/* The last detach frees @at: never look at it after that. */
		if (!--nr)
			return;
		cond_resched();
	}
}

static int uplink_netdev_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct clps_attach *at;

	if (event != NETDEV_UNREGISTER)
		return NOTIFY_DONE;
	at = attach_get(netdev_notifier_info_to_dev(ptr));
	if (at)
		attach_gone(at);
	return NOTIFY_DONE;
}

static struct notifier_block uplink_notifier = {
	.notifier_call = uplink_netdev_event,
};

int clps_uplink_init(void)
{
	return register_netdevice_notifier(&uplink_notifier);
}

void clps_uplink_exit(void)
{
	unregister_netdevice_notifier(&uplink_notifier);
	/* uplink_free_rcu() is module text. */
	rcu_barrier();
}

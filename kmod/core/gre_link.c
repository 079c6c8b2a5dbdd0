// SPDX-License-Identifier: GPL-2.0-only
/* The "clps_gre" rtnetlink link kind. */
#include <linux/ethtool.h>
#include <linux/if_arp.h>
#include <linux/module.h>
#include <net/inet_ecn.h>
#include <net/rtnetlink.h>
#include <uapi/collapsar/uplink.h>

#include <collapsar/uplink.h>

#include "../compat/netdev.h"
#include "core.h"
#include "gre_priv.h"

static int gre_dev_init(struct net_device *dev)
{
	struct clps_gre_tun *tun = netdev_priv(dev);
	int err;

	err = dst_cache_init(&tun->dst_cache, GFP_KERNEL);
	if (err)
		return err;
	tun->cpu = alloc_percpu_gfp(struct clps_gre_cpu, GFP_KERNEL_ACCOUNT);
	if (!tun->cpu) {
		err = -ENOMEM;
		goto err_cache;
	}
	err = gro_cells_init(&tun->gro_cells, dev);
	if (err)
		goto err_cpu;
	netdev_lockdep_set_classes(dev);
	return 0;

err_cpu:
	clps_gre_cpu_free(tun);
err_cache:
	dst_cache_destroy(&tun->dst_cache);
	return err;
}

static void gre_dev_free(struct net_device *dev)
{
	struct clps_gre_tun *tun = netdev_priv(dev);

	gro_cells_destroy(&tun->gro_cells);
	clps_gre_cpu_free(tun);
	dst_cache_destroy(&tun->dst_cache);
}

static void gre_dev_uninit(struct net_device *dev)
{
	struct clps_gre_tun *tun = netdev_priv(dev);

	cancel_delayed_work_sync(&tun->work);
	dst_cache_reset(&tun->dst_cache);
}

static int gre_dev_open(struct net_device *dev)
{
	clps_gre_keepalive_start(netdev_priv(dev));
	return 0;
}

static int gre_dev_stop(struct net_device *dev)
{
	struct clps_gre_tun *tun = netdev_priv(dev);

	cancel_delayed_work_sync(&tun->work);
	return 0;
}

static const struct net_device_ops gre_netdev_ops = {
	.ndo_init = gre_dev_init,
	.ndo_uninit = gre_dev_uninit,
	.ndo_open = gre_dev_open,
	.ndo_stop = gre_dev_stop,
	.ndo_start_xmit = clps_gre_xmit,
	.ndo_get_stats64 = dev_get_tstats64,
};

static void gre_get_drvinfo(struct net_device *dev, struct ethtool_drvinfo *info)
{
	strscpy(info->driver, COLLAPSAR_GRE_KIND, sizeof(info->driver));
}

static const struct ethtool_ops gre_ethtool_ops = {
	.get_drvinfo = gre_get_drvinfo,
	.get_link = ethtool_op_get_link,
};

bool clps_gre_is(const struct net_device *dev)
{
	return dev->netdev_ops == &gre_netdev_ops;
}

#define GRE_FEATURES (NETIF_F_SG | NETIF_F_FRAGLIST | NETIF_F_HIGHDMA | \
		      NETIF_F_HW_CSUM | NETIF_F_GSO_SOFTWARE)

static void gre_link_setup(struct net_device *dev)
{
	struct clps_gre_tun *tun = netdev_priv(dev);

	dev->netdev_ops = &gre_netdev_ops;
	dev->ethtool_ops = &gre_ethtool_ops;
	dev->type = ARPHRD_NONE;
	dev->flags = IFF_POINTOPOINT | IFF_NOARP;
	dev->mtu = ETH_DATA_LEN;
	dev->min_mtu = ETH_MIN_MTU;
	dev->max_mtu = IP_MAX_MTU - sizeof(struct iphdr) - CLPS_GRE_MAX_LEN;
	dev->needed_headroom = LL_MAX_HEADER + sizeof(struct iphdr) + CLPS_GRE_MAX_LEN;
	dev->features |= GRE_FEATURES;
	dev->hw_features |= GRE_FEATURES;
	dev->priv_flags |= IFF_NO_QUEUE;
	dev->pcpu_stat_type = NETDEV_PCPU_STAT_TSTATS;
	dev->needs_free_netdev = true;
	dev->priv_destructor = gre_dev_free;
	clps_compat_dev_lltx_local(dev);
	netif_keep_dst(dev);

	tun->dev = dev;
	tun->ttl = CLPS_GRE_TTL_DEFAULT;
	tun->retries = CLPS_GRE_RETRIES_DEFAULT;
	INIT_DELAYED_WORK(&tun->work, clps_gre_keepalive_work);
	ratelimit_state_init(&tun->answers, HZ, CLPS_GRE_ANSWERS_PER_SEC);
	ratelimit_set_flags(&tun->answers, RATELIMIT_MSG_ON_RELEASE);
}

static const struct nla_policy gre_policy[COLLAPSAR_GRE_A_MAX + 1] = {
	[COLLAPSAR_GRE_A_REMOTE]	= { .type = NLA_BINARY, .len = 16 },
	[COLLAPSAR_GRE_A_LOCAL]		= { .type = NLA_BINARY, .len = 16 },
	[COLLAPSAR_GRE_A_KEY]		= { .type = NLA_U32 },
	[COLLAPSAR_GRE_A_TTL]		= NLA_POLICY_MIN(NLA_U8, 1),
	[COLLAPSAR_GRE_A_TOS]		= { .type = NLA_U8 },
	[COLLAPSAR_GRE_A_CSUM]		= NLA_POLICY_MAX(NLA_U8, 1),
	[COLLAPSAR_GRE_A_KEEPALIVE]	= NLA_POLICY_MAX(NLA_U32, CLPS_GRE_KEEPALIVE_MAX),
	[COLLAPSAR_GRE_A_RETRIES]	= NLA_POLICY_MIN(NLA_U8, 1),
	[COLLAPSAR_GRE_A_LINK]		= NLA_POLICY_MIN(NLA_U32, 1),
};

static int gre_validate(struct nlattr *tb[], struct nlattr *data[],
			struct netlink_ext_ack *extack)
{
	if (tb[IFLA_ADDRESS]) {
		NL_SET_ERR_MSG_ATTR(extack, tb[IFLA_ADDRESS], "clps_gre has no link-layer address");
		return -EINVAL;
	}
	if (data && data[COLLAPSAR_GRE_A_TOS] &&
	    (nla_get_u8(data[COLLAPSAR_GRE_A_TOS]) & INET_ECN_MASK)) {
		NL_SET_ERR_MSG_ATTR(extack, data[COLLAPSAR_GRE_A_TOS],
				    "the low two bits of tos are ECN, which follows RFC 6040");
		return -EINVAL;
	}
	return 0;
}

/* What may change at any time; all of it has been validated. */
static void gre_apply(struct clps_gre_tun *tun, struct nlattr *data[])
{
	if (data[COLLAPSAR_GRE_A_TTL])
		WRITE_ONCE(tun->ttl, nla_get_u8(data[COLLAPSAR_GRE_A_TTL]));
	if (data[COLLAPSAR_GRE_A_TOS])
		WRITE_ONCE(tun->tos, nla_get_u8(data[COLLAPSAR_GRE_A_TOS]));
	if (data[COLLAPSAR_GRE_A_CSUM])
		WRITE_ONCE(tun->csum, nla_get_u8(data[COLLAPSAR_GRE_A_CSUM]));
	if (data[COLLAPSAR_GRE_A_RETRIES])
		WRITE_ONCE(tun->retries, nla_get_u8(data[COLLAPSAR_GRE_A_RETRIES]));
	if (data[COLLAPSAR_GRE_A_KEEPALIVE])
		WRITE_ONCE(tun->keepalive, nla_get_u32(data[COLLAPSAR_GRE_A_KEEPALIVE]));
}

static int gre_identity(struct nlattr *data[], struct clps_gre_key *id, __be32 *local,
			struct netlink_ext_ack *extack)
{
	struct clps_addr addr;
	int err;

	memset(id, 0, sizeof(*id));
	*local = 0;
	if (!data || !data[COLLAPSAR_GRE_A_REMOTE]) {
		NL_SET_ERR_MSG(extack, "clps_gre needs a remote address");
		return -EINVAL;
	}
	err = clps_addr_get(data[COLLAPSAR_GRE_A_REMOTE], &id->remote, extack);
	if (err)
		return err;
	if (data[COLLAPSAR_GRE_A_LOCAL]) {
		err = clps_addr_get(data[COLLAPSAR_GRE_A_LOCAL], &addr, extack);
		if (err)
			return err;
		*local = clps_addr_get_v4(&addr);
	}
	if (data[COLLAPSAR_GRE_A_KEY]) {
		id->has_key = 1;
		id->key = nla_get_u32(data[COLLAPSAR_GRE_A_KEY]);
	}
	return 0;
}

static int gre_underlay(struct net *net, struct nlattr *data[], int *link,
			struct netlink_ext_ack *extack)
{
	const struct nlattr *attr = data[COLLAPSAR_GRE_A_LINK];

	*link = 0;
	if (!attr)
		return 0;
	if (!__dev_get_by_index(net, nla_get_u32(attr))) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "no such netdev below the tunnel");
		return -ENODEV;
	}
	*link = nla_get_u32(attr);
	return 0;
}

static int gre_newlink(struct net *src_net, struct net_device *dev, struct nlattr *tb[],
		       struct nlattr *data[], struct netlink_ext_ack *extack)
{
	struct clps_gre_tun *tun = netdev_priv(dev);
	int err;

	err = gre_identity(data, &tun->id, &tun->local, extack);
	if (err)
		return err;
	tun->net = dev_net(dev);
	err = gre_underlay(tun->net, data, &tun->link, extack);
	if (err)
		return err;
	gre_apply(tun, data);
	clps_gre_template(tun);
	err = register_netdevice(dev);
	if (err)
		return err;
	err = clps_gre_tun_add(tun);
	if (err) {
		if (err == -EEXIST)
			NL_SET_ERR_MSG(extack, "another clps_gre device has this remote and key");
		unregister_netdevice(dev);
		return err;
	}
	return 0;
}

static int gre_changelink(struct net_device *dev, struct nlattr *tb[], struct nlattr *data[],
			  struct netlink_ext_ack *extack)
{
	struct clps_gre_tun *tun = netdev_priv(dev);

	if (!data)
		return 0;
	if (data[COLLAPSAR_GRE_A_REMOTE] || data[COLLAPSAR_GRE_A_LOCAL] ||
	    data[COLLAPSAR_GRE_A_KEY] || data[COLLAPSAR_GRE_A_LINK]) {
		NL_SET_ERR_MSG(extack, "remote, local, key and dev cannot change: delete and add");
		return -EOPNOTSUPP;
	}
	gre_apply(tun, data);
	dst_cache_reset(&tun->dst_cache);
	/* Whoever sees this sees what has changed. */
	smp_store_release(&tun->changes, tun->changes + 1);
	if (data[COLLAPSAR_GRE_A_KEEPALIVE] && netif_running(dev))
		clps_gre_keepalive_start(tun);
	return 0;
}

static void gre_dellink(struct net_device *dev, struct list_head *head)
{
	clps_gre_tun_del(netdev_priv(dev));
	unregister_netdevice_queue(dev, head);
}

static size_t gre_get_size(const struct net_device *dev)
{
	return 2 * nla_total_size(16) + 3 * nla_total_size(4) + 4 * nla_total_size(1);
}

static int gre_fill_info(struct sk_buff *skb, const struct net_device *dev)
{
	const struct clps_gre_tun *tun = netdev_priv(dev);

	if (clps_addr_put(skb, COLLAPSAR_GRE_A_REMOTE, &tun->id.remote) ||
	    (tun->local && nla_put_be32(skb, COLLAPSAR_GRE_A_LOCAL, tun->local)) ||
	    (tun->id.has_key && nla_put_u32(skb, COLLAPSAR_GRE_A_KEY, tun->id.key)) ||
	    nla_put_u8(skb, COLLAPSAR_GRE_A_TTL, tun->ttl) ||
	    nla_put_u8(skb, COLLAPSAR_GRE_A_TOS, tun->tos) ||
	    nla_put_u8(skb, COLLAPSAR_GRE_A_CSUM, tun->csum) ||
	    nla_put_u32(skb, COLLAPSAR_GRE_A_KEEPALIVE, tun->keepalive) ||
	    nla_put_u8(skb, COLLAPSAR_GRE_A_RETRIES, tun->retries) ||
	    (tun->link && nla_put_u32(skb, COLLAPSAR_GRE_A_LINK, tun->link)))
		return -EMSGSIZE;
	return 0;
}

struct rtnl_link_ops clps_gre_link_ops = {
	.kind = COLLAPSAR_GRE_KIND,
	.maxtype = COLLAPSAR_GRE_A_MAX,
	.policy = gre_policy,
	.priv_size = sizeof(struct clps_gre_tun),
	.setup = gre_link_setup,
	.validate = gre_validate,
	.newlink = gre_newlink,
	.changelink = gre_changelink,
	.dellink = gre_dellink,
	.get_size = gre_get_size,
	.fill_info = gre_fill_info,
};

MODULE_ALIAS_RTNL_LINK("clps_gre");

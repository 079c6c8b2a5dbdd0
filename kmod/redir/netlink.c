// SPDX-License-Identifier: GPL-2.0-only
/* Generic netlink family "collapsar_redir". */
#include <linux/module.h>
#include <linux/rtnetlink.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "../compat/genl.h"
#include "redir.h"

#define QUIET_MAX	86400
#define PROBES_MAX	10
#define PROBES_DEFAULT	3
#define INTERVAL_MIN	10
#define INTERVAL_MAX	10000

static struct genl_family redir_family;

enum { REDIR_MCGRP_EVENTS };

static const struct genl_multicast_group redir_mcgrps[] = {
	[REDIR_MCGRP_EVENTS] = {
		.name = COLLAPSAR_REDIR_MCGRP_EVENTS,
		.flags = GENL_MCAST_CAP_NET_ADMIN,
	},
};

/* Not const: 6.1's struct nla_policy does not take that. */
static struct netlink_range_validation interval_range = {
	.min = INTERVAL_MIN,
	.max = INTERVAL_MAX,
};

static struct netlink_range_validation quiet_range = {
	.min = 0,
	.max = QUIET_MAX,
};

static const struct nla_policy redir_policy[COLLAPSAR_REDIR_A_MAX + 1] = {
	[COLLAPSAR_REDIR_A_ADDR]	= { .type = NLA_BINARY, .len = 16 },
	[COLLAPSAR_REDIR_A_IFINDEX]	= NLA_POLICY_MIN(NLA_U32, 1),
	[COLLAPSAR_REDIR_A_UPLINK]	= { .type = NLA_NESTED },
	[COLLAPSAR_REDIR_A_MAC]		= NLA_POLICY_EXACT_LEN(ETH_ALEN),
	[COLLAPSAR_REDIR_A_MODE]	= NLA_POLICY_MAX(NLA_U32, COLLAPSAR_REDIR_MODE_RESERVED),
	[COLLAPSAR_REDIR_A_OUTBOUND]	= NLA_POLICY_MAX(NLA_U32, COLLAPSAR_OUTBOUND_OPEN),
	[COLLAPSAR_REDIR_A_QUIET]	= NLA_POLICY_FULL_RANGE(NLA_U32, &quiet_range),
	[COLLAPSAR_REDIR_A_PROBES]	= NLA_POLICY_MAX(NLA_U32, PROBES_MAX),
	[COLLAPSAR_REDIR_A_PROBE_INTERVAL] = NLA_POLICY_FULL_RANGE(NLA_U32, &interval_range),
	[COLLAPSAR_REDIR_A_STATE]	= NLA_POLICY_MAX(NLA_U32, COLLAPSAR_REDIR_STATE_WITHDRAWN),
};

static int put_v(struct sk_buff *msg, const struct clps_v *v, const struct clps_claim *c)
{
	const struct net_device *up = clps_uplink_dev(v->uplink->up);
	u32 hold_ms = clps_claim_hold(c, ktime_to_ms(ktime_get()));
	u64 own_mac = READ_ONCE(v->mac);
	u8 mac[ETH_ALEN];

	u64_to_ether_addr(own_mac, mac);
	if (clps_addr_put(msg, COLLAPSAR_REDIR_A_ADDR, &v->nic_key.addr) ||
	    nla_put_u32(msg, COLLAPSAR_REDIR_A_IFINDEX, v->nic->dev->ifindex) ||
	    nla_put_string(msg, COLLAPSAR_REDIR_A_IFNAME, v->nic->dev->name) ||
	    clps_uplink_parm_put(msg, COLLAPSAR_REDIR_A_UPLINK, clps_uplink_parms(v->uplink->up),
				 up ? up->name : NULL) ||
	    (own_mac && nla_put(msg, COLLAPSAR_REDIR_A_MAC, ETH_ALEN, mac)) ||
	    nla_put_u32(msg, COLLAPSAR_REDIR_A_MODE, c->mode) ||
	    nla_put_u32(msg, COLLAPSAR_REDIR_A_OUTBOUND, READ_ONCE(v->outbound)) ||
	    nla_put_u32(msg, COLLAPSAR_REDIR_A_QUIET, c->quiet_ms / MSEC_PER_SEC) ||
	    nla_put_u32(msg, COLLAPSAR_REDIR_A_PROBES, c->probes) ||
	    (c->interval_ms &&
	     nla_put_u32(msg, COLLAPSAR_REDIR_A_PROBE_INTERVAL, c->interval_ms)) ||
	    nla_put_u32(msg, COLLAPSAR_REDIR_A_STATE, c->state) ||
	    nla_put_u32(msg, COLLAPSAR_REDIR_A_REASON, c->reason) ||
	    (!is_zero_ether_addr(c->foreign_mac) &&
	     nla_put(msg, COLLAPSAR_REDIR_A_FOREIGN_MAC, ETH_ALEN, c->foreign_mac)) ||
	    (hold_ms && nla_put_u32(msg, COLLAPSAR_REDIR_A_HOLD, hold_ms / MSEC_PER_SEC)))
		return -EMSGSIZE;
	return clps_pcount_put(msg, COLLAPSAR_REDIR_A_RX_PACKETS, COLLAPSAR_REDIR_A_PAD, v->count);
}

static int fill(struct sk_buff *msg, const struct clps_v *v, const struct clps_claim *c, u8 cmd,
		u32 portid, u32 seq, int flags)
{
	void *hdr = genlmsg_put(msg, portid, seq, &redir_family, flags, cmd);

	if (!hdr)
		return -EMSGSIZE;
	if (put_v(msg, v, c)) {
		genlmsg_cancel(msg, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return 0;
}

/* A claim is told of as it was at one moment. RTNL: names and MACs stay. */
static int fill_now(struct sk_buff *msg, struct clps_v *v, u32 portid, u32 seq, int flags)
{
	struct clps_claim c;

	ASSERT_RTNL();
	spin_lock_bh(&v->lock);
	c = v->claim;
	spin_unlock_bh(&v->lock);
	return fill(msg, v, &c, COLLAPSAR_REDIR_CMD_NEW, portid, seq, flags);
}

void clps_redir_event(const struct clps_v *v, u8 state, u8 reason)
{
	struct clps_claim c = v->claim;
	struct sk_buff *msg;

	lockdep_assert_held(&v->lock);
	c.state = state;
	c.reason = reason;
	if (!genl_has_listeners(&redir_family, v->rn->net, REDIR_MCGRP_EVENTS))
		return;
	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_ATOMIC);
	if (!msg)
		return;
	if (fill(msg, v, &c, COLLAPSAR_REDIR_CMD_EVENT, 0, 0, 0)) {
		nlmsg_free(msg);
		return;
	}
	genlmsg_multicast_netns(&redir_family, v->rn->net, msg, 0, REDIR_MCGRP_EVENTS, GFP_ATOMIC);
}

/* The V that a message names. RTNL. */
static struct clps_v *get_v(struct genl_info *info)
{
	struct clps_redir_net *rn = clps_redir_net(genl_info_net(info));
	struct clps_addr addr;
	struct clps_v *v;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, COLLAPSAR_REDIR_A_ADDR) ||
	    GENL_REQ_ATTR_CHECK(info, COLLAPSAR_REDIR_A_IFINDEX)) {
		NL_SET_ERR_MSG(info->extack, "a redirect is named by address and NIC");
		return ERR_PTR(-EINVAL);
	}
	err = clps_addr_get(info->attrs[COLLAPSAR_REDIR_A_ADDR], &addr, info->extack);
	if (err)
		return ERR_PTR(err);
	v = clps_v_find(rn, &addr, nla_get_u32(info->attrs[COLLAPSAR_REDIR_A_IFINDEX]));
	if (!v) {
		NL_SET_ERR_MSG(info->extack, "no such redirect");
		return ERR_PTR(-ENOENT);
	}
	return v;
}

static int get_conf(struct genl_info *info, struct clps_v_conf *conf)
{
	struct nlattr **tb = info->attrs;
	int err;

	memset(conf, 0, sizeof(*conf));
	conf->probes = PROBES_DEFAULT;
	if (GENL_REQ_ATTR_CHECK(info, COLLAPSAR_REDIR_A_ADDR) ||
	    GENL_REQ_ATTR_CHECK(info, COLLAPSAR_REDIR_A_IFINDEX) ||
	    GENL_REQ_ATTR_CHECK(info, COLLAPSAR_REDIR_A_UPLINK)) {
		NL_SET_ERR_MSG(info->extack, "a redirect needs an address, a NIC and an uplink");
		return -EINVAL;
	}
	if (tb[COLLAPSAR_REDIR_A_STATE]) {
		NL_SET_ERR_MSG_ATTR(info->extack, tb[COLLAPSAR_REDIR_A_STATE],
				    "a new redirect always begins by probing");
		return -EINVAL;
	}
	err = clps_addr_get(tb[COLLAPSAR_REDIR_A_ADDR], &conf->addr, info->extack);
	if (err)
		return err;
	conf->ifindex = nla_get_u32(tb[COLLAPSAR_REDIR_A_IFINDEX]);
	err = clps_uplink_parm_get(tb[COLLAPSAR_REDIR_A_UPLINK], &conf->uplink, info->extack);
	if (err)
		return err;
	if (conf->uplink.dev_index == conf->ifindex) {
		NL_SET_ERR_MSG_ATTR(info->extack, tb[COLLAPSAR_REDIR_A_UPLINK],
				    "the uplink cannot be the production NIC");
		return -EINVAL;
	}
	if (tb[COLLAPSAR_REDIR_A_MAC]) {
		err = clps_mac_get(tb[COLLAPSAR_REDIR_A_MAC], conf->mac, info->extack);
		if (err)
			return err;
		conf->has_mac = true;
	}
	if (tb[COLLAPSAR_REDIR_A_MODE])
		conf->mode = nla_get_u32(tb[COLLAPSAR_REDIR_A_MODE]);
	if (tb[COLLAPSAR_REDIR_A_OUTBOUND])
		conf->outbound = nla_get_u32(tb[COLLAPSAR_REDIR_A_OUTBOUND]);
	if (tb[COLLAPSAR_REDIR_A_QUIET])
		conf->quiet = nla_get_u32(tb[COLLAPSAR_REDIR_A_QUIET]);
	if (tb[COLLAPSAR_REDIR_A_PROBES])
		conf->probes = nla_get_u32(tb[COLLAPSAR_REDIR_A_PROBES]);
	if (tb[COLLAPSAR_REDIR_A_PROBE_INTERVAL])
		conf->interval = nla_get_u32(tb[COLLAPSAR_REDIR_A_PROBE_INTERVAL]);
	return 0;
}

static int redir_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct clps_v_conf conf;
	int err;

	err = get_conf(info, &conf);
	if (err)
		return err;
	rtnl_lock();
	err = clps_v_add(clps_redir_net(genl_info_net(info)), &conf, info->extack);
	rtnl_unlock();
	return err;
}

static void set_claim(struct clps_v *v, struct nlattr **tb)
{
	spin_lock_bh(&v->lock);
	if (tb[COLLAPSAR_REDIR_A_MODE])
		v->claim.mode = nla_get_u32(tb[COLLAPSAR_REDIR_A_MODE]);
	if (tb[COLLAPSAR_REDIR_A_QUIET])
		clps_claim_set_quiet(&v->claim, nla_get_u32(tb[COLLAPSAR_REDIR_A_QUIET]) * MSEC_PER_SEC);
	if (tb[COLLAPSAR_REDIR_A_PROBES])
		v->claim.probes = nla_get_u32(tb[COLLAPSAR_REDIR_A_PROBES]);
	if (tb[COLLAPSAR_REDIR_A_PROBE_INTERVAL])
		v->claim.interval_ms = nla_get_u32(tb[COLLAPSAR_REDIR_A_PROBE_INTERVAL]);
	spin_unlock_bh(&v->lock);
}

/* All checks come before the first change. RTNL. */
static int set_v(struct clps_v *v, struct genl_info *info)
{
	struct nlattr **tb = info->attrs;
	struct nlattr *state = tb[COLLAPSAR_REDIR_A_STATE];
	u8 mac[ETH_ALEN];
	int err;

	if (tb[COLLAPSAR_REDIR_A_UPLINK]) {
		NL_SET_ERR_MSG_ATTR(info->extack, tb[COLLAPSAR_REDIR_A_UPLINK],
				    "the uplink cannot change: delete and add");
		return -EOPNOTSUPP;
	}
	if (state && nla_get_u32(state) == COLLAPSAR_REDIR_STATE_CLAIMED) {
		NL_SET_ERR_MSG_ATTR(info->extack, state,
				    "a claim begins by probing: set the state to probing");
		return -EINVAL;
	}
	if (state && nla_get_u32(state) == COLLAPSAR_REDIR_STATE_PROBING) {
		err = clps_v_check_addr(v->rn, &v->nic_key.addr, v->nic->dev, info->extack);
		if (err)
			return err;
	}
	if (tb[COLLAPSAR_REDIR_A_MAC]) {
		err = clps_mac_get(tb[COLLAPSAR_REDIR_A_MAC], mac, info->extack);
		if (err)
			return err;
		err = clps_v_set_mac(v, mac, info->extack);
		if (err)
			return err;
	}
	if (tb[COLLAPSAR_REDIR_A_OUTBOUND])
		WRITE_ONCE(v->outbound, nla_get_u32(tb[COLLAPSAR_REDIR_A_OUTBOUND]));
	set_claim(v, tb);
	if (!state)
		return 0;
	if (nla_get_u32(state) == COLLAPSAR_REDIR_STATE_PROBING)
		clps_v_start(v, CLPS_CLAIM_R_OPERATOR);
	else
		clps_v_withdraw(v, CLPS_CLAIM_R_OPERATOR, NULL);
	return 0;
}

static int redir_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct clps_v *v;
	int err;

	rtnl_lock();
	v = get_v(info);
	err = IS_ERR(v) ? PTR_ERR(v) : set_v(v, info);
	rtnl_unlock();
	return err;
}

static int redir_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct clps_v *v;

	rtnl_lock();
	v = get_v(info);
	if (!IS_ERR(v))
		clps_v_del(v);
	rtnl_unlock();
	return PTR_ERR_OR_ZERO(v);
}

static int redir_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *msg;
	struct clps_v *v;
	int err;

	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	rtnl_lock();
	v = get_v(info);
	err = IS_ERR(v) ? PTR_ERR(v) : fill_now(msg, v, info->snd_portid, info->snd_seq, 0);
	rtnl_unlock();
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	return genlmsg_reply(msg, info);
}

/*
 * What a filter leaves out, a dump must not show. Asked at the first message: 6.1
 * takes no text from a dump's start.
 */
static bool has_filter_but(struct netlink_callback *cb, int known)
{
	struct nlattr **tb = clps_compat_dump_attrs(cb);
	int i;

	for (i = 1; tb && i <= COLLAPSAR_REDIR_A_MAX; i++) {
		if (!tb[i] || i == known)
			continue;
		NL_SET_BAD_ATTR(cb->extack, tb[i]);
		return true;
	}
	return false;
}

static int redir_get_dumpit(struct sk_buff *msg, struct netlink_callback *cb)
{
	struct clps_redir_net *rn = clps_redir_net(sock_net(msg->sk));
	struct nlattr **tb = clps_compat_dump_attrs(cb);
	struct nlattr *nic = tb ? tb[COLLAPSAR_REDIR_A_IFINDEX] : NULL;
	unsigned long id = cb->args[0];
	struct clps_v *v;

	if (!id && has_filter_but(cb, COLLAPSAR_REDIR_A_IFINDEX)) {
		NL_SET_ERR_MSG(cb->extack, "redirects are listed by their NIC alone");
		return -EINVAL;
	}
	rtnl_lock();
	xa_for_each_start(&rn->ids, id, v, id) {
		if (nic && nla_get_u32(nic) != v->nic->dev->ifindex)
			continue;
		if (fill_now(msg, v, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, NLM_F_MULTI))
			break;
	}
	rtnl_unlock();
	/* Where the next message begins; past the end when all were sent. */
	cb->args[0] = v ? id : ULONG_MAX;
	return msg->len;
}

static int redir_stats_dumpit(struct sk_buff *msg, struct netlink_callback *cb)
{
	struct clps_redir_net *rn = clps_redir_net(sock_net(msg->sk));
	void *hdr;

	if (cb->args[0])
		return 0;
	if (has_filter_but(cb, COLLAPSAR_REDIR_A_UNSPEC)) {
		NL_SET_ERR_MSG(cb->extack, "all counters are listed, without a filter");
		return -EINVAL;
	}
	hdr = genlmsg_put(msg, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &redir_family,
			  NLM_F_MULTI, COLLAPSAR_REDIR_CMD_STATS_GET);
	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_string(msg, COLLAPSAR_STATS_A_SCOPE, "redir") ||
	    clps_stats_put(msg, rn->stats) ||
	    clps_stats_put_one(msg, "held_packets", READ_ONCE(rn->nr_pending))) {
		genlmsg_cancel(msg, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	cb->args[0] = 1;
	return msg->len;
}

static const struct genl_ops redir_ops[] = {
	{
		.cmd = COLLAPSAR_REDIR_CMD_NEW,
		.doit = redir_new_doit,
		.flags = GENL_UNS_ADMIN_PERM,
	}, {
		.cmd = COLLAPSAR_REDIR_CMD_SET,
		.doit = redir_set_doit,
		.flags = GENL_UNS_ADMIN_PERM,
	}, {
		.cmd = COLLAPSAR_REDIR_CMD_DEL,
		.doit = redir_del_doit,
		.flags = GENL_UNS_ADMIN_PERM,
	}, {
		.cmd = COLLAPSAR_REDIR_CMD_GET,
		.doit = redir_get_doit,
		.dumpit = redir_get_dumpit,
		.flags = GENL_UNS_ADMIN_PERM,
	}, {
		.cmd = COLLAPSAR_REDIR_CMD_STATS_GET,
		.dumpit = redir_stats_dumpit,
		.flags = GENL_UNS_ADMIN_PERM,
	},
};

static struct genl_family redir_family __ro_after_init = {
	.name = COLLAPSAR_REDIR_GENL_NAME,
	.version = COLLAPSAR_REDIR_GENL_VERSION,
	.maxattr = COLLAPSAR_REDIR_A_MAX,
	.policy = redir_policy,
	.netnsok = true,
	.module = THIS_MODULE,
	.ops = redir_ops,
	.n_ops = ARRAY_SIZE(redir_ops),
	.mcgrps = redir_mcgrps,
	.n_mcgrps = ARRAY_SIZE(redir_mcgrps),
};

int clps_redir_netlink_init(void)
{
	BUILD_BUG_ON(sizeof(COLLAPSAR_REDIR_GENL_NAME) > GENL_NAMSIZ);
	BUILD_BUG_ON((int)COLLAPSAR_REDIR_REASON_DELETED != (int)CLPS_CLAIM_R_DELETED);
	BUILD_BUG_ON((int)COLLAPSAR_REDIR_STATE_WITHDRAWN != (int)CLPS_CLAIM_WITHDRAWN);
	return genl_register_family(&redir_family);
}

void clps_redir_netlink_exit(void)
{
	genl_unregister_family(&redir_family);
}

MODULE_ALIAS_GENL_FAMILY(COLLAPSAR_REDIR_GENL_NAME);

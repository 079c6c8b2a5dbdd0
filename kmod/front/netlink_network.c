// SPDX-License-Identifier: GPL-2.0-only
/* Networks in netlink. */
#include <linux/log2.h>
#include <linux/rtnetlink.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "../lib/flow.h"
#include "front.h"

const struct nla_policy clps_network_policy[COLLAPSAR_NETWORK_A_MAX + 1] = {
	[COLLAPSAR_NETWORK_A_NAME] = { .type = NLA_NUL_STRING, .len = COLLAPSAR_FRONT_NAMSIZ - 1 },
	[COLLAPSAR_NETWORK_A_UPLINK]	= { .type = NLA_NESTED },
	[COLLAPSAR_NETWORK_A_GATEWAY_MAC] = NLA_POLICY_EXACT_LEN(ETH_ALEN),
	[COLLAPSAR_NETWORK_A_OUTBOUND]	= NLA_POLICY_MAX(NLA_U32, COLLAPSAR_OUTBOUND_OPEN),
	[COLLAPSAR_NETWORK_A_FLOWS]	= { .type = NLA_U32 },
};

static int fill(struct sk_buff *msg, const struct clps_network *network, u8 cmd, u32 portid,
		u32 seq, int flags, int event)
{
	struct clps_uplink *up = rtnl_dereference(network->up);
	struct net_device *dev = up ? clps_uplink_dev(up) : NULL;
	u8 gateway[ETH_ALEN];
	void *hdr;

	hdr = genlmsg_put(msg, portid, seq, &clps_front_family, flags, cmd);
	if (!hdr)
		return -EMSGSIZE;
	clps_mac_load(&network->gateway, gateway);
	if (nla_put_string(msg, COLLAPSAR_NETWORK_A_NAME, network->name) ||
	    (up && clps_uplink_parm_put(msg, COLLAPSAR_NETWORK_A_UPLINK, &network->parm,
					dev ? dev->name : NULL)) ||
	    nla_put(msg, COLLAPSAR_NETWORK_A_GATEWAY_MAC, ETH_ALEN, gateway) ||
	    nla_put_u32(msg, COLLAPSAR_NETWORK_A_OUTBOUND, READ_ONCE(network->outbound)) ||
	    nla_put_u32(msg, COLLAPSAR_NETWORK_A_FLOWS, network->flows) ||
	    nla_put_u32(msg, COLLAPSAR_NETWORK_A_HONEYPOTS, network->nr_honeypots) ||
	    (event >= 0 && nla_put_u32(msg, COLLAPSAR_NETWORK_A_EVENT, event))) {
		genlmsg_cancel(msg, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return 0;
}

void clps_network_event(const struct clps_network *network, u32 event)
{
	struct sk_buff *msg;

	if (!clps_front_has_listeners(network->fn->net))
		return;
	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg)
		return;
	if (fill(msg, network, COLLAPSAR_FRONT_CMD_NETWORK_EVENT, 0, 0, 0, event))
		nlmsg_free(msg);
	else
		clps_front_multicast(network->fn->net, msg);
}

/* The network that a message names. RTNL. */
static struct clps_network *get_network(struct genl_info *info)
{
	char name[COLLAPSAR_FRONT_NAMSIZ];
	struct clps_network *network;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, COLLAPSAR_NETWORK_A_NAME)) {
		NL_SET_ERR_MSG(info->extack, "a network is named by its name");
		return ERR_PTR(-EINVAL);
	}
	err = clps_front_name_get(info->attrs[COLLAPSAR_NETWORK_A_NAME], name, info->extack);
	if (err)
		return ERR_PTR(err);
	network = clps_network_find(clps_front_net(genl_info_net(info)), name);
	if (!network) {
		NL_SET_ERR_MSG(info->extack, "no such network");
		return ERR_PTR(-ENOENT);
	}
	return network;
}

static int get_conf(struct genl_info *info, struct clps_network_conf *conf)
{
	struct nlattr **tb = info->attrs;
	int err;

	memset(conf, 0, sizeof(*conf));
	conf->flows = CLPS_FLOW_DEFAULT;
	if (GENL_REQ_ATTR_CHECK(info, COLLAPSAR_NETWORK_A_NAME) ||
	    GENL_REQ_ATTR_CHECK(info, COLLAPSAR_NETWORK_A_UPLINK) ||
	    GENL_REQ_ATTR_CHECK(info, COLLAPSAR_NETWORK_A_GATEWAY_MAC)) {
		NL_SET_ERR_MSG(info->extack, "a network needs a name, an uplink and a gateway MAC");
		return -EINVAL;
	}
	err = clps_front_name_get(tb[COLLAPSAR_NETWORK_A_NAME], conf->name, info->extack);
	if (err)
		return err;
	err = clps_uplink_parm_get(tb[COLLAPSAR_NETWORK_A_UPLINK], &conf->uplink, info->extack);
	if (err)
		return err;
	err = clps_mac_get(tb[COLLAPSAR_NETWORK_A_GATEWAY_MAC], conf->gateway, info->extack);
	if (err)
		return err;
	if (tb[COLLAPSAR_NETWORK_A_OUTBOUND])
		conf->outbound = nla_get_u32(tb[COLLAPSAR_NETWORK_A_OUTBOUND]);
	if (tb[COLLAPSAR_NETWORK_A_FLOWS]) {
		conf->flows = nla_get_u32(tb[COLLAPSAR_NETWORK_A_FLOWS]);
		if (conf->flows < CLPS_FLOW_MIN || conf->flows > CLPS_FLOW_MAX ||
		    !is_power_of_2(conf->flows)) {
			NL_SET_ERR_MSG_ATTR(info->extack, tb[COLLAPSAR_NETWORK_A_FLOWS],
					    "flows must be a power of two from 64 to 1048576");
			return -EINVAL;
		}
	}
	return 0;
}

int clps_network_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct clps_network_conf conf;
	int err;

	err = get_conf(info, &conf);
	if (err)
		return err;
	rtnl_lock();
	err = clps_network_add(clps_front_net(genl_info_net(info)), &conf, info->extack);
	rtnl_unlock();
	return err;
}

/* All checks come before the first change. RTNL. */
static int set_network(struct clps_network *network, struct genl_info *info)
{
	struct nlattr **tb = info->attrs;
	struct clps_uplink_parm parm;
	u8 gateway[ETH_ALEN];
	int err;

	if (tb[COLLAPSAR_NETWORK_A_FLOWS]) {
		NL_SET_ERR_MSG_ATTR(info->extack, tb[COLLAPSAR_NETWORK_A_FLOWS],
				    "flows cannot change: delete and add");
		return -EOPNOTSUPP;
	}
	if (tb[COLLAPSAR_NETWORK_A_GATEWAY_MAC]) {
		err = clps_mac_get(tb[COLLAPSAR_NETWORK_A_GATEWAY_MAC], gateway, info->extack);
		if (err)
			return err;
	}
	if (tb[COLLAPSAR_NETWORK_A_UPLINK]) {
		err = clps_uplink_parm_get(tb[COLLAPSAR_NETWORK_A_UPLINK], &parm, info->extack);
		if (err)
			return err;
		err = clps_network_attach(network, &parm, info->extack);
		if (err)
			return err;
	}
	if (tb[COLLAPSAR_NETWORK_A_GATEWAY_MAC])
		clps_mac_store(&network->gateway, gateway);
	if (tb[COLLAPSAR_NETWORK_A_OUTBOUND])
		WRITE_ONCE(network->outbound, nla_get_u32(tb[COLLAPSAR_NETWORK_A_OUTBOUND]));
	clps_network_event(network, tb[COLLAPSAR_NETWORK_A_UPLINK] ?
			   COLLAPSAR_FRONT_EVENT_ATTACHED : COLLAPSAR_FRONT_EVENT_CHANGED);
	return 0;
}

int clps_network_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct clps_network *network;
	int err;

	rtnl_lock();
	network = get_network(info);
	err = IS_ERR(network) ? PTR_ERR(network) : set_network(network, info);
	rtnl_unlock();
	return err;
}

int clps_network_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct clps_network *network;
	int err = 0;

	rtnl_lock();
	network = get_network(info);
	if (IS_ERR(network)) {
		err = PTR_ERR(network);
	} else if (network->nr_honeypots) {
		NL_SET_ERR_MSG(info->extack, "the network still has honeypots");
		err = -EBUSY;
	} else {
		clps_network_del(network);
	}
	rtnl_unlock();
	return err;
}

int clps_network_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct clps_network *network;
	struct sk_buff *msg;
	int err;

	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	rtnl_lock();
	network = get_network(info);
	err = IS_ERR(network) ? PTR_ERR(network) :
	      fill(msg, network, COLLAPSAR_FRONT_CMD_NETWORK_NEW, info->snd_portid,
		   info->snd_seq, 0, -1);
	rtnl_unlock();
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	return genlmsg_reply(msg, info);
}

int clps_network_get_dumpit(struct sk_buff *msg, struct netlink_callback *cb)
{
	struct clps_front_net *fn = clps_front_net(sock_net(msg->sk));
	unsigned long id = cb->args[0];
	struct clps_network *network;

	/* What is told of an object is told of one moment. */
	rtnl_lock();
	xa_for_each_start(&fn->network_ids, id, network, id) {
		if (fill(msg, network, COLLAPSAR_FRONT_CMD_NETWORK_NEW,
			 NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, NLM_F_MULTI, -1))
			break;
	}
	rtnl_unlock();
	cb->args[0] = network ? id : ULONG_MAX;
	return msg->len;
}

static int fill_stats(struct sk_buff *msg, struct netlink_callback *cb,
		      const struct clps_network *network)
{
	void *hdr;

	hdr = genlmsg_put(msg, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			  &clps_front_family, NLM_F_MULTI, COLLAPSAR_FRONT_CMD_STATS_GET);
	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_string(msg, COLLAPSAR_STATS_A_SCOPE, "network") ||
	    nla_put_string(msg, COLLAPSAR_STATS_A_NAME, network->name) ||
	    clps_stats_put(msg, network->stats)) {
		genlmsg_cancel(msg, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return 0;
}

/* Return: are all told? */
static bool network_stats(struct sk_buff *msg, struct netlink_callback *cb)
{
	struct clps_front_net *fn = clps_front_net(sock_net(msg->sk));
	unsigned long id = cb->args[0];
	struct clps_network *network;

	rcu_read_lock();
	xa_for_each_start(&fn->network_ids, id, network, id) {
		if (fill_stats(msg, cb, network))
			break;
	}
	rcu_read_unlock();
	cb->args[0] = network ? id : ULONG_MAX;
	return !network;
}

int clps_front_stats_dumpit(struct sk_buff *msg, struct netlink_callback *cb)
{
	if (network_stats(msg, cb))
		clps_stream_stats(msg, cb, &cb->args[1]);
	return msg->len;
}

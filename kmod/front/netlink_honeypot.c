// SPDX-License-Identifier: GPL-2.0-only
/* Honeypots in netlink. */
#include <linux/rtnetlink.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "../compat/genl.h"
#include "front.h"

/* Honeypots that a dump looks at before others may have RTNL. */
#define DUMP_AT_ONCE	1024

const struct nla_policy clps_honeypot_policy[COLLAPSAR_HONEYPOT_A_MAX + 1] = {
	[COLLAPSAR_HONEYPOT_A_NAME] = { .type = NLA_NUL_STRING, .len = COLLAPSAR_FRONT_NAMSIZ - 1 },
	[COLLAPSAR_HONEYPOT_A_NETWORK] = { .type = NLA_NUL_STRING,
					   .len = COLLAPSAR_FRONT_NAMSIZ - 1 },
	[COLLAPSAR_HONEYPOT_A_ADDR]	= { .type = NLA_BINARY, .len = 16 },
	[COLLAPSAR_HONEYPOT_A_PORT]	= NLA_POLICY_MIN(NLA_U32, 1),
	[COLLAPSAR_HONEYPOT_A_MAC]	= NLA_POLICY_EXACT_LEN(ETH_ALEN),
	[COLLAPSAR_HONEYPOT_A_SENSOR_PORT] = { .type = NLA_U16 },
	[COLLAPSAR_HONEYPOT_A_SENSOR_MAGIC] = { .type = NLA_U32 },
};

static int fill(struct sk_buff *msg, const struct clps_honeypot *hp, u8 cmd, u32 portid, u32 seq,
		int flags, int event)
{
	struct clps_port *port = rtnl_dereference(hp->port);
	u8 mac[ETH_ALEN];
	void *hdr;

	hdr = genlmsg_put(msg, portid, seq, &clps_front_family, flags, cmd);
	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_string(msg, COLLAPSAR_HONEYPOT_A_NAME, hp->name) ||
	    nla_put_string(msg, COLLAPSAR_HONEYPOT_A_NETWORK, hp->network->name) ||
	    clps_addr_put(msg, COLLAPSAR_HONEYPOT_A_ADDR, &hp->key.addr) ||
	    (port && (nla_put_u32(msg, COLLAPSAR_HONEYPOT_A_PORT, port->dev->ifindex) ||
		      nla_put_string(msg, COLLAPSAR_HONEYPOT_A_PORT_NAME, port->dev->name))) ||
	    (clps_mac_load(&hp->mac, mac) &&
	     nla_put(msg, COLLAPSAR_HONEYPOT_A_MAC, ETH_ALEN, mac)) ||
	    (hp->sensor &&
	     (nla_put_u16(msg, COLLAPSAR_HONEYPOT_A_SENSOR_PORT, hp->sensor >> 32) ||
	      nla_put_u32(msg, COLLAPSAR_HONEYPOT_A_SENSOR_MAGIC, hp->sensor))) ||
	    (event >= 0 && nla_put_u32(msg, COLLAPSAR_HONEYPOT_A_EVENT, event)) ||
	    clps_pcount_put(msg, COLLAPSAR_HONEYPOT_A_RX_PACKETS, COLLAPSAR_HONEYPOT_A_PAD,
			    hp->count)) {
		genlmsg_cancel(msg, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return 0;
}

void clps_honeypot_event(const struct clps_honeypot *hp, u32 event)
{
	struct sk_buff *msg;

	if (!clps_front_has_listeners(hp->network->fn->net))
		return;
	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg)
		return;
	if (fill(msg, hp, COLLAPSAR_FRONT_CMD_HONEYPOT_EVENT, 0, 0, 0, event))
		nlmsg_free(msg);
	else
		clps_front_multicast(hp->network->fn->net, msg);
}

static struct clps_network *get_network(struct clps_front_net *fn, const struct nlattr *attr,
					struct netlink_ext_ack *extack)
{
	char name[COLLAPSAR_FRONT_NAMSIZ];
	struct clps_network *network;
	int err;

	err = clps_front_name_get(attr, name, extack);
	if (err)
		return ERR_PTR(err);
	network = clps_network_find(fn, name);
	if (!network) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "no such network");
		return ERR_PTR(-ENOENT);
	}
	return network;
}

/* The honeypot that a message names. RTNL. */
static struct clps_honeypot *get_honeypot(struct genl_info *info)
{
	char name[COLLAPSAR_FRONT_NAMSIZ];
	struct clps_honeypot *hp;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, COLLAPSAR_HONEYPOT_A_NAME)) {
		NL_SET_ERR_MSG(info->extack, "a honeypot is named by its name");
		return ERR_PTR(-EINVAL);
	}
	err = clps_front_name_get(info->attrs[COLLAPSAR_HONEYPOT_A_NAME], name, info->extack);
	if (err)
		return ERR_PTR(err);
	hp = clps_honeypot_find(clps_front_net(genl_info_net(info)), name);
	if (!hp) {
		NL_SET_ERR_MSG(info->extack, "no such honeypot");
		return ERR_PTR(-ENOENT);
	}
	return hp;
}

/* What a message says of a sensor; port 0 is said to take it away. */
static int get_sensor(struct genl_info *info, u64 *sensor)
{
	struct nlattr *port = info->attrs[COLLAPSAR_HONEYPOT_A_SENSOR_PORT];
	struct nlattr *magic = info->attrs[COLLAPSAR_HONEYPOT_A_SENSOR_MAGIC];

	*sensor = 0;
	if (!port && !magic)
		return 0;
	if (port && !nla_get_u16(port)) {
		if (!magic)
			return 0;
		NL_SET_ERR_MSG_ATTR(info->extack, magic, "without a port there is no sensor");
		return -EINVAL;
	}
	if (!port || !magic) {
		NL_SET_ERR_MSG(info->extack, "a sensor is known by a port and a magic number");
		return -EINVAL;
	}
	*sensor = clps_sensor_word(nla_get_u16(port), nla_get_u32(magic));
	return 0;
}

/* RTNL. */
static int get_conf(struct clps_front_net *fn, struct genl_info *info,
		    struct clps_honeypot_conf *conf)
{
	struct nlattr **tb = info->attrs;
	int err;

	memset(conf, 0, sizeof(*conf));
	if (GENL_REQ_ATTR_CHECK(info, COLLAPSAR_HONEYPOT_A_NAME) ||
	    GENL_REQ_ATTR_CHECK(info, COLLAPSAR_HONEYPOT_A_NETWORK) ||
	    GENL_REQ_ATTR_CHECK(info, COLLAPSAR_HONEYPOT_A_ADDR) ||
	    GENL_REQ_ATTR_CHECK(info, COLLAPSAR_HONEYPOT_A_PORT)) {
		NL_SET_ERR_MSG(info->extack, "a honeypot needs a name, a network, an address and a port");
		return -EINVAL;
	}
	err = clps_front_name_get(tb[COLLAPSAR_HONEYPOT_A_NAME], conf->name, info->extack);
	if (err)
		return err;
	conf->network = get_network(fn, tb[COLLAPSAR_HONEYPOT_A_NETWORK], info->extack);
	if (IS_ERR(conf->network))
		return PTR_ERR(conf->network);
	err = clps_addr_get(tb[COLLAPSAR_HONEYPOT_A_ADDR], &conf->addr, info->extack);
	if (err)
		return err;
	conf->port = nla_get_u32(tb[COLLAPSAR_HONEYPOT_A_PORT]);
	err = get_sensor(info, &conf->sensor);
	if (err)
		return err;
	if (!tb[COLLAPSAR_HONEYPOT_A_MAC])
		return 0;
	conf->has_mac = true;
	return clps_mac_get(tb[COLLAPSAR_HONEYPOT_A_MAC], conf->mac, info->extack);
}

int clps_honeypot_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct clps_front_net *fn = clps_front_net(genl_info_net(info));
	struct clps_honeypot_conf conf;
	int err;

	rtnl_lock();
	err = get_conf(fn, info, &conf);
	if (!err)
		err = clps_honeypot_add(fn, &conf, info->extack);
	rtnl_unlock();
	return err;
}

/* All checks come before the first change. RTNL. */
static int set_honeypot(struct clps_honeypot *hp, struct genl_info *info)
{
	struct nlattr **tb = info->attrs;
	u8 mac[ETH_ALEN];
	u64 sensor;
	int err;

	if (tb[COLLAPSAR_HONEYPOT_A_ADDR] || tb[COLLAPSAR_HONEYPOT_A_NETWORK]) {
		NL_SET_ERR_MSG(info->extack, "address and network cannot change: delete and add");
		return -EOPNOTSUPP;
	}
	if (tb[COLLAPSAR_HONEYPOT_A_MAC]) {
		err = clps_mac_get(tb[COLLAPSAR_HONEYPOT_A_MAC], mac, info->extack);
		if (err)
			return err;
	}
	err = get_sensor(info, &sensor);
	if (err)
		return err;
	if (tb[COLLAPSAR_HONEYPOT_A_PORT]) {
		err = clps_honeypot_set_port(hp, nla_get_u32(tb[COLLAPSAR_HONEYPOT_A_PORT]),
					     info->extack);
		if (err)
			return err;
	}
	if (tb[COLLAPSAR_HONEYPOT_A_MAC])
		clps_mac_give(&hp->mac, mac);
	if (tb[COLLAPSAR_HONEYPOT_A_SENSOR_PORT])
		WRITE_ONCE(hp->sensor, sensor);
	if (tb[COLLAPSAR_HONEYPOT_A_MAC] || tb[COLLAPSAR_HONEYPOT_A_SENSOR_PORT])
		clps_honeypot_event(hp, COLLAPSAR_FRONT_EVENT_CHANGED);
	return 0;
}

int clps_honeypot_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct clps_honeypot *hp;
	int err;

	rtnl_lock();
	hp = get_honeypot(info);
	err = IS_ERR(hp) ? PTR_ERR(hp) : set_honeypot(hp, info);
	rtnl_unlock();
	return err;
}

int clps_honeypot_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct clps_honeypot *hp;

	rtnl_lock();
	hp = get_honeypot(info);
	if (!IS_ERR(hp))
		clps_honeypot_del(hp);
	rtnl_unlock();
	return PTR_ERR_OR_ZERO(hp);
}

int clps_honeypot_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct clps_honeypot *hp;
	struct sk_buff *msg;
	int err;

	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	rtnl_lock();
	hp = get_honeypot(info);
	err = IS_ERR(hp) ? PTR_ERR(hp) :
	      fill(msg, hp, COLLAPSAR_FRONT_CMD_HONEYPOT_NEW, info->snd_portid, info->snd_seq,
		   0, -1);
	rtnl_unlock();
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	return genlmsg_reply(msg, info);
}

int clps_honeypot_get_dumpit(struct sk_buff *msg, struct netlink_callback *cb)
{
	struct clps_front_net *fn = clps_front_net(sock_net(msg->sk));
	struct nlattr **tb = clps_compat_dump_attrs(cb);
	struct nlattr *only = tb ? tb[COLLAPSAR_HONEYPOT_A_NETWORK] : NULL;
	unsigned long id = cb->args[0];
	struct clps_honeypot *hp;
	unsigned int others = 0;

	/* What is told of an object is told of one moment. */
	rtnl_lock();
	xa_for_each_start(&fn->honeypot_ids, id, hp, id) {
		if (only && nla_strcmp(only, hp->network->name)) {
			/* A million of others keep nobody else waiting. */
			if (!(++others % DUMP_AT_ONCE)) {
				rtnl_unlock();
				cond_resched();
				rtnl_lock();
			}
			continue;
		}
		if (fill(msg, hp, COLLAPSAR_FRONT_CMD_HONEYPOT_NEW, NETLINK_CB(cb->skb).portid,
			 cb->nlh->nlmsg_seq, NLM_F_MULTI, -1))
			break;
	}
	rtnl_unlock();
	cb->args[0] = hp ? id : ULONG_MAX;
	return msg->len;
}

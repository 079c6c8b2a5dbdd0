// SPDX-License-Identifier: GPL-2.0-only
/* Generic netlink family "collapsar_front". */
#include <linux/ctype.h>
#include <linux/module.h>
#include <net/genetlink.h>

#include "front.h"

enum { FRONT_MCGRP_EVENTS };

static const struct genl_multicast_group front_mcgrps[] = {
	[FRONT_MCGRP_EVENTS] = {
		.name = COLLAPSAR_FRONT_MCGRP_EVENTS,
		.flags = GENL_MCAST_CAP_NET_ADMIN,
	},
};

int clps_front_name_get(const struct nlattr *attr, char *name, struct netlink_ext_ack *extack)
{
	int i;

	memset(name, 0, COLLAPSAR_FRONT_NAMSIZ);
	nla_strscpy(name, attr, COLLAPSAR_FRONT_NAMSIZ);
	if (!name[0]) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "a name cannot be empty");
		return -EINVAL;
	}
	for (i = 0; name[i]; i++) {
		if (!isascii(name[i]) || (!isalnum(name[i]) && !strchr("_.:-", name[i]))) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "a name holds letters, digits and _ . : - only");
			return -EINVAL;
		}
	}
	return 0;
}

bool clps_front_has_listeners(struct net *net)
{
	return genl_has_listeners(&clps_front_family, net, FRONT_MCGRP_EVENTS);
}

void clps_front_multicast(struct net *net, struct sk_buff *msg)
{
	genlmsg_multicast_netns(&clps_front_family, net, msg, 0, FRONT_MCGRP_EVENTS, GFP_KERNEL);
}

#define FRONT_DO(_cmd, _doit, _what) {				\
	.cmd = _cmd,						\
	.doit = _doit,						\
	.policy = clps_##_what##_policy,			\
	.maxattr = FRONT_MAX_##_what,				\
	.flags = GENL_UNS_ADMIN_PERM,				\
}

#define FRONT_MAX_network	COLLAPSAR_NETWORK_A_MAX
#define FRONT_MAX_honeypot	COLLAPSAR_HONEYPOT_A_MAX
#define FRONT_MAX_stream	COLLAPSAR_STREAM_A_MAX

static const struct genl_ops front_ops[] = {
	FRONT_DO(COLLAPSAR_FRONT_CMD_NETWORK_NEW, clps_network_new_doit, network),
	FRONT_DO(COLLAPSAR_FRONT_CMD_NETWORK_SET, clps_network_set_doit, network),
	FRONT_DO(COLLAPSAR_FRONT_CMD_NETWORK_DEL, clps_network_del_doit, network),
	{
		.cmd = COLLAPSAR_FRONT_CMD_NETWORK_GET,
		.doit = clps_network_get_doit,
		.dumpit = clps_network_get_dumpit,
		.policy = clps_network_policy,
		.maxattr = COLLAPSAR_NETWORK_A_MAX,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	FRONT_DO(COLLAPSAR_FRONT_CMD_HONEYPOT_NEW, clps_honeypot_new_doit, honeypot),
	FRONT_DO(COLLAPSAR_FRONT_CMD_HONEYPOT_SET, clps_honeypot_set_doit, honeypot),
	FRONT_DO(COLLAPSAR_FRONT_CMD_HONEYPOT_DEL, clps_honeypot_del_doit, honeypot),
	{
		.cmd = COLLAPSAR_FRONT_CMD_HONEYPOT_GET,
		.doit = clps_honeypot_get_doit,
		.dumpit = clps_honeypot_get_dumpit,
		.policy = clps_honeypot_policy,
		.maxattr = COLLAPSAR_HONEYPOT_A_MAX,
		.flags = GENL_UNS_ADMIN_PERM,
	}, {
		.cmd = COLLAPSAR_FRONT_CMD_STATS_GET,
		/* Without a policy every attribute is refused. */
		.dumpit = clps_front_stats_dumpit,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	FRONT_DO(COLLAPSAR_FRONT_CMD_STREAM_SUBSCRIBE, clps_stream_subscribe_doit, stream),
	FRONT_DO(COLLAPSAR_FRONT_CMD_STREAM_ACK, clps_stream_ack_doit, stream),
	FRONT_DO(COLLAPSAR_FRONT_CMD_STREAM_FORGET, clps_stream_forget_doit, stream),
};

struct genl_family clps_front_family __ro_after_init = {
	.name = COLLAPSAR_FRONT_GENL_NAME,
	.version = COLLAPSAR_FRONT_GENL_VERSION,
	.netnsok = true,
	.module = THIS_MODULE,
	.ops = front_ops,
	.n_ops = ARRAY_SIZE(front_ops),
	.mcgrps = front_mcgrps,
	.n_mcgrps = ARRAY_SIZE(front_mcgrps),
};

int clps_front_netlink_init(void)
{
	BUILD_BUG_ON(sizeof(COLLAPSAR_FRONT_GENL_NAME) > GENL_NAMSIZ);
	return genl_register_family(&clps_front_family);
}

void clps_front_netlink_exit(void)
{
	genl_unregister_family(&clps_front_family);
}

MODULE_ALIAS_GENL_FAMILY(COLLAPSAR_FRONT_GENL_NAME);

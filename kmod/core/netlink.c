// SPDX-License-Identifier: GPL-2.0-only
/* Generic netlink family "collapsar": the core's counters. */
#include <linux/module.h>
#include <net/genetlink.h>
#include <net/netns/generic.h>
#include <net/sock.h>
#include <uapi/collapsar/core.h>

#include <collapsar/stats.h>

#include "core.h"

static unsigned int clps_core_net_id __read_mostly;

struct clps_core_net {
	struct clps_stats __percpu *stats;
};

static struct genl_family core_family;

struct clps_stats __percpu *clps_core_stats(struct net *net)
{
	struct clps_core_net *cn = net_generic(net, clps_core_net_id);

	return cn->stats;
}

static int core_stats_dump(struct sk_buff *msg, struct netlink_callback *cb)
{
	struct net *net = sock_net(msg->sk);
	void *hdr;

	if (cb->args[0])
		return 0;
	hdr = genlmsg_put(msg, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &core_family,
			  NLM_F_MULTI, COLLAPSAR_CMD_STATS_GET);
	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_string(msg, COLLAPSAR_STATS_A_SCOPE, "core") ||
	    clps_stats_put(msg, clps_core_stats(net))) {
		genlmsg_cancel(msg, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	cb->args[0] = 1;
	return msg->len;
}

/* Without a policy every attribute is refused. */
static const struct genl_ops core_ops[] = {
	{
		.cmd = COLLAPSAR_CMD_STATS_GET,
		.dumpit = core_stats_dump,
		.flags = GENL_UNS_ADMIN_PERM,
	},
};

static struct genl_family core_family __ro_after_init = {
	.name = COLLAPSAR_GENL_NAME,
	.version = COLLAPSAR_GENL_VERSION,
	.netnsok = true,
	.module = THIS_MODULE,
	.ops = core_ops,
	.n_ops = ARRAY_SIZE(core_ops),
};

static int __net_init core_net_init(struct net *net)
{
	struct clps_core_net *cn = net_generic(net, clps_core_net_id);

	cn->stats = clps_stats_alloc();
	return cn->stats ? 0 : -ENOMEM;
}

static void __net_exit core_net_exit(struct net *net)
{
	struct clps_core_net *cn = net_generic(net, clps_core_net_id);

	free_percpu(cn->stats);
}

static struct pernet_operations core_net_ops = {
	.init = core_net_init,
	.exit = core_net_exit,
	.id = &clps_core_net_id,
	.size = sizeof(struct clps_core_net),
};

int clps_netlink_init(void)
{
	int err;

	BUILD_BUG_ON(sizeof(COLLAPSAR_GENL_NAME) > GENL_NAMSIZ);
	err = register_pernet_subsys(&core_net_ops);
	if (err)
		return err;
	err = genl_register_family(&core_family);
	if (err)
		unregister_pernet_subsys(&core_net_ops);
	return err;
}

void clps_netlink_exit(void)
{
	genl_unregister_family(&core_family);
	unregister_pernet_subsys(&core_net_ops);
}

MODULE_ALIAS_GENL_FAMILY(COLLAPSAR_GENL_NAME);

// SPDX-License-Identifier: GPL-2.0-only
/* Tables of a namespace's tunnels, and the hook that claims their packets. */
#include <linux/netfilter_ipv4.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/netns/generic.h>
#include <net/rtnetlink.h>

#include "core.h"
#include "gre_priv.h"

static unsigned int clps_gre_net_id __read_mostly;

static const struct rhashtable_params peer_params = {
	.head_offset = offsetof(struct clps_gre_peer, node),
	.key_offset = offsetof(struct clps_gre_peer, remote),
	.key_len = sizeof(struct clps_addr),
	.automatic_shrinking = true,
};

static const struct nf_hook_ops hook_ops[CLPS_GRE_HOOKS] = {
	{
		/* After everybody, as nobody else may be there. */
		.hook = clps_gre_hook_early,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP_PRI_LAST,
	}, {
		/*
		 * After INPUT filtering and after reassembly; before the stock GRE
		 * driver, which would answer with ICMP what it does not know.
		 * Conntrack confirms at NF_IP_PRI_LAST: with the same number, the
		 * order would be that of loading.
		 */
		.hook = clps_gre_hook,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP_PRI_LAST - 1,
	},
};

struct clps_gre_net *clps_gre_net(struct net *net)
{
	return net_generic(net, clps_gre_net_id);
}

bool clps_gre_is_peer(struct clps_gre_net *gn, const struct clps_addr *remote)
{
	return rhashtable_lookup(&gn->peers, remote, peer_params);
}

static int peer_get(struct clps_gre_net *gn, const struct clps_addr *remote)
{
	struct clps_gre_peer *peer;
	int err;

	peer = rhashtable_lookup_fast(&gn->peers, remote, peer_params);
	if (peer) {
		peer->nr++;
		return 0;
	}
	peer = kzalloc(sizeof(*peer), GFP_KERNEL_ACCOUNT);
	if (!peer)
		return -ENOMEM;
	peer->remote = *remote;
	peer->nr = 1;
	err = rhashtable_insert_fast(&gn->peers, &peer->node, peer_params);
	if (err)
		kfree(peer);
	return err;
}

static void peer_put(struct clps_gre_net *gn, const struct clps_addr *remote)
{
	struct clps_gre_peer *peer;

	peer = rhashtable_lookup_fast(&gn->peers, remote, peer_params);
	if (WARN_ON_ONCE(!peer) || --peer->nr)
		return;
	rhashtable_remove_fast(&gn->peers, &peer->node, peer_params);
	kfree_rcu(peer, rcu);
}

int clps_gre_tun_add(struct clps_gre_tun *tun)
{
	struct clps_gre_net *gn = clps_gre_net(tun->net);
	int err;

	ASSERT_RTNL();
	err = peer_get(gn, &tun->id.remote);
	if (err)
		return err;
	err = rhashtable_lookup_insert_fast(&gn->tunnels, &tun->node, clps_gre_tunnel_params);
	if (err)
		goto err_peer;
	if (!gn->nr) {
		err = nf_register_net_hooks(tun->net, gn->hooks, CLPS_GRE_HOOKS);
		if (err)
			goto err_insert;
	}
	gn->nr++;
	return 0;

err_insert:
	rhashtable_remove_fast(&gn->tunnels, &tun->node, clps_gre_tunnel_params);
err_peer:
	peer_put(gn, &tun->id.remote);
	return err;
}

void clps_gre_tun_del(struct clps_gre_tun *tun)
{
	struct clps_gre_net *gn = clps_gre_net(tun->net);

	ASSERT_RTNL();
	if (!--gn->nr)
		nf_unregister_net_hooks(tun->net, gn->hooks, CLPS_GRE_HOOKS);
	rhashtable_remove_fast(&gn->tunnels, &tun->node, clps_gre_tunnel_params);
	peer_put(gn, &tun->id.remote);
}

static int __net_init gre_net_init(struct net *net)
{
	struct clps_gre_net *gn = clps_gre_net(net);
	int err, i;

	memcpy(gn->hooks, hook_ops, sizeof(gn->hooks));
	for (i = 0; i < CLPS_GRE_HOOKS; i++)
		gn->hooks[i].priv = gn;
	err = rhashtable_init(&gn->tunnels, &clps_gre_tunnel_params);
	if (err)
		return err;
	err = rhashtable_init(&gn->peers, &peer_params);
	if (err)
		rhashtable_destroy(&gn->tunnels);
	return err;
}

/* The devices are gone by now: the core deletes them before subsystems exit. */
static void __net_exit gre_net_exit(struct net *net)
{
	struct clps_gre_net *gn = clps_gre_net(net);

	WARN_ON_ONCE(gn->nr);
	rhashtable_destroy(&gn->peers);
	rhashtable_destroy(&gn->tunnels);
}

static struct pernet_operations gre_net_ops = {
	.init = gre_net_init,
	.exit = gre_net_exit,
	.id = &clps_gre_net_id,
	.size = sizeof(struct clps_gre_net),
};

int clps_gre_init(void)
{
	int err;

	err = register_pernet_subsys(&gre_net_ops);
	if (err)
		return err;
	err = rtnl_link_register(&clps_gre_link_ops);
	if (err)
		unregister_pernet_subsys(&gre_net_ops);
	return err;
}

void clps_gre_exit(void)
{
	rtnl_link_unregister(&clps_gre_link_ops);
	unregister_pernet_subsys(&gre_net_ops);
	rcu_barrier();
}

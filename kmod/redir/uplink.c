// SPDX-License-Identifier: GPL-2.0-only
/* Uplinks of a redirector, shared by its V's. */
#include <linux/jhash.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "redir.h"

/* The V's go with their uplink's netdev; the last of them detaches it. */
static void uplink_gone(void *priv, struct clps_uplink *up)
{
	struct clps_redir_uplink *uplink = priv;
	unsigned int nr = uplink->nr;
	struct clps_v *v, *tmp;

	ASSERT_RTNL();
	list_for_each_entry_safe(v, tmp, &uplink->vs, on_uplink) {
		clps_v_del(v);
		/* The last one frees the list. */
		if (!--nr)
			return;
		cond_resched();
	}
}

static const struct clps_uplink_ops uplink_ops = {
	.rcv = clps_redir_inject,
	.gone = uplink_gone,
};

static u32 parm_hash(const struct clps_uplink_parm *parm)
{
	return jhash_3words(parm->dev_index, (__force u32)parm->remote.w[3], parm->key, 0);
}

static bool same_parm(const struct clps_uplink_parm *a, const struct clps_uplink_parm *b)
{
	return a->dev_index == b->dev_index && a->has_remote == b->has_remote &&
	       (!a->has_remote ||
		(clps_addr_eq(&a->remote, &b->remote) && a->has_key == b->has_key &&
		 a->key == b->key));
}

/* What another V said of the same uplink must not differ in what is left. */
static int check_same(const struct clps_uplink_parm *have, const struct clps_uplink_parm *want,
		      struct netlink_ext_ack *extack)
{
	if (have->ttl == want->ttl && have->has_peer_mac == want->has_peer_mac &&
	    (!have->has_peer_mac || ether_addr_equal(have->peer_mac, want->peer_mac)))
		return 0;
	NL_SET_ERR_MSG(extack, "another address uses this uplink with another ttl or peer-mac");
	return -EINVAL;
}

static struct clps_redir_uplink *uplink_new(struct clps_redir_net *rn,
					    const struct clps_uplink_parm *parm,
					    struct netlink_ext_ack *extack)
{
	struct clps_redir_uplink *uplink = kzalloc(sizeof(*uplink), GFP_KERNEL_ACCOUNT);

	if (!uplink)
		return ERR_PTR(-ENOMEM);
	uplink->rn = rn;
	uplink->nr = 1;
	INIT_LIST_HEAD(&uplink->vs);
	uplink->policy = clps_policy_new(CLPS_REDIR_FLOWS);
	if (!uplink->policy) {
		kfree(uplink);
		return ERR_PTR(-ENOMEM);
	}
	uplink->up = clps_uplink_attach(rn->net, parm, &uplink_ops, uplink, rn->stats, extack);
	if (IS_ERR(uplink->up)) {
		long err = PTR_ERR(uplink->up);

		clps_policy_free(uplink->policy);
		kfree(uplink);
		return ERR_PTR(err);
	}
	hash_add(rn->uplinks, &uplink->node, parm_hash(parm));
	return uplink;
}

bool clps_redir_is_uplink(struct clps_redir_net *rn, int ifindex)
{
	struct clps_redir_uplink *uplink;
	int i;

	hash_for_each(rn->uplinks, i, uplink, node)
		if (clps_uplink_parms(uplink->up)->dev_index == ifindex)
			return true;
	return false;
}

struct clps_redir_uplink *clps_redir_uplink_get(struct clps_redir_net *rn,
						const struct clps_uplink_parm *parm,
						struct netlink_ext_ack *extack)
{
	struct clps_redir_uplink *uplink;
	struct clps_redir_nic *nic;
	int err;

	ASSERT_RTNL();
	hash_for_each_possible(rn->uplinks, uplink, node, parm_hash(parm)) {
		if (!same_parm(clps_uplink_parms(uplink->up), parm))
			continue;
		err = check_same(clps_uplink_parms(uplink->up), parm, extack);
		if (err)
			return ERR_PTR(err);
		uplink->nr++;
		return uplink;
	}
	/* An uplink takes all that its netdev receives, the host's packets too. */
	list_for_each_entry(nic, &rn->nics, list) {
		if (nic->dev->ifindex == parm->dev_index) {
			NL_SET_ERR_MSG(extack, "the uplink is the production NIC of another address");
			return ERR_PTR(-EBUSY);
		}
	}
	return uplink_new(rn, parm, extack);
}

void clps_redir_uplink_put(struct clps_redir_uplink *uplink)
{
	ASSERT_RTNL();
	if (--uplink->nr)
		return;
	hash_del(&uplink->node);
	clps_uplink_detach(uplink->up);
	clps_policy_free(uplink->policy);
	kfree_rcu(uplink, rcu);
}

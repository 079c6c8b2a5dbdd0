// SPDX-License-Identifier: GPL-2.0-only
/* collapsar.ko: what redirector and front-end share. */
#include <linux/module.h>

#include "core.h"

static int __init clps_core_init(void)
{
	int err;

	err = clps_policy_init();
	if (err)
		return err;
	err = clps_netlink_init();
	if (err)
		goto err_policy;
	err = clps_uplink_init();
	if (err)
		goto err_netlink;
	err = clps_gre_init();
	if (err)
		goto err_uplink;
	return 0;

err_uplink:
	clps_uplink_exit();
err_netlink:
	clps_netlink_exit();
err_policy:
	clps_policy_exit();
	return err;
}

static void __exit clps_core_exit(void)
{
	clps_gre_exit();
	clps_uplink_exit();
	clps_netlink_exit();
	rcu_barrier();
	clps_policy_exit();
}

module_init(clps_core_init);
module_exit(clps_core_exit);

MODULE_DESCRIPTION("Collapsar core: containment policy, uplinks, GRE");
MODULE_LICENSE("GPL");

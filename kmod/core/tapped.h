/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Does anybody look at what a netdev carries? Asked of each packet on each way past the
 * stack, so not by a call. Private to collapsar.ko.
 */
#ifndef CLPS_TAPPED_H
#define CLPS_TAPPED_H

#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <net/sch_generic.h>

#include "../compat/netdev.h"

/* Does somebody but @own filter what @dev sends? */
static inline bool clps_has_egress_hook(const struct net_device *dev, nf_hookfn *own)
{
#ifdef CONFIG_NETFILTER_EGRESS
	const struct nf_hook_entries *e = rcu_dereference(dev->nf_hooks_egress);

	return e && (e->num_hook_entries != 1 || e->hooks[0].hook != own);
#else
	return false;
#endif
}

/**
 * clps_tx_is_tapped() - does anybody look at, queue, filter or redirect what a netdev sends?
 * @dev: the netdev; with several transmit queues, somebody does
 * @own: an egress hook that does not count, or NULL
 *
 * Context: BH disabled, RCU. Return: true if so.
 */
static inline bool clps_tx_is_tapped(struct net_device *dev, nf_hookfn *own)
{
	const struct Qdisc *q = rcu_dereference_bh(netdev_get_tx_queue(dev, 0)->qdisc);

	return READ_ONCE(dev->real_num_tx_queues) != 1 || q->enqueue || dev_nit_active(dev) ||
	       clps_has_egress_hook(dev, own) || clps_compat_has_tc_egress(dev);
}

/**
 * clps_rx_is_tapped() - does anybody look at, filter or redirect what a netdev receives?
 * @dev: the netdev
 *
 * Context: RCU. Return: true if so.
 */
static inline bool clps_rx_is_tapped(const struct net_device *dev)
{
	if (dev_nit_active((struct net_device *)dev) || !list_empty(&dev->ptype_specific))
		return true;
	if (rcu_access_pointer(dev->xdp_prog))
		return true;
#ifdef CONFIG_NETFILTER_INGRESS
	if (rcu_access_pointer(dev->nf_hooks_ingress))
		return true;
#endif
	return clps_compat_has_tc_ingress(dev);
}

#endif /* CLPS_TAPPED_H */

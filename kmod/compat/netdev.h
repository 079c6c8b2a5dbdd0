/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CLPS_COMPAT_NETDEV_H
#define CLPS_COMPAT_NETDEV_H

#include <linux/netdevice.h>

/* A device without a transmit lock that stays in its namespace. */
static inline void clps_compat_dev_lltx_local(struct net_device *dev)
{
#ifdef CLPS_HAVE_DEV_LLTX
	dev->lltx = true;
	dev->netns_immutable = true;
#else
	dev->features |= NETIF_F_LLTX | NETIF_F_NETNS_LOCAL;
#endif
}

/* Does the device transmit without a lock? */
static inline bool clps_compat_dev_is_lltx(const struct net_device *dev)
{
#ifdef CLPS_HAVE_DEV_LLTX
	return dev->lltx;
#else
	return dev->features & NETIF_F_LLTX;
#endif
}

/* Is there a tc ingress hook (clsact, tcx) on the device? */
static inline bool clps_compat_has_tc_ingress(const struct net_device *dev)
{
#if defined(CLPS_HAVE_TCX)
#ifdef CONFIG_NET_XGRESS
	return rcu_access_pointer(dev->tcx_ingress);
#endif
#elif defined(CONFIG_NET_CLS_ACT)
	return rcu_access_pointer(dev->miniq_ingress);
#endif
	return false;
}

/* The same on its way out. */
static inline bool clps_compat_has_tc_egress(const struct net_device *dev)
{
#if defined(CLPS_HAVE_TCX)
#ifdef CONFIG_NET_XGRESS
	return rcu_access_pointer(dev->tcx_egress);
#endif
#elif defined(CONFIG_NET_CLS_ACT)
	return rcu_access_pointer(dev->miniq_egress);
#endif
	return false;
}

#endif /* CLPS_COMPAT_NETDEV_H */

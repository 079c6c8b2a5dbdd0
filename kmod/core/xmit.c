// SPDX-License-Identifier: GPL-2.0-only
/* To a netdev's driver, past what there is nothing to do for. */
#include <linux/export.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <net/arp.h>
#include <net/dst.h>
#include <net/neighbour.h>
#include <net/sch_generic.h>

#include <collapsar/uplink.h>

#include "../compat/netdev.h"
#include "core.h"
#include "tapped.h"

/* Can the driver take it as it is? */
static __always_inline bool is_ready(struct sk_buff *skb, const struct net_device *dev)
{
	const struct net_device_ops *ops = dev->netdev_ops;
	netdev_features_t features = READ_ONCE(dev->features);

	if (skb_is_gso(skb) || skb_vlan_tag_present(skb) || skb_csum_is_sctp(skb))
		return false;
	if (skb->ip_summed != CHECKSUM_PARTIAL && !skb_is_nonlinear(skb))
		return true;
	if (ops->ndo_features_check && ops->ndo_features_check != passthru_features_check)
		return false;
	if (skb->encapsulation)
		features &= dev->hw_enc_features;
	if (skb->ip_summed == CHECKSUM_PARTIAL && !(features & NETIF_F_HW_CSUM))
		return false;
	return !skb_is_nonlinear(skb) || ((features & NETIF_F_SG) && !skb_has_frag_list(skb));
}

/* A device without queue, lock or choice: veth, a bridge, a tunnel. */
static bool takes_directly(const struct net_device *dev)
{
	return clps_compat_dev_is_lltx(dev) &&
	       !netif_xmit_stopped(netdev_get_tx_queue(dev, 0)) && !dev_xmit_recursion();
}

static __always_inline int xmit_past(struct sk_buff *skb, nf_hookfn *own)
{
	struct net_device *dev = skb->dev;
	int rc;

	skb_reset_mac_header(skb);
	if (!takes_directly(dev) || !is_ready(skb, dev) || clps_tx_is_tapped(dev, own)) {
		rc = dev_queue_xmit(skb);
		return net_xmit_eval(rc);
	}
	if (dev->priv_flags & IFF_XMIT_DST_RELEASE)
		skb_dst_drop(skb);
	else
		skb_dst_force(skb);
	skb_set_queue_mapping(skb, 0);
	dev_xmit_recursion_inc();
	rc = netdev_start_xmit(skb, dev, netdev_get_tx_queue(dev, 0), false);
	dev_xmit_recursion_dec();
	if (likely(dev_xmit_complete(rc)))
		return net_xmit_eval(rc);
	kfree_skb(skb);
	return NET_XMIT_DROP;
}

int clps_xmit_past(struct sk_buff *skb, nf_hookfn *own)
{
	return xmit_past(skb, own);
}
EXPORT_SYMBOL_NS_GPL(clps_xmit_past, COLLAPSAR);

/* The link-layer header, as last used. */
static bool push_cached(struct sk_buff *skb, const struct hh_cache *hh)
{
	unsigned int seq, len;

	if (unlikely(skb_headroom(skb) < HH_DATA_MOD))
		return false;
	do {
		seq = read_seqbegin(&hh->hh_lock);
		len = READ_ONCE(hh->hh_len);
		if (!len || len > HH_DATA_MOD)
			return false;
		memcpy(skb->data - HH_DATA_MOD, hh->hh_data, HH_DATA_MOD);
	} while (read_seqretry(&hh->hh_lock, seq));
	__skb_push(skb, len);
	return true;
}

int clps_xmit_neigh(struct sk_buff *skb, struct neighbour *neigh, bool is_v6gw)
{
	/* Whoever uses a doubtful entry has it asked for, as neigh_output() does. */
	if (is_v6gw || !(READ_ONCE(neigh->nud_state) & NUD_VALID) ||
	    neigh_event_send(neigh, NULL) || !push_cached(skb, &neigh->hh))
		return neigh_output(neigh, skb, is_v6gw);
	return xmit_past(skb, NULL);
}

/* As neigh_output() does for the next one. */
static void cache_header(struct neighbour *neigh)
{
	const struct header_ops *ops = neigh->dev->header_ops;

	if (!ops || !ops->cache || READ_ONCE(neigh->hh.hh_len))
		return;
	write_lock_bh(&neigh->lock);
	if (!neigh->hh.hh_len)
		ops->cache(neigh, &neigh->hh, neigh->tbl->protocol);
	write_unlock_bh(&neigh->lock);
}

static int push_header(struct sk_buff *skb, struct neighbour *neigh, const u8 *src)
{
	u8 dst[MAX_ADDR_LEN];

	neigh_ha_snapshot((char *)dst, neigh, neigh->dev);
	return dev_hard_header(skb, neigh->dev, ETH_P_IP, dst, src, skb->len);
}

int clps_xmit_known(struct sk_buff *skb, struct neighbour *neigh, const u8 *src)
{
	/* Of an IPv6 gateway the known header is one of IPv6. */
	if (src || neigh->tbl != &arp_tbl || !push_cached(skb, &neigh->hh)) {
		if (!src)
			cache_header(neigh);
		if (push_header(skb, neigh, src) < 0) {
			kfree_skb(skb);
			return NET_XMIT_DROP;
		}
	}
	return xmit_past(skb, NULL);
}
EXPORT_SYMBOL_NS_GPL(clps_xmit_known, COLLAPSAR);

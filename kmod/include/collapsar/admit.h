/* SPDX-License-Identifier: GPL-2.0-only */
/* What is checked of a packet stays as it was checked. */
#ifndef _COLLAPSAR_ADMIT_H
#define _COLLAPSAR_ADMIT_H

#include <linux/skbuff.h>

#include "../../lib/pkt.h"

struct clps_stats;

/**
 * clps_skb_admit() - make a packet fit to be decided about
 * @skb: skb->data at the IPv4 header; not shared
 * @pkt: filled in on success
 *
 * Pulls all that clps_pkt_parse4() reads into the linear part, so that nobody who can
 * write to the packet's pages changes it after the check; walks the headers; cuts
 * link-layer padding and a priority tag off; sets the network and transport headers,
 * which skb_gso_validate_network_len() goes by.
 *
 * A partial checksum is two bytes that whoever sends the packet on will write, at a
 * place that its sender chose. It must be the checksum of the transport protocol, or
 * lie behind everything that a policy looks at (an inner packet's, in a guest's own
 * tunnel); in a fragment it is nowhere.
 *
 * Context: any; may reallocate the header.
 * Return: 0, CLPS_DROP_malformed or CLPS_DROP_no_memory.
 */
int clps_skb_admit(struct sk_buff *skb, struct clps_pkt *pkt);

/**
 * clps_skb_clone() - what clps_skb_own() does with a packet that somebody else holds
 * @stats: takes the drop when there is no memory for a copy
 * @skb: consumed
 *
 * Context: BH disabled. Return: a clone of @skb, or NULL.
 */
struct sk_buff *clps_skb_clone(struct clps_stats __percpu *stats, struct sk_buff *skb);

/**
 * clps_skb_own() - a packet that nobody else holds
 * @stats: takes the drop when there is no memory for a copy
 * @skb: consumed
 *
 * skb_share_check(), but that what is lost is counted. Context: BH disabled.
 * Return: @skb, a clone of it, or NULL.
 */
static inline struct sk_buff *clps_skb_own(struct clps_stats __percpu *stats, struct sk_buff *skb)
{
	return likely(!skb_shared(skb)) ? skb : clps_skb_clone(stats, skb);
}

#endif /* _COLLAPSAR_ADMIT_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Containment: which packets of honeypots may leave. One policy object per
 * production network (front-end) or uplink (redirector); the tarpit builds on
 * the same flow table.
 */
#ifndef _COLLAPSAR_POLICY_H
#define _COLLAPSAR_POLICY_H

#include <linux/types.h>
#include <uapi/collapsar/uplink.h>

#include "../../lib/pkt.h"
#include "stats.h"

struct clps_policy;

/**
 * clps_policy_new() - a policy with an empty flow table
 * @flows: entries, CLPS_FLOW_MIN..CLPS_FLOW_MAX, a power of two
 *
 * The table's memory comes with the flows, and the caller's cgroup pays for it.
 *
 * Context: may sleep. Return: policy or NULL.
 */
struct clps_policy *clps_policy_new(u32 flows);

/**
 * clps_policy_free() - free a policy after an RCU grace period
 * @policy: policy or NULL
 */
void clps_policy_free(struct clps_policy *policy);

/**
 * clps_policy_inbound() - a packet from outside passes: remember its flow
 * @policy: the policy
 * @pkt: the packet, to V
 * @stats: flow evictions and refusals are counted here
 *
 * A flow that finds no memory is counted and not remembered. Context: BH disabled, RCU.
 */
void clps_policy_inbound(struct clps_policy *policy, const struct clps_pkt *pkt,
			 struct clps_stats __percpu *stats);

/**
 * clps_policy_outbound() - may a honeypot's packet leave?
 * @policy: the policy
 * @pkt: the packet, from V
 * @mode: enum collapsar_outbound
 * @stats: flow evictions are counted here: the rest of a datagram needs a flow
 *
 * With COLLAPSAR_OUTBOUND_REPLIES only packets of flows that the outside began
 * pass. An unknown @mode refuses. Context: BH disabled, RCU.
 *
 * Return: 0, or the CLPS_DROP_* reason.
 */
int clps_policy_outbound(struct clps_policy *policy, const struct clps_pkt *pkt,
			 u32 mode, struct clps_stats __percpu *stats);

#endif /* _COLLAPSAR_POLICY_H */

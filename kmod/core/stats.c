// SPDX-License-Identifier: GPL-2.0-only
#include <linux/export.h>
#include <net/netlink.h>
#include <uapi/collapsar/stats.h>

#include <collapsar/stats.h>

#include "../compat/trace.h"
#define CREATE_TRACE_POINTS
#include "trace.h"

static const char * const counter_names[CLPS_COUNTER_MAX] = {
#define X(name, text) [CLPS_C_##name] = #name,
	CLPS_COUNTERS(X)
#undef X
#define X(name, text) [CLPS_DROP_##name] = "drop_" #name,
	CLPS_DROPS(X)
#undef X
};

const char *clps_counter_name(enum clps_counter c)
{
	return (unsigned int)c < CLPS_COUNTER_MAX ? counter_names[c] : "unknown";
}
EXPORT_SYMBOL_NS_GPL(clps_counter_name, COLLAPSAR);

struct clps_stats __percpu *clps_stats_alloc(void)
{
	return __netdev_alloc_pcpu_stats(struct clps_stats, GFP_KERNEL_ACCOUNT);
}
EXPORT_SYMBOL_NS_GPL(clps_stats_alloc, COLLAPSAR);

void clps_stats_sum(const struct clps_stats __percpu *stats, u64 *sum)
{
	u64 v[CLPS_COUNTER_MAX];
	unsigned int start;
	int cpu, i;

	memset(sum, 0, sizeof(v));
	for_each_possible_cpu(cpu) {
		const struct clps_stats *s = per_cpu_ptr(stats, cpu);

		do {
			start = u64_stats_fetch_begin(&s->syncp);
			for (i = 0; i < CLPS_COUNTER_MAX; i++)
				v[i] = u64_stats_read(&s->v[i]);
		} while (u64_stats_fetch_retry(&s->syncp, start));
		for (i = 0; i < CLPS_COUNTER_MAX; i++)
			sum[i] += v[i];
	}
}
EXPORT_SYMBOL_NS_GPL(clps_stats_sum, COLLAPSAR);

int clps_stats_put(struct sk_buff *msg, const struct clps_stats __percpu *stats)
{
	u64 sum[CLPS_COUNTER_MAX];
	int i;

	clps_stats_sum(stats, sum);
	for (i = 0; i < CLPS_COUNTER_MAX; i++) {
		if (clps_stats_put_one(msg, counter_names[i], sum[i]))
			return -EMSGSIZE;
	}
	return 0;
}
EXPORT_SYMBOL_NS_GPL(clps_stats_put, COLLAPSAR);

int clps_pcount_put(struct sk_buff *msg, int attr, int pad,
		    const struct clps_pcount __percpu *count)
{
	u64 sum[4] = { };
	int cpu, i;

	for_each_possible_cpu(cpu) {
		const struct clps_pcount *c = per_cpu_ptr(count, cpu);
		unsigned int start;
		u64 val[4];

		do {
			start = u64_stats_fetch_begin(&c->syncp);
			val[0] = u64_stats_read(&c->rx_packets);
			val[1] = u64_stats_read(&c->rx_bytes);
			val[2] = u64_stats_read(&c->tx_packets);
			val[3] = u64_stats_read(&c->tx_bytes);
		} while (u64_stats_fetch_retry(&c->syncp, start));
		for (i = 0; i < 4; i++)
			sum[i] += val[i];
	}
	for (i = 0; i < 4; i++) {
		if (nla_put_u64_64bit(msg, attr + i, sum[i], pad))
			return -EMSGSIZE;
	}
	return 0;
}
EXPORT_SYMBOL_NS_GPL(clps_pcount_put, COLLAPSAR);

/*
 * What the kernel calls something like it: skb:kfree_skb and drop_monitor show that. A
 * list of our own they cannot, as the kernel's table of lists has no room for another.
 */
static enum skb_drop_reason kernel_reason(enum clps_counter why)
{
	switch (why) {
	case CLPS_DROP_malformed:
		return SKB_DROP_REASON_IP_INHDR;
	case CLPS_DROP_not_ip:
	case CLPS_DROP_gre_proto:
		return SKB_DROP_REASON_UNHANDLED_PROTO;
	case CLPS_DROP_no_honeypot:
	case CLPS_DROP_no_network:
		return SKB_DROP_REASON_IP_INNOROUTES;
	case CLPS_DROP_no_redirect:
	case CLPS_DROP_spoofed:
		return SKB_DROP_REASON_IP_RPFILTER;
	case CLPS_DROP_contained:
		return SKB_DROP_REASON_NETFILTER_DROP;
	case CLPS_DROP_bad_dst:
		return SKB_DROP_REASON_IP_INADDRERRORS;
	case CLPS_DROP_no_route:
		return SKB_DROP_REASON_IP_OUTNOROUTES;
	case CLPS_DROP_no_neighbour:
	case CLPS_DROP_no_guest_mac:
		return SKB_DROP_REASON_NEIGH_FAILED;
	case CLPS_DROP_no_memory:
		return SKB_DROP_REASON_NOMEM;
	case CLPS_DROP_detached:
	case CLPS_DROP_link_down:
		return SKB_DROP_REASON_DEV_READY;
	case CLPS_DROP_too_big:
		return SKB_DROP_REASON_PKT_TOO_BIG;
	case CLPS_DROP_xmit:
		return SKB_DROP_REASON_DEV_HDR;
	case CLPS_DROP_gre_csum:
		return SKB_DROP_REASON_SKB_CSUM;
	case CLPS_DROP_ipsec:
		return SKB_DROP_REASON_XFRM_POLICY;
	default:
		return SKB_DROP_REASON_NOT_SPECIFIED;
	}
}

void clps_drop_note(struct clps_stats __percpu *stats, const struct sk_buff *skb,
		    enum clps_counter why)
{
	clps_stats_inc(stats, why);
	trace_clps_drop(skb, skb->dev, skb->len, counter_names[why]);
}
EXPORT_SYMBOL_NS_GPL(clps_drop_note, COLLAPSAR);

void clps_drop_gone(struct clps_stats __percpu *stats, const struct net_device *dev,
		    unsigned int len, enum clps_counter why)
{
	clps_stats_inc(stats, why);
	trace_clps_drop(NULL, dev, len, counter_names[why]);
}
EXPORT_SYMBOL_NS_GPL(clps_drop_gone, COLLAPSAR);

void clps_drop(struct clps_stats __percpu *stats, struct sk_buff *skb, enum clps_counter why)
{
	clps_drop_note(stats, skb, why);
	kfree_skb_reason(skb, kernel_reason(why));
}
EXPORT_SYMBOL_NS_GPL(clps_drop, COLLAPSAR);

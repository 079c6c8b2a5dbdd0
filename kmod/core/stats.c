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
	struct nlattr *nest;
	int i;

	clps_stats_sum(stats, sum);
	for (i = 0; i < CLPS_COUNTER_MAX; i++) {
		nest = nla_nest_start(msg, COLLAPSAR_STATS_A_COUNTER);
		if (!nest ||
		    nla_put_string(msg, COLLAPSAR_COUNTER_A_NAME, counter_names[i]) ||
		    nla_put_u64_64bit(msg, COLLAPSAR_COUNTER_A_VALUE, sum[i],
				      COLLAPSAR_COUNTER_A_PAD))
			return -EMSGSIZE;
		nla_nest_end(msg, nest);
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

void clps_drop(struct clps_stats __percpu *stats, struct sk_buff *skb, enum clps_counter why)
{
	clps_stats_inc(stats, why);
	trace_clps_drop(skb, counter_names[why]);
	kfree_skb(skb);
}
EXPORT_SYMBOL_NS_GPL(clps_drop, COLLAPSAR);

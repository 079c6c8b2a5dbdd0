// SPDX-License-Identifier: GPL-2.0-only
/* Counters: per CPU, 64 bits, summed and put in messages. */
#include <net/netlink.h>
#include <uapi/collapsar/stats.h>

#include <collapsar/stats.h>

#include "tests.h"

struct stats_fixture {
	struct clps_stats __percpu *stats;
	u64 sum[CLPS_COUNTER_MAX];
};

static int stats_init(struct kunit *test)
{
	struct stats_fixture *fix = kunit_kzalloc(test, sizeof(*fix), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, fix);
	fix->stats = clps_stats_alloc();
	KUNIT_ASSERT_NOT_NULL(test, fix->stats);
	test->priv = fix;
	return 0;
}

static void stats_exit(struct kunit *test)
{
	struct stats_fixture *fix = test->priv;

	if (fix)
		free_percpu(fix->stats);
}

static void set_on(struct stats_fixture *fix, int cpu, enum clps_counter c, u64 value)
{
	struct clps_stats *s = per_cpu_ptr(fix->stats, cpu);

	u64_stats_update_begin(&s->syncp);
	u64_stats_set(&s->v[c], value);
	u64_stats_update_end(&s->syncp);
}

static void new_counters_are_zero(struct kunit *test)
{
	struct stats_fixture *fix = test->priv;
	int i;

	memset(fix->sum, 0xff, sizeof(fix->sum));
	clps_stats_sum(fix->stats, fix->sum);
	for (i = 0; i < CLPS_COUNTER_MAX; i++)
		KUNIT_EXPECT_EQ(test, fix->sum[i], 0);
}

static void sum_is_of_every_cpu(struct kunit *test)
{
	struct stats_fixture *fix = test->priv;
	u64 want = 0;
	int cpu;

	for_each_possible_cpu(cpu) {
		set_on(fix, cpu, CLPS_C_rx_bytes, (1ull << 40) + cpu);
		want += (1ull << 40) + cpu;
	}
	clps_stats_sum(fix->stats, fix->sum);
	KUNIT_EXPECT_EQ(test, fix->sum[CLPS_C_rx_bytes], want);
	KUNIT_EXPECT_EQ(test, fix->sum[CLPS_C_rx_packets], 0);
	KUNIT_EXPECT_EQ(test, fix->sum[CLPS_C_tx_packets], 0);
}

static void counters_pass_32_bits(struct kunit *test)
{
	struct stats_fixture *fix = test->priv;
	u64 most = U32_MAX;

	/* No immediate operand is as wide. */
	OPTIMIZER_HIDE_VAR(most);
	local_bh_disable();
	clps_stats_add(fix->stats, CLPS_C_tx_bytes, most);
	clps_stats_inc(fix->stats, CLPS_C_tx_bytes);
	local_bh_enable();
	clps_stats_sum(fix->stats, fix->sum);
	KUNIT_EXPECT_EQ(test, fix->sum[CLPS_C_tx_bytes], 1ull << 32);
}

static void a_drop_counts_and_frees(struct kunit *test)
{
	struct stats_fixture *fix = test->priv;
	struct sk_buff *skb = alloc_skb(64, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	/* Ours keeps it to be looked at. */
	skb_get(skb);
	local_bh_disable();
	clps_drop(fix->stats, skb, CLPS_DROP_spoofed);
	local_bh_enable();
	clps_stats_sum(fix->stats, fix->sum);
	KUNIT_EXPECT_EQ(test, fix->sum[CLPS_DROP_spoofed], 1);
	KUNIT_EXPECT_EQ(test, refcount_read(&skb->users), 1);
	kfree_skb(skb);
}

static void what_others_free_counts_too(struct kunit *test)
{
	struct stats_fixture *fix = test->priv;
	struct sk_buff *skb = alloc_skb(64, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	local_bh_disable();
	clps_drop_note(fix->stats, skb, CLPS_DROP_own_stack);
	clps_drop_gone(fix->stats, NULL, 64, CLPS_DROP_xmit);
	local_bh_enable();
	clps_stats_sum(fix->stats, fix->sum);
	KUNIT_EXPECT_EQ(test, fix->sum[CLPS_DROP_own_stack], 1);
	KUNIT_EXPECT_EQ(test, fix->sum[CLPS_DROP_xmit], 1);
	KUNIT_EXPECT_EQ(test, refcount_read(&skb->users), 1);
	kfree_skb(skb);
}

static void names_are_unique_and_tell_drops(struct kunit *test)
{
	int i, j;

	for (i = 0; i < CLPS_COUNTER_MAX; i++) {
		const char *name = clps_counter_name(i);

		KUNIT_ASSERT_NOT_NULL(test, name);
		KUNIT_EXPECT_EQ_MSG(test, strstarts(name, "drop_"), i >= CLPS_DROP_FIRST,
				    "%s", name);
		for (j = 0; j < i; j++)
			KUNIT_EXPECT_STRNEQ(test, name, clps_counter_name(j));
	}
	KUNIT_EXPECT_STREQ(test, clps_counter_name(CLPS_COUNTER_MAX), "unknown");
	KUNIT_EXPECT_STREQ(test, clps_counter_name(-1), "unknown");
}

static void a_message_holds_every_counter(struct kunit *test)
{
	struct stats_fixture *fix = test->priv;
	struct sk_buff *msg = nlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	int i = 0, rem, err;
	struct nlattr *a;

	KUNIT_ASSERT_NOT_NULL(test, msg);
	set_on(fix, 0, CLPS_DROP_spoofed, 7);
	err = clps_stats_put(msg, fix->stats);
	KUNIT_EXPECT_EQ(test, err, 0);
	nla_for_each_attr(a, (struct nlattr *)msg->data, msg->len, rem) {
		struct nlattr *name = nla_find_nested(a, COLLAPSAR_COUNTER_A_NAME);
		struct nlattr *value = nla_find_nested(a, COLLAPSAR_COUNTER_A_VALUE);

		KUNIT_EXPECT_EQ(test, nla_type(a), COLLAPSAR_STATS_A_COUNTER);
		if (!name || !value) {
			KUNIT_FAIL(test, "counter %d has no name or value", i);
			break;
		}
		KUNIT_EXPECT_STREQ(test, (char *)nla_data(name), clps_counter_name(i));
		KUNIT_EXPECT_EQ(test, nla_get_u64(value), i == CLPS_DROP_spoofed ? 7 : 0);
		i++;
	}
	KUNIT_EXPECT_EQ(test, i, CLPS_COUNTER_MAX);
	nlmsg_free(msg);
}

static void a_full_message_is_refused(struct kunit *test)
{
	struct stats_fixture *fix = test->priv;
	struct sk_buff *msg = alloc_skb(64, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, msg);
	skb_put(msg, skb_tailroom(msg));
	KUNIT_EXPECT_EQ(test, clps_stats_put(msg, fix->stats), -EMSGSIZE);
	kfree_skb(msg);
}

static struct kunit_case stats_cases[] = {
	KUNIT_CASE(new_counters_are_zero),
	KUNIT_CASE(sum_is_of_every_cpu),
	KUNIT_CASE(counters_pass_32_bits),
	KUNIT_CASE(a_drop_counts_and_frees),
	KUNIT_CASE(what_others_free_counts_too),
	KUNIT_CASE(names_are_unique_and_tell_drops),
	KUNIT_CASE(a_message_holds_every_counter),
	KUNIT_CASE(a_full_message_is_refused),
	{}
};

struct kunit_suite clps_stats_suite = {
	.name = "collapsar_stats",
	.init = stats_init,
	.exit = stats_exit,
	.test_cases = stats_cases,
};

// SPDX-License-Identifier: GPL-2.0-only
/* Containment, with the kernel's own allocation, hash, locks and skbs. */
#include <linux/etherdevice.h>
#include <linux/ip.h>
#include <linux/udp.h>

#include <collapsar/admit.h>
#include <collapsar/policy.h>

#include "../lib/flow.h"
#include "tests.h"

#define FLOWS	1024u
#define V	0x0a010009u
#define OUTSIDE	0xc6336405u

struct policy_fixture {
	struct clps_policy *policy;
	struct clps_stats __percpu *stats;
};

static int policy_init(struct kunit *test)
{
	struct policy_fixture *fix = kunit_kzalloc(test, sizeof(*fix), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, fix);
	test->priv = fix;
	fix->policy = clps_policy_new(FLOWS);
	KUNIT_ASSERT_NOT_NULL(test, fix->policy);
	fix->stats = clps_stats_alloc();
	KUNIT_ASSERT_NOT_NULL(test, fix->stats);
	return 0;
}

static void policy_exit(struct kunit *test)
{
	struct policy_fixture *fix = test->priv;

	if (!fix)
		return;
	free_percpu(fix->stats);
	clps_policy_free(fix->policy);
}

static struct clps_pkt udp_pkt(u32 src, u16 sport, u32 dst, u16 dport)
{
	struct clps_pkt pkt = {
		.src = clps_addr_v4(htonl(src)),
		.dst = clps_addr_v4(htonl(dst)),
		.flags = CLPS_PKT_PORTS,
		.sport = sport,
		.dport = dport,
		.proto = IPPROTO_UDP,
	};

	return pkt;
}

static void inbound(struct policy_fixture *fix, u32 from, u16 sport)
{
	struct clps_pkt pkt = udp_pkt(from, sport, V, 53);

	local_bh_disable();
	clps_policy_inbound(fix->policy, &pkt, fix->stats);
	local_bh_enable();
}

static int may_leave(struct policy_fixture *fix, const struct clps_pkt *pkt, u32 mode)
{
	int why;

	local_bh_disable();
	why = clps_policy_outbound(fix->policy, pkt, mode, fix->stats);
	local_bh_enable();
	return why;
}

static int outbound(struct policy_fixture *fix, u32 to, u16 dport, u32 mode)
{
	struct clps_pkt pkt = udp_pkt(V, 53, to, dport);

	return may_leave(fix, &pkt, mode);
}

static int outbound_first(struct policy_fixture *fix, u32 to, u16 dport)
{
	struct clps_pkt pkt = udp_pkt(V, 53, to, dport);

	pkt.flags |= CLPS_PKT_FRAG_FIRST;
	return may_leave(fix, &pkt, COLLAPSAR_OUTBOUND_REPLIES);
}

static void only_what_was_asked_is_answered(struct kunit *test)
{
	struct policy_fixture *fix = test->priv;
	u32 mode = COLLAPSAR_OUTBOUND_REPLIES;

	KUNIT_EXPECT_EQ(test, outbound(fix, OUTSIDE, 4000, mode), CLPS_DROP_contained);
	inbound(fix, OUTSIDE, 4000);
	KUNIT_EXPECT_EQ(test, outbound(fix, OUTSIDE, 4000, mode), 0);
	KUNIT_EXPECT_EQ(test, outbound(fix, OUTSIDE, 4001, mode), CLPS_DROP_contained);
	KUNIT_EXPECT_EQ(test, outbound(fix, OUTSIDE + 1, 4000, mode), CLPS_DROP_contained);
}

static void modes_open_and_close(struct kunit *test)
{
	struct policy_fixture *fix = test->priv;

	KUNIT_EXPECT_EQ(test, outbound(fix, OUTSIDE, 1, COLLAPSAR_OUTBOUND_OPEN), 0);
	inbound(fix, OUTSIDE, 2);
	/* What nobody knows must not open anything. */
	KUNIT_EXPECT_EQ(test, outbound(fix, OUTSIDE, 2, 4711), CLPS_DROP_contained);
}

static void policies_do_not_share_flows(struct kunit *test)
{
	struct policy_fixture *fix = test->priv;
	struct policy_fixture other = { .stats = fix->stats };

	other.policy = clps_policy_new(CLPS_FLOW_MIN);
	KUNIT_ASSERT_NOT_NULL(test, other.policy);
	inbound(fix, OUTSIDE, 4000);
	KUNIT_EXPECT_EQ(test, outbound(&other, OUTSIDE, 4000, COLLAPSAR_OUTBOUND_REPLIES),
			CLPS_DROP_contained);
	clps_policy_free(other.policy);
}

static void a_flood_is_bounded_and_counted(struct kunit *test)
{
	struct policy_fixture *fix = test->priv;
	u32 known = 0, n = 8 * FLOWS, i;
	u64 sum[CLPS_COUNTER_MAX];

	for (i = 0; i < n; i++)
		inbound(fix, OUTSIDE + i, 4000);
	for (i = 0; i < n; i++)
		known += !outbound(fix, OUTSIDE + i, 4000, COLLAPSAR_OUTBOUND_REPLIES);
	clps_stats_sum(fix->stats, sum);
	KUNIT_EXPECT_LE(test, known, FLOWS);
	/* A good hash leaves hardly a set with a free way. */
	KUNIT_EXPECT_GT(test, known, FLOWS * 9 / 10);
	KUNIT_EXPECT_EQ(test, sum[CLPS_C_flows_evicted], n - known);
}

/* The way for the rest of a datagram takes room as well. */
static void evictions_by_answers_are_counted(struct kunit *test)
{
	struct policy_fixture *fix = test->priv;
	u32 n = 8 * FLOWS, known = 0, begun = 0, i;
	u64 before[CLPS_COUNTER_MAX], after[CLPS_COUNTER_MAX];

	for (i = 0; i < n; i++)
		inbound(fix, OUTSIDE + i, 4000);
	for (i = 0; i < n; i++)
		known += !outbound(fix, OUTSIDE + i, 4000, COLLAPSAR_OUTBOUND_REPLIES);
	clps_stats_sum(fix->stats, before);
	for (i = 0; i < n; i++)
		begun += !outbound_first(fix, OUTSIDE + i, 4000);
	clps_stats_sum(fix->stats, after);
	KUNIT_EXPECT_GT(test, begun, FLOWS - known);
	KUNIT_EXPECT_GE(test, after[CLPS_C_flows_evicted],
			before[CLPS_C_flows_evicted] + begun - (FLOWS - known));
}

/* Fails closed: an answer needs the memory of its question. */
static void without_memory_no_flow_begins(struct kunit *test)
{
#ifdef CONFIG_FAILSLAB
	struct policy_fixture *fix = test->priv;
	u64 sum[CLPS_COUNTER_MAX];

	current->fail_nth = 1;
	inbound(fix, OUTSIDE, 4000);
	KUNIT_EXPECT_EQ(test, current->fail_nth, 0);
	current->fail_nth = 0;
	KUNIT_EXPECT_EQ(test, outbound(fix, OUTSIDE, 4000, COLLAPSAR_OUTBOUND_REPLIES),
			CLPS_DROP_contained);
	clps_stats_sum(fix->stats, sum);
	KUNIT_EXPECT_EQ(test, sum[CLPS_C_flows_refused], 1);
	inbound(fix, OUTSIDE, 4000);
	KUNIT_EXPECT_EQ(test, outbound(fix, OUTSIDE, 4000, COLLAPSAR_OUTBOUND_REPLIES), 0);
	clps_stats_sum(fix->stats, sum);
	KUNIT_EXPECT_EQ(test, sum[CLPS_C_flows_refused], 1);
#else
	kunit_skip(test, "no fault injection in this kernel");
#endif
}

static void sizes_are_checked(struct kunit *test)
{
	static const u32 bad[] = { 0, 1, CLPS_FLOW_MIN / 2, CLPS_FLOW_MIN + 1, 1000,
				   CLPS_FLOW_MAX * 2, U32_MAX };
	int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		struct clps_policy *policy = clps_policy_new(bad[i]);

		KUNIT_EXPECT_NULL_MSG(test, policy, "%u flows", bad[i]);
		clps_policy_free(policy);
	}
}

/* A UDP packet of @data bytes, all but @linear of its bytes in a page. */
static struct sk_buff *udp_skb(struct kunit *test, unsigned int linear, unsigned int data)
{
	unsigned int len = sizeof(struct iphdr) + sizeof(struct udphdr) + data;
	struct udphdr udp = { .source = htons(4000), .dest = htons(53),
			      .len = htons(sizeof(udp) + data) };
	struct iphdr ip = { .version = 4, .ihl = 5, .ttl = 3, .protocol = IPPROTO_UDP,
			    .saddr = htonl(OUTSIDE), .daddr = htonl(V), .tot_len = htons(len) };
	struct sk_buff *skb = alloc_skb(linear, GFP_KERNEL);
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	u8 *all;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_ASSERT_NOT_NULL(test, page);
	all = page_address(page);
	memcpy(all, &ip, sizeof(ip));
	memcpy(all + sizeof(ip), &udp, sizeof(udp));
	skb_put_data(skb, all, linear);
	skb_add_rx_frag(skb, 0, page, linear, len - linear, PAGE_SIZE);
	return skb;
}

static void headers_may_lie_in_pages(struct kunit *test)
{
	static const unsigned int linear[] = { 0, 1, 19, 20, 23, 27 };
	int i;

	for (i = 0; i < ARRAY_SIZE(linear); i++) {
		struct sk_buff *skb = udp_skb(test, linear[i], 100);
		struct clps_pkt pkt;

		KUNIT_EXPECT_EQ_MSG(test, clps_skb_admit(skb, &pkt), 0, "%u linear", linear[i]);
		KUNIT_EXPECT_EQ(test, pkt.sport, 4000);
		KUNIT_EXPECT_EQ(test, pkt.dport, 53);
		KUNIT_EXPECT_EQ(test, pkt.ttl, 3);
		KUNIT_EXPECT_EQ(test, clps_addr_get_v4(&pkt.src), htonl(OUTSIDE));
		/* Nobody changes in the page what was looked at. */
		KUNIT_EXPECT_EQ(test, skb_headlen(skb), skb->len);
		kfree_skb(skb);
	}
}

static void a_cut_packet_is_refused_but_gso_may_be_longer(struct kunit *test)
{
	struct sk_buff *skb = udp_skb(test, 28, 100);
	struct clps_pkt pkt;

	KUNIT_ASSERT_EQ(test, pskb_trim(skb, 127), 0);
	KUNIT_EXPECT_EQ(test, clps_skb_admit(skb, &pkt), CLPS_DROP_malformed);
	skb_shinfo(skb)->gso_size = 50;
	KUNIT_EXPECT_EQ(test, clps_skb_admit(skb, &pkt), 0);
	kfree_skb(skb);
}

static struct kunit_case policy_cases[] = {
	KUNIT_CASE(only_what_was_asked_is_answered),
	KUNIT_CASE(modes_open_and_close),
	KUNIT_CASE(policies_do_not_share_flows),
	KUNIT_CASE(a_flood_is_bounded_and_counted),
	KUNIT_CASE(evictions_by_answers_are_counted),
	KUNIT_CASE(without_memory_no_flow_begins),
	KUNIT_CASE(sizes_are_checked),
	KUNIT_CASE(headers_may_lie_in_pages),
	KUNIT_CASE(a_cut_packet_is_refused_but_gso_may_be_longer),
	{}
};

struct kunit_suite clps_policy_suite = {
	.name = "collapsar_policy",
	.init = policy_init,
	.exit = policy_exit,
	.test_cases = policy_cases,
};

// SPDX-License-Identifier: GPL-2.0-only
/* What two CPUs do at once; on one CPU these say little. */
#include <linux/etherdevice.h>
#include <linux/kthread.h>

#include "../front/mac.h"
#include "tests.h"

#define MAC_ROUNDS	20000

static const u8 guest[ETH_ALEN] = { 2, 0, 0, 0, 0, 1 };
static const u8 other[ETH_ALEN] = { 2, 0, 0, 0, 0, 2 };
static const u8 given[ETH_ALEN] = { 2, 0xff, 0xff, 0xff, 0xff, 3 };

static bool is(const u64 *mac, const u8 *want)
{
	u8 have[ETH_ALEN];

	return clps_mac_load(mac, have) && ether_addr_equal(have, want);
}

static void what_is_given_stays(struct kunit *test)
{
	u8 have[ETH_ALEN];
	u64 mac = 0;

	KUNIT_EXPECT_FALSE(test, clps_mac_load(&mac, have));
	clps_mac_learn(&mac, guest);
	KUNIT_EXPECT_TRUE(test, is(&mac, guest));
	clps_mac_learn(&mac, other);
	KUNIT_EXPECT_TRUE(test, is(&mac, other));
	KUNIT_EXPECT_TRUE(test, clps_mac_forget(&mac));
	KUNIT_EXPECT_FALSE(test, clps_mac_load(&mac, have));
	clps_mac_give(&mac, given);
	clps_mac_learn(&mac, guest);
	KUNIT_EXPECT_FALSE(test, clps_mac_forget(&mac));
	KUNIT_EXPECT_TRUE(test, is(&mac, given));
}

static int learner(void *mac)
{
	while (!kthread_should_stop()) {
		clps_mac_learn(mac, guest);
		clps_mac_learn(mac, other);
		cond_resched();
	}
	return 0;
}

/* One round: nothing is known, then it is given; the learner may have been in between. */
static bool stays_given(u64 *mac)
{
	int i;

	WRITE_ONCE(*mac, 0);
	for (i = 0; i < 20 && !READ_ONCE(*mac); i++)
		cpu_relax();
	clps_mac_give(mac, given);
	for (i = 0; i < 20; i++)
		cpu_relax();
	return is(mac, given);
}

static void what_is_given_stays_while_another_cpu_learns(struct kunit *test)
{
	struct task_struct *task;
	int i, lost = 0;
	u64 mac = 0;

	task = kthread_run(learner, &mac, "clps_learner");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	for (i = 0; i < MAC_ROUNDS; i++) {
		lost += !stays_given(&mac);
		cond_resched();
	}
	kthread_stop(task);
	KUNIT_EXPECT_EQ(test, lost, 0);
}

static struct kunit_case race_cases[] = {
	KUNIT_CASE(what_is_given_stays),
	KUNIT_CASE(what_is_given_stays_while_another_cpu_learns),
	{}
};

struct kunit_suite clps_race_suite = {
	.name = "clps_race",
	.test_cases = race_cases,
};

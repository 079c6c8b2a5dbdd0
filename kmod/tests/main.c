// SPDX-License-Identifier: GPL-2.0-only
/* collapsar_kunit.ko: what only a running kernel can show of the core's functions. */
#include <linux/module.h>

#include "tests.h"

kunit_test_suites(&clps_stats_suite, &clps_policy_suite, &clps_attr_suite, &clps_uplink_suite,
		  &clps_race_suite);

MODULE_DESCRIPTION("Collapsar's KUnit suites");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(COLLAPSAR);

/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to collapsar_kunit.ko. */
#ifndef CLPS_TESTS_H
#define CLPS_TESTS_H

#include <kunit/test.h>

extern struct kunit_suite clps_stats_suite;
extern struct kunit_suite clps_policy_suite;
extern struct kunit_suite clps_attr_suite;
extern struct kunit_suite clps_uplink_suite;
extern struct kunit_suite clps_race_suite;

#endif /* CLPS_TESTS_H */

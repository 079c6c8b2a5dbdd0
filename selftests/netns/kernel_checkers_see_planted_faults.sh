#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml smp
# TIMEOUT: 120
# KERNEL: planted
# NEEDS: debug
# KASAN, lockdep, the checks for sleeping and kmemleak each say something about a
# mistake of their kind, in words that fail a test.
set -u
# shellcheck source=selftests/netns/faults.bash
. "$CLPS_ROOT/selftests/netns/faults.bash"

LEAKS=/sys/kernel/debug/kmemleak

lost() {
	echo scan > $LEAKS
	grep 'unreferenced object' $LEAKS | grep -E "$BAD_LOG"
}
sees_leak() {
	plant leak && wait_for 30 lost && echo clear > $LEAKS
}

ktap_start 5
ktap_check "nothing is seen where nothing is wrong" not sees none .
# First: lockdep is off once anything else was found.
ktap_check "lockdep sees an order of locks that can deadlock" sees deadlock 'possible circular'
ktap_check "KASAN sees a write past an object" sees overrun 'KASAN: slab-out-of-bounds'
ktap_check "the check for sleeping sees it in an atomic section" sees sleep 'sleeping function'
ktap_check "kmemleak sees what is lost" sees_leak
seen
ktap_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml smp
# TIMEOUT: 120
# KERNEL: planted
# NEEDS: debug
# KASAN, lockdep, the checks for sleeping and kmemleak each say something about a
# mistake of their kind, in words that fail a test.
set -u
# shellcheck source=selftests/lib/ktap.sh
. "$CLPS_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/lib/netns.sh
. "$CLPS_ROOT/selftests/lib/netns.sh"

LEAKS=/sys/kernel/debug/kmemleak

plant() { insmod "$CLPS_MODDIR/collapsar_faults.ko" "fault=$1" && rmmod collapsar_faults; }
# sees FAULT WORDS: what it says is taken away again, since nothing else is wrong.
sees() {
	local log

	plant "$1" || return 1
	log=$(dmesg -c)
	grep -E "$BAD_LOG" <<< "$log" | grep "$2"
}
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
# All of it was taken out of the log, which must not be empty.
echo "planted faults were seen" > /dev/kmsg
ktap_end

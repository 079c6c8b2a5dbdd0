# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Mistakes that are made on purpose, by collapsar_faults.ko, and what a kernel says of them.
# shellcheck source=selftests/lib/ktap.sh
. "$CLPS_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/lib/netns.sh
. "$CLPS_ROOT/selftests/lib/netns.sh"

plant() { insmod "$CLPS_MODDIR/collapsar_faults.ko" "fault=$1" && rmmod collapsar_faults; }
# sees FAULT WORDS: what it says is taken away again, since nothing else is wrong.
sees() {
	local log

	plant "$1" || return 1
	log=$(dmesg -c)
	bad_log <<< "$log" | grep "$2"
}
# All of it was taken out of the log, which must not be empty.
seen() { echo "planted faults were seen" > /dev/kmsg; }

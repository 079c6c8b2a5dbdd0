#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: kcsan
# TIMEOUT: 120
# KERNEL: planted
# NEEDS: debug
# KCSAN says of a data race in a module of ours that it is one, in words that fail a test;
# lockdep and the check for sleeping, which this kernel has as well, see what is theirs.
set -u
# shellcheck source=selftests/netns/faults.bash
. "$CLPS_ROOT/selftests/netns/faults.bash"

ktap_start 4
ktap_check "nothing is seen where nothing is wrong" not sees none .
ktap_check "lockdep sees an order of locks that can deadlock" sees deadlock 'possible circular'
ktap_check "the check for sleeping sees it in an atomic section" sees sleep 'sleeping function'
# Which of a thousand accesses is watched is left to chance.
ktap_check "KCSAN sees what two CPUs do without a lock" \
	wait_for 60 sees race 'KCSAN: data-race in clps_race_once'
seen
ktap_end

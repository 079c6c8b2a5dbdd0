#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT: 300
# A peer that writes into all of the shared memory, all the time, while records and
# doorbells come: the debug kernel at the other end stays well, calls that cable broken and
# takes a new one; not one packet of its other cable is lost meanwhile.
#
#   hostile_peer, then b 10.9.0.2 === 10.9.0.1 a 10.8.0.1 === 10.8.0.3 c
#                                     a has every checker on
# shellcheck source=selftests/ring/hostile.bash
. "$(dirname "$0")/hostile.bash"
ROUNDS=${CLPS_FUZZ_ROUNDS:-1}

# storms SECONDS: each round another one.
storms() {
	local round

	for ((round = 1; round <= ROUNDS; round++)); do
		SEED=$round hostile connect "$1" storm || return 1
	done
}
pings() { on a "ping -q -i 0.02 -c $1 -W 10 10.8.0.3"; }
none_lost() { pings 300 | tee "$LAB_DIR/pings" && grep -q ' 300 received' "$LAB_DIR/pings"; }

pair_up survivor.yaml || exit 1
ktap_start 8
ktap_check "the hostile peer builds" build_peer hostile_peer
ktap_check "it takes the honest one's place" lab kill b
talk a
wait_for 5 carrier a ring0 0
before=$(held a)
storms 8 > "$LAB_DIR/torment" 2>&1 &
peer=$!
ktap_check "the other cable loses nothing meanwhile" none_lost
tormented
ktap_check "the peer did all that it wanted" test "$rc" = 0
on a "ethtool -S ring0" | grep -v ': 0$' | sed 's/^/# /'
ktap_check "neither socket nor memory of it is left" wait_for 10 holds a "$before"
ktap_check "an honest peer comes back and is met" eval 'lab start b && wait_for 20 reaches b a'
ktap_check "nothing was leaked" no_leak_in a
ktap_check "no kernel complained" logs_clean
ktap_end

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

# Of the other cable nothing was dropped, nor was it broken.
unharmed() {
	local -A here=()
	local name

	into here ring1
	[ "${here[connects]:-}" = 1 ] && [ "${here[rx_packets]:-0}" -ge 300 ] || return 1
	for name in peer_gone broken_{rx_ring,tx_ring,doorbells,handshake} {rx,tx}_{errors,dropped} \
		rx_{bad_header,too_long,unknown_records,no_memory} \
		tx_{no_peer,too_long,bad_gso,no_room,peer_broken}; do
		[ "${here[$name]:-}" = 0 ] || { echo "$name: ${here[$name]:-none}"; return 1; }
	done
}

ktap_start 10
besieged a b survivor.yaml
torment storms 8
ktap_check "the other cable loses nothing meanwhile" none_lost
tormented
ktap_check "each cable that there was has ended, and for one reason" expected
ktap_check "the other one's counters say the same: nothing was dropped" unharmed
relieved
ktap_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT: 600
# What the ring's driver takes of a packet, at both ends, is the same each time; no packet
# is lost or altered, it rings once for all that a sleeping peer has not seen, and packets
# that come together cost no more than each by itself.
#
#   ring0 == memory == ring1, in one machine
set -u
# shellcheck source=selftests/lib/ktap.sh
. "$CLPS_ROOT/selftests/lib/ktap.sh"
export BENCH_JSON=$CLPS_OUT/bench.json

# no_dearer SIZE-SUFFIX
no_dearer() {
	jq -e --arg s "$1" '.metrics | .["ring_insn_per_packet_burst" + $s] as $burst |
		$burst > 0 and $burst <= .["ring_insn_per_packet" + $s]' "$BENCH_JSON"
}

ktap_start 3
rm -f "$BENCH_JSON"
ktap_check "each packet crosses whole, doorbells are as asked for, counts repeat" \
	"$CLPS_ROOT/selftests/bench/ring"
jq -r '.metrics | to_entries[] | "# \(.key) \(.value)"' "$BENCH_JSON"
ktap_check "64 bytes cost no more in a burst" no_dearer ""
ktap_check "nor do 1400" no_dearer _1400
ktap_end

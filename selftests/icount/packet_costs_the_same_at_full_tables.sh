#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT: 900
# A packet takes at most a tenth more instructions when tables are full, each packet for
# another entry, than with one entry. Here with fewer entries than make bench has: what
# grows with their number shows long before.
#
#   intruder -- H == GRE == center -- guest, which has every V
set -u
# shellcheck source=selftests/lib/ktap.sh
. "$CLPS_ROOT/selftests/lib/ktap.sh"
export BENCH_JSON=$CLPS_OUT/bench.json BENCH_LIMIT=800

there() { jq -e --arg m "insn_per_packet_$1" '.metrics[$m] > 0' "$BENCH_JSON"; }

ktap_start 5
rm -f "$BENCH_JSON"
ktap_check "no table makes a packet dearer by more than a tenth" \
	"$CLPS_ROOT/selftests/bench/full" VS=16384 ENTRIES=0 NETWORKS=512
jq -r '.metrics | to_entries[] | "# \(.key) \(.value)"' "$BENCH_JSON"
for m in 64_ours_full_v back_64_ours_full_v 64_ours_full_networks 64_ours_full_peers; do
	ktap_check "$m was counted" there $m
done
ktap_end

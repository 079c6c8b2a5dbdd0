#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT: 600
# What the way of a packet takes beyond a bare cable is at most a given part of what
# stock Linux takes for the same, in instructions; and a count is the same each time.
#
#   intruder -- H == GRE == center -- guest       ours, stock Linux's
#   intruder -- guest                             the cable
set -u
# shellcheck source=selftests/lib/ktap.sh
. "$CLPS_ROOT/selftests/lib/ktap.sh"
export BENCH_JSON=$CLPS_OUT/bench.json
# Of a hundred: on the way there, and back.
MOST_THERE=31 MOST_BACK=31

bench=$CLPS_ROOT/selftests/bench

# at_most METRIC PERCENT
at_most() {
	jq -e --arg m "$1" --argjson most "$2" \
		'.metrics[$m] | . > 0 and . * 100 <= $most' "$BENCH_JSON" ||
		{ jq --arg m "$1" '.metrics[$m]' "$BENCH_JSON"; return 1; }
}

counted() {
	"$bench/icount" CHAINS=ours SIZES=64 COUNT=300 > "$CLPS_OUT/$1" && [ -s "$CLPS_OUT/$1" ]
}

same_again() {
	counted first && counted again && cmp "$CLPS_OUT/first" "$CLPS_OUT/again"
}

ktap_start 6
rm -f "$BENCH_JSON"
ktap_check "each chain carries each packet whole, and counts repeat" \
	"$bench/insn" ours stock direct
for size in 64 1400; do
	ktap_check "$size bytes to a guest take at most $MOST_THERE % of what stock Linux adds" \
		at_most insn_overhead_ratio_$size $MOST_THERE
	ktap_check "and back at most $MOST_BACK %" at_most insn_overhead_ratio_back_$size $MOST_BACK
done
ktap_check "another boot counts the same, to the instruction" same_again
ktap_end

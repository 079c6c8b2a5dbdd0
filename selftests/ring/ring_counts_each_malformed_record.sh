#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT: 300
# Of 12000 records, seven of eight malformed in one way of many, each is counted for what it
# is and traced by the same name, and what is sound is received. Whatever a frame of
# rubbish is taken for, it is taken for one thing. A cable is not broken by any of it.
#
#   hostile_peer, then a 10.9.0.1 ===(shared memory)=== b 10.9.0.2, every checker on
# shellcheck source=selftests/ring/hostile.bash
. "$(dirname "$0")/hostile.bash"
TRACING=/sys/kernel/debug/tracing

# sends KIND: over one connection.
sends() {
	into was
	hostile listen 0 "$1" > "$LAB_DIR/torment" || { cat "$LAB_DIR/torment"; return 1; }
	expected
}

# trace_drops 0|1: without end, while it is on.
trace_drops() {
	on b "cd $TRACING && echo 8192 > buffer_size_kb && echo $1 > events/ring/ring_drop/enable &&
		{ [ $1 = 0 ] || echo > trace; }"
}
# As many events of each reason as the counter has grown by.
traced() {
	local reason events left

	into now
	on b "awk 'match(\$0, /dev=ring0 reason=[a-z_]+/) { n[substr(\$0, RSTART + 17, RLENGTH - 17)]++ }
		END { for (r in n) print r, n[r] }' $TRACING/trace" > "$LAB_DIR/traced"
	for reason in rx_bad_header rx_too_long rx_unknown_records; do
		events=$(sed -n "s/^$reason //p" "$LAB_DIR/traced")
		left=$(($(grown $reason) - ${events:-0}))
		echo "$reason: ${events:-0} traced, $left more counted"
		[ "${events:-0}" -gt 1000 ] && [ "$left" = 0 ] || return 1
	done
}

ktap_start 11
besieged b a hostile.yaml
ktap_check "the kernel can trace them" trace_drops 1
ktap_check "each malformed record is counted for what it is, and no other" sends malformed
ktap_check "and each is traced by the same name" traced
ktap_check "tracing ends" trace_drops 0
ktap_check "whatever rubbish is taken for, nothing is lost to the counters" sends rubbish
relieved
ktap_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A flood of pings over the ring loses nothing, both ways.
#
#   a 10.9.0.1 ===(shared memory)=== b 10.9.0.2
# shellcheck source=selftests/ring/lib.sh
. "$(dirname "$0")/lib.sh"

# passed: what each end has sent and received, a's first.
passed() {
	local n

	for n in a b; do
		statistic $n tx_packets
		statistic $n rx_packets
	done
}

# quiet: nothing is on its way: two readings say the same.
quiet() {
	mapfile -t before < <(passed)
	[ "${before[*]}" = "$(passed | paste -sd' ')" ]
}

# agree: each end has received what the other sent since BEFORE, and that is all of it.
# Something may be on its way while they are asked.
agree() {
	local -a n

	mapfile -t n < <(passed)
	n=($((n[0] - before[0])) $((n[1] - before[1])) $((n[2] - before[2])) $((n[3] - before[3])))
	echo "a sent ${n[0]} and received ${n[1]}, b sent ${n[2]} and received ${n[3]}"
	[ "${n[0]}" -ge 20000 ] && [ "${n[2]}" -ge 20000 ] &&
		[ "${n[0]}" = "${n[3]}" ] && [ "${n[2]}" = "${n[1]}" ]
}

# grown_up NODE: while the seconds of its clock are 0, ping takes each look at it for the
# first and sends without waiting for answers, more of them than its own socket holds.
grown_up() { [ "$(on "$1" "cut -d. -f1 /proc/uptime")" -ge 2 ]; }

# flood FROM TO SIZE: ping has heard each answer, and the rings have nothing else to say.
flood() {
	wait_for 10 grown_up "$1" && wait_for 10 quiet || return 1
	on "$1" "ping -q -f -W 5 -c 20000 -s $3 ${ADDR[$2]}" | tail -2 | tee "$LAB_DIR/flood"
	wait_for 10 agree && grep -q ' 20000 received' "$LAB_DIR/flood"
}

pair_up pair.yaml || exit 1
ktap_start 3
ktap_check "20000 small echoes from b to a lose nothing" flood b a 56
ktap_check "20000 full-sized echoes from a to b lose nothing" flood a b 1472
ktap_check "no kernel complained" logs_clean
ktap_end

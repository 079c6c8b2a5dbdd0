#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT: 300
# Whatever the peer does that it connected to, the debug kernel stays well and meets
# the next one.
#
#   hostile_peer, then a 10.9.0.1 ===(shared memory)=== b 10.9.0.2, every checker on
# shellcheck source=selftests/ring/hostile.bash
. "$(dirname "$0")/hostile.bash"

# Frames far above the MTU that call themselves segments: counted, none received.
lying_segments() {
	local long received

	long=$(statistic b rx_length_errors) received=$(statistic b rx_packets)
	hostile listen 4 lying-segments || return 1
	long=$(($(statistic b rx_length_errors) - long))
	received=$(($(statistic b rx_packets) - received))
	echo "$long too long, $received received"
	[ "$long" -gt 0 ] && [ "$received" = 0 ]
}

pair_up hostile.yaml || exit 1
ktap_start 9
ktap_check "the hostile peer builds" build_peer hostile_peer
ktap_check "it takes the honest one's place" lab kill a
talk b
wait_for 5 carrier b ring0 0
before=$(held b)
ktap_check "segments that are none are dropped for their length" lying_segments
torment listen 0
ktap_check "the guest is alive while its peer misbehaves" on b "ping -i 0.01 -q -c 100 127.0.0.1"
tormented
ktap_check "the peer did all that it knows, and each was treated as it should be" test "$rc" = 0
on b "ethtool -S ring0" | grep -v ': 0$' | sed 's/^/# /'
ktap_check "neither socket nor memory of it is left" wait_for 10 holds b "$before"
ktap_check "an honest peer comes back and is met" eval 'lab start a && wait_for 20 reaches b a'
ktap_check "nothing was leaked" no_leak_in b
ktap_check "no kernel complained" logs_clean
ktap_end

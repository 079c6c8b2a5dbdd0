#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT: 300
# Whatever its peer does, the debug kernel stays well and meets the next peer.
#
#   hostile_peer, then a 10.9.0.1 ===(shared memory)=== b 10.9.0.2, every checker on
# shellcheck source=selftests/ring/lib.sh
. "$(dirname "$0")/lib.sh"

build_peer() {
	${CC:-gcc} -Wall -Wextra -O1 -I"$LAB_TOP/kmod/lib" -o "$LAB_DIR/hostile_peer" \
		"$LAB_TOP/selftests/ring/hostile_peer.c" "$LAB_TOP/kmod/lib/ring.c"
}

# Frames far above the MTU that call themselves segments: counted, none received.
lying_segments() {
	local long received

	long=$(statistic b rx_length_errors) received=$(statistic b rx_packets)
	timeout 60 "$LAB_DIR/hostile_peer" "$LAB_DIR/cable0/socket" 4 lying-segments || return 1
	long=$(($(statistic b rx_length_errors) - long))
	received=$(($(statistic b rx_packets) - received))
	echo "$long too long, $received received"
	[ "$long" -gt 0 ] && [ "$received" = 0 ]
}

torment() {
	timeout 200 "$LAB_DIR/hostile_peer" "$LAB_DIR/cable0/socket" 60 > "$LAB_DIR/torment" 2>&1 & peer=$!
}

pair_up hostile.yaml || exit 1
ktap_start 9
ktap_check "the hostile peer builds" build_peer
ktap_check "it takes the honest one's place" lab kill a
# An end that only hears could not notice everything.
on_bg b "ping -i 0.2 10.9.0.1"
ktap_check "segments that are none are dropped for their length" lying_segments
torment
ktap_check "the guest is alive while its peer misbehaves" on b "ping -i 0.01 -q -c 100 127.0.0.1"
wait "$peer"
rc=$?
sed 's/^/# /' "$LAB_DIR/torment"
ktap_check "the peer did all that it knows, and each was treated as it should be" test "$rc" = 0
on b "ethtool -S ring0" | grep -v ': 0$' | sed 's/^/# /'
ktap_check "an honest peer comes back" lab start a
ktap_check "and is met" wait_for 20 reaches b a
ktap_check "nothing was leaked" no_leak_in b
ktap_check "no kernel complained" logs_clean
ktap_end

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

kmemleak() {
	on b "echo scan > /sys/kernel/debug/kmemleak; echo scan > /sys/kernel/debug/kmemleak
	      ! grep . /sys/kernel/debug/kmemleak"
}

pair_up hostile.yaml || exit 1
ktap_start 8
ktap_check "the hostile peer builds" build_peer
ktap_check "it takes the honest one's place" lab kill a
timeout 200 "$LAB_DIR/hostile_peer" "$LAB_DIR/cable0" 75 > "$LAB_DIR/torment" 2>&1 & peer=$!
ktap_check "the guest is alive while its peer misbehaves" on b "ping -i 0.01 -q -c 100 127.0.0.1"
wait "$peer"
rc=$?
sed 's/^/# /' "$LAB_DIR/torment"
ktap_check "the peer did all that it knows, and no unsound offer was taken" test "$rc" = 0
on b "ethtool -S ring0" | grep -v ': 0$' | sed 's/^/# /'
ktap_check "an honest peer comes back" lab start a
ktap_check "and is met" wait_for 20 reaches b a
ktap_check "nothing was leaked" kmemleak
ktap_check "no kernel complained" logs_clean
ktap_end

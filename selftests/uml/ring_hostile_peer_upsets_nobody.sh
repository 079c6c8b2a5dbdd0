#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
#   UML a, ring0 10.9.0.1 ===(shared memory)=== UML b, ring0 10.9.0.2
#
# Claim: whatever its peer does, the debug kernel stays well and meets the next peer.
# LANES: host
# TIMEOUT: 240
# shellcheck source=selftests/uml/lib.sh
. "$(dirname "$0")/lib.sh"

CFLAGS_PEER="-Wall -Wextra -O1 -I$UML_TOP/kmod/lib"

build_peer() {
	# shellcheck disable=SC2086
	${CC:-gcc} $CFLAGS_PEER -o "$UML_DIR/hostile_peer" \
		"$UML_TOP/selftests/uml/hostile_peer.c" "$UML_TOP/kmod/lib/ring.c"
}

boot() {
	uml_boot b 0 ring0="connect:$UML_DIR/cable" && uml_up b ring0 10.9.0.2
}

torment() {
	timeout 150 taskset -c "$(($(nproc) > 1))" "$UML_DIR/hostile_peer" "$UML_DIR/cable" "${1:-60}"
}

# Under torment the guest still answers.
alive() {
	uml_bg b "ping -i 0.01 -q -c 100 127.0.0.1"
	wait_for 30 uml_bg_done
}

honest() {
	UML_KERNEL=$FAST uml_boot a "$(($(nproc) > 1))" ring0="listen:$UML_DIR/cable" &&
		uml_up a ring0 10.9.0.1 && wait_for 20 uml_carrier b ring0 1 &&
		wait_for 10 uml b ping -c 1 -W 1 10.9.0.1
}

kmemleak() {
	uml b "echo scan > /sys/kernel/debug/kmemleak; echo scan > /sys/kernel/debug/kmemleak
	       ! grep . /sys/kernel/debug/kmemleak"
}

uml_kernel fast
FAST=$UML_KERNEL
uml_kernel debug
UML_MEM=512M UML_LIMIT=230
ktap_start 7
ktap_check "the hostile peer builds" build_peer
ktap_check "a debug UML boots" boot
torment 75 > "$UML_DIR/torment" 2>&1 & peer=$!
ktap_check "the guest is alive while its peer misbehaves" alive
wait "$peer"
rc=$?
sed 's/^/# /' "$UML_DIR/torment"
ktap_check "the peer had its way in every way it knows, and no unsound offer was taken" test "$rc" = 0
uml b "ethtool -S ring0" | grep -v ': 0$' | sed 's/^/# /'
ktap_check "an honest peer is met afterwards" honest
ktap_check "nothing was leaked" kmemleak
ktap_check "the kernel has no complaint" uml_log_clean b
ktap_end

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Two UMLs a (10.9.0.1) and b (10.9.0.2) on one cable, and questions to them.
# shellcheck source=selftests/lib/lab.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/lab.sh"

declare -A ADDR=([a]=10.9.0.1 [b]=10.9.0.2 [c]=10.9.0.3)

# reaches FROM TO: one echo.
reaches() { on "$1" "ping -c 1 -W 1 ${ADDR[$2]}"; }
carrier() { [ "$(on "$1" "cat /sys/class/net/$2/carrier")" = "$3" ]; }
# counter NODE COUNTER: of ring0's ethtool statistics.
counter() { on "$1" "ethtool -S ring0" | awk -v k="$2:" '$1 == k { print $2 }'; }
# statistic NODE NAME [DEV]: of ring0, or of DEV.
statistic() { on "$1" "cat /sys/class/net/${3:-ring0}/statistics/$2"; }
# flowing NODE SEEN [DEV]: it has received a hundred packets more than SEEN.
flowing() { [ "$(statistic "$1" rx_packets "${3:-}")" -ge $(($2 + 100)) ]; }

uml_of() { pgrep -o -f "^[^ ]*/linux .*uml_dir=$LAB_DIR/$1/own/"; }
# held NODE: sockets and rings that its process has open, and rings that it maps.
held() {
	local pid

	pid=$(uml_of "$1") && find "/proc/$pid/fd" -type l -printf '%l\n' | grep -cE '^socket:|memfd:ring' &&
		{ grep -c memfd:ring "/proc/$pid/maps" || :; }
}
holds() { [ -n "$2" ] && [ "$(held "$1")" = "$2" ]; }

# pair_up FILE: and wait until they hear each other.
pair_up() { lab_up "$(dirname "$0")/$1" && wait_for 10 reaches b a; }

# build_peer NAME [SOURCE...]: a program that is the other end of a ring.
build_peer() {
	local name=$1 sources=("$1.c" peer.c "${@:2}")

	${CC:-gcc} -Wall -Wextra -O1 -I"$LAB_TOP/kmod/lib" -o "$LAB_DIR/$name" \
		"${sources[@]/#/$LAB_TOP/selftests/ring/}" "$LAB_TOP/kmod/lib/ring.c"
}

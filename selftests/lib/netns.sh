# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Topologies of network namespaces, our modules, and what the kernel said.

CLPS_NS=()
CLPS_LOADED=()
CLPS_PIDS=()

# shellcheck source=selftests/lib/badlog.sh
. "$(dirname "${BASH_SOURCE[0]}")/badlog.sh"

ns_add() {
	local n

	for n in "$@"; do
		ip netns add "$n"
		CLPS_NS+=("$n")
		ip -n "$n" link set lo up
		# Silence that is not under test: router solicitations and the like.
		ip netns exec "$n" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 \
			net.ipv6.conf.default.disable_ipv6=1
	done
}

in_ns() {
	local n=$1

	shift
	ip netns exec "$n" "$@"
}

# veth NS1 IF1 NS2 IF2: a cable, both ends up.
veth() {
	ip link add name "$2" netns "$1" type veth peer name "$4" netns "$3"
	ip -n "$1" link set "$2" up
	ip -n "$3" link set "$4" up
}

# Start a program that ends with the test; its pid is in $!.
spawn() {
	# A function would run in a shell of its own, whose end ends nobody else.
	if [ "$1" = in_ns ]; then
		shift
		set -- ip netns exec "$@"
	fi
	"$@" &
	CLPS_PIDS+=($!)
}

load_modules() {
	local m

	for m in "$@"; do
		insmod "$CLPS_MODDIR/$m.ko" || return 1
		CLPS_LOADED=("$m" "${CLPS_LOADED[@]}")
	done
}

unload_modules() {
	local m rc=0

	for m in "${CLPS_LOADED[@]}"; do
		rmmod "$m" || rc=1
	done
	CLPS_LOADED=()
	return $rc
}

ns_cleanup() {
	local n p

	for p in "${CLPS_PIDS[@]}"; do
		kill "$p" 2> /dev/null
	done
	CLPS_PIDS=()
	for n in "${CLPS_NS[@]}"; do
		ip netns del "$n" 2> /dev/null
	done
	CLPS_NS=()
}
trap ns_cleanup EXIT

check_kernel_log() {
	! dmesg | grep -E "$BAD_LOG"
}

# Everything goes away, and nothing stays behind.
check_leaks() {
	ns_cleanup
	unload_modules || return 1
	if [ -e /sys/kernel/debug/kmemleak ]; then
		echo scan > /sys/kernel/debug/kmemleak
		echo scan > /sys/kernel/debug/kmemleak
		if grep -q . /sys/kernel/debug/kmemleak; then
			cat /sys/kernel/debug/kmemleak
			return 1
		fi
	fi
	check_kernel_log
}

# counter SCOPE NAME COUNTER [NS]: one value of collapsarctl stats.
counter() {
	local ns=${4:-}

	${ns:+ip netns exec "$ns"} collapsarctl -j stats |
		jq -r --arg s "$1" --arg n "$2" --arg c "$3" \
		'.[] | select(.scope == $s and ((.name // "") == $n)) | .counters[$c]'
}

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Topologies of network namespaces, our modules, and what the kernel said.

CLPS_NS=()
CLPS_LOADED=()
CLPS_PIDS=()

# shellcheck source=selftests/lib/badlog.sh
. "$(dirname "${BASH_SOURCE[0]}")/badlog.sh"

# Silence that is not under test: router solicitations and the like.
NS_INIT='cd /proc/sys/net/ipv6/conf; echo 1 > all/disable_ipv6; echo 1 > default/disable_ipv6
exec ip link set lo up'

ns_add() {
	local n

	for n in "$@"; do
		ip netns add "$n"
		CLPS_NS+=("$n")
		nsexec "$n" sh -c "$NS_INIT"
	done
}

in_ns() { nsexec "$@"; }

# ip_in NS: the commands on standard input, by one ip.
ip_in() { ip -n "$1" -batch -; }

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
		set -- nsexec "$@"
	fi
	"$@" &
	CLPS_PIDS+=($!)
}

# frames_start: one Python for all that a test asks of frames.py, as it takes half a
# second to start in a debug UML. Its ends are copied, for subshells to have them.
frames_start() {
	coproc FRAMES { exec "$CLPS_ROOT/selftests/lib/frames.py" serve; }
	CLPS_PIDS+=("$FRAMES_PID")
	exec {FRAMES_TO}>&"${FRAMES[1]}" {FRAMES_FROM}<&"${FRAMES[0]}"
}

# frames NS ARGUMENT...: one after the other; in the background, spawn in_ns it. Without
# an answer the test ends: that is no silence of the network, which not() would like.
frames() {
	local line

	printf '%s\n' "$*" >&"$FRAMES_TO"
	while IFS= read -r -t 100 -u "$FRAMES_FROM" line; do
		case $line in
		$'\x04'*) return "${line#?}" ;;
		*) printf '%s\n' "$line" ;;
		esac
	done
	echo "# frames.py: no answer to '$*'"
	exit 1
}

# flood NS ADDRESS: pings of 1000 bytes, as fast as they are answered; ends with the test.
flood() { spawn in_ns "$1" ping -n -q -f -s 1000 "$2" > /dev/null 2>&1; }

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
	! dmesg | bad_log
}

# Everything goes away, and nothing stays behind; kmemleak, which calls nothing young a
# leak, has its say after the test, and the runner reads it.
check_leaks() {
	ns_cleanup
	unload_modules || return 1
	check_kernel_log
}

# counter SCOPE NAME COUNTER [NS]: one value of collapsarctl stats.
counter() {
	local ns=${4:-}

	${ns:+nsexec "$ns"} collapsarctl -j stats |
		jq -r --arg s "$1" --arg n "$2" --arg c "$3" \
		'.[] | select(.scope == $s and ((.name // "") == $n)) | .counters[$c]'
}

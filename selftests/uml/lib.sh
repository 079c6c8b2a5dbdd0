# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Boot UMLs on the host, cable them by rings, run commands in them.
#
#   uml_boot NAME CPU [kernel arguments]   a guest, hostfs root, waiting for jobs
#   uml NAME command...                    run in the guest; its output and status
#   uml_bg NAME command...                 the same, in the background
#   uml_bg_done, uml_bg_output             of the last one
#   uml_kill NAME                          SIGKILL to the whole process group
#   uml_mconsole NAME command...           ask its management console
#   uml_stat NAME DEV COUNTER              one counter of ethtool -S
#   uml_log_clean NAME                     fails if the kernel complained
#
# $UML_DIR is scratch space, /mnt in the guests. All is removed at the exit.

UML_TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=selftests/lib/ktap.sh
. "$UML_TOP/selftests/lib/ktap.sh"

UML_DIR=$(mktemp -d "${TMPDIR:-/tmp}/clps-uml.XXXXXX")
declare -A UML_PID

uml_cleanup() {
	local name

	for name in "${!UML_PID[@]}"; do uml_kill "$name"; done
	if [ -n "${UML_KEEP:-}" ]; then echo "# kept $UML_DIR"; else rm -rf "$UML_DIR"; fi
}
trap uml_cleanup EXIT

# uml_kernel FLAVOUR: sets UML_KERNEL, the directory of the kernel to boot.
uml_kernel() {
	local var=CLPS_UML_${1^^}

	UML_KERNEL=${!var:-}
	[ -n "$UML_KERNEL" ] || UML_KERNEL=$("$UML_TOP/tools/build-uml" --flavour "$1") ||
		ktap_skip_all "no $1 UML kernel"
}

uml_boot() {
	local name=$1 cpu=$2

	shift 2
	rm -rf "${UML_DIR:?}/$name" && mkdir -p "$UML_DIR/$name"
	# Its helper processes do not end with the main one: they share its group.
	setsid timeout -k 1 "${UML_LIMIT:-120}" taskset -c "$cpu" setarch -R "$UML_KERNEL/linux" \
		mem="${UML_MEM:-192M}" uml_dir="$UML_DIR/" umid="$name.id" root=/dev/root \
		rootfstype=hostfs rootflags=/ ro init="$UML_TOP/selftests/uml/guest-init" \
		con=null con0=null,fd:1 ssl=null panic=1 random.trust_cpu=on \
		UML_DIR="$UML_DIR" UML_NAME="$name" "$@" \
		>> "$UML_DIR/$name.console" 2>&1 < /dev/null &
	UML_PID[$name]=$!
	wait_for 20 test -e "$UML_DIR/$name/ready" || {
		tail -5 "$UML_DIR/$name.console" | sed 's/^/# /'
		return 1
	}
}

uml_kill() {
	local pid=${UML_PID[$1]:-}

	[ -n "$pid" ] || return 0
	# timeout(1) leads the session, and with setsid the group as well.
	kill -KILL -- "-$pid" 2> /dev/null
	wait "$pid" 2> /dev/null
	unset "UML_PID[$1]"
	return 0
}

uml() {
	local name=$1 job

	shift
	job=$(mktemp -u "$UML_DIR/$name/job.XXXXXX")
	printf '%s\n' "$*" > "$job.tmp"
	mv "$job.tmp" "$job.sh"
	until [ -e "$job.rc" ]; do
		kill -0 "${UML_PID[$name]}" 2> /dev/null || return 125
		read -rt 0.01 <> <(:) || :
	done
	cat "$job.out"
	return "$(< "$job.rc")"
}

uml_bg() {
	local name=$1

	shift
	UML_BG=$(mktemp -u "$UML_DIR/$name/job.XXXXXX")
	printf '%s\n' "$*" > "$UML_BG.tmp"
	mv "$UML_BG.tmp" "$UML_BG.sh"
}

uml_bg_done() { [ -e "$UML_BG.rc" ]; }
uml_bg_output() { cat "$UML_BG.out"; }

uml_mconsole() {
	local name=$1

	shift
	"$UML_TOP/selftests/uml/mconsole" "$UML_DIR/$name.id/mconsole" "$*"
}

uml_stat() {
	uml "$1" "ethtool -S $2" | awk -v k="$3:" '$1 == k { print $2 }'
}

uml_carrier() { [ "$(uml "$1" "cat /sys/class/net/$2/carrier")" = "$3" ]; }

uml_log_clean() {
	! grep -E 'WARNING|BUG|KASAN|possible (circular|recursive|irq)|suspicious RCU|unreferenced object|INFO: trying|refcount_t|Kernel panic|Oops|bad partial csum|segfault' \
		"$UML_DIR/$1.console"
}

# uml_up NAME DEV ADDRESS: bring a ring up with an address.
uml_up() { uml "$1" "ip addr add $3/24 dev $2 && ip link set $2 up"; }

# uml_pair: a (CPU 0, listens, 10.9.0.1) and b (CPU 1, connects, 10.9.0.2).
uml_pair() {
	uml_boot a 0 ring0="listen:$UML_DIR/cable" &&
		uml_boot b "$(($(nproc) > 1))" ring0="connect:$UML_DIR/cable" &&
		uml_up a ring0 10.9.0.1 && uml_up b ring0 10.9.0.2 &&
		wait_for 10 uml_carrier a ring0 1 && wait_for 10 uml_carrier b ring0 1 &&
		wait_for 10 uml b ping -c 1 -W 1 10.9.0.1
}

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# A laboratory of UMLs for one test; it ends with the test.
#
#   lab_up FILE          start what FILE describes (not within ktap_check(), whose
#                        subshell would keep the supervisor to itself)
#   lab VERB...          tools/lab/lab on it
#   on NODE "COMMAND"    a shell command in a node
#   on_bg NODE "COMMAND" in the background, silent; ended by off_bg, or with the test
#   logs_clean           no kernel complained
#   no_leak_in NODE      of the debug flavour: kmemleak finds nothing lost

LAB_TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=selftests/lib/ktap.sh
. "$LAB_TOP/selftests/lib/ktap.sh"
# shellcheck source=selftests/lib/badlog.sh
. "$LAB_TOP/selftests/lib/badlog.sh"

LAB_DIR=$(mktemp -d "${TMPDIR:-/tmp}/clps-lab.XXXXXX")
export LAB_DIR
lab_pid=''
lab_spawned=()

lab_cleanup() {
	local p

	for p in "${lab_spawned[@]}" $lab_pid; do kill "$p" 2> /dev/null; done
	for p in "${lab_spawned[@]}" $lab_pid; do wait "$p" 2> /dev/null; done
	# What the runner judges, and what explains a failure.
	[ -z "${CLPS_OUT:-}" ] || cat "$LAB_DIR"/*/console > "$CLPS_OUT/console" 2> /dev/null
	if [ -n "${LAB_KEEP:-}" ]; then echo "# kept $LAB_DIR"; else rm -rf "$LAB_DIR" "$LAB_DIR.farm"; fi
}
trap lab_cleanup EXIT
trap 'exit 1' INT TERM

lab() { "$LAB_TOP/tools/lab/lab" "$@"; }
on() { lab exec "$@"; }

lab_up() {
	local line

	rm -f "$LAB_DIR/up"
	mkfifo "$LAB_DIR/up"
	# Not by lab(): a function has a shell of its own, and this is to be the supervisor.
	"$LAB_TOP/tools/lab/lab" up "$1" > "$LAB_DIR/up" 2> "$LAB_DIR/err" &
	lab_pid=$!
	read -r line < "$LAB_DIR/up"
	[ "${line%% *}" = up ] && return
	tail -20 "$LAB_DIR/err" | sed 's/^/# /'
	return 1
}

# The program itself is the background process: when it is killed, its command in
# the node ends as well.
on_bg() {
	"$LAB_TOP/tools/lab/lab" exec "$@" > /dev/null 2>&1 &
	lab_spawned+=($!)
}

# The last one started.
off_bg() {
	kill "${lab_spawned[-1]}"
	wait "${lab_spawned[-1]}" 2> /dev/null
	unset 'lab_spawned[-1]'
}

logs_clean() {
	cat "$LAB_DIR"/*/console > "$LAB_DIR/consoles" && [ -s "$LAB_DIR/consoles" ] &&
		! grep -E "$BAD_LOG" "$LAB_DIR/consoles"
}

# Nothing younger than 5 s is called lost, nor what only one scan has seen.
no_leak_in() {
	on "$1" "cd /sys/kernel/debug && test -w kmemleak && { read -rt 5.2 <> <(:) || :; } &&
	         echo scan > kmemleak && echo scan > kmemleak && ! grep . kmemleak"
}

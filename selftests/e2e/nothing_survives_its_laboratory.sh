#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Whatever way a laboratory ends, no process of it is left: told to end, or its
# supervisor killed, or its owner killed.
#
#   owner -> supervisor -> center, site1, site2, shop, files, mail
set -u
# shellcheck source=selftests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# The process namespaces of a supervisor's UMLs, the children of its children.
spaces() {
	local child first

	for child in $(pgrep -P "$1"); do
		for first in $(pgrep -P "$child"); do readlink "/proc/$first/ns/pid"; done
	done
}
# Processes of whatever name in the laboratory's namespaces, and those that name it.
left() {
	{
		readlink /proc/[0-9]*/ns/pid | grep -xF "$spaces"
		pgrep -f "$LAB_DIR/" | grep -vx "$$"
	} | wc -l
}
none_left() { [ "$(left)" = 0 ]; }
kernels() { [ "$(wc -l <<< "$spaces")" = 6 ] && [ "$(left)" -ge 12 ]; }
# Each is bound to one CPU, and together they have all, if there are no more than they.
pinned() {
	local p cpus all

	all=$(nproc)
	cpus=$(for p in /proc/[0-9]*; do
		! readlink "$p/ns/pid" | grep -qxF "$spaces" ||
			sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' "$p/status"
	done 2> /dev/null | sort -u)
	echo "$cpus"
	! grep -v '^[0-9]*$' <<< "$cpus" && [ "$(wc -l <<< "$cpus")" = $((all < 6 ? all : 6)) ]
}
second() {
	local rc=0 out

	out=$(lab up "$FARM" --dir "$LAB_DIR" 2>&1) || rc=$?
	echo "$out"
	[ $rc = 2 ] && grep -q 'a laboratory runs in' <<< "$out" && lab exec center true
}

farm() {
	rm -f "$LAB_DIR/up"
	lab_up "$FARM"
}

ktap_start 8
farm || exit 1
spaces=$(spaces "$lab_pid")
ktap_check "six kernels run, with processes of theirs" kernels
ktap_check "each on a CPU" pinned
ktap_check "a second laboratory in its place is refused" second
ktap_check "told to end, the laboratory ends" lab down
wait "$lab_pid"
ktap_check "and nothing is left" none_left

farm || exit 1
spaces=$(spaces "$lab_pid")
kill -KILL "$lab_pid"
wait "$lab_pid" 2> /dev/null
ktap_check "its supervisor killed, nothing is left" wait_for 20 none_left

# The owner is a shell between us and the supervisor.
rm -f "$LAB_DIR/up"
mkfifo "$LAB_DIR/up"
bash -c '"$0" up "$1" > "$2/up" & wait' "$LAB_TOP/tools/lab/lab" \
	"$FARM" "$LAB_DIR" 2> /dev/null &
lab_pid=$!
read -r line < "$LAB_DIR/up"
spaces=$(spaces "$(pgrep -P "$lab_pid")")
ktap_check "a third one is up" test "${line%% *}" = up
kill -KILL "$lab_pid"
wait "$lab_pid" 2> /dev/null
ktap_check "its owner killed, nothing is left" wait_for 10 none_left
ktap_end

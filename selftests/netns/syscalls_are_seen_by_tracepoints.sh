#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# LONG: smp
# TIMEOUT: 180
# NEEDS: debug
# A probe of sys_enter and one of sys_exit see each syscall of a process once, with its
# number, its arguments and its result, whichever way it ends. What UML must do is what
# x86 does: the same lines are wanted of both.
#
#   calls, under the name "seen"  -- its own list -->  diff
#        | syscalls                                     |
#   sys_enter, sys_exit --> collapsar_calls.ko -- calls +
set -u
# shellcheck source=selftests/lib/ktap.sh
. "$CLPS_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/lib/netns.sh
. "$CLPS_ROOT/selftests/lib/netns.sh"

DIR=/sys/kernel/debug/collapsar_calls
ROUNDS=$((${CLPS_ROUNDS:-100} / 10))

list() { insmod "$CLPS_MODDIR/collapsar_calls.ko" comm=seen; }
unlist() { rmmod collapsar_calls; }
turn() { echo "$1" > $DIR/on; }

# of_pids: the lines in the order of their processes, each one's as they came.
of_pids() { sort -s -n -k 1,1; }

# plain_lines: what nobody can know beforehand is not compared. The registers of whoever
# was interrupted; what a libc does before main(), as long as each call of it has an end.
plain_lines() {
	awk '
		$2 == "enter" && $3 == 15 { print $1, $2, $3, "*"; next }
		execed && $2 == "enter" && $3 != 231 && open == "" { open = $3; next }
		execed && $2 == "exit" && $3 == open { open = ""; calls++; next }
		execed && $3 == 231 { print $1, (calls && open == "" ? "..." : "unpaired") }
		{ print }
		$2 == "exit" && $3 == 59 && $4 == 0 { execed = 1 }'
}

# seen KIND: the list and the tracepoints agree; there is something in them.
seen() {
	calls "$1" /tmp/seen | of_pids > "$CLPS_OUT/$1.wanted" || return 1
	plain_lines < $DIR/calls | of_pids > "$CLPS_OUT/$1.got"
	[ -s "$CLPS_OUT/$1.wanted" ] && diff "$CLPS_OUT/$1.wanted" "$CLPS_OUT/$1.got"
}
listed() {
	local rc

	list || return 1
	seen "$1"
	rc=$?
	unlist && return "$rc"
}

lists_some() { grep -q . $DIR/calls; }
unseen_while_off() {
	list && turn 0 && calls plain > /dev/null && not lists_some && unlist
}
seen_when_on_again() {
	local rc

	list && turn 0 && turn 1 || return 1
	seen plain
	rc=$?
	unlist && return "$rc"
}

# Who makes calls was there before the probes, and makes some while they go.
comes_and_goes() {
	local i

	for ((i = 0; i < ROUNDS; i++)); do
		list && wait_for 20 lists_some && unlist || return 1
	done
}

ktap_start 12
ln -s "$(command -v calls)" /tmp/seen
ktap_check "each call is entered once and left once" listed plain
ktap_check "so are those without a number" listed unknown
ktap_check "a child leaves the call that made it" listed forked
ktap_check "a program leaves the call that began it, and one that failed" listed exec
ktap_check "the end of a signal's handler is left without a number" listed signalled
ktap_check "an interrupted call is left before its handler is entered" listed interrupted
ktap_check "what seccomp refuses is left, not entered" listed refused
ktap_check "what a tracer changes is entered as what it became" listed traced
ktap_check "without a probe nothing is seen" unseen_while_off
ktap_check "a probe that comes again sees all again" seen_when_on_again
for _ in 1 2; do spawn calls load; done
ktap_check "probes come and go under load" comes_and_goes
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

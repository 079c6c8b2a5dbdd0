#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# collapsarctl events --follow prints each line once while files are rotated under it, however
# often and however quickly, and half a line when the rest has come.
# shellcheck disable=SC2317 # the checks are called by name
set -u
# shellcheck source=selftests/cli/cli.sh
. "$(dirname "$0")/cli.sh"

eve=$work/eve.json
follower=
trap '[ -z "$follower" ] || kill "$follower" 2> /dev/null; rm -rf "$work"' EXIT

line() { printf '{"event_type":"n","n":{"n":%d}}\n' "$1"; }

rotate() {
	local i

	for ((i = 30; i > 0; i--)); do
		[ ! -e "$eve.$((i - 1))" ] || mv "$eve.$((i - 1))" "$eve.$i"
	done
	mv "$eve" "$eve.1"
	: > "$eve"
}

numbers() { jq -r .n.n "$work/out" 2> /dev/null | xargs; }
printed() { [ "$(numbers)" = "$1" ]; }

begin() {
	: > "$work/out"
	"$ctl" -j events --follow --file "$eve" "$@" > "$work/out" 2> "$work/err" &
	follower=$!
}

end() {
	kill -INT "$follower"
	wait "$follower"
}

from_the_begin() {
	: > "$work/out"
	line 1 > "$eve"
	begin --begin
	wait_for 10 printed "1" || return 1
	line 2 >> "$eve"
	wait_for 10 printed "1 2"
}

half() {
	printf '{"event_type":"n","n"' >> "$eve"
	line 3 | tail -c +22 >> "$eve"
	wait_for 10 printed "1 2 3"
}

once() {
	rotate
	line 4 >> "$eve"
	wait_for 10 printed "1 2 3 4"
}

# Nobody has looked in between.
often() {
	local i

	kill -STOP "$follower"
	for i in 5 6 7 8 9; do
		line "$i" >> "$eve"
		rotate
	done
	line 10 >> "$eve"
	kill -CONT "$follower"
	wait_for 10 printed "1 2 3 4 5 6 7 8 9 10"
}

# More than the last file that is kept.
too_often() {
	local i

	kill -STOP "$follower"
	rotate
	rm "$eve.1"
	line 11 >> "$eve"
	rotate
	line 12 >> "$eve"
	kill -CONT "$follower"
	wait_for 10 printed "1 2 3 4 5 6 7 8 9 10 11 12" && [ -s "$work/err" ]
}

new_ones_only() {
	line 1 > "$eve"
	begin
	# It says nothing before there is something.
	until_read() { line 2 >> "$eve"; [ -s "$work/out" ]; }
	wait_for 10 until_read || return 1
	[ "$(jq -r .n.n "$work/out" | sort -u)" = 2 ]
}

# No file at all, in a directory where something happens.
gone() {
	rm -f "$eve"* "$work/out"
	line 1 > "$eve"
	begin --begin
	wait_for 10 printed "1" || return 1
	rm "$eve"
	for _ in {1..50}; do echo >> "$work/other"; done
	[ ! -s "$work/err" ]
}

# One that comes is read, and what went was told of once.
comes_back() {
	line 2 > "$work/new"
	mv "$work/new" "$eve"
	wait_for 10 printed "1 2" || return 1
	[ "$(grep -c 'files went' "$work/err")" = 1 ]
}

ended() { ! kill -0 "$follower" 2> /dev/null; }

ends_without_a_file() {
	rm "$eve"
	echo >> "$work/other"
	kill -TERM "$follower"
	wait_for 10 ended || { kill -KILL "$follower"; return 1; }
	wait "$follower"
}

ktap_start 11
# In this shell, as they start and stop a program of it.
claim() { local c=$1; shift; if "$@" > "$work/why" 2>&1; then ktap_pass "$c"; else sed 's/^/# /' "$work/why" "$work/err"; ktap_fail "$c"; fi; }
claim "what is there, and what comes" from_the_begin
claim "half a line waits for the rest" half
claim "another file is followed" once
claim "no file between is left out" often
claim "files that went unread are told of" too_often
claim "it ends well when interrupted" end
claim "without --begin only what comes" new_ones_only
claim "it ends well again" end
claim "it waits where there is no file" gone
claim "a file that comes is read, what went is told of once" comes_back
claim "it ends where there is no file" ends_without_a_file
ktap_end

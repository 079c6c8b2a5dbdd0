# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# collapsard in a directory of its own, for the tests collapsard_*.
set -u
# shellcheck source=selftests/lib/ktap.sh
. "$CLPS_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/lib/netns.sh
. "$CLPS_ROOT/selftests/lib/netns.sh"

STORE=$(mktemp -d /tmp/store.XXXXXX)
DB=$STORE/collapsard.db
DAEMON=
COLLAPSARD=(collapsard)

# daemon_start SETTING...: returns when it reads.
daemon_start() {
	local set=() s

	for s in "directory=$STORE" user=none "$@"; do
		set+=(--set "$s")
	done
	"${COLLAPSARD[@]}" "${set[@]}" 2>> "$STORE.err" &
	DAEMON=$!
	CLPS_PIDS+=("$DAEMON")
	wait_for 30 daemon_reads
}

# It has the database in its memory, and so has subscribed before.
daemon_reads() {
	local p

	p=$(reader_pid) && grep -q collapsard.db-shm "/proc/$p/maps"
}

reader_pid() { pgrep -P "$DAEMON"; }

# As a crash would have it: both at once. The other order lets the one tell of the other.
daemon_kill() {
	kill -KILL "$DAEMON" "$(reader_pid)"
	wait "$DAEMON" 2> /dev/null
	DAEMON=
}

# daemon_stop: as its supervisor does; its exit code.
daemon_stop() {
	kill -TERM "$DAEMON"
	wait "$DAEMON"
}

# Not by a program that would be recorded more than it asks.
query() { sqlite3 -readonly -cmd '.timeout 10000' "$DB" "$1"; }
is() { [ "$(query "$1")" = "$2" ]; }

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml stock
# TIMEOUT: 300
# A session at a pseudo terminal is in the database and in its cast byte for byte, what was
# typed and what was shown, also when collapsard is killed again and again meanwhile; then
# nothing is missing and nothing there twice. Its reader has no privilege.
#
#   sense_session.py (as sshd) -- master | slave -- sh -i      sensor -> collapsard -> $STORE
# shellcheck disable=SC2317 # the checks are called by name
# shellcheck source=selftests/netns/collapsard.bash
. "$CLPS_ROOT/selftests/netns/collapsard.bash"

session=$CLPS_ROOT/selftests/netns/sense_session.py
settings=(collector=none local=guest)

# play DIR: until it is stored that it has ended.
play() {
	mkdir -p "$1"
	python3 "$session" run "$1"
}

# session_of DIR: which session that was.
session_of() {
	local master

	read -r master _ < "$1/pids"
	query "SELECT s.id FROM sessions s JOIN processes p ON p.id = s.leader WHERE p.pid = $master ORDER BY s.id DESC LIMIT 1"
}

stored() { is "SELECT ended NOTNULL FROM sessions WHERE id = $(session_of "$1")" 1; }

whole() {
	wait_for 60 stored "$1" || return 1
	python3 "$CLPS_ROOT/selftests/netns/collapsard_session.py" "$1" "$STORE" "$(session_of "$1")"
}

unprivileged() {
	local p

	p=$(reader_pid)
	grep -qx 'CapEff:	0000000000000000' "/proc/$p/status" &&
		grep -qx 'CapPrm:	0000000000000000' "/proc/$p/status" &&
		grep -qx 'Seccomp:	2' "/proc/$p/status" &&
		grep -qx 'NoNewPrivs:	1' "/proc/$p/status" &&
		grep -qx 'CapEff:	0000000000001000' "/proc/$DAEMON/status" &&
		grep -qx 'Seccomp:	2' "/proc/$DAEMON/status"
}

# Killed while it stores, as often as there is time.
killed_meanwhile() {
	local kills=0 d player

	for d in b c d e; do play "$STORE/$d" || exit 1; done &
	player=$!
	while kill -0 "$player" 2> /dev/null; do
		daemon_kill
		daemon_start "${settings[@]}" || return 1
		kills=$((kills + 1))
	done
	wait "$player" || return 1
	echo "# killed $kills times"
	[ "$kills" -gt 2 ]
}

all_whole() {
	local d

	for d in b c d e; do whole "$STORE/$d" || return 1; done
}

once() {
	# One chunk of a record at most, and each record's number once a start of the sensor.
	is "SELECT count(*) FROM (SELECT 1 FROM tty_chunks GROUP BY number HAVING count(*) > 1)" 0 &&
		is "SELECT count(*) FROM (SELECT 1 FROM commands GROUP BY number HAVING count(*) > 1)" 0 &&
		is "SELECT count(*) FROM gaps" 0 || { query "SELECT * FROM gaps"; return 1; }
}

events_are_json() { jq -e .event_type "$STORE/eve.json" > "$STORE/types" && grep -q exec "$STORE/types"; }
acknowledged() { [ "$(sensetap -s | jq -r 'select(.scope == "sense") | .acked')" -gt 100 ]; }
ends_well() { daemon_stop && [ ! -s "$STORE.err" ] || { cat "$STORE.err"; return 1; }; }

ktap_start 9
insmod "$CLPS_MODDIR/collapsar_sense.ko" data_limit=16384 || exit 1
CLPS_LOADED=(collapsar_sense)
daemon_start "${settings[@]}" || { cat "$STORE.err"; exit 1; }
ktap_check "the reader has no privilege, its keeper one" unprivileged
play "$STORE/a"
ktap_check "a session is recovered byte for byte" whole "$STORE/a"
ktap_check "what is stored is acknowledged" acknowledged
# In this shell, which has the daemon for a child.
if killed_meanwhile; then ktap_pass "it is killed during others"; else ktap_fail "it is killed during others"; fi
ktap_check "and they are recovered as well" all_whole
ktap_check "nothing is missing, nothing is there twice" once
ktap_check "events are JSON" events_are_json
if ends_well; then ktap_pass "it ends when it is told to"; else ktap_fail "it ends when it is told to"; fi
ktap_check "nothing stays behind" check_leaks
ktap_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml stock
# TIMEOUT: 400
# What the sensors of two honeypots send at once is in one database, each session with its
# honeypot, terminal and commands, also when collapsard is killed again and again meanwhile.
# Who stands still gets gaps, whose counts are the kernel's. Bytes that a guest forges change
# nothing of another's. Topology: selftests/netns/stream.bash.
# shellcheck disable=SC2317 # the checks are called by name
# shellcheck source=selftests/netns/stream.bash
. "$CLPS_ROOT/selftests/netns/stream.bash"
# shellcheck source=selftests/netns/collapsard.bash
. "$CLPS_ROOT/selftests/netns/collapsard.bash"

VISITS=60
# The daemon reads the stream of its namespace.
COLLAPSARD=(nsexec center collapsard)

farm_on() { spawn in_ns "$1" farm 198.51.100.5 1101 "$2" "$3"; }

killed_meanwhile() {
	local kills=0 senders=()

	farm_on guest1 $MAGIC $VISITS
	senders+=($!)
	farm_on guest3 $OTHER_MAGIC $VISITS
	senders+=($!)
	while kill -0 "${senders[@]}" 2> /dev/null || [ "$kills" -lt 3 ]; do
		daemon_kill
		daemon_start || return 1
		kills=$((kills + 1))
	done
	wait "${senders[@]}" || return 1
	echo "# killed $kills times"
}

of() { echo "FROM $1 x JOIN honeypots h ON h.id = x.honeypot WHERE h.network = '$2' AND h.name = '$3' AND h.address = '10.1.0.9'"; }

# NETWORK HONEYPOT: all visits, from their begin to their end.
whole() {
	wait_for 60 is "SELECT count(*), count(ended), count(DISTINCT remote_port) $(of sessions "$1" "$2") AND remote = '192.0.2.66'" \
		"$VISITS|$VISITS|$VISITS" || return 1
	is "SELECT count(*), count(session) $(of commands "$1" "$2")" "$((3 * VISITS))|$((2 * VISITS))" || return 1
	is "SELECT count(*), count(DISTINCT hex(data)) FROM (SELECT tty, group_concat(hex(data), '') AS data FROM (SELECT * FROM tty_chunks WHERE code < 2 ORDER BY id) c JOIN (SELECT x.id AS t $(of ttys "$1" "$2")) ON t = tty GROUP BY tty)" \
		"$VISITS|1"
}

nothing_missing() { is "SELECT count(*) FROM gaps" 0 || { query "SELECT * FROM gaps"; return 1; }; }
acked() { [ "$(stream_counter collapsard acked) $(stream_counter collapsard queued_bytes) $(stream_counter collapsard lost)" = "$(stream_counter collapsard entries) 0 0" ]; }

other() { query "SELECT x.* $(of sessions b hp3)"; query "SELECT x.* $(of processes b hp3)"; query "SELECT x.* $(of gaps b hp3)"; }

forged() {
	local before

	before=$(other)
	in_ns guest1 "$CLPS_ROOT/selftests/netns/sebek_send.py" --magic $MAGIC --count 500 --size 700 || return 1
	wait_for 30 is "SELECT count(*) > 0 $(of gaps a hp1) AND cause = 'damaged'" 1 &&
		wait_for 30 acked && [ "$before" = "$(other)" ]
}

# A collector whose memory in the kernel is small, and that does not read.
stands_still() {
	local p

	STORE=$(mktemp -d /tmp/store.XXXXXX)
	DB=$STORE/collapsard.db
	daemon_start collector=small limit=64K || return 1
	p=$(reader_pid)
	kill -STOP "$p"
	in_ns guest1 farm 198.51.100.5 1101 $MAGIC $VISITS || return 1
	kill -CONT "$p"
	# One that all of it gets through, behind the losses.
	in_ns guest1 farm 198.51.100.5 1101 $MAGIC 1
}

lost() { stream_counter small lost; }
gaps_are_counted() {
	wait_for 30 is "SELECT sum(count) FROM gaps WHERE cause = 'collector'" "$(lost)" &&
		[ "$(lost)" -gt 100 ]
}

ends_well() { daemon_stop && [ ! -s "$STORE.err" ] || { cat "$STORE.err"; return 1; }; }
# Checks that start or stop children of this shell.
claim() { local c=$1; shift; if "$@" > "$STORE.why" 2>&1; then ktap_pass "$c"; else sed 's/^/# /' "$STORE.why"; ktap_fail "$c"; fi; }

ktap_start 10
stream_up && daemon_start || { cat "$STORE.err"; exit 1; }
claim "two honeypots send, and collapsard is killed" killed_meanwhile
ktap_check "all visits of hp1 are whole" whole a hp1
ktap_check "all visits of hp3 are whole" whole b hp3
ktap_check "nothing is missing" nothing_missing
ktap_check "all is acknowledged" wait_for 30 acked
ktap_check "forged datagrams change nothing of another's" forged
claim "it ends when it is told to" ends_well
claim "another one stands still" stands_still
ktap_check "what it lost is in gaps, to the entry" gaps_are_counted
claim "nothing leaks, nothing warns" check_leaks
ktap_end

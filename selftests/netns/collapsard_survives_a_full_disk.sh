#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 300
# When the disk is full, nothing more is stored or acknowledged, which is said once; when there
# is room again, all that happened meanwhile is stored, as the sensor has kept it. When the
# module goes, collapsard says so and ends.
#
#   programs -> sensor (64 MiB) -> collapsard -> a file system of 3 MiB
# shellcheck disable=SC2317 # the checks are called by name
# shellcheck source=selftests/netns/collapsard.bash
. "$CLPS_ROOT/selftests/netns/collapsard.bash"

# The database grows by what goes through a pipe.
fill() {
	for _ in {1..400}; do head -c 16000 /dev/zero | cat > /dev/null || return 1; done
}

acked() { sensetap -s | jq -r 'select(.scope == "sense") | .acked'; }
full() { grep -q 'nothing is stored or acknowledged' "$STORE.err"; }

stops() {
	fill && wait_for 30 full || return 1
	[ "$(stat -f -c %a "$STORE")" -lt 20 ]
}

nothing_acknowledged() {
	local before after

	before=$(acked)
	fill
	after=$(acked)
	[ -n "$before" ] && [ "$before" = "$after" ]
}

# It is tried each second, and some have gone.
said_once() { [ "$(wc -l < "$STORE.err")" = 1 ]; }

mark=/tmp/mark.$$
resumes() {
	: 2> /dev/null < "$mark"
	mount -o remount,size=300M "$STORE" || return 1
	wait_for 60 grep -q 'entries are stored again' "$STORE.err" &&
		wait_for 60 is "SELECT count(*) FROM files WHERE path = CAST('$mark' AS BLOB)" 1
}

# Each of the pipes' bytes that were sent.
nothing_missing() {
	is "SELECT count(*) FROM gaps" 0 || { query "SELECT * FROM gaps"; return 1; }
	is "SELECT sum(length(data)) FROM transfers t JOIN processes p ON p.id = t.process WHERE p.comm = CAST('head' AS BLOB) AND written" \
		$((800 * 16000))
}

told() { jq -r 'select(.event_type == "collector") | .collector.event' "$STORE/eve.json" | grep -x resumed; }

module_goes() {
	local rc=0

	rmmod collapsar_sense || return 1
	CLPS_LOADED=()
	wait "$DAEMON" || rc=$?
	cat "$STORE.err"
	[ "$rc" = 3 ] && grep -q 'module collapsar_sense was unloaded' "$STORE.err"
}

ktap_start 9
mount -t tmpfs -o size=3M none "$STORE" || exit 1
insmod "$CLPS_MODDIR/collapsar_sense.ko" data_limit=16384 queue_bytes=67108864 || exit 1
CLPS_LOADED=(collapsar_sense)
daemon_start collector=none local=guest || { cat "$STORE.err"; exit 1; }
ktap_check "a full disk stops the storing" stops
ktap_check "nothing is acknowledged then" nothing_acknowledged
ktap_check "it is said once" said_once
ktap_check "it resumes when there is room" resumes
ktap_check "nothing is missing" nothing_missing
ktap_check "that it resumed is an event" told
if module_goes > "$STORE.why"; then ktap_pass "it ends when the module goes"; else sed 's/^/# /' "$STORE.why"; ktap_fail "it ends when the module goes"; fi
umount "$STORE"
ktap_check "the file system is free again" not mountpoint -q "$STORE"
ktap_check "nothing stays behind" check_leaks
ktap_end

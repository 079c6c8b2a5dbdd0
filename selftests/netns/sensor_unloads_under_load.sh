#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# LONG: smp
# TIMEOUT: 300
# The sensor comes and goes while programs do all that it records, with and without a
# reader, and a reader that is killed leaves its place to the next.
# Topology: selftests/netns/sense.bash.
# shellcheck source=selftests/netns/sense.bash
. "$CLPS_ROOT/selftests/netns/sense.bash"

load() {
	while :; do
		dd if=/dev/zero bs=64 count=200 2> /dev/null | cat > /dev/null
		cat /proc/self/maps /no/such/file > /dev/null 2>&1
		senseways io_uring /etc/passwd 2> /dev/null
	done
}

# round NUMBER: every other has a reader, which is in the middle of it.
round() {
	sense_load queue_bytes=262144 || return 1
	if [ $(($1 % 2)) = 0 ]; then
		sense_read || return 1
		wait_for 20 grep -q '"rec":"write".*"comm":"dd"' "$RECORDS" || return 1
	fi
	unload_modules || return 1
	[ $(($1 % 2)) = 1 ] || sense_stop
}

rounds() {
	local i nr=$((${CLPS_ROUNDS:-100} / 20))

	for ((i = 0; i < nr; i++)); do
		round "$i" || return 1
	done
}

second_reader() {
	sense_load && sense_read || return 1
	! timeout 10 sensetap > /dev/null || return 1
	sense_stop
	: > "$RECORDS"
	spawn sensetap > "$RECORDS"
	READER=$!
	wait_for 20 test -s "$RECORDS" && sense_caught_up && unload_modules
}

ktap_start 4
ktap_check "a parameter out of range is refused" not sense_load data_limit=16385
spawn load
spawn load
# Not within a check: its subshell would wait for readers that it started.
rounds
ktap_check "it loads and unloads under load" test $? = 0
second_reader
ktap_check "one reads at a time, and the next when that is killed" test $? = 0
ktap_check "nothing stays behind" check_leaks
ktap_end

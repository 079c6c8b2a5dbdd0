#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: unproven
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
		wait_for 20 sense_has '.rec == "write" and .comm == "dd"' || return 1
	fi
	unload_modules
}

rounds() {
	local i

	for ((i = 0; i < ${CLPS_ROUNDS:-6}; i++)); do
		round "$i" || return 1
	done
}

second_reader() {
	sense_load && sense_read || return 1
	! timeout 10 sensetap > /dev/null || return 1
	kill -KILL "$READER"
	: > "$RECORDS"
	spawn sensetap > "$RECORDS"
	wait_for 20 test -s "$RECORDS" && sense_caught_up && unload_modules
}

ktap_start 4
ktap_check "a parameter out of range is refused" not sense_load data_limit=16385
spawn load
spawn load
ktap_check "it loads and unloads under load" rounds
ktap_check "one reads at a time, and the next when that is killed" second_reader
ktap_check "nothing stays behind" check_leaks
ktap_end

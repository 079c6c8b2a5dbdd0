# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# One sensor and one reader of it, for the tests sensor_*.
#
#   this kernel:  programs -> tracepoints -> collapsar_sense -> sensetap -> $RECORDS
set -u
# shellcheck source=selftests/lib/ktap.sh
. "$CLPS_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/lib/netns.sh
. "$CLPS_ROOT/selftests/lib/netns.sh"

# A file of memory: the reader may not wait for a disk. Nor may it be a terminal or a pipe.
RECORDS=$(mktemp -d /tmp/sense.XXXXXX)/records

# sense_load [PARAMETER...]
sense_load() {
	insmod "$CLPS_MODDIR/collapsar_sense.ko" "$@" || return 1
	CLPS_LOADED=(collapsar_sense)
}

# sense_read [OPTION...]: until the test ends.
sense_read() {
	spawn sensetap "$@" > "$RECORDS"
	READER=$!
	wait_for 20 grep -q '"rec":"start"' "$RECORDS"
}

# sense_stop: the reader goes as a crash would have it, if it has not yet for want of a sensor.
sense_stop() {
	kill -KILL "$READER" 2> /dev/null
	wait "$READER" 2> /dev/null
	READER=
}

# sense_query JQ [ARGUMENT...]: jq over the records, as its inputs. A last line may be half. It
# reads the file itself: what went through a pipe would be recorded as well, and each look
# at the records would double them.
sense_query() { jq -R -n -r "${@:2}" "def records: inputs | fromjson?; $1" "$RECORDS"; }

# sense_has FILTER: is there a record of which jq's FILTER is true? That of the question itself
# has FILTER in the arguments of an exec.
sense_has() { sense_query "first(records | select($1))" -e; }

# sense_said FILTER: the same, as soon as it has come.
sense_said() { wait_for 20 sense_has "$1"; }

# sense_claims NAME CLAIM...: a check of each, of records that have all arrived. In a claim
# has(FILTER) asks whether there is such a record, and $dir is where records are. One jq for
# all of them: where there is no KVM it takes a second to start.
sense_claims() {
	local names=() claims=() verdicts i all=''

	while [ $# -gt 0 ]; do
		names+=("$1")
		claims+=("$2")
		all+="${all:+, }($2)"
		shift 2
	done
	mapfile -t verdicts < <(sense_query "[records] as \$all | def has(f): any(\$all[]; f); $all" \
		--arg dir "${RECORDS%/*}")
	for i in "${!names[@]}"; do
		ktap_check "${names[i]}" sense_verdict "${verdicts[i]:-none}" "${claims[i]}"
	done
}
sense_verdict() { [ "$1" = true ] || { echo "$1: $2"; return 1; }; }

# sense_caught_up: what was done until now is in $RECORDS, as somebody asks for a file after it.
sense_caught_up() {
	local mark=/tmp/mark.$RANDOM.$RANDOM

	# The shell's own open().
	: 2> /dev/null < "$mark"
	wait_for 60 grep -qF "\"path\":\"$mark\"" "$RECORDS"
}

# sense_counter SCOPE NAME COUNTER
sense_counter() {
	sensetap -s | jq -r --arg s "$1" --arg n "$2" --arg c "$3" \
		'select(.scope == $s and .name == $n) | .[$c]'
}

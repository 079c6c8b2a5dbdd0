#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml stock
# LONG: smp
# TIMEOUT: 300
# Programs write as fast as they can into a sensor with hardly any memory, and the reader
# pauses: each number is a record's, or within a gap that says so, and what gaps tell of is
# what counters have lost. Topology: selftests/netns/sense.bash.
# shellcheck source=selftests/netns/sense.bash
. "$CLPS_ROOT/selftests/netns/sense.bash"

# every number from 1, once; LAST, GAPS and LOST of the records
account() {
	local sum

	sum=$(sense_query 'reduce records as $r ({next: 1, gaps: 0, lost: 0, bad: 0};
		if $r.rec == "gap" then
			.bad += (if $r.first == .next and $r.seq == $r.first + $r.count then 0 else 1 end) |
			.gaps += 1 | .lost += $r.count
		else
			.bad += (if $r.seq == .next then 0 else 1 end)
		end | .next = $r.seq + 1) | "\(.next - 1) \(.gaps) \(.lost) \(.bad)"')
	read -r LAST GAPS LOST BAD <<< "$sum"
}

# The last number that was given, when the sensor was asked.
given() {
	sensetap -s > "$dir/counters"
	jq 'select(.scope == "sense") | .records + .gaps + .lost_full + .lost_unbuilt' "$dir/counters"
}

# All up to a number has been read: later ones are those of who asks.
read_to() { [ "$(tail -n 2 "$RECORDS" | grep -oE '"seq":[0-9]+' | tail -n 1 | cut -d: -f2)" -ge "$1" ]; }

as_counted() {
	echo "last $LAST, gaps $GAPS, lost $LOST"
	[ "$LOST" = "$(sense_counter sense "" lost_full)" ] &&
		[ "$GAPS" = "$(sense_counter sense "" gaps)" ] &&
		[ "$(sense_counter sense "" lost_unbuilt)" = 0 ]
}

dir=${RECORDS%/*}

ktap_start 6
sense_load queue_bytes=131072 || exit 1
spawn sensetap -b -p 2 > "$RECORDS"
# Two writers, and programs that come and go.
for i in 1 2; do
	dd if=/dev/zero bs=4096 count=2000 2> /dev/null | cat > /dev/null &
	writers[i]=$!
done
for _ in {1..30}; do sh -c : ; done
wait "${writers[@]}"
# The last losses are told of though nothing follows.
ktap_check "all that was queued arrives" wait_for 60 read_to "$(given)"
account
ktap_check "there were gaps" test "$GAPS" -gt 0
ktap_check "there were records" test $((LAST - LOST)) -gt 100
ktap_check "no number is missing or twice" test "$BAD" = 0
ktap_check "gaps are what the counters have" as_counted
ktap_check "nothing stays behind" check_leaks
ktap_end

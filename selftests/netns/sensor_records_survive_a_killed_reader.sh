#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml stock
# TIMEOUT: 180
# A reader that is killed with messages unread in its socket loses nothing: its successor
# gets all from the first record that was not acknowledged. A reader gets each once, however
# long it acknowledges nothing; what it keeps the sensor from forgetting is lost to later ones
# as a gap. Nobody acknowledges for another, or what was never sent.
# Topology: selftests/netns/sense.bash.
# shellcheck source=selftests/netns/sense.bash
. "$CLPS_ROOT/selftests/netns/sense.bash"

dir=${RECORDS%/*}

# A new file of records for each reader.
another() { RECORDS=$dir/records.$1; }

# doings NAME: something that is recorded and can be asked for.
doings() {
	local i

	for i in {1..20}; do : 2> /dev/null < "/tmp/$1.$i"; done
}
# has_doings NAME: all of it is there, each once, in order.
has_doings() {
	sense_query "[records | select(.rec == \"open\" and (.path | startswith(\"/tmp/$1.\"))) | .path] ==
		[range(1; 21) | \"/tmp/$1.\(.)\"]" -e
}
# without_hole FIRST: numbers from there on, each once; gaps count.
without_hole() {
	sense_query "reduce records as \$r ({next: $1, bad: 0};
		.bad += (if (\$r.first // \$r.seq) == .next then 0 else 1 end) | .next = \$r.seq + 1) | .bad == 0" -e
}
last_seq() { sense_query 'last(records) | .seq'; }
acked() { sense_counter sense "" acked; }
# All that was printed is acknowledged.
settled() { [ "$(acked)" -ge "$1" ]; }

refused() {
	local words=$1 out

	shift
	! out=$("$@" 2>&1 > /dev/null) && echo "$out" && [[ $out == *"$words"* ]]
}

# What is unread in the socket of a reader that reads no more, and is killed.
unread() {
	awk '$2 == 16 && $3 == pid { print $5 }' pid="$READER" /proc/net/netlink
}
is_unread() { [ "$(unread)" -gt 2000 ]; }

ktap_start 13
sense_load queue_bytes=262144 || exit 1

another never_read
spawn sensetap -p 600 > "$RECORDS"
READER=$!
doings first
ktap_check "records are in the socket of who does not read" wait_for 20 is_unread
ktap_check "nobody else acknowledges them" refused "the reader alone acknowledges" sensetap -a 1
sense_stop
ktap_check "nothing was printed" not test -s "$RECORDS"

another second
sense_read
sense_caught_up
ktap_check "the next has all from the first" eval "without_hole 1 && has_doings first"

# In the middle of its work, what it has printed is acknowledged.
wait_for 20 settled 100
kill -STOP "$READER"
doings second
ktap_check "records are in the socket of who was stopped" wait_for 20 is_unread
sense_stop
acked=$(acked)
printed=$(last_seq)

another third
spawn sensetap -n > "$RECORDS"
READER=$!
ktap_check "the next begins where the last had acknowledged" eval \
	"wait_for 20 has_doings second && without_hole $((acked + 1)) && test $acked -le $printed"
doings third
ktap_check "without acknowledging it gets each once" eval "wait_for 20 has_doings third && without_hole $((acked + 1))"
ktap_check "and nothing is forgotten" test "$(acked)" = "$acked"
sense_stop

another mistaken
ktap_check "what was not sent is not acknowledged" refused "no record of this number was sent" \
	sensetap -n -a 1000000
another fourth
spawn sensetap -n > "$RECORDS"
READER=$!
ktap_check "and the mistake has cost nothing" eval "wait_for 20 has_doings third && without_hole $((acked + 1))"

# It keeps the memory of all that it was sent.
head -c 2000000 /dev/zero | cat > /dev/null
ktap_check "what has no room is lost and counted" test "$(sense_counter sense "" lost_full)" -gt 0
sense_stop
another fifth
spawn sensetap > "$RECORDS"
READER=$!
ktap_check "the next has a gap for it, and no other" eval "sense_said '.rec == \"gap\"' && without_hole $((acked + 1))"
sense_stop
ktap_check "nothing stays behind" check_leaks
ktap_end

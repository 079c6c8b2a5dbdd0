#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml stock
# TIMEOUT: 400
# A collector's reader is killed again and again while guests' sensors send: what it had not
# acknowledged its successor gets, with the same numbers, and in all nothing is missing.
set -u
# shellcheck source=selftests/netns/stream.bash
. "$CLPS_ROOT/selftests/netns/stream.bash"

ROUNDS=$((${CLPS_ROUNDS:-100} / 20))
EACH=$((ROUNDS * 100))
# round N: what guests send in it.
traffic() {
	send_on guest1 --first $((1 + 100 * $1)) --count 100 --size 500
	senders=($!)
	send_on guest3 --magic $OTHER_MAGIC --first $((1 + 100 * $1)) --count 100 --size 300
	senders+=($!)
}
# Killed after 60 entries, before it acknowledges the last ones.
killed_at_60() {
	timeout 60 nsexec center streamtap -a -k 60 c >> "$LOGS/c" 2> /dev/null
	[ $? = 137 ]
}
# Killed from outside, at any moment after its first entry.
killed() {
	local pid was

	was=$(entries c | wc -l)
	# No function: the process itself is to be killed.
	nsexec center streamtap -a c >> "$LOGS/c" 2> /dev/null &
	pid=$!
	wait_for 10 has_entries c $((was + 1))
	kill -9 $pid
	wait $pid
	# Half a line of its is none.
	echo >> "$LOGS/c"
	has_entries c $((was + 1))
}
resumed() {
	local i

	for ((i = 0; i < ROUNDS; i++)); do
		traffic $i
		killed_at_60 && killed || return 1
		wait "${senders[@]}" || return 1
	done
}
# SEQ HONEYPOT DATA of each, once. jq takes a second for as many.
unique() {
	sed -n 's/^{"seq":\([0-9]*\),.*"honeypot":"\([^"]*\)".*"data":"\([0-9a-f]*\)"}$/\1 \2 \3/p' "$LOGS/c" |
		sort -n -u
}
all_there() { grep -q "^{\"seq\":$((2 * EACH)),.*}$" "$LOGS/c"; }
no_hole() { unique | cut -d ' ' -f 1 | diff - <(seq $((2 * EACH))); }
of() { unique | awk -v hp="$1" '$2 == hp { print $3 }' | diff - <(payloads "${@:2}"); }
again() { [ "$(entries c | wc -l)" -gt "$(unique | wc -l)" ]; }
one_epoch() { [ "$(grep subscription "$LOGS/c" | jq .epoch | sort -u | wc -l)" = 1 ]; }
acked() { [ "$(stream_counter c acked)" = $((2 * EACH)) ]; }

ktap_start 12
stream_up
ktap_check "honeypots get sensors" test $? = 0
: > "$LOGS/c"
# From the first datagram on: a collector is there as long as nobody forgets it.
in_ns center timeout 1 streamtap c > /dev/null
ktap_check "its reader is killed again and again, under traffic" resumed
collect c -a
ktap_check "its last one reads on" test $? = 0
ktap_check "and has all that was sent" wait_for 60 all_there
ktap_check "numbers have no hole" no_hole
ktap_check "guest1's datagrams are as they were sent, in their order" of hp1 --count $EACH --size 500
ktap_check "and guest3's" of hp3 --magic $OTHER_MAGIC --count $EACH --size 300
ktap_check "some came twice, since nobody had acknowledged them" again
ktap_check "all that with one epoch" one_epoch
ktap_check "all is acknowledged" wait_for 10 acked
ktap_check "nothing was lost" test "$(stream_counter c lost) $(stream_counter c gaps)" = "0 0"
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

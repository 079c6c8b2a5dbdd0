#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 400
# A collector that does not acknowledge gets everything up to its limit; what it has no room
# for is a gap of its honeypot, where the loss was, and entries and the counts of gaps add
# up to what was sent, whatever the number of honeypots. One that floods leaves room for
# others, and another collector loses nothing.
set -u
# shellcheck source=selftests/netns/stream.bash
. "$CLPS_ROOT/selftests/netns/stream.bash"

# entries + lost = what was sent, of those that the filter selects.
sum() { selected "$1" "select($2) | .count // 1" | jq -s 'add // 0'; }
sum_is() {
	local n

	n=$(sum "$1" "$2")
	[ "$n" = "$3" ] || { echo "$1 has $n of $3"; return 1; }
}
gaps() { selected "$1" 'select(.type == "gap")' | jq -s length; }
some_gaps() { [ "$(gaps slow)" -ge 1 ]; }
queued() { stream_counter slow queued_bytes; }
bounded() {
	local n

	n=$(queued)
	echo "$n bytes"
	[ "$n" -le 65536 ] && [ "$n" -gt 50000 ]
}
# What each payload counts, of hp1: with gaps, without a hole and in order.
in_place() {
	selected slow 'select(.honeypot == "hp1") | if .type == "gap" then "gap \(.count)" else "n \(.data[8:16])" end' |
		awk '$1 == "gap" { at += $2 }
			$1 == "n" { at++; if ($2 != sprintf("%08x", at)) { print $2 " is not " at; bad = 1 } }
			END { exit bad || !at }' || return 1
}
no_hole() { selected slow .seq | sort -n -u | diff - <(seq "$(selected slow .seq | sort -n | tail -1)"); }
times_in_order() {
	[ "$(selected slow 'select(.type == "gap" and (.since > .time or .since == 0))' | wc -l)" = 0 ]
}
counts() { [ $(($(stream_counter slow entries) + $(stream_counter slow lost))) = "$1" ]; }
add_up() {
	local n

	n=$(selected slow '.count // 1' | jq -s 'add // 0')
	[ "$n" = "$1" ] || { echo "$n of $1"; return 1; }
}
nameless() { [ "$(selected slow 'select(.type == "gap" and (has("honeypot") or has("addr") | not)) | .count')" -gt 1 ]; }
lost_is_told() { [ "$(stream_counter slow lost)" = "$(selected slow '.count // 0' | jq -s add)" ]; }

# 240 honeypots more lose something each while a collector has 256 KiB.
many_lose() {
	for ((i = 0; i < 240; i++)); do
		echo "honeypot add more$i network a address 10.1.9.$i port p1 mac $(guest_mac 1) sensor 1101 magic $MAGIC"
	done | in_ns center collapsarctl apply - || return 1
	for ((i = 0; i < 240; i++)); do echo "addr add 10.1.9.$i/32 dev lo"; done | ip_in guest1
	in_ns center timeout 1 streamtap -l 262144 shrunk > /dev/null
	send guest1 --count 400 --size 1000 && send guest1 --source 10.1.9.0 --sources 240 --count 2 --size 1000
}
# So much has it been told, or lost; the last of it is an entry.
shrunk_has() { [ "$(selected shrunk '.count // 1' | jq -s 'add // 0')" = "$1" ]; }

ktap_start 26
stream_up
ktap_check "honeypots get sensors" test $? = 0
: > "$LOGS/slow"; : > "$LOGS/fast"
collect fast -a
ktap_check "one collector acknowledges" test $? = 0
in_ns center timeout 1 streamtap -l 65536 slow > /dev/null
send guest1 --count 400 --size 1000
was=$(stream_counter slow lost)
send guest3 --magic $OTHER_MAGIC --count 4 --size 500
ktap_check "whoever floods it leaves room for another" \
	eval 'wait_for 10 counts 404 && [ "$(stream_counter slow lost)" = "$was" ]'
ktap_check "of his own much is lost" test "$was" -gt 300
send guest3 --magic $OTHER_MAGIC --first 5 --count 96 --size 500
ktap_check "the other's memory is bounded, and used" bounded
ktap_check "each datagram is an entry or lost" counts 500
kept=$(stream_counter slow entries)
ktap_check "it keeps what fits" test "$kept" -ge 20 -a "$kept" -le 65
collect slow
reader=$!
ktap_check "its reader gets what was kept, and no gap yet, as nothing was acknowledged" \
	wait_for 10 has_entries slow "$kept"
ktap_check "not one more" test "$(entries slow | wc -l) $(gaps slow)" = "$kept 0"
kill -9 $reader
wait $reader
: > "$LOGS/slow"
collect slow -a
ktap_check "a reader that acknowledges gets a gap that nothing follows" wait_for 10 some_gaps
ktap_check "hp1: entries and lost are what was sent" wait_for 10 sum_is slow '.honeypot == "hp1"' 400
ktap_check "hp3: too" sum_is slow '.honeypot == "hp3"' 100
send guest1 --first 401 --count 20 --size 1000
ktap_check "what comes after it is there" wait_for 10 sum_is slow '.honeypot == "hp1"' 420
ktap_check "each entry of hp1 is where its number says, gaps counted" in_place
ktap_check "a gap's times are of its first and last" times_in_order
ktap_check "numbers have no hole" no_hole
ktap_check "who acknowledges has lost nothing" sum_is fast '.type != "gap"' 520
kill -9 $!
# 80 honeypots more: gaps of them all have no room.
for ((i = 100; i < 180; i++)); do
	echo "honeypot add many$i network a address 10.1.0.$i port p1 mac $(guest_mac 1) sensor 1101 magic $MAGIC"
done | in_ns center collapsarctl apply -
for ((i = 100; i < 180; i++)); do echo "addr add 10.1.0.$i/24 dev eth0"; done | ip_in guest1
send guest1 --first 421 --count 100 --size 1000
for ((i = 100; i < 180; i++)); do send guest1 --source "10.1.0.$i" --count 2 --size 1000; done
ktap_check "many honeypots lose" wait_for 10 counts $((520 + 100 + 160))
ktap_check "the memory is bounded all the same" bounded
collect slow -a
ktap_check "all that is lost is told, and adds up" wait_for 15 add_up $((520 + 100 + 160))
ktap_check "to the counter" lost_is_told
ktap_check "of those that there was no room for, one gap tells without a name" nameless
kill -9 $!
ktap_check "many lose while a collector has more memory" many_lose
: > "$LOGS/shrunk"
collect shrunk -a -l 65536
ktap_check "with less it is told of all, though gaps alone are more than that" wait_for 20 shrunk_has 880
send guest3 --magic $OTHER_MAGIC --first 900 --size 500
ktap_check "and gets what comes after" wait_for 10 shrunk_has 881
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

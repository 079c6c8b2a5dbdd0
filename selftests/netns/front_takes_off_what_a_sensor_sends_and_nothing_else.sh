#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml stock
# TIMEOUT: 400
# What a guest's sensor sends reaches every collector byte for byte, with the network, the
# honeypot and V, whatever address it was sent to, and nobody else; what lacks its port, its
# magic number or its V, and what comes in fragments, is as any other packet.
set -u
# shellcheck source=selftests/netns/stream.bash
. "$CLPS_ROOT/selftests/netns/stream.bash"
# shellcheck source=selftests/lib/stats.sh
. "$CLPS_ROOT/selftests/lib/stats.sh"

# got NAME: in the order of their numbers, who and what.
got() { selected "$1" '"\(.network) \(.honeypot) \(.addr) \(.type) \(.data)"'; }
expect() { payloads "${@:2}" | sed "s/^/$1 sebek /" >> /tmp/want; }
a_sensor() { send guest1 "$@" && expect "a hp1 10.1.0.9" "$@"; }
all_got() { got "$1" | diff /tmp/want -; }
numbered() { selected "$1" .seq | diff <(seq "$(wc -l < /tmp/want)") -; }
# The clock of the center, with a minute for a slow one.
timed() {
	selected "$1" .time | awk -v now="$(date +%s)" \
		'{ t = $1 / 1e9; if (t < last - 1 || t < now - 300 || t > now + 60) bad = 1; last = t } END { exit bad || !NR }'
}
same() { diff <(entries one | jq -c 'del(.seq, .time)') <(entries two | jq -c 'del(.seq, .time)'); }

any() {
	local size to

	for size in 4 5 8 9 100 1376 1472; do
		a_sensor --size "$size" --count 3 || return 1
	done
	for to in 10.1.0.10 10.1.0.77 10.1.0.255 255.255.255.255 224.0.0.9 198.51.100.200; do
		a_sensor --source 10.1.0.9 --to "$to" --count 2 || return 1
	done
	a_sensor --nocheck 1
	send guest3 --magic $OTHER_MAGIC --count 5 && expect "b hp3 10.1.0.9" --magic $OTHER_MAGIC --count 5
}
merged() {
	send guest1 --segment 120 --count 12 && expect "a hp1 10.1.0.9" --size 120 --count 12
}
# Of hp1's, but three: without the magic, for another port, too short, in fragments; and of
# a guest without a sensor. 11 packets.
others() {
	send guest1 --magic 0xd0d0d0d1 --count 3 && send guest1 --port 1102 --count 2 &&
		send guest1 --size 3 && send guest1 --magic $OTHER_MAGIC &&
		send guest1 --size 2000 && send guest2 --count 2
}
spoofed() {
	ip -n guest1 addr add 10.1.0.66/24 dev eth0
	send guest1 --source 10.1.0.66 --count 4
}
is() {
	local n

	n=$(network_counter a "$1")
	[ "$n" = "$2" ] || { echo "$1 is $n, not $2"; return 1; }
}
at_site() {
	local n

	n=$(in_ns siteA nft -j list counters | jq '.nftables[].counter | select(.).packets')
	[ "$n" = "$1" ] || { echo "$n packets have come to the site"; return 1; }
}
sensor_shown() {
	[ "$(honeypot_value hp1 sensor_port) $(honeypot_value hp1 sensor_magic)" = "1101 $((MAGIC))" ] &&
		[ "$(honeypot_value hp2 sensor_port)" = null ]
}

ktap_start 27
stream_up
ktap_check "honeypots get sensors" test $? = 0
ktap_check "which are shown" sensor_shown
in_ns siteA nft 'table inet t { counter c {}
	chain c { type filter hook prerouting priority -400; iifname "up0" counter name c; }; }'
send guest1
ktap_check "without a collector it is taken off all the same" is sensor_packets 1
ktap_check "and counted as unheard" is sensor_unheard 1
stats_watch center
collect one -a
ktap_check "a collector is read" test $? = 0
collect two
ktap_check "and another" test $? = 0
: > /tmp/want
# The site's answers open the flows by which guests might answer.
in_ns siteA ping -qn -c 1 -W 5 10.1.0.9 > /dev/null
in_ns center collapsarctl network set a outbound open
reached=$(network_counter a tx_packets)
neighbour=$(honeypot_value hp2 rx_packets)
local=$(network_counter a local_packets)
ktap_check "datagrams of all sizes to all kinds of addresses are sent" any
ktap_check "collector one has all, as they were" wait_for 10 all_got one
ktap_check "collector two has the same" wait_for 10 same
ktap_check "numbers begin at one and have no hole" numbered one
ktap_check "each has the time at the center" timed one
ktap_check "a super-packet of twelve is sent" merged
ktap_check "and is twelve entries" wait_for 10 all_got one
ktap_check "it counts as one packet" is sensor_packets $((1 + 7 * 3 + 6 * 2 + 1 + 1))
ktap_check "none has left" is tx_packets "$reached"
ktap_check "nor gone to a neighbour" test "$(honeypot_value hp2 rx_packets) $(network_counter a local_packets)" = "$neighbour $local"
ktap_check "what the site has seen is one answer" at_site 1
before=$(network_counter a sensor_packets)
# 3 + 2 + 1 + 1 + 2 fragments + 2
ktap_check "others' datagrams are sent" others
ktap_check "with outbound open they leave" wait_for 10 at_site 12
in_ns center collapsarctl network set a outbound replies
others
ktap_check "with outbound replies they are contained" wait_for 10 is drop_contained 11
spoofed
ktap_check "another V than the honeypot's is spoofed" wait_for 10 is drop_spoofed 4
ip -n guest1 addr del 10.1.0.66/24 dev eth0
ktap_check "none of those was taken off" is sensor_packets "$before"
in_ns center collapsarctl honeypot set hp1 nosensor
send guest1 --count 2
ktap_check "without its sensor nothing is" wait_for 10 is drop_contained 13
ktap_check "and the collectors have no more than before" all_got one
ktap_check "counters of the collector agree" test \
	"$(stream_counter one entries) $(stream_counter one lost) $(stream_counter one gaps)" = "$(wc -l < /tmp/want) 0 0"
ktap_check "everything that was sent is counted once" stats_add_up
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

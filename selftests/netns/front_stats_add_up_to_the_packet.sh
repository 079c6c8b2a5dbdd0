#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 300
# A known number of packets of every kind, and each is found in exactly one counter:
# handed on or dropped; the netdevs counted the same.
set -u
# shellcheck source=selftests/netns/front_topology.bash
. "$CLPS_ROOT/selftests/netns/front_topology.bash"
# shellcheck source=selftests/lib/stats.sh
. "$CLPS_ROOT/selftests/lib/stats.sh"

# pings NS COUNT ARGUMENTS: answered or not.
pings() { in_ns "$1" ping -qn -c "$2" -i 0.05 -W 1 "${@:3}" > /dev/null; }
snapshot() {
	in_ns center collapsarctl -j stats | jq '.[] | select(.scope == "network" and .name == "a").counters'
}
# by COUNTER N: it grew by so many since the snapshot.
by() {
	local now was

	was=$(jq ".$1" /tmp/before)
	now=$(network_counter a "$1")
	[ "$((now - was))" = "$2" ] || { echo "$1: $((now - was)) instead of $2"; return 1; }
}
all_by() {
	local rc=0

	while [ $# -gt 0 ]; do
		by "$1" "$2" || rc=1
		shift 2
	done
	return $rc
}
# The drops of network a, all reasons.
drops() { snapshot | jq '[to_entries[] | select(.key | startswith("drop_")).value] | add'; }
hp_is() { [ "$(honeypot_value "$1" "$2")" = "$3" ] || { honeypot_value "$1" "$2"; return 1; }; }

ktap_start 11
frames_start
front_up
ktap_check "networks and honeypots are configured" test $? = 0
ktap_check "nothing was dropped before" test "$(drops)" = 0
snapshot > /tmp/before
stats_watch center

# 84 bytes each, both ways.
pings siteA 20 10.1.0.9
ktap_check "20 pings: 20 in, 20 out, with their bytes" all_by \
	rx_packets 20 rx_bytes 1680 tx_packets 20 tx_bytes 1680
ktap_check "and the honeypot's own counters say so" \
	eval 'hp_is hp1 rx_packets 20 && hp_is hp1 rx_bytes 1680 && hp_is hp1 tx_bytes 1680'
pings siteA 7 10.1.0.77
pings guest1 9 10.1.0.10
pings guest1 5 198.51.100.77
frames guest1 forge --spa 10.1.0.9 --tpa 10.1.0.10 --other 10.1.0.66 --dst "$GW_A" \
	--count 200 > /tmp/forged
read -r forged others < /tmp/forged
ip -n guest2 link set eth0 down
pings siteA 4 10.1.0.10
ip -n guest2 link set eth0 up
ip -n center link set p1 mtu 1000
pings siteA 3 -s 1400 10.1.0.9
ip -n center link set p1 mtu 1500
# A queue that takes nothing.
in_ns center tc qdisc add dev p1 root pfifo limit 0
pings siteA 6 10.1.0.9
in_ns center tc qdisc del dev p1 root
pings siteA 2 10.1.0.9
ktap_check "each drop is under its reason" all_by drop_no_honeypot 7 drop_contained 5 \
	drop_spoofed "$forged" drop_link_down 4 drop_too_big 3 drop_xmit 6
ktap_check "9 pings between neighbours are 18 packets" by local_packets 18
ktap_check "what the outside sent and was not dropped" by rx_packets "$((20 + 2))"
ktap_check "the honeypots' packets that left" by tx_packets "$((20 + 2))"
ktap_check "no drop is counted twice, none is missing" \
	test "$(drops)" = "$((7 + 5 + forged + 4 + 3 + 6 + others))"
ktap_check "the netdevs counted the same" stats_add_up
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

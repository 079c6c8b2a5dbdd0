#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 300
# A packet reaches the honeypot that owns its destination in its network, and
# no other; overlapping networks never meet; the packet is what was sent.
set -u
# shellcheck source=selftests/netns/front_topology.bash
. "$CLPS_ROOT/selftests/netns/front_topology.bash"
# shellcheck source=selftests/lib/stats.sh
. "$CLPS_ROOT/selftests/lib/stats.sh"

got_more() { [ "$(honeypot_value "$1" rx_packets)" -gt "$2" ]; }
got_none() { [ "$(honeypot_value "$1" rx_packets)" = 0 ]; }
neighbour_is() { ip -n "$1" neigh show "$2" | grep -qi "lladdr $3"; }
capture_has() { tcpdump -nvr "$1" 2> /dev/null | grep -q "$2"; }

ktap_start 14
front_up
ktap_check "networks and honeypots are configured" test $? = 0
stats_watch center
ktap_check "siteA reaches its honeypot, through the stock gre device" \
	in_ns siteA ping -c 3 -i 0.2 -W 5 10.1.0.9
ktap_check "the packets went to hp1" got_more hp1 2
ktap_check "none went to the same address of the other network" got_none hp3
ktap_check "siteB reaches its own honeypot of that address" \
	in_ns siteB ping -c 3 -i 0.2 -W 5 10.1.0.9
ktap_check "those went to hp3" got_more hp3 2
ktap_check "the router's MAC is the network's gateway MAC" \
	neighbour_is guest1 10.1.0.1 "$GW_A"

spawn in_ns guest3 tcpdump -Uni eth0 -w /tmp/g3.pcap icmp
spawn in_ns guest1 tcpdump -Uni eth0 -w /tmp/g1.pcap icmp
wait_for 20 test -s /tmp/g3.pcap -a -s /tmp/g1.pcap
ktap_check "1500 bytes with DF cross a path of 1500 bytes" \
	in_ns siteB ping -c 2 -i 0.2 -W 5 -M "do" -s 1472 10.1.0.9
in_ns siteA ping -c 1 -W 5 -t 7 -Q 0x28 10.1.0.9 > /dev/null
wait_for 10 capture_has /tmp/g1.pcap 'ttl 7,'
ktap_check "TTL and TOS arrive as sent" capture_has /tmp/g1.pcap 'tos 0x28, ttl 7,'
ktap_check "siteA's packets are not seen by guest3" not capture_has /tmp/g3.pcap 'tos 0x28'

in_ns siteA ping -c 1 -W 2 10.1.0.77 > /dev/null
ktap_check "an address without a honeypot is dropped and counted" \
	test "$(network_counter a drop_no_honeypot)" -ge 1
ktap_check "what siteA sent is what the network counted" \
	test "$(network_counter a rx_packets)" = "$(honeypot_value hp1 rx_packets)"
ktap_check "everything that was sent is counted once" stats_add_up
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 120
# An Ethernet uplink in promiscuous mode takes the frames that are meant for it, and
# leaves those of other machines alone.
#
#   site 192.0.2.2 -- veth -- up0 (promiscuous) center -- p1 -- guest 10.1.0.9
set -u
# shellcheck source=selftests/netns/center.bash
. "$CLPS_ROOT/selftests/netns/center.bash"

UP_MAC=02:00:00:00:00:01

topology() {
	load_modules collapsar collapsar_front || return 1
	ns_add site center guest
	veth site eth0 center up0
	veth center p1 guest eth0
	ip -n center link set up0 address $UP_MAC
	ip -n center link set up0 promisc on
	ip -n site addr add 198.51.100.5/24 dev eth0
	ip -n site route add 10.1.0.0/24 via 198.51.100.1 onlink dev eth0
	ip -n guest link set eth0 address 02:00:00:00:00:09
	ip -n guest addr add 10.1.0.9/24 dev eth0
	ip -n guest route add default via 10.1.0.1
	in_ns center collapsarctl apply - <<-EOF
	network add a uplink up0 peer-mac $(in_ns site cat /sys/class/net/eth0/address) gateway-mac 02:00:00:00:0a:01
	honeypot add hp network a address 10.1.0.9 port p1 mac 02:00:00:00:00:09
	EOF
}

next_hop() { ip -n site neigh replace 198.51.100.1 lladdr "$1" dev eth0 nud permanent; }
seen() { honeypot_value hp rx_packets; }
received() { [ "$(in_ns center cat /sys/class/net/up0/statistics/rx_packets)" -ge "$1" ]; }

ktap_start 6
topology
ktap_check "a front-end with an Ethernet uplink" test $? = 0
next_hop $UP_MAC
ktap_check "frames for the uplink reach the honeypot" \
	wait_for 10 in_ns site ping -c 1 -W 1 10.1.0.9
before=$(seen)
arrived=$(in_ns center cat /sys/class/net/up0/statistics/rx_packets)
next_hop 02:00:00:00:00:77
in_ns site ping -c 3 -i 0.2 -W 1 10.1.0.9 > /dev/null
ktap_check "frames for another machine arrive at the NIC" wait_for 5 received $((arrived + 3))
ktap_check "and are left alone" test "$(seen)" = "$before"
next_hop ff:ff:ff:ff:ff:ff
ktap_check "broadcast frames are for everybody" in_ns site ping -c 1 -W 5 10.1.0.9
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

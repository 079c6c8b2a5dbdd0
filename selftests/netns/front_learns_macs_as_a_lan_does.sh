#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 200
# A guest whose MAC nobody gave is asked for it by whoever wants to reach it, and never
# in words that would have it give its address up; another guest behind the port is
# another MAC. What it sends to anybody is heard, a priority tag or none.
set -u
# shellcheck source=selftests/netns/front_topology.bash
. "$CLPS_ROOT/selftests/netns/front_topology.bash"

reaches() { in_ns siteA ping -n -c1 -W1 10.1.0.9; }
asked() { grep -q "who-has 10.1.0.9 tell $1" /tmp/heard; }
no_probe() { not grep -E 'tell 0\.0\.0\.0|\(oui|Probe' /tmp/heard && asked 198.51.100.5; }
mac_is() { [ "$(honeypot_value "$1" mac)" = "$2" ]; }
# As another guest would come up behind the port, and only wait.
replaced() {
	ip_in guest1 <<-EOF
		link set eth0 down
		link set eth0 address 02:00:00:00:09:99
		link set eth0 up
		route add default via 10.1.0.1
	EOF
	wait_for 10 reaches && mac_is hp1 02:00:00:00:09:99
}
# neighbour PRINTS what guest1 hears of guest2.
neighbour() { frames guest1 ask --spa 10.1.0.9 --tpa 10.1.0.10 --seconds 2; }
neighbour_is() { [ "$(neighbour)" = "$(guest_mac 2) $(guest_mac 2)" ]; }
unknown_then_known() {
	mac_is hp2 null && not neighbour && wait_for 10 neighbour_is
}
tagged() {
	ip_in guest1 <<-EOF
		link add link eth0 name eth0.0 type vlan id 0
		link set eth0.0 up
		addr del 10.1.0.9/24 dev eth0
		addr add 10.1.0.9/24 dev eth0.0
		route add default via 10.1.0.1
		neigh add 10.1.0.1 lladdr $GW_A dev eth0.0
	EOF
	wait_for 10 reaches
}
promiscuous() { [ "$(ip -n center -d -j link show p1 | jq '.[0].promiscuity')" = "$1" ]; }
released() {
	in_ns center collapsarctl honeypot del hp1
	promiscuous 0
}

ktap_start 9
frames_start
front_up
in_ns center collapsarctl apply - <<-EOF
honeypot del hp1
honeypot del hp2
honeypot add hp1 network a address 10.1.0.9 port p1
honeypot add hp2 network a address 10.1.0.10 port p2
EOF
ktap_check "honeypots are configured without MACs" mac_is hp1 null
ip -n guest1 route add default via 10.1.0.1
spawn in_ns guest1 tcpdump -lni eth0 arp > /tmp/heard 2> /tmp/tcpdump
wait_for 20 grep -q 'listening on' /tmp/tcpdump
ktap_check "who wants to reach the guest does" wait_for 10 reaches
ktap_check "the guest was asked in his name, and never probed" no_probe
ktap_check "a neighbour who is not known yet is asked for, then at its own MAC" unknown_then_known
ktap_check "another guest behind the port is reached" replaced
ktap_check "what the guest sends with a priority tag is its own" tagged
ktap_check "the port hears all that its guest sends" promiscuous 1
ktap_check "until it is released" released
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

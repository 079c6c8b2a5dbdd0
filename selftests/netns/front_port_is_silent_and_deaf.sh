#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml stock
# TIMEOUT: 180
# The center's own stack, with IPv6 left on and an address of IPv4, neither speaks to a
# guest nor hears it: while the port is a honeypot's, before it and after it.
set -u
# shellcheck source=selftests/netns/front_topology.bash
. "$CLPS_ROOT/selftests/netns/front_topology.bash"

# As for an operator who knows nothing of all this.
topology() {
	load_modules collapsar collapsar_front
	ns_add center guest1
	site siteA 2 1 gre
	in_ns center sysctl -qw net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0
	ip link add name p1 netns center type veth peer name eth0 netns guest1
	ip_in guest1 <<-END
		link set eth0 address $(guest_mac 1) up
		addr add 10.1.0.9/24 dev eth0
		route add default via 10.1.0.1
	END
}
listen() {
	spawn in_ns guest1 tcpdump -U --immediate-mode -Q in -ni eth0 -w /tmp/heard 2> /tmp/listening
	wait_for 20 grep -q 'listening on' /tmp/listening
}
claim() {
	in_ns center collapsarctl apply - <<-END
		uplink add dmza remote 192.0.2.2 local 192.0.2.1 key 1
		network add a uplink dmza gateway-mac $GW_A
		honeypot add hp1 network a address 10.1.0.9 port p1 mac $(guest_mac 1)
	END
}
honeypot() {
	in_ns center collapsarctl honeypot add hp1 network a address 10.1.0.9 port p1 \
		mac "$(guest_mac 1)"
}
is_up() { ip -n center link show p1 up | grep -q p1; }
is_down() { not is_up; }
no_carrier() { ip -n guest1 link show eth0 | grep -q NO-CARRIER; }
heard() { tcpdump -nr /tmp/heard "$@" 2> /dev/null; }
heard_echo() { heard "icmp[0] = 8 and icmp[4:2] = $1" | grep -q .; }
# The front-end's last packet says that all before it would be there.
nothing_but_the_front_end() {
	in_ns siteA ping -n -q -c 1 -W 5 -e "$1" 10.1.0.9 > /dev/null
	wait_for 10 heard_echo "$1" || return 1
	heard not ether src "$GW_A" > /tmp/strange
	cat /tmp/strange
	test ! -s /tmp/strange
}

# of6 COUNTER: of IPv6 on p1 in the center.
of6() { in_ns center awk -v c="$1" '$1 == c { print $2 }' /proc/net/dev_snmp6/p1; }
v6_spoke() { [ "$(of6 Ip6OutRequests)" -ge 3 ] && [ -n "$(ll)" ]; }
ll() { ip -n center -6 -br addr show dev p1 scope link -tentative | grep -oE 'fe80::[0-9a-f:]+'; }
# What came from p1 into the center's IPv4, whose counters are not by netdev; ARP that it
# believed.
v4_watch() {
	in_ns center nft -f - <<-END
	add table ip seen
	add chain ip seen pre { type filter hook prerouting priority -300; }
	add rule ip seen pre iifname p1 counter
	END
}
v4_in() {
	in_ns center nft -j list chain ip seen pre |
		jq '[.nftables[].rule?.expr?[]?.counter?.packets // empty] | add'
}
believed() { ip -n center neigh show dev p1 | grep lladdr; }
# None of them is an answer to the outside.
from_guest() { network_counter a drop_contained; }
handled() { [ "$(network_counter a drop_not_ip)" -gt 0 ] && [ "$(from_guest)" -ge "$1" ]; }

ktap_start 16
frames_start
topology
# Not in a check: its subshell would wait for what it started.
listen
ktap_check "a honeypot is configured on a port that is down" claim
ktap_check "which sets the port up" is_up
ktap_check "IPv6 wakes on the port, and would speak" wait_for 30 v6_spoke
ip -n center addr add 10.1.0.77/24 dev p1
in_ns center ping -n -c 1 -W 1 -I 10.1.0.77 10.1.0.9 > /dev/null
in_ns center ping -n -c 1 -W 1 ff02::1%p1 > /dev/null
ktap_check "a program of the center cannot send frames of its own" not in_ns center \
	"$CLPS_ROOT/selftests/lib/frames.py" arp --dev p1 --spa 10.1.0.1 --tpa 10.1.0.9 --sha "$GW_A"
ktap_check "the guest heard nothing but the front-end" nothing_but_the_front_end 4242

port_mac=$(in_ns center cat /sys/class/net/p1/address)
port_ll=$(ll)
in_ns guest1 sysctl -qw net.ipv6.conf.eth0.disable_ipv6=0
v4_watch
sent=$(from_guest) in4=$(v4_in) in6=$(of6 Ip6InReceives)
frames guest1 send --kind variety --dst "$port_mac" --spa 10.1.0.9 --tpa 10.1.0.77
not in_ns guest1 ping -n -c 1 -W 1 "$port_ll%eth0" > /dev/null
not in_ns guest1 ping -n -c 1 -W 1 10.1.0.77 > /dev/null
ktap_check "the guest's packets to the center are the front-end's" wait_for 10 handled $((sent + 10))
ktap_check "the center's IPv4 has seen none of them" test "$(v4_in)" = "$in4"
ktap_check "nor its IPv6" test "$(of6 Ip6InReceives)" = "$in6"
ktap_check "nor its ARP" not believed

ktap_check "the port gets no VLAN" not ip -n center link add link p1 name p1.5 type vlan id 5
in_ns center collapsarctl honeypot del hp1
ktap_check "the port goes down with its last honeypot" eval 'is_down && wait_for 10 no_carrier'
ip -n center link add link p1 name p1.5 type vlan id 5
ktap_check "a netdev that a VLAN uses is refused as a port" not honeypot
ip -n center link del p1.5
honeypot
rmmod collapsar_front
ktap_check "and with the module" eval 'is_down && wait_for 10 no_carrier'
insmod "$CLPS_MODDIR/collapsar_front.ko"
# The measure itself: what is no port, and set up, is heard.
ip -n center link set p1 up
ktap_check "what belongs to no honeypot and is set up hears the guest" wait_for 30 \
	in_ns guest1 ping -n -c 1 -W 1 "$port_ll%eth0"
heard_in4() { in_ns guest1 ping -n -c 1 -W 1 10.1.0.77 && [ "$(v4_in)" -gt "$in4" ]; }
ktap_check "in IPv4 as well" wait_for 30 heard_in4
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

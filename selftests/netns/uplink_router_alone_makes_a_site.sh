#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 180
# A router with a plain GRE tunnel and a route is a site: nothing of ours runs there.
#
#   intruder 203.0.113.9 -- router (ip tunnel, no key) == GRE == center -- guest1 10.1.0.9
set -u
# shellcheck source=selftests/netns/uplink_topology.bash
. "$CLPS_ROOT/selftests/netns/uplink_topology.bash"

topology() {
	ns_add center
	underlay router w1 2
	guest 1 10.1.0.9
	ns_add intruder
	veth intruder eth0 router lan
	ip_in intruder <<-EOF
		addr add 203.0.113.9/24 dev eth0
		addr add 198.51.100.5/32 dev eth0
		route add default via 203.0.113.1
	EOF
	ip_in router <<-EOF
		addr del 198.51.100.5/32 dev lo
		addr add 203.0.113.1/24 dev lan
		route add 198.51.100.5/32 dev lan
	EOF
	in_ns router sysctl -qw net.ipv4.ip_forward=1 net.ipv4.icmp_ratelimit=0
	in_ns guest1 sysctl -qw net.ipv4.icmp_ratelimit=0
	in_ns router ip tunnel add up0 mode gre remote 192.0.2.1 local 192.0.2.2 ttl 64
	ip_in router <<-EOF
		link set up0 up
		route add 10.1.0.0/24 dev up0
	EOF
	serve guest1
}

farm() {
	in_ns center collapsarctl apply - <<-EOF
	network add lan uplink up0 gateway-mac $GW
	honeypot add hp network lan address 10.1.0.9 port p1 mac 02:00:00:00:01:01
	EOF
}

# The router is the one hop before the honeypot, as before a host of its own.
two_hops() {
	[ "$(in_ns intruder traceroute -n -q 1 -w 3 -m 4 "$@" 10.1.0.9 |
		awk 'NR > 1 { printf "%s ", $2 }')" = "203.0.113.1 10.1.0.9 " ]
}
# What the guest sees of a packet that left the intruder with TTL 50.
ttl_at_guest() {
	in_ns guest1 timeout 20 tcpdump -ni eth0 -c 1 -v "icmp[0] = 8 and src 203.0.113.9" \
		> /tmp/seen 2> /tmp/ready &
	wait_for 10 grep -q listening /tmp/ready
	in_ns intruder ping -n -c 1 -W 3 -t 50 -Q 0x28 10.1.0.9
	wait $!
	cat /tmp/seen
	grep -q 'tos 0x28, ttl 49' /tmp/seen
}
reaches_it() {
	ktap_check "$1: the intruder reaches the honeypot" pings intruder 10.1.0.9
	ktap_check "$1: TCP, unharmed" transfer intruder 10.1.0.9
	ktap_check "$1: traceroute shows the router, then the honeypot" two_hops -I
	ktap_check "$1: TTL and TOS are the intruder's, less the router's hop" ttl_at_guest
}

ktap_start 10
load_modules collapsar collapsar_front
topology
in_ns center collapsarctl uplink add up0 remote 192.0.2.2 local 192.0.2.1
farm
reaches_it "our device at the center"
ip -n center link del up0
ip -n center link add up0 up type gre remote 192.0.2.2 local 192.0.2.1 ttl 64
in_ns center collapsarctl network set lan uplink up0
reaches_it "the stock device at the center"
ktap_check "the site has no device of ours" not eval "ip -n router -d link | grep -q clps"
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

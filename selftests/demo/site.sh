#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# site.sh NUMBER V...: inside a site's UML, a production network with an intruder
# beyond its router and a redirector H that claims the V's.
#
#   intruder -- router -- lan (bridge) -- H -- ring0 ==> center
#   203.0.113.5 .1  .1    192.168.1.0/24  .2   198.51.100.N/30
#                         host .50
set -eu
number=$1
shift

ns() { ip netns exec "$@"; }

ns_add() {
	ip netns add "$1"
	ip -n "$1" link set lo up
	ns "$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
}

# cable NS1 IF1 NS2 IF2
cable() {
	ip link add name "$2" netns "$1" type veth peer name "$4" netns "$3"
	ip -n "$1" link set "$2" up
	ip -n "$3" link set "$4" up
}

# on_lan NS ADDRESS
on_lan() {
	cable "$1" eth0 lan "p$1"
	ip -n lan link set "p$1" master br0
	ip -n "$1" addr add "$2/24" dev eth0
}

production_network() {
	local n

	for n in intruder router lan H host; do ns_add "$n"; done
	ip -n lan link add br0 type bridge forward_delay 0
	ip -n lan link set br0 up
	on_lan router 192.168.1.1
	on_lan H 192.168.1.2
	on_lan host 192.168.1.50
	cable intruder eth0 router wan
	ip -n intruder addr add 203.0.113.5/24 dev eth0
	ip -n router addr add 203.0.113.1/24 dev wan
	# Two traceroutes within a second, and what it has to say of addresses that a scan
	# found empty, are over its limits for ICMP errors.
	ns router sysctl -qw net.ipv4.ip_forward=1 net.ipv4.icmp_ratemask=0
	ip -n intruder route add default via 203.0.113.1
	ip -n host route add default via 192.168.1.1
}

# The real host has servers, so that a scan finds it.
real_servers() {
	mkdir -p /run/www
	echo "<html><body>intranet of site $number</body></html>" > /run/www/index.html
	ns host busybox httpd -p 80 -h /run/www
	dropbearkey -t ed25519 -f /run/hostkey > /dev/null 2>&1
	ns host dropbear -r /run/hostkey -P /run/dropbear.pid
}

redirector() {
	local v

	ip link set ring0 netns H
	ip -n H link set ring0 up
	ip -n H addr add "198.51.100.$((number * 4 - 2))/30" dev ring0
	ip -n H route add default via 192.168.1.1
	ns H collapsarctl uplink add center remote "198.51.100.$((number * 4 - 3))" \
		local "198.51.100.$((number * 4 - 2))" key "$number"
	for v in "$@"; do
		ns H collapsarctl redirect add "$v" dev eth0 uplink center \
			mac "52:54:00:00:0$number:${v##*.}"
	done
}

production_network
real_servers
redirector "$@"

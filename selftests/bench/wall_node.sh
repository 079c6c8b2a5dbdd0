#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# wall_node.sh site|guest CHAIN...: set up the UML of a site or of a guest. Namespaces: direct,
# ours and stock, at the site the LAN's host and in the guest the guest; H-ours,
# center-ours, H-stock and center-stock. Later, in one of them:
#
#   wall_node.sh heard CHAIN PORT...       wait until somebody listens there
#   wall_node.sh reaches CHAIN             wait until the LAN's host reaches the guest
#   wall_node.sh outbound open|replies     of our chain
#   wall_node.sh flood CHAIN COUNT         packets of 64 bytes; microseconds
#   wall_node.sh seen CHAIN                how many of them came out of the guest's driver
#
#   LAN host 10.1.0.5 -- H .2, 192.0.2.2 == GRE, key 1 == 192.0.2.1 center -- guest 10.1.0.9
#
# The cable between H and center has room for the tunnel's header (1600), or neither
# chain would carry the LAN's full packets uncut.
set -eu
V=10.1.0.9 GUEST_MAC=02:00:00:00:00:09

ns() { ip netns exec "$@"; }

ns_add() {
	local n

	for n in "$@"; do
		ip netns add "$n"
		ip -n "$n" link set lo up
		ns "$n" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
	done
}

# cable NS1 IF1 NS2 IF2 MTU
cable() {
	ip link add name "$2" mtu "$5" netns "$1" type veth peer name "$4" mtu "$5" netns "$3"
	ip -n "$1" link set "$2" up
	ip -n "$3" link set "$4" up
}

# lan_host CHAIN
lan_host() { ip -n "$1" addr add 10.1.0.5/24 dev eth0; }

# nic CARD CHAIN [NAME]: a card of the UML's goes into a namespace.
nic() {
	ip link set "$1" netns "$2" name "${3:-$1}"
	ip -n "$2" link set "${3:-$1}" up
}

site_direct() {
	ns_add direct
	nic ring1 direct eth0
	lan_host direct
}

# tunnel_ends CHAIN CARD
tunnel_ends() {
	ns_add "$1" "H-$1" "center-$1"
	cable "$1" eth0 "H-$1" eth0 1500
	cable "H-$1" wan "center-$1" wan 1600
	lan_host "$1"
	ip -n "H-$1" addr add 10.1.0.2/24 dev eth0
	ip -n "H-$1" addr add 192.0.2.2/24 dev wan
	ip -n "center-$1" addr add 192.0.2.1/24 dev wan
	nic "$2" "center-$1" port
}

site_ours() {
	tunnel_ends ours ring0
	ns H-ours collapsarctl apply - <<-EOT
	uplink add center remote 192.0.2.1 local 192.0.2.2 key 1
	redirect add $V dev eth0 uplink center probes 0
	EOT
	ns center-ours collapsarctl apply - <<-EOT
	uplink add site remote 192.0.2.2 local 192.0.2.1 key 1
	network add net uplink site gateway-mac 02:00:00:00:0a:01
	honeypot add guest network net address $V port port mac $GUEST_MAC
	EOT
}

# gre NS LOCAL REMOTE
gre() {
	ip -n "$1" link add tun type gre local "$2" remote "$3" key 1 ttl 64
	ip -n "$1" link set tun up
	ns "$1" sysctl -qw net.ipv4.ip_forward=1
}

site_stock() {
	tunnel_ends stock vec0
	gre H-stock 192.0.2.2 192.0.2.1
	ip -n H-stock route add $V dev tun
	ns H-stock sysctl -qw net.ipv4.conf.eth0.proxy_arp=1
	gre center-stock 192.0.2.1 192.0.2.2
	ip -n center-stock link add br0 type bridge
	ip -n center-stock link set port master br0
	ip -n center-stock link set br0 up
	full_offloads center-stock port
	ip -n center-stock addr add 10.1.0.1/24 dev br0
	# The guest takes the LAN's host for a neighbour.
	ns center-stock sysctl -qw net.ipv4.conf.br0.proxy_arp=1
	ip -n center-stock route add 10.1.0.5 dev tun
}

# full_offloads NS CARD: what a vector NIC can, and forgets when it joins a bridge.
full_offloads() { ns "$1" ethtool -K "$2" tso on gso on gro on sg on tx on > /dev/null; }

# counter NS: what pktgen sends is counted and dropped before the guest's IP stack.
counter() {
	ns "$1" nft -f - <<-EOT
	table netdev sink {
		counter seen { }
		chain in {
			type filter hook ingress device eth0 priority 0
			udp dport 9 counter name seen drop
		}
	}
	EOT
}

# guest CHAIN CARD
guest() {
	ns_add "$1"
	ip link set "$2" address $GUEST_MAC
	nic "$2" "$1" eth0
	ip -n "$1" addr add $V/24 dev eth0
	counter "$1"
}

guest_direct() { guest direct ring1; }
guest_ours() { guest ours ring0; }
guest_stock() {
	guest stock vec0
	full_offloads stock eth0
}

# wait_for COMMAND...
wait_for() {
	local end=$((SECONDS + 20))

	until "$@" > /dev/null 2>&1; do
		[ $SECONDS -lt $end ] || { echo "never: $*"; return 1; }
		read -rt 0.05 <> <(:) || :
	done
}

heard() {
	local chain=$1 port

	shift
	for port in "$@"; do
		wait_for eval "ns $chain ss -Hlntu sport = :$port | grep -q ."
	done
}

outbound() {
	ns center-ours collapsarctl network set net outbound "$1"
	ns H-ours collapsarctl redirect set $V dev eth0 outbound "$1"
}

set_pg() { echo "$2" > "/proc/net/pktgen/$1"; }

# In the LAN host's namespace.
generate() {
	set_pg kpktgend_0 rem_device_all
	set_pg kpktgend_0 "add_device eth0"
	set_pg eth0 "count $1"
	set_pg eth0 "pkt_size 78"
	set_pg eth0 "delay 0"
	set_pg eth0 "dst $V"
	set_pg eth0 "src_min 10.1.0.5"
	set_pg eth0 "src_max 10.1.0.5"
	set_pg eth0 "dst_mac $2"
	set_pg pgctrl start
	sed -n 's/^Result: OK: \([0-9]*\)(.*/\1/p' /proc/net/pktgen/eth0
	set_pg kpktgend_0 rem_device_all
}

flood() {
	ns "$1" ping -q -c 1 -W 5 $V > /dev/null
	ns "$1" "$0" generate "$2" "$(ip -n "$1" -j neigh show $V | jq -r '.[0].lladdr')"
}

# When no more come.
seen() {
	local now last=none

	while :; do
		now=$(ns "$1" nft -j list counter netdev sink seen |
			jq '.nftables[] | .counter? // empty | .packets')
		[ "$now" != "$last" ] || break
		last=$now
		read -rt 0.2 <> <(:) || :
	done
	echo "$now"
}

verb=$1
shift
case $verb in
site | guest)
	for chain in "$@"; do "${verb}_$chain"; done
	;;
reaches) wait_for ns "$1" ping -c 1 -W 2 $V ;;
heard | outbound | generate | flood | seen) "$verb" "$@" ;;
esac

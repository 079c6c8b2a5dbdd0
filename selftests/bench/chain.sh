#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# chain.sh CHAIN SIZE COUNT: inside the bench's UML, build a chain from an intruder
# to a guest, send COUNT UDP packets of SIZE bytes by pktgen, and print the
# nanoseconds that each took from the sender to the guest's counter.
#
#   veth    intruder -- guest
#   ours    intruder -- H (collapsar_redir) == GRE == center (collapsar_front) -- guest
#   stock   the same with proxy_arp, routes, ip_gre with a key, and a bridge
set -eu
chain=$1 size=$2 count=$3
V=10.1.0.9 GUEST_MAC=02:00:00:00:00:09
all="intruder H center guest"

ns() { ip netns exec "$@"; }

cable() {
	ip link add name "$2" netns "$1" type veth peer name "$4" netns "$3"
	ip -n "$1" link set "$2" up
	ip -n "$3" link set "$4" up
}

cleanup() {
	local n

	for n in $all; do ip netns del "$n" 2> /dev/null || :; done
}
trap cleanup EXIT

build_common() {
	local n

	for n in $all; do
		ip netns add "$n"
		ip -n "$n" link set lo up
		ns "$n" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
	done
}

guest() {
	cable "$1" "$2" guest eth0
	ip -n guest link set eth0 address $GUEST_MAC
	ip -n guest addr add $V/24 dev eth0
}

build_veth() {
	guest intruder eth0
	ip -n intruder addr add 10.1.0.5/24 dev eth0
}

build_tunnel_ends() {
	cable intruder eth0 H eth0
	ip -n intruder addr add 10.1.0.5/24 dev eth0
	ip -n H addr add 10.1.0.2/24 dev eth0
	cable H wan center wan
	ip -n H addr add 192.0.2.2/24 dev wan
	ip -n center addr add 192.0.2.1/24 dev wan
	guest center port
	ip -n guest route add default via 10.1.0.1 onlink dev eth0
}

build_ours() {
	build_tunnel_ends
	ns H collapsarctl apply - <<-EOF
	uplink add center remote 192.0.2.1 local 192.0.2.2 key 1
	redirect add $V dev eth0 uplink center probes 0
	EOF
	ns center collapsarctl apply - <<-EOF
	uplink add site remote 192.0.2.2 local 192.0.2.1 key 1
	network add net uplink site gateway-mac 02:00:00:00:0a:01
	honeypot add guest network net address $V port port mac $GUEST_MAC
	EOF
}

build_stock() {
	local n

	build_tunnel_ends
	for n in H center; do ns $n sysctl -qw net.ipv4.ip_forward=1; done
	ip -n H link add tun type gre local 192.0.2.2 remote 192.0.2.1 key 1 ttl 64
	ip -n H link set tun up
	ip -n H route add $V dev tun
	ns H sysctl -qw net.ipv4.conf.eth0.proxy_arp=1
	ip -n center link add tun type gre local 192.0.2.1 remote 192.0.2.2 key 1 ttl 64
	ip -n center link set tun up
	ip -n center link add br0 type bridge
	ip -n center link set port master br0
	ip -n center link set br0 up
	ip -n center addr add 10.1.0.1/24 dev br0
	# The guest takes the intruder for a neighbour.
	ns center sysctl -qw net.ipv4.conf.br0.proxy_arp=1
	ip -n center route add 10.1.0.5 dev tun
}

# The guest's end of the way: counted and dropped before its IP stack.
sink() {
	ns guest nft -f - <<-EOF
	table netdev sink {
		counter seen { }
		chain in {
			type filter hook ingress device eth0 priority 0
			udp dport 9 counter name seen drop
		}
	}
	EOF
}
seen() { ns guest nft -j list counter netdev sink seen | jq '.nftables[] | .counter? // empty | .packets'; }

reachable() {
	local i

	for i in {1..50}; do
		ns intruder ping -c 1 -W 1 $V > /dev/null && return
	done
	echo "chain.sh: $chain: no way from intruder to guest (after $i tries)" >&2
	return 1
}

set_pg() { echo "$2" > "/proc/net/pktgen/$1"; }

generate() {
	local mac

	mac=$(ip -n intruder -j neigh show $V | jq -r '.[0].lladdr')
	set_pg kpktgend_0 rem_device_all
	set_pg kpktgend_0 "add_device eth0"
	set_pg eth0 "count $count"
	set_pg eth0 "pkt_size $((size + 14))"
	set_pg eth0 "delay 0"
	set_pg eth0 "dst $V"
	set_pg eth0 "src_min 10.1.0.5"
	set_pg eth0 "src_max 10.1.0.5"
	set_pg eth0 "dst_mac $mac"
	set_pg pgctrl start
	sed -n 's/^Result: OK: \([0-9]*\)(.*/\1/p' /proc/net/pktgen/eth0
	set_pg kpktgend_0 rem_device_all
}
export -f set_pg generate
export V count size

build_common
"build_$chain"
reachable
sink
usec=$(ns intruder bash -c generate)
arrived=$(seen)
# A chain that loses what it is sent would look fast.
if [ "$((arrived * 1000))" -lt "$((count * 999))" ]; then
	echo "chain.sh: $chain: only $arrived of $count arrived" >&2
	exit 1
fi
echo $((usec * 1000 / count))

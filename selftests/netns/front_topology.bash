# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Two production networks, both 10.1.0.0/24, and one center:
#
#   siteA 192.0.2.2 ==GRE key 1== 192.0.2.1           +-p1- guest1 10.1.0.9
#   intruder 198.51.100.5          (stock gre)  center +-p2- guest2 10.1.0.10
#   siteB 192.0.3.2 ==GRE key 2== 192.0.3.1           +-p3- guest3 10.1.0.9
#   intruder 198.51.100.5          (clps_gre)
#
# guest1 and guest2 are honeypots of network a, guest3 of network b.
# shellcheck source=selftests/netns/center.bash
. "$CLPS_ROOT/selftests/netns/center.bash"

GW_A=02:00:00:00:0a:01
GW_B=02:00:00:00:0b:01

# wan NAME NET KEY: the cable from a site to the center.
wan() {
	veth center "w$3" "$1" wan
	ip -n center addr add "192.0.$2.1/24" dev "w$3"
	ip -n "$1" addr add "192.0.$2.2/24" dev wan
}

# site NAME NET KEY KIND: a namespace that tunnels 10.1.0.0/24 to the center.
site() {
	local s=$1 net=$2 key=$3 kind=$4

	ns_add "$s"
	wan "$s" "$net" "$key"
	ip_in "$s" <<-EOF
		addr add 198.51.100.5/32 dev lo
		addr add 198.51.100.6/32 dev lo
	EOF
	if [ "$kind" = gre ]; then
		ip -n "$s" link add up0 up type gre local "192.0.$net.2" remote "192.0.$net.1" \
			key "$key" ttl 64
	else
		in_ns "$s" collapsarctl uplink add up0 remote "192.0.$net.1" \
			local "192.0.$net.2" key "$key"
	fi
	ip -n "$s" route add 10.1.0.0/24 dev up0 src 198.51.100.5
}

front_up() {
	load_modules collapsar collapsar_front || return 1
	ns_add center
	site siteA 2 1 gre
	site siteB 3 2 clps_gre
	guest 1 10.1.0.9
	guest 2 10.1.0.10
	guest 3 10.1.0.9
	front_configure
}

front_configure() {
	in_ns center collapsarctl apply - <<-EOF
	uplink add dmza remote 192.0.2.2 local 192.0.2.1 key 1
	uplink add dmzb remote 192.0.3.2 local 192.0.3.1 key 2
	network add a uplink dmza gateway-mac $GW_A
	network add b uplink dmzb gateway-mac $GW_B
	honeypot add hp1 network a address 10.1.0.9 port p1 mac $(guest_mac 1)
	honeypot add hp2 network a address 10.1.0.10 port p2 mac $(guest_mac 2)
	honeypot add hp3 network b address 10.1.0.9 port p3 mac $(guest_mac 3)
	EOF
}

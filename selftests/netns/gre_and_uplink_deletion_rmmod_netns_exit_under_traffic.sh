#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# LONG: smp kcsan
# TIMEOUT: 400
# What lies under a clps_gre uplink, the device at a site, the site's namespace and
# the core module itself go while packets are on their way; what comes back carries
# traffic again. (The front-end's own objects: front_deletion_...)
set -u
# shellcheck source=selftests/netns/front_topology.bash
. "$CLPS_ROOT/selftests/netns/front_topology.bash"

core_grew() { [ "$(core_counter "$1")" -gt "$2" ]; }
grew_beyond() { [ "$(honeypot_value "$1" "$2")" -gt "$3" ]; }
# moves HONEYPOT: both directions.
moves() {
	local rx tx

	rx=$(honeypot_value "$1" rx_packets) tx=$(honeypot_value "$1" tx_packets)
	[ "$tx" -ge 0 ] && wait_for 15 grew_beyond "$1" rx_packets $((rx + 50)) &&
		wait_for 15 grew_beyond "$1" tx_packets $((tx + 50))
}
# counted REASON: packets are being dropped for it.
counted() {
	local was

	was=$(core_counter "$1")
	wait_for 15 core_grew "$1" $((was + 10))
}
refused_in_use() {
	local said

	! said=$(rmmod "$1" 2>&1) && grep -q 'in use' <<< "$said" && grep -q "^$1 " /proc/modules
}
no_device() { ! ip -n center link show "$1"; }

# What siteB lost with its namespace or its NIC.
underlay_b() {
	veth center w2 siteB wan
	ip -n center addr add 192.0.3.1/24 dev w2
	ip -n siteB addr add 192.0.3.2/24 dev wan
}
tunnel_b() {
	in_ns siteB collapsarctl uplink add up0 remote 192.0.3.1 local 192.0.3.2 key 2
	ip -n siteB route replace 10.1.0.0/24 dev up0 src 198.51.100.5
}
uplinks() {
	in_ns center collapsarctl apply - <<-EOF
	uplink add dmza remote 192.0.2.2 local 192.0.2.1 key 1
	uplink add dmzb remote 192.0.3.2 local 192.0.3.1 key 2
	EOF
}
configure() {
	in_ns center collapsarctl apply - <<-EOF
	network add a uplink dmza gateway-mac $GW_A
	network add b uplink dmzb gateway-mac $GW_B outbound open
	honeypot add hp1 network a address 10.1.0.9 port p1 mac $(guest_mac 1)
	honeypot add hp3 network b address 10.1.0.9 port p3 mac $(guest_mac 3)
	EOF
}

ktap_start 19
front_up
in_ns center collapsarctl network set b outbound open
flood siteA 10.1.0.9
# From behind the center: no process of siteB may keep its namespace.
flood guest3 198.51.100.5
ktap_check "traffic flows from a site" moves hp1
ktap_check "and to one" moves hp3
ktap_check "the core stays while it is in use" refused_in_use collapsar
ktap_check "and traffic with it" moves hp3

ktap_check "the NIC under an uplink is deleted under traffic" timeout 30 ip -n center link del w2
ktap_check "packets into the uplink are dropped and counted" counted drop_no_route
ktap_check "the other uplink does not notice" moves hp1
underlay_b
ktap_check "with another NIC, traffic flows again" moves hp3

ktap_check "a site's device is deleted under traffic" timeout 30 ip -n siteB link del up0
tunnel_b
ktap_check "with another one, traffic flows again" moves hp3

ktap_check "a site's namespace is removed under traffic" ip netns del siteB
ktap_check "and its cable with it" wait_for 15 no_device w2
ns_add siteB
underlay_b
ip -n siteB addr add 198.51.100.5/32 dev lo
tunnel_b
ktap_check "another site takes its place" moves hp3

ktap_check "the front-end is removed" timeout 60 rmmod collapsar_front
ktap_check "the core is removed under traffic, with its devices" timeout 60 rmmod collapsar
ktap_check "they are gone" eval 'no_device dmza && no_device dmzb'
ktap_check "the modules come back" eval 'insmod "$CLPS_MODDIR/collapsar.ko" &&
	insmod "$CLPS_MODDIR/collapsar_front.ko" && uplinks && tunnel_b && configure'
ktap_check "traffic flows both ways" eval 'moves hp1 && moves hp3'
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

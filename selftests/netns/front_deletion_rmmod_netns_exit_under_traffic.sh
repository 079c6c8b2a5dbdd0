#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml stock
# LONG: smp kcsan
# TIMEOUT: 400
# Ports, uplinks, honeypots, networks, the module and the namespace go while packets
# are on their way; what comes back carries traffic again.
set -u
# shellcheck source=selftests/netns/front_topology.bash
. "$CLPS_ROOT/selftests/netns/front_topology.bash"

# The guest answers, and its answers leave: both directions move.
moves() {
	local was

	was=$(honeypot_value "$1" tx_packets)
	[ "$was" -ge 0 ] && wait_for 15 grew_beyond "$1" "$((was + 50))"
}
grew_beyond() { [ "$(honeypot_value "$1" tx_packets)" -gt "$2" ]; }
dropped() { [ "$(network_counter a "$1")" -gt "$2" ]; }
# event OBJECT NAME WHAT: the monitor printed it.
event() { grep "\"object\":\"$1\"" /tmp/events | grep "\"name\":\"$2\"" | grep -q "\"event\":\"$3\""; }
told() { wait_for 10 event "$@"; }
deletions() { [ "$(tail -n "+$n" /tmp/events | grep -c '"event":"deleted"')" = "$1" ]; }
configure() {
	in_ns center collapsarctl apply - <<-EOF
	network add a uplink dmza gateway-mac $GW_A
	network add b uplink dmzb gateway-mac $GW_B
	honeypot add hp1 network a address 10.1.0.9 port p1 mac $(guest_mac 1)
	honeypot add hp2 network a address 10.1.0.10 port p2 mac $(guest_mac 2)
	honeypot add hp3 network b address 10.1.0.9 port p3 mac $(guest_mac 3)
	EOF
}
new_port() {
	veth center "p$1" "guest$1" eth0
	ip -n "guest$1" link set eth0 address "$(guest_mac "$1")"
	ip -n "guest$1" addr add "$2/24" dev eth0
	ip -n "guest$1" route add default via 10.1.0.1
}
# What the sites and guests were cabled to, once more.
new_center() {
	ns_add center
	wan siteA 2 1
	wan siteB 3 2
	new_port 1 10.1.0.9
	new_port 2 10.1.0.10
	new_port 3 10.1.0.9
	front_configure
}

ktap_start 26
front_up
ktap_check "networks and honeypots are configured" test $? = 0
spawn in_ns center collapsarctl -j monitor > /tmp/events
monitor=$!
wait_for 10 grep -q '"event":"ready"' /tmp/events
flood siteA 10.1.0.9
flood siteB 10.1.0.9
flood guest2 10.1.0.9
ktap_check "traffic flows in both networks" moves hp1
ktap_check "and in the other" moves hp3

ktap_check "a port is deleted under traffic" timeout 60 ip -n center link del p1
ktap_check "its honeypot is told to be detached" told honeypot hp1 detached
ktap_check "its packets are dropped and counted" wait_for 15 dropped drop_detached 10
new_port 1 10.1.0.9
ktap_check "the honeypot gets another port" in_ns center collapsarctl honeypot set hp1 port p1
ktap_check "traffic flows again" moves hp1

ktap_check "an uplink is deleted under traffic" timeout 60 ip -n center link del dmza
ktap_check "its network is told to be detached" told network a detached
in_ns center collapsarctl uplink add dmza remote 192.0.2.2 local 192.0.2.1 key 1
ktap_check "the network gets another uplink" in_ns center collapsarctl network set a uplink dmza
ktap_check "traffic flows again" moves hp1

ktap_check "a honeypot is deleted under traffic" in_ns center collapsarctl honeypot del hp3
ktap_check "and its network" in_ns center collapsarctl network del b
in_ns center collapsarctl network add b uplink dmzb gateway-mac "$GW_B"
in_ns center collapsarctl honeypot add hp3 network b address 10.1.0.9 port p3 mac "$(guest_mac 3)"
ktap_check "what is added again carries traffic" moves hp3

n=$(($(wc -l < /tmp/events) + 1))
ktap_check "the module is removed under traffic" timeout 60 rmmod collapsar_front
ktap_check "the monitor hears of every deletion" wait_for 10 deletions 5
ktap_check "the module comes back" insmod "$CLPS_MODDIR/collapsar_front.ko"
ktap_check "and takes the configuration" configure
ktap_check "traffic flows again" moves hp1
# Whoever lives in a namespace keeps it.
kill "$monitor"
wait "$monitor"
ktap_check "the center's namespace is removed under traffic" ip netns del center
ktap_check "it is gone" wait_for 30 not ip -n guest1 link show eth0
new_center
ktap_check "another center takes its place" test $? = 0
ktap_check "traffic flows again" moves hp1
ktap_check "and in the other network" moves hp3
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

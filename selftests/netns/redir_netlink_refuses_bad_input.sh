#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 300
# Every refusal says why.
set -u
# shellcheck source=selftests/netns/redir/topology.bash
. "$CLPS_ROOT/selftests/netns/redir/topology.bash"
# refused "TEXT" arguments...: the kernel refuses with this text.
refused() {
	local text=$1 out

	shift
	out=$(in_ns H collapsarctl redirect "$@" 2>&1)
	[ $? = 2 ] && grep -qF "$text" <<< "$out" || { echo "$out"; return 1; }
}

ktap_start 15
load_modules collapsar collapsar_redir
lan_up
center_up
veth H up1 center up1
A="dev eth0 uplink up0"
# Words, on purpose.
# shellcheck disable=SC2086
{
redirect 10.1.0.77 probes 0
ktap_check "H's own address" refused "this host's own" add 10.1.0.2 $A
ktap_check "the LAN's broadcast address" refused "broadcast" add 10.1.0.255 $A
ktap_check "a multicast address" refused "not a unicast address" add 224.1.1.1 $A
ktap_check "a loopback address" refused "not a unicast address" add 127.0.0.9 $A
ktap_check "an IPv6 address" refused "IPv6" add 2001:db8::1 $A
ktap_check "a V twice" refused "already" add 10.1.0.77 dev eth0 uplink up1
ktap_check "a V without Ethernet" refused "must be an Ethernet device" add 10.1.0.80 dev lo uplink up0
ktap_check "the NIC as uplink" refused "cannot be the production NIC" add 10.1.0.80 dev eth0 uplink eth0
ktap_check "another V's NIC as uplink" refused "production NIC of another" \
	add 10.1.0.80 dev up1 uplink eth0
ktap_check "another V's uplink as NIC" refused "uplink of another" add 10.1.0.80 dev up0 uplink up1
ktap_check "a key without remote" refused "remote" add 10.1.0.80 $A remote 192.0.2.1 key 5
ktap_check "another peer-mac on the same uplink" refused "peer-mac" \
	add 10.1.0.80 $A peer-mac 02:00:00:00:00:99
ktap_check "SET of a V that is not there" refused "no such redirect" \
	set 10.1.0.90 dev eth0 mode reserved
ktap_check "DEL of a V that is not there" refused "no such redirect" del 10.1.0.90 dev eth0
}
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 300
# A VLAN is a production network of its own: V's on H's VLAN device answer there and
# nowhere else, and the untagged LAN beside it stays as it is. A tag of VLAN 0 has but a
# priority: such frames are the untagged LAN's, unless there is a VLAN device 0. Where a
# returned packet has no way to go, it is dropped and counted.
#
#   host  eth0 10.1.0.50, eth0.5 10.5.0.50 ---- lan (bridge, carries tags) ---- H
#                                          V 10.5.0.77 on eth0.5, V 10.1.0.78 on eth0
set -u
# shellcheck source=selftests/netns/redir/topology.bash
. "$CLPS_ROOT/selftests/netns/redir/topology.bash"

vlan() {
	ip -n "$1" link add link eth0 name eth0.5 type vlan id 5 && ip_in "$1" <<-EOF
		link set eth0.5 up
		addr add $2/24 dev eth0.5
	EOF
}
asks() { frames host ask --dev "$1" --spa "$2" --tpa "$3" ${4:+--vlan "$4"}; }
untagged_at_the_center() { grep -q '> 10.1.0.78' "$log" && ! grep -q 'vlan' "$log"; }
redir_counter() { counter redir "" "$1" H; }
# What the center sends to an address that H has no route for.
no_way() {
	local was

	was=$(redir_counter drop_no_route)
	in_ns center ping -n -q -c 3 -i 0.1 -W 1 -I 10.1.0.78 198.51.100.99 > /dev/null
	[ "$(redir_counter drop_no_route)" -ge $((was + 3)) ]
}

ktap_start 14
load_modules collapsar collapsar_redir
lan_up
vlan H 10.5.0.2
vlan host 10.5.0.50
center_up 10.5.0.77 10.1.0.78
ktap_check "a V on the VLAN" in_ns H collapsarctl redirect add 10.5.0.77 dev eth0.5 uplink up0 \
	peer-mac "$CENTER_MAC" probes 0
ktap_check "a V beside it on the untagged LAN" redirect 10.1.0.78 probes 0 outbound open
ktap_check "the VLAN's V is served on the VLAN" wait_for 20 reaches host 10.5.0.77
ktap_check "the LAN's V on the LAN" wait_for 20 reaches host 10.1.0.78
ktap_check "the VLAN's V does not answer untagged" not asks eth0 10.1.0.50 10.5.0.77
ktap_check "the LAN's V does not answer on the VLAN" not asks eth0.5 10.5.0.50 10.1.0.78
# The machine's other addresses are its own.
ktap_check "H itself answers on both" eval "reaches host 10.5.0.2 && reaches host 10.1.0.2"
ktap_check "a request tagged with VLAN 0 is the LAN's" asks eth0 10.1.0.50 10.1.0.78 0
log=/tmp/center
spawn in_ns center tcpdump -i up0 -e -n -l --immediate-mode ip > "$log" 2> /tmp/tcpdump
wait_for 10 grep -q 'listening on' /tmp/tcpdump
ktap_check "packets tagged with VLAN 0 are captured" frames host carry --spa 10.1.0.50 \
	--tpa 10.1.0.78 --dst "$H_MAC" --ns center --other up0 --vlan 0
ktap_check "and lose the tag" wait_for 3 untagged_at_the_center
ip -n H link add link eth0 name eth0.0 up type vlan id 0
ktap_check "with a VLAN device 0 they are that device's" not asks eth0 10.1.0.50 10.1.0.78 0
ip -n H link del eth0.0
ip -n H route del default
ktap_check "what cannot be routed back is dropped and counted" no_way
frames newcomer arp --spa 10.1.0.78 --tpa 10.1.0.78 --vlan 0
ktap_check "a machine that tags with VLAN 0 takes its address" v_is 10.1.0.78 state withdrawn
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

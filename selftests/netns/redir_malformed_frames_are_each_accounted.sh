#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 600
# Ten thousand damaged frames for each of the redirector's parsers, in a kernel with every
# checker on: each is passed on, whole, or is under one reason, or is left to the host, and
# these add up to what was sent.
#
#   lan eth0 ----- eth0 H up0 ----- up0 center     V 10.1.0.77, .76 segments
#   (a machine         |  t0 === wan0 192.0.2.1
#    that is silent)   wan0 192.0.2.2               W 10.1.0.78 outbound open, X .79 replies
#
# What the host has left is what an nft chain behind our hook sees; of GRE also what IPv4
# input has refused before.
set -u
# shellcheck source=selftests/netns/mangle.bash
. "$CLPS_ROOT/selftests/netns/mangle.bash"

V=10.1.0.77 W=10.1.0.78 X=10.1.0.79
W_MAC=02:00:00:00:00:78 X_MAC=02:00:00:00:00:79

redirects() {
	in_ns H collapsarctl apply - <<-EOF
	uplink add t0 remote 192.0.2.1 local 192.0.2.2 key 1
	redirect add $V dev eth0 uplink up0 peer-mac $(mac_of center up0) mode reserved probes 0
	redirect add $W dev eth0 uplink t0 mac $W_MAC outbound open mode reserved probes 0
	redirect add $X dev eth0 uplink t0 mac $X_MAC mode reserved probes 0
	EOF
}
drops() { all_of H '^drop_'; }
# Of GRE alone: a keepalive is answered, or is one of ours that came back.
heard() { all_of H '^keepalives_(rx|back)$'; }
claimed() { [ "$(in_ns H collapsarctl -j redirect show | jq -r '.[].state' | sort -u)" = claimed ]; }

# on_lan ARGUMENTS: into the production NIC; what is for a V comes out at the center.
on_lan() {
	local was left

	was=$(drops) left=$(seen H netdev after) was_seen=$(seen H netdev before)
	mangled 10000 from=lan/eth0 to=center/up0 smac="$(mac_of lan eth0)" \
		dmac="$(mac_of H eth0)" "$@" || return 1
	left=$(($(seen H netdev after) - left)) dropped=$(($(drops) - was))
	arrived=$(($(seen H netdev before) - was_seen))
	echo "# $arrived arrived: $delivered delivered, $dropped dropped, $left left to the host"
	[ "$arrived" -gt 0 ] && [ $((delivered + dropped + arp_replies + left)) = "$arrived" ]
}
ip_for_v() {
	on_lan kind=ip src=198.51.100.5 dst=$V into=$V last=1 || return 1
	[ "$arrived" = $((sent - cut)) ] && [ "$refused" = 0 ] && [ "$delivered" -gt 1000 ] &&
		[ "$dropped" -gt 1000 ]
}
segments_for_v() {
	on_lan kind=ip vnet=1 src=198.51.100.5 dst=$V into=$V last=1 || return 1
	[ "$arrived" -ge $((sent - cut)) ] && [ "$delivered" -gt 1000 ] && [ "$dropped" -gt 1000 ]
}
arp_for_v() {
	local was

	was=$(all_of H '^arp_replies$')
	on_lan kind=arp src=172.31.9.50 dst=$V || return 1
	echo "# $arp_replies answers"
	[ "$arrived" = $((sent - cut)) ] && [ "$delivered" = 0 ] && [ "$arp_replies" -gt 1000 ] &&
		[ $(($(all_of H '^arp_replies$') - was)) = "$arp_replies" ]
}

# gre V ARGUMENTS: into the uplink's tunnel, from V; what may leave comes out on the LAN.
gre() {
	local was kept v=$1

	shift
	was=$(drops) ours=$(taken H ip) kept=$(heard)
	mangled 10000 kind=gre from=center/wan0 to=lan/eth0 smac="$(mac_of center wan0)" \
		dmac="$(mac_of H wan0)" outer=192.0.2.1,192.0.2.2 key=1 src="$v" dst=10.1.0.1 \
		only="$v" own=192.0.2.2 "$@" || return 1
	ours=$(($(taken H ip) - ours)) kept=$(($(heard) - kept))
	echo "# of $sent $ours are the tunnel's: $delivered delivered, $kept keepalives"
	# Packets to a neighbour that does not answer wait for him for a while.
	wait_for 20 dropped_are "$((was + ours - delivered - kept))"
}
dropped_are() { [ "$(drops)" = "$1" ]; }
gre_open() { gre $W last=1 && [ "$delivered" -gt 1000 ] && [ "$ours" -gt 5000 ]; }
gre_replies() { in_ns H collapsarctl redirect del $W dev eth0 && gre $X && [ "$delivered" = 0 ]; }

ktap_start 9
load_modules collapsar collapsar_redir
ns_add lan H center
veth lan eth0 H eth0
veth H up0 center up0
veth H wan0 center wan0
ip_in H <<-EOF
	addr add 10.1.0.2/24 dev eth0
	addr add 192.0.2.2/24 dev wan0
	neigh add 192.0.2.1 lladdr $(mac_of center wan0) dev wan0 nud permanent
	neigh add 10.1.0.1 lladdr $(mac_of lan eth0) dev eth0 nud permanent
	route add default via 10.1.0.1
EOF
ktap_check "the redirector is configured" redirects
watch H eth0
ktap_check "damaged IPv4 packets to a V" ip_for_v
ktap_check "damaged segments and checksums that are left to others" segments_for_v
ktap_check "damaged ARP packets about a V" arp_for_v
ktap_check "damaged GRE from the center, of a V that may send anything" gre_open
ktap_check "and of a V that may only reply: nothing comes out" gre_replies
echo "# $(reasons H)"
ktap_check "every reason was there that a frame can give" eval \
	'[ "$(reasons H | grep -oE "drop_(malformed|contained|bad_dst|no_redirect|gre_header|gre_csum|gre_proto|ecn)" | sort -u | wc -l)" = 8 ]'
ktap_check "all V's are claimed still" claimed
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 600
# Ten thousand damaged frames each way through uplinks that are not our own GRE, at both
# ends, in a kernel with every checker on: each is passed on, whole, or is under one reason,
# and these add up to what the uplink's netdev has got, and what it has got and the host has
# refused to what was sent.
#
#   lan eth0 -- eth0 H ue -------- fh far fc -------- ue center p1 -- guest1 10.1.0.9
#               .81 open             |  |                       p2 -- guest2 10.1.0.10
#               H ux === 192.0.2.2 -hw  cw- 192.0.3.1 === ux center
#               .82 open  (gh, far's end)  (gc, far's end)
#
# ux are external GRE devices of Linux's, with 192.0.2.1 key 2 and 192.0.3.2 key 3 as peers.
# V's and guests may send anything; guests are silent.
set -u
# shellcheck source=selftests/netns/mangle.bash
. "$CLPS_ROOT/selftests/netns/mangle.bash"

GW=02:00:00:00:0a:01
E=10.1.0.81 X=10.1.0.82

far_gre() { ip -n far link add "$1" up type gre local "$2" remote "$3" key "$4" ttl 64; }
ends() {
	local ns

	for ns in H center; do
		ip -n $ns link add ux up type gre external
		# Where nothing is joined a packet stays one.
		in_ns $ns ethtool -K ux gro off
	done
	far_gre gh 192.0.2.1 192.0.2.2 2
	far_gre gc 192.0.3.2 192.0.3.1 3
	in_ns H collapsarctl apply - <<-END &&
	redirect add $E dev eth0 uplink ue peer-mac $(mac_of far fh) outbound open mode reserved probes 0
	redirect add $X dev eth0 uplink ux remote 192.0.2.1 key 2 outbound open mode reserved probes 0
	END
	in_ns center collapsarctl apply - <<-END
	network add e uplink ue peer-mac $(mac_of far fc) gateway-mac $GW outbound open
	network add x uplink ux remote 192.0.3.2 key 3 gateway-mac $GW outbound open
	honeypot add g1 network e address 10.1.0.9 port p1 mac $(mac_of guest1 eth0)
	honeypot add g2 network x address 10.1.0.10 port p2 mac $(mac_of guest2 eth0)
	END
}
drops() { all_of "$1" '^drop_'; }
dropped_are() { [ "$(drops "$1")" = "$2" ]; }
link() { in_ns "$1" cat "/sys/class/net/$2/statistics/$3"; }

# through NS COUNT COMMAND...: what NS has got by COUNT from mangle is what came out, and
# what was dropped; packets to a neighbour that does not answer wait for him for a while.
through() {
	local ns=$1 count=$2 was

	shift 2
	was=$(drops "$ns") got=$($count)
	mangled 10000 last=1 "$@" || return 1
	got=$(($($count) - got))
	wait_for 20 dropped_are "$ns" $((was + got - delivered)) || echo "# of $got"
	dropped=$(($(drops "$ns") - was))
	echo "# $got arrived: $delivered delivered, $dropped dropped"
	[ $((delivered + dropped)) = "$got" ] && [ "$delivered" -gt 1000 ] && [ "$dropped" -gt 500 ]
}
# Nothing of what comes by Ethernet is the host's, but half a tag, which is nobody's.
ethernet() {
	through "$@" && [ "$refused" = 0 ] && [ "$got" = $((sent - cut)) ]
}
# The sender's own kernel cuts some of them into several.
segments() { through "$@" vnet=1 && [ "$got" -ge $((sent - cut)) ]; }
# What is no GRE the device never gets.
gre() {
	local ns=$1 of_ip

	of_ip=$(seen "$ns" ip before)
	through "$@" || return 1
	of_ip=$(($(seen "$ns" ip before) - of_ip))
	echo "# of $of_ip that were the host's own its GRE refused $((of_ip - got))"
	[ "$got" -le "$of_ip" ] && [ "$of_ip" -le "$sent" ] && [ "$got" -gt 3000 ]
}

by_ue_h() { seen H netdev ue; }
by_ue_center() { seen center netdev ue; }
by_ux_h() { link H ux rx_packets; }
by_ux_center() { link center ux rx_packets; }
# What is for X: damaged, some of it is for E.
by_eth0() { echo $(($(taken H netdev) - $(in_ns H collapsarctl -j redirect show $E dev eth0 |
	jq '(if type == "array" then .[0] else . end).rx_packets'))); }
by_p2() { seen center netdev p2; }

all_reasons() {
	local why rc=0

	for why in H/{malformed,vlan,not_ip,bad_dst,no_redirect,no_network} \
		center/{malformed,vlan,not_ip,bad_dst,no_honeypot,no_network,spoofed}; do
		reasons "${why%/*}" | grep -qE "drop_${why#*/} " || { echo "no $why"; rc=1; }
	done
	return $rc
}

out_of_lan=(to=lan/eth0 dst=10.1.0.1 own=192.0.2.2)
into_h=(from=far/fh "${out_of_lan[@]}" kind=ip "src=$E" "only=$E")
into_center=(from=far/fc to=guest1/eth0 kind=ip src=198.51.100.5 dst=10.1.0.9 into=10.1.0.9)

ktap_start 11
load_modules collapsar collapsar_redir collapsar_front
ns_add lan H far center guest1 guest2
veth lan eth0 H eth0
veth H ue far fh
veth H hw far hw
veth center ue far fc
veth center cw far cw
veth guest1 eth0 center p1
veth guest2 eth0 center p2
ip_in H <<-END
	addr add 10.1.0.2/24 dev eth0
	addr add 192.0.2.2/24 dev hw
	neigh add 10.1.0.1 lladdr $(mac_of lan eth0) dev eth0 nud permanent
	neigh add 192.0.2.1 lladdr $(mac_of far hw) dev hw nud permanent
	route add default via 10.1.0.1
END
ip_in center <<-END
	addr add 192.0.3.1/24 dev cw
	neigh add 192.0.3.2 lladdr $(mac_of far cw) dev cw nud permanent
END
ip_in far <<-END
	addr add 192.0.2.1/24 dev hw
	addr add 192.0.3.2/24 dev cw
END
ktap_check "both ends are configured" ends
watch H eth0
watch center p2
for ns in H center; do
	in_ns $ns nft "add chain netdev seen ue { type filter hook ingress device ue priority 0; }
		add rule netdev seen ue counter"
done
in_ns center nft "add chain netdev seen p2 { type filter hook ingress device p2 priority 0; }
	add rule netdev seen p2 counter"
into_h+=(smac="$(mac_of far fh)" dmac="$(mac_of H ue)")
into_center+=(smac="$(mac_of far fc)" dmac="$(mac_of center ue)")
ktap_check "by Ethernet to a redirector" ethernet H by_ue_h "${into_h[@]}"
ktap_check "segments, and checksums that are left to others" segments H by_ue_h "${into_h[@]}"
ktap_check "by Linux's GRE to a redirector" gre H by_ux_h from=far/hw "${out_of_lan[@]}" kind=gre \
	outer=192.0.2.1,192.0.2.2 key=2 src=$X only=$X smac="$(mac_of far hw)" dmac="$(mac_of H hw)"
ktap_check "from a redirector by Linux's GRE" through H by_eth0 from=lan/eth0 to=far/gh kind=ip \
	src=198.51.100.5 dst=$X into=$X smac="$(mac_of lan eth0)" dmac="$(mac_of H eth0)"
ktap_check "by Ethernet to a center" ethernet center by_ue_center "${into_center[@]}"
ktap_check "segments, and checksums that are left to others" \
	segments center by_ue_center "${into_center[@]}"
ktap_check "by Linux's GRE to a center" gre center by_ux_center from=far/cw to=guest2/eth0 kind=gre \
	outer=192.0.3.2,192.0.3.1 key=3 src=198.51.100.5 dst=10.1.0.10 into=10.1.0.10 \
	smac="$(mac_of far cw)" dmac="$(mac_of center cw)"
ktap_check "from a center by Linux's GRE" through center by_p2 from=guest2/eth0 to=far/gc kind=ip \
	src=10.1.0.10 dst=198.51.100.5 only=10.1.0.10 smac="$(mac_of guest2 eth0)" dmac=$GW
echo "# H: $(reasons H)"
echo "# center: $(reasons center)"
ktap_check "every reason was there that a frame can give" all_reasons
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

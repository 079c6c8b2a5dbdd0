#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 600
# Ten thousand damaged frames for each of the center's parsers, in a kernel with every
# checker on: each is passed on, whole, or is under one reason, or is left to the host, and
# these add up to what was sent.
#
#   site wan 192.0.2.2 === 192.0.2.1 w1 center p1 -- guest1 10.1.0.9   network a, GRE key 1
#        sb  ------------------------ upb  center p2 -- guest2 10.1.0.10  network b, outbound open
#        sc  ------------------------ upc  center p3 -- guest3 10.1.0.11  network c, replies
#   lan eth0 ---- eth0 H wan 192.0.4.2 === w4 center p4 -- guest4 10.1.0.12  network d, GRE key 9
#
# The guests are silent: they have no address. What GRE the host has left is what an nft
# chain behind our hook sees, and what IPv4 input has refused before; of a port, nothing.
set -u
# shellcheck source=selftests/netns/mangle.bash
. "$CLPS_ROOT/selftests/netns/mangle.bash"

GW=02:00:00:00:0a:01

networks() {
	in_ns center collapsarctl apply - <<-EOF
	uplink add t0 remote 192.0.2.2 local 192.0.2.1 key 1
	network add a uplink t0 gateway-mac $GW
	network add b uplink upb peer-mac $(mac_of site sb) gateway-mac $GW outbound open
	network add c uplink upc peer-mac $(mac_of site sc) gateway-mac $GW
	honeypot add g1 network a address 10.1.0.9 port p1 mac $(mac_of guest1 eth0)
	honeypot add g2 network b address 10.1.0.10 port p2 mac $(mac_of guest2 eth0)
	honeypot add g3 network c address 10.1.0.11 port p3 mac $(mac_of guest3 eth0)
	uplink add t4 remote 192.0.4.2 local 192.0.4.1 key 9
	network add d uplink t4 gateway-mac $GW outbound open
	honeypot add g4 network d address 10.1.0.12 port p4 mac $(mac_of guest4 eth0)
	EOF
	in_ns H collapsarctl apply - <<-EOF
	uplink add up remote 192.0.4.1 local 192.0.4.2 key 9
	redirect add 10.1.0.12 dev eth0 uplink up outbound open probes 0
	EOF
}
drops() { all_of center '^drop_'; }
heard() { all_of center '^keepalives_(rx|back)$'; }

gre() {
	local was ours kept

	was=$(drops) ours=$(taken center ip) kept=$(heard)
	mangled 10000 kind=gre from=site/wan to=guest1/eth0 smac="$(mac_of site wan)" \
		dmac="$(mac_of center w1)" outer=192.0.2.2,192.0.2.1 key=1 src=198.51.100.5 \
		dst=10.1.0.9 into=10.1.0.9 last=1 || return 1
	ours=$(($(taken center ip) - ours)) kept=$(($(heard) - kept)) dropped=$(($(drops) - was))
	echo "# of $sent $ours are the tunnel's: $delivered delivered, $dropped dropped, $kept keepalives"
	[ "$delivered" -gt 1000 ] && [ "$ours" -gt 5000 ] && [ $((delivered + dropped + kept)) = "$ours" ]
}

# from_guest N DEV ARGUMENTS: by port pN; what may leave comes out at the site's DEV.
from_guest() {
	local was seen_was n=$1 dev=$2

	shift 2
	was=$(drops) seen_was=$(seen center netdev "p$n")
	mangled 10000 from="guest$n/eth0" to="site/$dev" smac="$(mac_of "guest$n" eth0)" dmac=$GW \
		src="10.1.0.$((8 + n))" "$@" || return 1
	arrived=$(($(seen center netdev "p$n") - seen_was)) dropped=$(($(drops) - was))
	echo "# $arrived arrived: $delivered delivered, $dropped dropped"
}
# Nothing of a port is the host's.
all_accounted() { [ $((delivered + dropped)) = "$arrived" ] && [ "$dropped" -gt 1000 ]; }
ip_of_guest() {
	from_guest 2 sb kind=ip dst=198.51.100.5 only=10.1.0.10 last=1 && all_accounted &&
		[ "$arrived" = $((sent - cut)) ] && [ "$delivered" -gt 1000 ]
}
segments_of_guest() {
	from_guest 2 sb kind=ip vnet=1 dst=198.51.100.5 only=10.1.0.10 last=1 && all_accounted &&
		[ "$arrived" -ge $((sent - cut)) ] && [ "$delivered" -gt 1000 ]
}
ip_of_contained() {
	from_guest 3 sc kind=ip dst=198.51.100.5 only=10.1.0.11 && all_accounted &&
		[ "$arrived" = $((sent - cut)) ] && [ "$delivered" = 0 ]
}
# By the tunnel and its redirector, with all that is past the stack on the way, onto the LAN.
lan_adds_up() {
	dropped=$(($(drops) + $(all_of H '^drop_') - was))
	echo "# $arrived arrived: $delivered came to the LAN, $dropped dropped"
	[ $((delivered + dropped)) = "$arrived" ]
}
through_the_tunnel() {
	local was seen_was

	was=$(($(drops) + $(all_of H '^drop_'))) seen_was=$(seen center netdev p4)
	mangled 10000 from=guest4/eth0 to=lan/eth0 smac="$(mac_of guest4 eth0)" dmac=$GW \
		src=10.1.0.12 dst=198.51.100.5 only=10.1.0.12 last=1 "$@" || return 1
	arrived=$(($(seen center netdev p4) - seen_was))
	# Some wait for neighbours that are none.
	wait_for 20 lan_adds_up && [ "$delivered" -gt 1000 ] && [ "$dropped" -gt 1000 ]
}
# The guest's requests are answered or heard, its answers are heard, the rest is dropped.
arp_of_guest() {
	local was asked

	was=$(all_of center '^arp_replies$') asked=$(all_of center '^arp_requests$')
	from_guest 2 sb kind=arp dst=10.1.0.77 || return 1
	asked=$(($(all_of center '^arp_requests$') - asked))
	echo "# $asked requests, $answers answers; told $arp_replies times"
	[ "$arrived" = $((sent - cut)) ] && [ $((dropped + asked + answers)) = "$arrived" ] &&
		[ "$delivered" = 0 ] && [ "$arp_replies" -gt 1000 ] &&
		[ $(($(all_of center '^arp_replies$') - was)) = "$arp_replies" ]
}

ktap_start 10
load_modules collapsar collapsar_front collapsar_redir
ns_add site center guest1 guest2 guest3 guest4 H lan
veth site wan center w1
veth site sb center upb
veth site sc center upc
veth H wan center w4
veth lan eth0 H eth0
for n in 1 2 3 4; do veth "guest$n" eth0 center "p$n"; done
ip_in center <<-EOF
	addr add 192.0.2.1/24 dev w1
	neigh add 192.0.2.2 lladdr $(mac_of site wan) dev w1 nud permanent
	addr add 192.0.4.1/24 dev w4
EOF
ip_in H <<-EOF
	addr add 192.0.4.2/24 dev wan
	addr add 10.1.0.2/24 dev eth0
	route add default via 10.1.0.1
	neigh add 10.1.0.1 lladdr $(mac_of lan eth0) dev eth0 nud permanent
EOF
ktap_check "the center is configured" networks
watch center w1
for n in 2 3 4; do
	in_ns center nft "add chain netdev seen p$n { type filter hook ingress device p$n priority 0; }"
	in_ns center nft add rule netdev seen "p$n" counter
done
ktap_check "damaged GRE from a site" gre
ktap_check "damaged IPv4 packets of a guest that may send anything" ip_of_guest
ktap_check "its damaged segments and checksums that are left to others" segments_of_guest
ktap_check "damaged IPv4 packets of a guest that may only reply: nothing comes out" ip_of_contained
ktap_check "damaged ARP packets of a guest" arp_of_guest
ktap_check "damaged IPv4 packets through tunnel and redirector" through_the_tunnel kind=ip
ktap_check "and segments" through_the_tunnel kind=ip vnet=1
echo "# $(reasons center)"
ktap_check "every reason was there that a frame can give" eval \
	'[ "$(reasons center | grep -oE "drop_(malformed|contained|bad_dst|spoofed|no_honeypot|vlan|gre_header|gre_csum|gre_proto|ecn)" | sort -u | wc -l)" = 10 ]'
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

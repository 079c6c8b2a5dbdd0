#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 300
# A route that clps_gre has cached ends with the route: packets take the new way at
# once. Whatever the MTU of a way, 1500 bytes with DF inside cross it.
#
#      lo 192.0.2.1                                        lo 192.0.2.2
#   a: up0 (clps_gre) == w1 198.18.1.1 ---------- w1 198.18.1.2 == up0 (clps_gre): b
#      10.9.0.1          w2 198.18.2.1 -- r -- w2 198.18.3.2       10.9.0.2
set -u
# shellcheck source=selftests/lib/ktap.sh
. "$CLPS_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/lib/netns.sh
. "$CLPS_ROOT/selftests/lib/netns.sh"

# end NS LOCAL REMOTE VIA
end() {
	ip_in "$1" <<-EOF
		addr add 192.0.2.$2/32 dev lo
		route add 192.0.2.$3 via $4 src 192.0.2.$2
	EOF
	in_ns "$1" collapsarctl uplink add up0 remote "192.0.2.$3" local "192.0.2.$2" key 7
	ip_in "$1" <<-EOF
		link set up0 up mtu 1500
		addr add 10.9.0.$2 peer 10.9.0.$3 dev up0
	EOF
}
passes() { in_ns a ping -n -q -c 2 -i 0.2 -W 5 "$@" 10.9.0.2; }
full_size() { passes -M "do" -s 1472; }
sent_by() { ip -n a -s -j link show "$1" | jq '.[0].stats64.tx.packets'; }
# over DEV COMMAND...: it succeeds, and what it sends leaves by DEV.
over() {
	local was

	was=$(sent_by "$1")
	"${@:2}" && [ "$(sent_by "$1")" -ge $((was + 2)) ]
}
route() {
	ip -n a route replace 192.0.2.2 via "$1" src 192.0.2.1
	ip -n b route replace 192.0.2.1 via "$2" src 192.0.2.2
}
no_route() { counter core "" drop_no_route a; }
nowhere() {
	local was

	was=$(no_route)
	ip -n a route del 192.0.2.2
	ip -n a route add unreachable 192.0.2.2
	! passes && [ "$(no_route)" -ge $((was + 2)) ]
}
fragments() { in_ns b nstat -asz IpReasmOKs | awk '/IpReasmOKs/ { print $2 }'; }
in_pieces() {
	local was

	was=$(fragments)
	"$@" && [ "$(fragments)" -ge $((was + 2)) ]
}

ktap_start 12
load_modules collapsar
ns_add a b r
veth a w1 b w1
veth a w2 r ra
veth r rb b w2
ip -n a addr add 198.18.1.1/24 dev w1
ip -n a addr add 198.18.2.1/24 dev w2
ip -n b addr add 198.18.1.2/24 dev w1
ip -n b addr add 198.18.3.2/24 dev w2
ip -n r addr add 198.18.2.9/24 dev ra
ip -n r addr add 198.18.3.9/24 dev rb
ip -n r route add 192.0.2.1 via 198.18.2.1
ip -n r route add 192.0.2.2 via 198.18.3.2
in_ns r sysctl -qw net.ipv4.ip_forward=1
end a 1 2 198.18.1.2
end b 2 1 198.18.1.1
ktap_check "packets take the way that the route names" over w1 passes
ktap_check "1500 bytes with DF cross an MTU of 1500" over w1 full_size
route 198.18.2.9 198.18.3.9
ktap_check "after a change of the route they take the other way" over w2 passes
ktap_check "1500 bytes with DF cross it as well" over w2 full_size
ip -n r link set rb mtu 1000
ip -n b link set w2 mtu 1000
ktap_check "a router on the way with an MTU of 1000 lets 1500 with DF through" in_pieces full_size
ip -n r link set ra mtu 700
ip -n a link set w2 mtu 700
ktap_check "and a NIC of our own of 700" in_pieces full_size
ktap_check "without a route they are dropped and counted" nowhere
ip -n a route del unreachable 192.0.2.2
route 198.18.1.2 198.18.1.1
ktap_check "a new route carries them" over w1 full_size
ip -n a link del w1
ktap_check "a NIC that goes takes its route along" not passes
ip -n r link set ra mtu 1500
ip -n a link set w2 mtu 1500
route 198.18.2.9 198.18.3.9
ktap_check "the next route carries them" over w2 full_size
ktap_check "the uplink stands all the while" in_ns a collapsarctl uplink show up0
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

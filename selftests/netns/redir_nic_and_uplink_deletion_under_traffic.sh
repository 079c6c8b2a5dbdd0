#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# LONG: smp kcsan
# TIMEOUT: 300
# A NIC or an uplink that goes takes its V's with it, with events; another one in its
# place carries traffic again.
set -u
# shellcheck source=selftests/netns/redir/topology.bash
. "$CLPS_ROOT/selftests/netns/redir/topology.bash"
no_v() { [ "$(in_ns H collapsarctl -j redirect show | jq length)" = 0 ]; }
# told_deleted N: so many V's so far.
told_deleted() { [ "$(grep -c deleted "$mon")" = "$1" ]; }

gre_under() {
	veth H under center under
	ip -n H addr add 192.0.2.2/24 dev under
	ip -n center addr add 192.0.2.1/24 dev under
}
# Our GRE to the center instead of its veth.
gre_up() {
	gre_under
	ip_in center <<-EOF
		link del up0
		addr add 10.1.0.77/32 dev lo
		link add g0 up type gre local 192.0.2.1 remote 192.0.2.2 key 5 ttl 64
		route add default dev g0
	EOF
}
gre_uplink() {
	in_ns H collapsarctl uplink add up0 remote 192.0.2.1 local 192.0.2.2 key 5
	in_ns H collapsarctl redirect add 10.1.0.77 dev eth0 uplink up0 probes 0
}

ktap_start 17
load_modules collapsar collapsar_redir
lan_up
center_up 10.1.0.77
mon=/tmp/events
spawn in_ns H collapsarctl monitor > "$mon"
redirect 10.1.0.77 probes 0
redirect 10.1.0.78 probes 0 mac 02:aa:bb:cc:dd:01
flood intruder 10.1.0.77
flood host 10.1.0.77
ktap_check "traffic flows" redir_moves
ktap_check "the uplink is deleted under traffic" timeout 20 ip -n H link del up0
ktap_check "its V's are gone" no_v
ktap_check "the monitor was told" wait_for 3 told_deleted 2
center_up 10.1.0.77
redirect 10.1.0.77 probes 0
ktap_check "traffic flows again" redir_moves
ktap_check "the NIC is deleted under traffic" timeout 20 ip -n H link del eth0
ktap_check "its V's are gone" no_v
h_up
redirect 10.1.0.77 probes 0
ktap_check "with another NIC, traffic flows again" redir_moves

in_ns H collapsarctl redirect del 10.1.0.77 dev eth0
gre_up
gre_uplink
ktap_check "our GRE is an uplink too" redir_moves
n=$(grep -c deleted "$mon")
ktap_check "it is deleted under traffic" timeout 20 ip -n H link del up0
ktap_check "its V's are gone" no_v
ktap_check "the monitor was told" wait_for 3 told_deleted $((n + 1))
gre_uplink
ktap_check "with another one, traffic flows again" redir_moves
ktap_check "the NIC below it is deleted under traffic" timeout 20 ip -n H link del under
ktap_check "its V stays" v_is 10.1.0.77 state claimed
gre_under
ktap_check "with another one, traffic flows again" redir_moves
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

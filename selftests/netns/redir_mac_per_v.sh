#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 300
# A V with a MAC of its own uses it in ARP and in what it sends, and is not at H's MAC:
# who sends to every MAC of the LAN must not see whose answers. The others follow the
# NIC's, also when it changes.
set -u
# shellcheck source=selftests/netns/redir/topology.bash
. "$CLPS_ROOT/selftests/netns/redir/topology.bash"
V_MAC=02:aa:bb:cc:dd:01 W_MAC=02:aa:bb:cc:dd:02
answers() { [ "$(frames host ask --spa 10.1.0.50 --tpa "$1" "${@:3}")" = "$2 $2" ]; }
filter_has() { in_ns H bridge fdb show dev eth0 | grep -q "$1"; }
taken_at() { frames host carry --spa 10.1.0.50 --tpa "$1" --dst "$2" --ns center --other up0; }
neigh_is() { ip -n "$1" neigh show "$2" | grep -q "$3"; }
unchanged_out() {
	frames center carry --dev up0 --spa 10.1.0.77 --tpa 10.1.0.50 --mirror \
		--dst "$(mac_of H up0)" --ns host --other eth0 --expect "$1"
}

ktap_start 16
load_modules collapsar collapsar_redir
lan_up
center_up 10.1.0.77 10.1.0.78
redirect 10.1.0.77 probes 0 mac "$V_MAC" outbound open
redirect 10.1.0.78 probes 0
ktap_check "the NIC's filter takes V's MAC" filter_has "$V_MAC"
ktap_check "ARP answers with V's MAC, inside and outside" answers 10.1.0.77 "$V_MAC"
ktap_check "a unicast request to V's MAC is answered" answers 10.1.0.77 "$V_MAC" --dst "$V_MAC"
ktap_check "the other V answers with H's" answers 10.1.0.78 "$H_MAC"
ktap_check "but no request to H's MAC" not \
	frames host ask --spa 10.1.0.50 --tpa 10.1.0.77 --dst "$H_MAC" --seconds 0.5
ktap_check "packets to V's MAC are captured" taken_at 10.1.0.77 "$V_MAC"
ktap_check "packets for V to H's MAC are not" not taken_at 10.1.0.77 "$H_MAC"
# H knows nobody yet: the first packet must wait for the neighbour.
ip -n H neigh flush all
ktap_check "V sends from its MAC to a host not yet resolved" unchanged_out "$V_MAC"
ktap_check "V is reached from beyond the router" reaches intruder 10.1.0.77
ktap_check "the router knows V's MAC" neigh_is router 10.1.0.77 "$V_MAC"
in_ns H collapsarctl redirect set 10.1.0.77 dev eth0 mac "$W_MAC"
ktap_check "a changed MAC is announced" wait_for 2 neigh_is router 10.1.0.77 "$W_MAC"
ktap_check "and used" unchanged_out "$W_MAC"
reaches router 10.1.0.78
ip -n H link set eth0 address 02:00:00:00:00:99
ktap_check "a changed MAC of the NIC is announced for a V without one" \
	wait_for 2 neigh_is router 10.1.0.78 02:00:00:00:00:99
ktap_check "and V is reached there" reaches router 10.1.0.78
in_ns H collapsarctl redirect del 10.1.0.77 dev eth0
ktap_check "the filter forgets it" not filter_has "$W_MAC"
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

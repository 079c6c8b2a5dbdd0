#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 300
# H's own packets, its ARP and its proxy ARP are as without the module.
set -u
# shellcheck source=selftests/netns/redir/topology.bash
. "$CLPS_ROOT/selftests/netns/redir/topology.bash"
tcp_to_h() {
	spawn in_ns H socat -u TCP-LISTEN:7001,reuseaddr OPEN:/tmp/got,creat,trunc
	wait_for 5 listening
	in_ns intruder socat -u FILE:/tmp/sent TCP:10.1.0.2:7001
	wait_for 20 cmp -s /tmp/sent /tmp/got
}
listening() { in_ns H ss -ltn | grep -q :7001; }
nothing_captured() { [ "$(counter redir "" rx_packets H)" = 0 ]; }
# V's packets to a MAC that the switch has not learnt, and so sends to everybody.
elsewhere() { frames host send --spa 10.1.0.50 --tpa 10.1.0.77 --dst 02:00:00:00:99:99; }
seen_by_h() { elsewhere && grep -q '10.1.0.50.*> 10.1.0.77' /tmp/seen; }
overheard() {
	ip -n H link set eth0 promisc on
	spawn in_ns H tcpdump -lni eth0 udp > /tmp/seen 2> /tmp/tcpdump
	wait_for 20 grep -q 'listening on' /tmp/tcpdump && wait_for 10 seen_by_h && nothing_captured
}
tagged() {
	ip -n host link add link eth0 name v5 type vlan id 5
	ip -n H link add link eth0 name v5 type vlan id 5
	ip -n host addr add 10.5.0.50/24 dev v5
	ip -n H addr add 10.5.0.2/24 dev v5
	ip -n host link set v5 up
	ip -n H link set v5 up
	wait_for 5 reaches host 10.5.0.2 && nothing_captured
}

ktap_start 9
load_modules collapsar collapsar_redir
lan_up
center_up 10.1.0.77
redirect 10.1.0.77 probes 0
ktap_check "H reaches the LAN" reaches H 10.1.0.50
ktap_check "H reaches the intruder" reaches H 203.0.113.9
ktap_check "the intruder reaches H" reaches intruder 10.1.0.2
head -c 1000000 /dev/urandom > /tmp/sent
ktap_check "a TCP stream to H arrives whole" tcp_to_h
ktap_check "none of it was captured" nothing_captured
ktap_check "V's packets to other MACs are not captured" overheard
ktap_check "VLAN traffic through the NIC is not V's" tagged
captured() { reaches host 10.1.0.77 && not nothing_captured; }
ktap_check "those to the NIC's own are" captured
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

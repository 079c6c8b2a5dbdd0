#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 300
# A machine takes over a V that an intruder is talking to. From its first ARP packet
# on it takes less than a second until the intruder's packets are its own, and the
# center gets no more of them. The second is the claim's, of RFC 5227's own order.
set -u
# shellcheck source=selftests/netns/redir/topology.bash
. "$CLPS_ROOT/selftests/netns/redir/topology.bash"
# takes_over V how: prints the milliseconds from the ARP packet to the intruder's packet.
takes_over() {
	ip -n newcomer addr add "$1/24" dev eth0
	frames newcomer takeover --tpa "$1" --kind "$2" --seconds 5 --other 203.0.113.9
}
flows() { [ "$(in_ns H collapsarctl -j redirect show "$1" dev eth0 | jq '.[0].rx_packets')" -gt 5 ]; }
# The newcomer's kernel answers, so the intruder hears of nothing.
answers() { in_ns intruder ping -n -c 1 -W 2 "$1" > /dev/null; }
captures_no_more() {
	local was

	was=$(counter redir "" rx_packets H)
	in_ns intruder ping -qn -c 5 -i 0.1 -W 2 "$1" > /dev/null
	[ "$(counter redir "" rx_packets H)" = "$was" ]
}

ktap_start 14
load_modules collapsar collapsar_redir
lan_up
center_up 10.1.0.77 10.1.0.78 10.1.0.79
ip -n newcomer route add 10.1.0.1 dev eth0
ip -n newcomer route add default via 10.1.0.1
in_ns newcomer sysctl -qw net.ipv4.conf.all.arp_announce=0
for v in 10.1.0.77 10.1.0.78 10.1.0.79; do
	redirect "$v" probes 0
done
spawn in_ns H collapsarctl monitor > /tmp/events
for how in announcement probe reply; do
	case $how in announcement) v=10.1.0.77 ;; probe) v=10.1.0.78 ;; reply) v=10.1.0.79 ;; esac
	spawn in_ns intruder ping -qn -i 0.02 "$v" > /dev/null 2>&1
	p=$!
	wait_for 20 flows "$v"
	ktap_check "by $how: the newcomer has the packets in less than a second" takes_over "$v" "$how"
	ktap_check "by $how: V is withdrawn" v_is "$v" state withdrawn
	ktap_check "by $how: the newcomer answers the intruder" wait_for 5 answers "$v"
	ktap_check "by $how: none of its packets is captured" captures_no_more "$v"
	kill "$p"
done
ktap_check "the operator was told" wait_for 5 grep -q '10.1.0.78.*foreign' /tmp/events
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

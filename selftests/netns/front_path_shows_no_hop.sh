#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 300
# From intruder to guest through router, redirector, tunnel and front-end: who
# traces the path to V, or looks at what its answers say, sees the path to a real
# host of that LAN.
#
#   intruder -- router -- lan -- H (redirector) == GRE == center (front-end) -- g1 (V)
#                          +---- host
set -u
# shellcheck source=selftests/netns/redir/topology.bash
. "$CLPS_ROOT/selftests/netns/redir/topology.bash"

# The hops, with the target's own address made the same for both. Router and target
# limit their ICMP errors: one probe for each hop.
hops() { in_ns "$1" traceroute -n -q 1 -w 3 -m 6 "${@:3}" "$2" | awk 'NR > 1 { print $1, $2 }' |
	sed "s/ $2\$/ target/"; }
same_hops() {
	local from=$1

	shift
	hops "$from" 10.1.0.77 "$@" > /tmp/v
	hops "$from" 10.1.0.50 "$@" > /tmp/real
	cat /tmp/v
	grep -q target /tmp/v && diff /tmp/v /tmp/real
}
# What an answer tells of the machine and its distance.
answer() { in_ns "$1" ping -n -c 1 -W 3 -s "$3" "${@:4}" "$2" | sed -n 's/.*ttl=\([0-9]*\).*/\1/p'; }
same_answer() {
	local v real

	v=$(answer "$1" 10.1.0.77 "${@:2}")
	real=$(answer "$1" 10.1.0.50 "${@:2}")
	echo "V's TTL $v, the host's $real"
	[ -n "$v" ] && [ "$v" = "$real" ]
}
reverse_hops() {
	hops g1 203.0.113.9 "$@" > /tmp/v
	hops host 203.0.113.9 "$@" > /tmp/real
	cat /tmp/v
	grep -q target /tmp/v && diff /tmp/v /tmp/real
}

ktap_start 15
load_modules collapsar collapsar_redir
lan_up
for ns in router host intruder; do
	in_ns "$ns" sysctl -qw net.ipv4.icmp_ratelimit=0
done
ip -n newcomer addr add 10.1.0.60/24 dev eth0
ip -n newcomer route add default via 10.1.0.1
farm_up 10.1.0.77
rc=$?
in_ns g1 sysctl -qw net.ipv4.icmp_ratelimit=0
for ns in g1 host; do
	spawn in_ns "$ns" socat TCP-LISTEN:22,reuseaddr,fork OPEN:/dev/null
	wait_for 10 eval "in_ns $ns ss -ltn | grep -q :22"
done
ktap_check "the whole farm is configured" test "$rc" = 0
ktap_check "V answers the intruder" wait_for 20 reaches intruder 10.1.0.77
ktap_check "traceroute by UDP shows the hops to a real host" same_hops intruder
ktap_check "there are two: the router and the target" test "$(wc -l < /tmp/v)" = 2
ktap_check "traceroute by ICMP" same_hops intruder -I
ktap_check "traceroute by TCP to an open port" same_hops intruder -T -p 22
ktap_check "traceroute by TCP to a closed port" same_hops intruder -T -p 23
ktap_check "from the LAN: by UDP" same_hops newcomer
ktap_check "from the LAN: by TCP" same_hops newcomer -T -p 22
ktap_check "an answer's TTL is a real host's, beyond the router" same_answer intruder 56
ktap_check "and on the LAN" same_answer newcomer 56
ktap_check "1500 bytes with DF pass as to a real host" same_answer intruder 1472 -M "do"
in_ns center collapsarctl network set lan outbound open
in_ns H collapsarctl redirect set 10.1.0.77 dev eth0 outbound open
ktap_check "the way back: traceroute from the guest by UDP" reverse_hops
ktap_check "and by ICMP" reverse_hops -I
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

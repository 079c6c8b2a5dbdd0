#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml stock
# TIMEOUT: 300
# From the intruder to the honeypot and back, under a mix of traffic: what was sent was
# delivered or dropped under a name, at the redirector and at the center, by our counters
# as by those of netdevs and nftables. A super-packet is one packet to all of them.
#
#   intruder -- router -- lan -- H (redirector) == GRE == center (front-end) -- g1 .77, g2 .78
#                          +---- host
set -u
# shellcheck source=selftests/netns/redir/topology.bash
. "$CLPS_ROOT/selftests/netns/redir/topology.bash"
# shellcheck source=selftests/lib/stats.sh
. "$CLPS_ROOT/selftests/lib/stats.sh"

pings() { in_ns "$1" ping -qn -c "$2" -i 0.02 -W "${4:-1}" "${@:5}" "$3" > /dev/null; }
# by SCOPE NAME NS COUNTER: it grew by so many since the watch began.
by() {
	jq -r --arg s "$1" --arg n "$2" --arg c "$4" --slurpfile was "/tmp/watched.$3" \
		'def v: .stats[] | select(.scope == $s and (.name // "") == $n).counters[$c];
		v - ($was[0] | v)' "/tmp/watched.$3.now"
}
# grew SCOPE NAME NS COUNTER N...: by exactly that.
grew() {
	local scope=$1 name=$2 ns=$3 rc=0 got

	shift 3
	stats_snapshot "$ns" > "/tmp/watched.$ns.now" || return 1
	while [ $# -gt 0 ]; do
		got=$(by "$scope" "$name" "$ns" "$1")
		[ "$got" = "$2" ] || { echo "$ns $1: $got instead of $2"; rc=1; }
		shift 2
	done
	return $rc
}
transfer() {
	head -c 2097152 /dev/urandom > /tmp/sent
	spawn in_ns "$2" socat -u TCP-LISTEN:80,reuseaddr OPEN:/tmp/got,creat,trunc
	wait_for 10 eval "in_ns $2 ss -Hltn sport = :80 | grep -q ."
	timeout 60 nsexec "$1" socat -u OPEN:/tmp/sent "TCP:$3:80" && wait_for 20 cmp /tmp/sent /tmp/got
}
# A V's packets wait for a neighbour that is not there: held, then dropped.
holds() { stats_snapshot H | jq -e '.stats[] | select(.scope == "redir").counters.held_packets == 5'; }
held_is_counted() {
	frames g1 send --kind udp --spa 10.1.0.77 --tpa 10.1.0.200 \
		--dst "$(mac_of router eth0)" --count 5
	wait_for 5 holds && stats_hold H
}

ktap_start 11
load_modules collapsar collapsar_redir
lan_up
farm_up 10.1.0.77 10.1.0.78
rc=$?
ktap_check "the whole farm is configured" test "$rc" = 0
ktap_check "V answers the intruder" wait_for 20 reaches intruder 10.1.0.77
reaches host 10.1.0.78 > /dev/null
stats_watch H eth0 && stats_watch center
ktap_check "both ends are watched" test "${#CLPS_WATCHED[@]}" = 2

pings intruder 20 10.1.0.77
pings host 10 10.1.0.78
ktap_check "30 pings at the redirector" grew redir "" H \
	rx_packets 30 tx_packets 30 rx_bytes 2520 tx_bytes 2520
ktap_check "30 pings at the center" grew network lan center \
	rx_packets 30 tx_packets 30 rx_bytes 2520 tx_bytes 2520 local_packets 0
# Between neighbours; to an outside that began nothing, at the center and at H.
pings g1 6 10.1.0.78
pings g1 4 198.51.100.77 0.1
in_ns center collapsarctl network set lan outbound open
pings g2 3 198.51.100.77 0.1
ktap_check "each is where it belongs at the center" grew network lan center \
	local_packets 12 drop_contained 4 tx_packets 33
ktap_check "and at the redirector" grew redir "" H drop_contained 3 tx_packets 30
ktap_check "super-packets come whole" transfer intruder g1 10.1.0.77
in_ns H collapsarctl redirect set 10.1.0.77 dev eth0 outbound open
# Three questions of two seconds: long enough to be looked at.
in_ns H sysctl -qw net.ipv4.neigh.eth0.retrans_time_ms=2000
ktap_check "what waits for a neighbour is held" held_is_counted
flood intruder 10.1.0.77
wait_for 20 redir_sent "$(($(redir_tx) + 500))"
kill "${CLPS_PIDS[-1]}"
ktap_check "at both ends everything adds up" stats_add_up
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

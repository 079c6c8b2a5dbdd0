#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 300
# A host of the LAN that announces V's from ever other MACs, answers their probes, poses as
# the router, poisons caches and asks for everything gets no V to come and go quickly, no
# flood of events or frames, and no V but those that it names.
#
#   topology.bash's LAN, with newcomer as the attacker; and a cable for the storms:
#   newcomer eth1 ---- eth1 H  10.2.255.1/16, V 10.2.0.1
set -u
# shellcheck source=selftests/netns/redir/topology.bash
. "$CLPS_ROOT/selftests/netns/redir/topology.bash"
# shellcheck source=selftests/lib/stats.sh
. "$CLPS_ROOT/selftests/lib/stats.sh"
export PYTHONDONTWRITEBYTECODE=1

hostile() { in_ns newcomer "$PY/hostile.py" "$@"; }
# told V: how many events there were of it.
told() { grep -c "\"addr\":\"$1\"" /tmp/events; }
told_once_more() { [ "$(told "$1")" = $(($2 + 1)) ]; }
# Of the address that is taken each time, and of the one whose probes are answered: a
# second's quiet time makes 1, 3, 7 and 15 seconds till the next ones, not 1, 2, 3 and so on.
slowly() { echo "$losses losses, $probes probes"; [ "$1" -ge 3 ] && [ "$1" -le 5 ]; }
lossless() { grep -q ' 0% packet loss' /tmp/beside || { cat /tmp/beside; return 1; }; }
frames_of_h() { in_ns H cat /sys/class/net/eth0/statistics/tx_packets; }
# No more than a few leave it meanwhile.
h_keeps_still() {
	local was now

	was=$(frames_of_h)
	"$@" || return 1
	now=$(frames_of_h)
	echo "H sent $((now - was)) frames"
	[ $((now - was)) -le 10 ]
}
# The router says where it is, as routers do.
by_the_router() {
	frames router arp --spa 10.1.0.1 --tpa 10.1.0.1
	in_ns intruder ping -qn -c 1 -W 1 "$1"
}
# The host's table has room for all of them: it is not that one's bound that is seen.
neighbours_bounded() {
	local n room took

	room=$(sysctl -n net.ipv4.neigh.default.gc_thresh3)
	sysctl -qw net.ipv4.neigh.default.gc_thresh3=16384
	took=$SECONDS
	hostile senders 10.2.0.1 3000 eth1
	took=$((SECONDS - took))
	n=$(ip -n H neigh show dev eth1 nud all | wc -l)
	sysctl -qw "net.ipv4.neigh.default.gc_thresh3=$room"
	echo "$n neighbours in $took s"
	[ "$n" -gt 0 ] && [ "$n" -le $((64 * (took + 2))) ]
}

ktap_start 21
load_modules collapsar collapsar_redir
lan_up
center_up 10.1.0.71 10.1.0.72 10.1.0.73 10.1.0.74 10.1.0.75 10.1.0.77 10.2.0.1
for v in 10.1.0.71 10.1.0.72; do
	redirect "$v" probes 0 quiet 1 probe-interval 10
done
redirect 10.1.0.73 probes 0 mode reserved
redirect 10.1.0.74 probes 1 quiet 1 probe-interval 10
redirect 10.1.0.75 probes 0
redirect 10.1.0.77 probes 0
spawn in_ns H collapsarctl -j monitor > /tmp/events
wait_for 10 grep -q ready /tmp/events

stats_watch H eth0
ktap_check "an address nobody attacks is reached" wait_for 5 reaches intruder 10.1.0.77
spawn in_ns intruder ping -qn -i 0.05 -W 2 10.1.0.77 > /tmp/beside
beside=$!
read -r losses probes < <(hostile flap 10.1.0.71 10.1.0.74 12)
kill -INT "$beside"
wait "$beside"
ktap_check "who takes V each time it is back does so ever more slowly" slowly "$losses"
ktap_check "who answers its probes is asked ever more slowly" slowly "$probes"
ktap_check "a handful of events tell of it" test "$(told 10.1.0.71)" -le $((4 * losses))
ktap_check "the operator sees how long V is left alone" test \
	"$(in_ns H collapsarctl -j redirect show 10.1.0.71 dev eth0 | jq '.[0].hold')" -ge 4
ktap_check "the V beside them loses no packet" lossless
in_ns H collapsarctl redirect set 10.1.0.71 dev eth0 claim
ktap_check "the operator's claim ends it" v_is 10.1.0.71 hold null

n=$(told 10.1.0.72)
ktap_check "a flood of announcements makes H send next to nothing" \
	h_keeps_still hostile flood 10.1.0.72 10000
ktap_check "and is one event" told_once_more 10.1.0.72 "$n"
ktap_check "V is back after it" wait_for 20 v_is 10.1.0.72 state claimed
ktap_check "and reached" wait_for 5 reaches intruder 10.1.0.72
ktap_check "an address that is defended is so once" h_keeps_still hostile flood 10.1.0.73 1000
ktap_check "which are two events" test "$(told 10.1.0.73)" = 2

n=$(told 10.1.0.77)
hostile claim 10.1.0.1 1000
ktap_check "who poses as the router withdraws nothing" v_is 10.1.0.77 state claimed
ktap_check "and the router has its packets back" wait_for 10 by_the_router 10.1.0.77
hostile poison 10.1.0.75 10.1.0.50 "$(mac_of host eth0)" 1000
ktap_check "who tells others that V is his has not the intruder's packets" \
	reaches intruder 10.1.0.75

veth H eth1 newcomer eth1
ip -n H addr add 10.2.255.1/16 dev eth1
in_ns H collapsarctl redirect add 10.2.0.1 dev eth1 uplink up0 peer-mac "$CENTER_MAC" probes 0
n=$(wc -l < /tmp/events)
# Two: V and H itself.
ktap_check "who asks for 65,536 addresses is told of what is there" \
	test "$(hostile scan 10.2.0.0 eth1)" = 2
ktap_check "who asks in thousands of names fills no memory" neighbours_bounded
ktap_check "neither is an event" test "$(wc -l < /tmp/events)" = "$n"
ktap_check "and every packet meanwhile is counted once" stats_add_up
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 300
# From the uplink only claimed V's of that uplink and NIC get out, and only as policy says.
set -u
# shellcheck source=selftests/netns/redir/topology.bash
. "$CLPS_ROOT/selftests/netns/redir/topology.bash"
# shellcheck source=selftests/lib/stats.sh
. "$CLPS_ROOT/selftests/lib/stats.sh"
spoof() {
	frames center send --dev up0 --spa "$1" --tpa "$2" --kind "${3:-udp}" \
		--dst "$(mac_of H up0)"
}
dropped() { [ "$(counter redir "" "$1" H)" -ge "$2" ]; }
# listen_for SOURCE NAME: in the background; what it hears is in /tmp/NAME.
listen_for() {
	rm -f "/tmp/$2.ready"
	spawn in_ns host "$CLPS_ROOT/selftests/lib/frames.py" listen --spa "$1" --tpa 10.1.0.50 --seconds 100 --count 1 \
		> "/tmp/$2" 2> "/tmp/$2.ready"
	wait_for 60 grep -q ready "/tmp/$2.ready"
}
arrives() {
	listen_for "$1" heard && spoof "$1" 10.1.0.50 && wait_for 60 test -s /tmp/heard
}
# What a claimed V sends afterwards arrives; this one did not by then.
stays_out() {
	listen_for "$1" heard && listen_for 10.1.0.77 marker && spoof "$1" 10.1.0.50 &&
		spoof 10.1.0.77 10.1.0.50 && wait_for 60 test -s /tmp/marker &&
		test ! -s /tmp/heard
}

# obeys REASON COMMAND UNDO: a packet that arrived a moment ago does no more once "ip COMMAND"
# was said in H, is a drop of that reason, and arrives again after "ip UNDO".
obeys() {
	local before

	arrives 10.1.0.77 || return 1
	before=$(counter redir "" "drop_$1" H)
	# Words.
	# shellcheck disable=SC2086
	ip -n H $2 || return 1
	listen_for 10.1.0.77 heard && spoof 10.1.0.77 10.1.0.50 &&
		wait_for 60 dropped "drop_$1" $((before + 1)) && test ! -s /tmp/heard || return 1
	# shellcheck disable=SC2086
	ip -n H $3 && arrives 10.1.0.77
}

# What a route's group of next hops consists of is no part of the route.
group_obeys() {
	ip_in H <<-EOF
		nexthop add id 1 dev eth0
		nexthop add id 10 group 1
		route add 10.1.0.50/32 nhid 10
	EOF
	obeys no_route "nexthop replace id 1 blackhole" "nexthop replace id 1 dev eth0"
}

ktap_start 14
load_modules collapsar collapsar_redir
lan_up
center_up 10.1.0.77
ip -n H addr add 192.168.50.1/24 dev up0
redirect 10.1.0.77 probes 0 outbound open
redirect 10.1.0.78 probes 10 probe-interval 10000 outbound open
redirect 10.1.0.79 probes 0
stats_watch H eth0
ktap_check "a claimed V with open policy sends" arrives 10.1.0.77
ktap_check "a stranger's source does not pass" stays_out 10.1.0.99
ktap_check "and is counted" dropped drop_no_redirect 1
ktap_check "H's own address does not pass" stays_out 10.1.0.2
ktap_check "a V that is not claimed does not pass" stays_out 10.1.0.78
ktap_check "the default policy contains what nobody asked for" stays_out 10.1.0.79
ktap_check "and is counted" dropped drop_contained 1
spoof 10.1.0.77 10.1.0.255
spoof 10.1.0.77 224.0.0.1
spoof 10.1.0.77 10.1.0.2
spoof 10.1.0.77 192.168.50.1
ktap_check "broadcast, multicast and H itself are no destinations" dropped drop_bad_dst 4
ktap_check "an address that H gets is H's at once" \
	obeys bad_dst "addr add 10.1.0.50/32 dev up0" "addr del 10.1.0.50/32 dev up0"
ktap_check "a route that ends leads nowhere at once" \
	obeys no_route "route add blackhole 10.1.0.50" "route del blackhole 10.1.0.50"
# Before there are rules: with any, nothing is remembered.
ktap_check "so does a next hop of a route's group" group_obeys
ktap_check "so does a rule about V" obeys no_route \
	"rule add pref 5 from 10.1.0.77 blackhole" "rule del pref 5"
ktap_check "everything that was sent is counted once" stats_add_up
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

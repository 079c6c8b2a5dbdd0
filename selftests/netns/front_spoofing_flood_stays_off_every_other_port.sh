#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 400
# Captures on every port and uplink while both networks are busy and guest1 sends
# all that it should not: forged sources, forged ARP, other protocols, tags.
# Network a's packets have TOS 0x28, network b's 0x10, forged ones go to port 6666.
set -u
# shellcheck source=selftests/netns/front_topology.bash
. "$CLPS_ROOT/selftests/netns/front_topology.bash"
# shellcheck source=selftests/lib/stats.sh
. "$CLPS_ROOT/selftests/lib/stats.sh"

PLACES="siteA:up0 siteB:up0 guest1:eth0 guest2:eth0 guest3:eth0 guest4:eth0"
capture_all() {
	local p ns

	for p in $PLACES; do
		ns=${p%:*}
		spawn in_ns "$ns" tcpdump -nB 16384 -s 128 -Q in -i "${p#*:}" -w "/tmp/$ns.pcap" \
			2> "/tmp/$ns.log"
	done
	for p in $PLACES; do
		wait_for 20 grep -q 'listening on' "/tmp/${p%:*}.log" || return 1
	done
}
# captured NS FILTER: how many packets came in there that match.
captured() {
	tcpdump -nr "/tmp/$1.pcap" "${@:2}" 2> /dev/null > /tmp/matches || echo -
	wc -l < /tmp/matches
}
shows() { [ "$(captured "$1" "${@:3}")" -ge "$2" ]; }
shows_none() { [ "$(captured "$1" "${@:2}")" = 0 ]; }
# none_at "PLACES" FILTER
none_at() {
	local p

	for p in $1; do
		shows_none "${p%:*}" "${@:2}" || { echo "at $p"; return 1; }
	done
}
lost_nothing() {
	local p rc=0

	for p in $PLACES; do
		wait_for 10 grep -q 'dropped by kernel' "/tmp/${p%:*}.log"
		grep -qx '0 packets dropped by kernel' "/tmp/${p%:*}.log" || rc=1
	done
	return $rc
}
IN_A="ip[1] = 0x28"
IN_B="ip[1] = 0x10"
nothing_of_b_in_a() {
	shows_none guest1 "$IN_B" && shows_none guest2 "$IN_B" && shows_none siteA "$IN_B"
}
# marked_flood NS TOS ADDRESS: as fast as it is answered.
marked_flood() { spawn in_ns "$1" ping -nqf -s 1000 -Q "$2" "$3" > /dev/null 2>&1; }
load() {
	marked_flood siteA 0x28 10.1.0.9
	marked_flood guest1 0x28 10.1.0.10
	marked_flood siteB 0x10 10.1.0.9
	marked_flood siteB 0x10 10.1.0.66
}
got() { [ "$(honeypot_value "$1" "$2")" -ge "$3" ]; }
# What each honeypot has sent so far.
sent() { in_ns center collapsarctl -j honeypot show | jq '.[].tx_packets'; }
# each_sent N: more than that between /tmp/was and /tmp/is.
each_sent() { paste /tmp/was /tmp/is | awk -v n="$1" '{ print; if ($2 - $1 <= n) bad = 1 } END { exit bad || NR != 4 }'; }
spoofed() { [ "$(($(network_counter a drop_spoofed) - before))" = "$1" ]; }

ktap_start 18
frames_start
front_up
ktap_check "networks and honeypots are configured" test $? = 0
# An address that only network b has.
guest 4 10.1.0.66
in_ns center collapsarctl honeypot add hp4 network b address 10.1.0.66 port p4 mac "$(guest_mac 4)"
stats_watch center
# Not in a check: its subshell would wait for what it started.
capture_all
rc=$?
ktap_check "captures run at every port and uplink" test "$rc" = 0
n=${#CLPS_PIDS[@]}
load
wait_for 60 got hp4 tx_packets 20
before=$(network_counter a drop_spoofed)
sent > /tmp/was
frames guest1 forge --spa 10.1.0.9 --tpa 10.1.0.10 \
	--other 10.1.0.66 --dst "$GW_A" --count 3000 > /tmp/forged
read -r forged others < /tmp/forged
sent > /tmp/is
kill "${CLPS_PIDS[@]:n}"
ktap_check "all honeypots were flooded meanwhile" each_sent 300
ktap_check "guest1 sent its flood" test "${forged:-0}" -ge 2000 -a "${others:-0}" -ge 100
ktap_check "each forged source is counted as spoofed" wait_for 10 spoofed "$forged"
# Under "open" the policy holds nothing back: only the dispatch separates.
in_ns center collapsarctl network set a outbound open
in_ns guest1 ping -qn -c 3 -i 0.2 -W 1 -Q 0x28 10.1.0.66 > /dev/null
kill "${CLPS_PIDS[@]:0:n}"
ktap_check "the captures lost nothing" lost_nothing
ktap_check "neighbours of one network reached each other meanwhile" \
	shows guest1 300 "src 10.1.0.10 and $IN_A"
ktap_check "both networks were busy meanwhile" shows siteB 300 "src 10.1.0.66 and $IN_B"
ktap_check "what guest1 sent to an address of b went to a's production network" \
	shows siteA 3 "dst 10.1.0.66 and $IN_A"
ktap_check "and not to b's honeypot" shows_none guest4 "$IN_A"
ktap_check "no forged packet came out anywhere" none_at "$PLACES" port 6666
ktap_check "no frame with a forged MAC either" \
	none_at "guest1 guest2 guest3 guest4" "ether src 02:66:66:66:66:66"
ktap_check "nothing of network a came out at a port of b" shows_none guest3 "$IN_A"
ktap_check "or at b's uplink" shows_none siteB "$IN_A"
ktap_check "nothing of network b came out in network a" nothing_of_b_in_a
ktap_check "no ARP request, tag or other protocol reached another guest" \
	none_at "guest2 guest3 guest4" "arp[6:2] = 1 or not (ip or arp)"
ktap_check "everything that was sent is counted once" stats_add_up
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

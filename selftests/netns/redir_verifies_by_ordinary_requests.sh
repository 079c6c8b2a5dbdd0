#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 300
# A claimed V is verified as any host asks for a neighbour, never by a probe: who is about
# to take the address would refuse it (RFC 5227, 2.1.1).
set -u
# shellcheck source=selftests/netns/redir/topology.bash
. "$CLPS_ROOT/selftests/netns/redir/topology.bash"
asked() { grep -q "$H_MAC > ff:ff:ff:ff:ff:ff,.*who-has $1 tell $2," "$log"; }
# What the router asks for is answered, and H asks in turn.
router_asks() { frames router ask --spa 10.1.0.1 --tpa "$1"; }
retaken() { router_asks "$1"; v_is "$1" state withdrawn; }
questions() { counter redir "" arp_probes H; }
no_question() {
	local n

	n=$(questions)
	router_asks "$1" && [ "$(questions)" = "$n" ]
}

ktap_start 7
load_modules collapsar collapsar_redir
lan_up
center_up
log=/tmp/arp
spawn in_ns newcomer tcpdump -i eth0 -e -n -l --immediate-mode arp > "$log" 2> /tmp/tcpdump
wait_for 10 grep -q 'listening on' /tmp/tcpdump
# The address of another LAN comes first, and is not the one to ask with.
ip_in H <<-EOF
	addr flush dev eth0
	addr add 10.2.0.2/24 dev eth0
	addr add 10.1.0.2/24 dev eth0
EOF
redirect 10.1.0.77 probes 0
redirect 10.1.0.78 probes 0 mac 02:00:00:00:00:78
redirect 10.1.0.79 probes 0
router_asks 10.1.0.77 > /dev/null
router_asks 10.1.0.78 > /dev/null
ktap_check "H asks for V in its own name" wait_for 3 asked 10.1.0.77 10.1.0.2
ktap_check "and with its own MAC for a V that has another" wait_for 3 asked 10.1.0.78 10.1.0.2
ktap_check "nobody sees a probe" not grep 'tell 0\.0\.0\.0' "$log"
ip -n newcomer addr add 10.1.0.78/24 dev eth0
ktap_check "a silent newcomer's answer withdraws" wait_for 10 retaken 10.1.0.78
ip -n H addr flush dev eth0
ktap_check "without an address on the NIC V is answered, and not verified" no_question 10.1.0.79
ip -n H addr add 10.1.0.2/24 dev eth0
# Once a second at most.
verified() { router_asks 10.1.0.79 && asked 10.1.0.79 10.1.0.2; }
ktap_check "with one it is" wait_for 20 verified
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

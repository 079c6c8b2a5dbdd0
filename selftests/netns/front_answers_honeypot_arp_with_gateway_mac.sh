#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 300
# A guest that asks for addresses hears its network's gateway MAC for everything
# but its neighbours, silence where a LAN is silent, and nobody else hears it ask.
set -u
# shellcheck source=selftests/netns/front_topology.bash
. "$CLPS_ROOT/selftests/netns/front_topology.bash"
# shellcheck source=selftests/lib/stats.sh
. "$CLPS_ROOT/selftests/lib/stats.sh"

# ask GUEST SENDER TARGET: prints the MAC in the answer and the frame's.
ask() {
	frames "$1" ask --spa "$2" --tpa "$3" \
		--seconds "${4:-0.5}"
}
hears() { [ "$(ask "$1" "$2" "$3" 5)" = "$4 $4" ]; }
# What the captures end with is what those guests themselves ask at last.
own_asks() { grep -q 10.1.0.222 /tmp/heard2 && grep -q 10.1.0.222 /tmp/heard3; }
quiet_ports() {
	ask guest2 10.1.0.10 10.1.0.222
	ask guest3 10.1.0.9 10.1.0.222
	wait_for 20 own_asks || return 1
	! grep -v 10.1.0.222 /tmp/heard2 /tmp/heard3
}
grew() { [ "$(network_counter a "$1")" -gt "$2" ]; }

ktap_start 16
frames_start
front_up
ktap_check "networks and honeypots are configured" test $? = 0
stats_watch center
for i in 2 3; do
	spawn in_ns "guest$i" tcpdump -lni eth0 arp > "/tmp/heard$i" 2> "/tmp/tcpdump$i"
	wait_for 20 grep -q 'listening on' "/tmp/tcpdump$i"
done
ktap_check "the router is at the gateway MAC" hears guest1 10.1.0.9 10.1.0.1 "$GW_A"
ktap_check "so is an address without a honeypot" hears guest1 10.1.0.9 10.1.0.200 "$GW_A"
ktap_check "and one beyond the LAN" hears guest1 10.1.0.9 198.51.100.5 "$GW_A"
ktap_check "a neighbour is at its own MAC" hears guest1 10.1.0.9 10.1.0.10 "$(guest_mac 2)"
ktap_check "its own address is not answered" not ask guest1 10.1.0.9 10.1.0.9
ktap_check "a probe for a free address is not answered" not ask guest1 0.0.0.0 10.1.0.200
ktap_check "a probe for a neighbour's address is" hears guest1 0.0.0.0 10.1.0.10 "$(guest_mac 2)"
before=$(network_counter a drop_spoofed)
ktap_check "a sender that is not the guest's is not answered" \
	not ask guest1 10.1.0.10 10.1.0.1
ktap_check "and counted" grew drop_spoofed "$before"
ktap_check "none of this was heard by another guest" quiet_ports
ktap_check "the other network has its own gateway MAC" hears guest3 10.1.0.9 10.1.0.1 "$GW_B"
in_ns center collapsarctl network set a gateway-mac 02:00:00:00:0a:77
ktap_check "a changed gateway MAC is told" hears guest1 10.1.0.9 10.1.0.1 02:00:00:00:0a:77
ktap_check "and leaves the other network alone" hears guest3 10.1.0.9 10.1.0.1 "$GW_B"
ktap_check "everything that was sent is counted once" stats_add_up
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

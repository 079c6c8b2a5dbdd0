#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 300
# A honeypot answers, and begins nothing: forged sources, new flows and other
# networks are dropped under a named reason. Neighbours of one network talk.
set -u
# shellcheck source=selftests/netns/front_topology.bash
. "$CLPS_ROOT/selftests/netns/front_topology.bash"
# shellcheck source=selftests/lib/stats.sh
. "$CLPS_ROOT/selftests/lib/stats.sh"

grew() { [ "$(network_counter a "$1")" -gt "$2" ]; }
neighbour_is() { ip -n "$1" neigh show "$2" | grep -qi "lladdr $3"; }

ktap_start 11
front_up
ktap_check "networks and honeypots are configured" test $? = 0
stats_watch center
ktap_check "honeypots of one network reach each other" \
	in_ns guest1 ping -c 2 -i 0.2 -W 5 10.1.0.10
ktap_check "with each other's MAC, as on a LAN" \
	neighbour_is guest1 10.1.0.10 "$(guest_mac 2)"
ktap_check "a honeypot cannot begin a ping" not in_ns guest1 ping -c 1 -W 1 198.51.100.5
ktap_check "that is counted as contained" grew drop_contained 0
ktap_check "a TCP connection neither" not in_ns guest1 timeout 2 bash -c ': < /dev/tcp/198.51.100.5/22'

ip -n guest1 addr add 10.1.0.66/24 dev eth0
in_ns guest1 ping -c 1 -W 1 -I 10.1.0.66 198.51.100.5 > /dev/null
ktap_check "a forged source is dropped and counted" grew drop_spoofed 0
ip -n guest1 addr del 10.1.0.66/24 dev eth0

ktap_check "an answer to the outside passes" in_ns siteA ping -c 1 -W 5 10.1.0.9
in_ns center collapsarctl network set a outbound open
ktap_check "with outbound open it may begin" in_ns guest1 ping -c 1 -W 5 198.51.100.5
ktap_check "everything that was sent is counted once" stats_add_up
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml stock
# TIMEOUT: 300
# Byte for byte through the whole way, redirector, GRE and front-end: TTL, TOS, id,
# options, payload, fragments; both directions, beyond the router and on the LAN.
#
#   intruder -- router -- lan -- H (redirector) == GRE == center (front-end) -- g1 (V)
#                          +---- host
set -u
# shellcheck source=selftests/netns/redir/topology.bash
. "$CLPS_ROOT/selftests/netns/redir/topology.bash"
# shellcheck source=selftests/lib/stats.sh
. "$CLPS_ROOT/selftests/lib/stats.sh"

# into NS SOURCE: from that namespace's wire to V.
into() {
	frames "$1" carry --dev eth0 --spa "$2" --tpa 10.1.0.77 --dst "$H_MAC" \
		--ns g1 --other eth0
}
# out_to NS DESTINATION: from V to that namespace's wire, from H's NIC.
out_to() {
	frames g1 carry --dev eth0 --spa 10.1.0.77 --tpa "$2" --mirror \
		--dst "$(mac_of router eth0)" --ns "$1" --other eth0 --expect "$H_MAC"
}

ktap_start 8
load_modules collapsar collapsar_redir
lan_up
farm_up 10.1.0.77
rc=$?
stats_watch H eth0 && stats_watch center
in_ns center collapsarctl network set lan outbound open
in_ns H collapsarctl redirect set 10.1.0.77 dev eth0 outbound open
ktap_check "the whole farm is configured" test "$rc" = 0
ktap_check "V answers the intruder" wait_for 20 reaches intruder 10.1.0.77
ktap_check "unchanged from the router to the honeypot" into router 203.0.113.9
ktap_check "unchanged from a LAN host to the honeypot" into host 10.1.0.50
ktap_check "unchanged from the honeypot to the router" out_to router 203.0.113.9
ktap_check "unchanged from the honeypot to a LAN host" out_to host 10.1.0.50
ktap_check "everything that was sent is counted once" stats_add_up
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

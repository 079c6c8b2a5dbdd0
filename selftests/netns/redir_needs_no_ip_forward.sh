#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 300
# H forwards nothing itself: no ip_forward, a FORWARD chain is never asked.
set -u
# shellcheck source=selftests/netns/redir/topology.bash
. "$CLPS_ROOT/selftests/netns/redir/topology.bash"
# The first Ip: line has the names, the second the values.
forwarded() {
	in_ns H awk '$1 != "Ip:" { next }
		!col { for (i = 2; i <= NF; i++) if ($i == "ForwDatagrams") col = i; next }
		{ print $col }' /proc/net/snmp
}

ktap_start 6
load_modules collapsar collapsar_redir
lan_up
center_up 10.1.0.77
redirect 10.1.0.77 probes 0
ktap_check "ip_forward is off" [ "$(in_ns H sysctl -n net.ipv4.ip_forward)" = 0 ]
before=$(forwarded)
ktap_check "the kernel tells how much was forwarded" test "${before:-none}" -ge 0
ktap_check "V is reached from beyond the router" reaches intruder 10.1.0.77
ktap_check "V is reached from the LAN" reaches host 10.1.0.77
ktap_check "H's stack forwarded nothing" [ "$(forwarded)" = "$before" ]
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: stock smp
# TIMEOUT: 300
# The host forgets a neighbour again and again, on one CPU, while V's packets are on their
# way to it on the other one: what is counted as sent has been sent, to the packet, and what
# waits is sent or dropped under a name.
#
#   host 10.1.0.50 -- lan -- H eth0, up0 -- up0 center (owns V 10.1.0.77)
set -u
# shellcheck source=selftests/netns/redir/topology.bash
. "$CLPS_ROOT/selftests/netns/redir/topology.bash"
# shellcheck source=selftests/lib/stats.sh
. "$CLPS_ROOT/selftests/lib/stats.sh"

flaps=$((${CLPS_ROUNDS:-100} * 100))
forget() {
	local n mac

	mac=$(mac_of host eth0)
	for ((n = 0; n < flaps; n++)); do
		echo "neigh replace 10.1.0.50 lladdr $mac dev eth0 nud reachable"
		echo "neigh del 10.1.0.50 dev eth0"
	done | taskset -c 1 ip -n H -force -batch - > /tmp/forgotten 2>&1
	# The packets' own question may have made the entry anew.
	[ "$(grep -vc 'No such file\|Command failed' /tmp/forgotten)" = 0 ]
}

ktap_start 6
load_modules collapsar collapsar_redir
lan_up
center_up 10.1.0.77
redirect 10.1.0.77 probes 0 outbound open
ktap_check "V answers" wait_for 10 reaches host 10.1.0.77
stats_watch_closely H eth0 10.1.0.2
was=$(redir_tx)
# Not pings, which would wait for the answers that do not come.
spawn taskset -c 0 nsexec center python3 -c '
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("10.1.0.77", 9))
while True:
    try:
        s.sendto(b"x", ("10.1.0.50", 9))
    except OSError:
        pass'
ktap_check "its neighbour is forgotten $flaps times" forget
kill "${CLPS_PIDS[-1]}"
wait "${CLPS_PIDS[-1]}" 2> /dev/null
no_neighbour=$(counter redir "" drop_no_neighbour H)
ktap_check "some of which waited in vain" test "$no_neighbour" -gt 0
ktap_check "while packets flow" test $(($(redir_tx) - was)) -gt 1000
ktap_check "what is counted as sent was sent" stats_add_up
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

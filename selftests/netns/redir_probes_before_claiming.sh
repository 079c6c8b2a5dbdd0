#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 300
# RFC 5227: an address is probed first, and one in use is never claimed.
set -u
# shellcheck source=selftests/netns/redir/topology.bash
. "$CLPS_ROOT/selftests/netns/redir/topology.bash"
probes_seen() { [ "$(grep -c "who-has 10.1.0.77 tell 0.0.0.0" "$log")" = "$1" ]; }
# Both before and after: the answer was not given by a V that was claimed meanwhile.
claimed_on_eth1() { in_ns H collapsarctl redirect show 10.9.0.88 dev eth1 | grep -q claimed; }
silent_while_probing() {
	v_is 10.1.0.77 state probing &&
		not frames host ask --spa 10.1.0.50 --tpa 10.1.0.77 --seconds 0.5 &&
		v_is 10.1.0.77 state probing
}

ktap_start 10
load_modules collapsar collapsar_redir
lan_up
center_up 10.1.0.77
log=/tmp/arp
spawn in_ns host tcpdump -i eth0 -n -l --immediate-mode arp > "$log" 2> /tmp/tcpdump
wait_for 10 grep -q 'listening on' /tmp/tcpdump
redirect 10.1.0.77 probes 3 probe-interval 3000
ktap_check "a new V is probing" v_is 10.1.0.77 state probing
ktap_check "nobody is told that V is here meanwhile" silent_while_probing
ktap_check "it is claimed when nobody answers" wait_for 20 v_is 10.1.0.77 state claimed
ktap_check "the reason is that it was probed" v_is 10.1.0.77 reason probed
ktap_check "three probes were sent, sender address zero" wait_for 3 probes_seen 3
redirect 10.1.0.50 probes 3 probe-interval 300
ktap_check "an address in use is withdrawn" wait_for 5 v_is 10.1.0.50 state withdrawn
ktap_check "and its owner's MAC shown" v_is 10.1.0.50 foreign_mac "$(mac_of host eth0)"
# Silence proves nothing while the cable is out. A V on a NIC with a link tells
# when the other would have been claimed.
veth H eth1 newcomer eth1
ip -n lan link set pH down
redirect 10.1.0.88 probes 1 probe-interval 100
in_ns H collapsarctl redirect add 10.9.0.88 dev eth1 uplink up0 peer-mac "$CENTER_MAC" \
	probes 3 probe-interval 100
wait_for 10 claimed_on_eth1
ktap_check "nothing is claimed without a link" v_is 10.1.0.88 state probing
ip -n lan link set pH up
ktap_check "and it is claimed with the link back" wait_for 5 v_is 10.1.0.88 state claimed
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

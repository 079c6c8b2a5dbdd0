#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: unproven
# TIMEOUT: 300
# RFC 5227: an address is probed first, and one in use is never claimed.
set -u
# shellcheck source=selftests/netns/redir/topology.bash
. "$CLPS_ROOT/selftests/netns/redir/topology.bash"
probes_seen() { [ "$(grep -c "who-has 10.1.0.77 tell 0.0.0.0" "$log")" = "$1" ]; }
events() { grep -c "10.1.0.$1" "$mon"; }

ktap_start 9
load_modules collapsar collapsar_redir
lan_up
center_up 10.1.0.77
log=/tmp/arp mon=/tmp/events
spawn in_ns host tcpdump -i eth0 -n -l --immediate-mode arp > "$log" 2> /tmp/tcpdump
wait_for 10 grep -q 'listening on' /tmp/tcpdump
redirect 10.1.0.77 probes 3 probe-interval 300
ktap_check "a new V is probing" v_is 10.1.0.77 state probing
ktap_check "nobody is told that V is here meanwhile" not reaches host 10.1.0.77
ktap_check "it is claimed when nobody answers" wait_for 5 v_is 10.1.0.77 state claimed
ktap_check "the reason is that it was probed" v_is 10.1.0.77 reason probed
ktap_check "three probes were sent, sender address zero" wait_for 3 probes_seen 3
redirect 10.1.0.50 probes 3 probe-interval 300
ktap_check "an address in use is withdrawn" wait_for 5 v_is 10.1.0.50 state withdrawn
ktap_check "and its owner's MAC shown" v_is 10.1.0.50 foreign_mac "$(mac_of host eth0)"
# Silence proves nothing while the cable is out.
ip -n lan link set pH down
redirect 10.1.0.88 probes 1 probe-interval 100
in_ns host ping -c1 -W1 10.1.0.1 > /dev/null
ktap_check "nothing is claimed without a link" v_is 10.1.0.88 state probing
ip -n lan link set pH up
ktap_check "and it is claimed with the link back" wait_for 5 v_is 10.1.0.88 state claimed
ktap_end

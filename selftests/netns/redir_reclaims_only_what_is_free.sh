#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 300
# After the quiet time V is probed again, also with "probes 0": while the other
# machine is there V stays withdrawn, and comes back when it is gone. An address
# that H has itself is never claimed.
set -u
# shellcheck source=selftests/netns/redir/topology.bash
. "$CLPS_ROOT/selftests/netns/redir/topology.bash"
events() { [ "$(grep -c "$1" /tmp/events)" -ge "$2" ]; }
no_claim() {
	local out

	out=$(in_ns H collapsarctl redirect set 10.1.0.77 dev eth0 claim 2>&1)
	[ $? = 2 ] && grep -q "this host's own" <<< "$out"
}
never_claimed_since() { ! sed "1,$1d" /tmp/events | grep -q '"claimed"'; }

ktap_start 13
load_modules collapsar collapsar_redir
lan_up
center_up 10.1.0.77
spawn in_ns H collapsarctl -j monitor > /tmp/events
wait_for 10 grep -q ready /tmp/events
redirect 10.1.0.77 probes 0 quiet 1 probe-interval 100
ktap_check "with probes 0 a new V is claimed at once" v_is 10.1.0.77 state claimed
ip -n newcomer addr add 10.1.0.77/24 dev eth0
frames newcomer arp --spa 10.1.0.77 --tpa 10.1.0.77
ktap_check "a newcomer takes it over" wait_for 5 v_is 10.1.0.77 state withdrawn
n=$(wc -l < /tmp/events)
ktap_check "after the quiet time it is probed, twice" wait_for 20 events '"quiet"' 2
ktap_check "and was not claimed meanwhile" never_claimed_since "$n"
ktap_check "the newcomer keeps it" reaches host 10.1.0.77
ip -n newcomer addr del 10.1.0.77/24 dev eth0
ktap_check "when it is gone V is claimed again" wait_for 20 v_is 10.1.0.77 state claimed
ktap_check "because it was probed" v_is 10.1.0.77 reason probed
in_ns H collapsarctl redirect set 10.1.0.77 dev eth0 withdraw
in_ns H collapsarctl redirect set 10.1.0.77 dev eth0 claim
ktap_check "the operator's claim needs no probes" v_is 10.1.0.77 state claimed
ip -n H addr add 10.1.0.77/24 dev eth0
ktap_check "V is withdrawn when H takes the address" v_is 10.1.0.77 state withdrawn
ktap_check "because it is local" v_is 10.1.0.77 reason local
ktap_check "and cannot be claimed" no_claim
ip -n H addr del 10.1.0.77/24 dev eth0
in_ns H collapsarctl redirect set 10.1.0.77 dev eth0 claim
ktap_check "until H has given it up" v_is 10.1.0.77 state claimed
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

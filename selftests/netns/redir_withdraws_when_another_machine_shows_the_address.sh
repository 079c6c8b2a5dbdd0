#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 300
# A newcomer with the address wins, within a second.
set -u
# shellcheck source=selftests/netns/redir/topology.bash
. "$CLPS_ROOT/selftests/netns/redir/topology.bash"
show() { frames newcomer arp "$@"; }
within_a_second() { wait_for 1 v_is "$1" state withdrawn; }

ktap_start 16
load_modules collapsar collapsar_redir
lan_up
center_up
mon=/tmp/events
spawn in_ns H collapsarctl monitor > "$mon"
for i in 71 72 73 74 75 76; do
	redirect "10.1.0.$i" probes 0
done
redirect 10.1.0.81 probes 0 mode reserved
redirect 10.1.0.82 probes 0 quiet 1 probe-interval 100
new=$(mac_of newcomer eth0)

show --spa 10.1.0.71 --tpa 10.1.0.71
ktap_check "an announcement withdraws" within_a_second 10.1.0.71
ktap_check "the reason is conflict" v_is 10.1.0.71 reason conflict
ktap_check "the newcomer's MAC is shown" v_is 10.1.0.71 foreign_mac "$new"
show --spa 0.0.0.0 --tpa 10.1.0.72
ktap_check "a probe withdraws" within_a_second 10.1.0.72
ktap_check "the reason is foreign-probe" v_is 10.1.0.72 reason foreign-probe
show --spa 10.1.0.73 --tpa 10.1.0.1
ktap_check "a request from the address withdraws" within_a_second 10.1.0.73
show --op 2 --spa 10.1.0.74 --tpa 10.1.0.2 --dst "$H_MAC"
ktap_check "a reply withdraws" within_a_second 10.1.0.74

# A silent newcomer: it has the address, answers the router and tells nobody.
ip -n newcomer addr add 10.1.0.75/24 dev eth0
frames router ask --spa 10.1.0.1 --tpa 10.1.0.75 > /dev/null
ktap_check "a silent newcomer is found when somebody asks" within_a_second 10.1.0.75
# IP packets can be forged from beyond the router: a question, no verdict.
frames host send --spa 10.1.0.76 --tpa 10.1.0.2 --dst "$H_MAC"
ktap_check "a forged IP packet withdraws nothing" not wait_for 1 v_is 10.1.0.76 state withdrawn

show --spa 0.0.0.0 --tpa 10.1.0.81
ktap_check "reserved: a probe is answered" \
	frames newcomer ask --spa 0.0.0.0 --tpa 10.1.0.81
ktap_check "reserved: and does not withdraw" v_is 10.1.0.81 state claimed
show --spa 10.1.0.81 --tpa 10.1.0.81
ktap_check "reserved: one conflict is defended" wait_for 1 v_is 10.1.0.81 reason defended
show --spa 10.1.0.81 --tpa 10.1.0.81
ktap_check "reserved: a second one yields" within_a_second 10.1.0.81

show --spa 10.1.0.82 --tpa 10.1.0.82
ktap_check "after the quiet time it is claimed again" wait_for 8 v_is 10.1.0.82 state claimed
ktap_check "the monitor saw the withdrawals" \
	wait_for 3 grep -q '10.1.0.71.*withdrawn' "$mon"
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

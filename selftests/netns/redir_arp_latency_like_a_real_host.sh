#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 300
# Who measures answers cannot tell a V from a machine: V's answer times lie within
# the spread of a real host's on the same LAN. No absolute time is asserted.
set -u
# shellcheck source=selftests/netns/redir/topology.bash
. "$CLPS_ROOT/selftests/netns/redir/topology.bash"
within_spread() {
	frames router latency --spa 10.1.0.1 --tpa "$1" --other 10.1.0.50 --count 300 |
		sed 's/^/# /' | tee "$CLPS_OUT/$1"
	[ "${PIPESTATUS[0]}" = 0 ]
}
# What makes every answer of V as late as the host's latest must be noticed.
delayed() {
	local late

	late=$(sed -n 's/.*10\.1\.0\.50: .* 100% \([0-9]*\)/\1/p' "$CLPS_OUT/10.1.0.77")
	echo "a delay of $late us"
	[ -n "$late" ] && tc -n H qdisc add dev eth0 root netem delay "${late}us"
}

ktap_start 4
load_modules collapsar collapsar_redir
lan_up
center_up 10.1.0.77
redirect 10.1.0.77 probes 0
# Both answers are taken by the same process in turn: one machine, one load.
ktap_check "V's answers come within the spread of a real host's" within_spread 10.1.0.77
ktap_check "an answer is delayed by as much as the host's latest took" delayed
ktap_check "that is noticed" not within_spread 10.1.0.77
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

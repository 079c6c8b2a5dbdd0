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

ktap_start 2
load_modules collapsar collapsar_redir
lan_up
center_up 10.1.0.77
redirect 10.1.0.77 probes 0
# Both answers are taken by the same process in turn: one machine, one load.
ktap_check "V's answers come within the spread of a real host's" within_spread 10.1.0.77
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

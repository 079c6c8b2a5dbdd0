#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: unproven
# TIMEOUT: 300
# Who measures answers cannot tell a V from a machine.
set -u
# shellcheck source=selftests/netns/redir/topology.bash
. "$CLPS_ROOT/selftests/netns/redir/topology.bash"
ktap_start 2
load_modules collapsar collapsar_redir
lan_up
center_up 10.1.0.77
redirect 10.1.0.77 probes 0
# Both answers are taken by the same process in turn: one machine, one load.
ktap_check "median and 95% within a factor of 2.5 of a real host's" in_ns router \
	"$PY/frames.py" latency --spa 10.1.0.1 --tpa 10.1.0.77 --other 10.1.0.50 \
	--count 200 --max 2.5
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 300
# A NIC or an uplink that goes takes its V's with it, with events.
set -u
# shellcheck source=selftests/netns/redir/topology.bash
. "$CLPS_ROOT/selftests/netns/redir/topology.bash"
moves() { [ "$(counter redir "" rx_packets H)" -gt "$1" ]; }
no_v() { [ "$(in_ns H collapsarctl -j redirect show | jq length)" = 0 ]; }

ktap_start 8
load_modules collapsar collapsar_redir
lan_up
center_up 10.1.0.77
mon=/tmp/events
spawn in_ns H collapsarctl monitor > "$mon"
redirect 10.1.0.77 probes 0
redirect 10.1.0.78 probes 0 mac 02:aa:bb:cc:dd:01
flood intruder 10.1.0.77
flood host 10.1.0.77
ktap_check "traffic flows" wait_for 10 moves 50
ktap_check "the uplink is deleted under traffic" timeout 20 ip -n H link del up0
ktap_check "its V's are gone" no_v
ktap_check "the monitor was told" wait_for 3 grep -q '10.1.0.78.*deleted' "$mon"
center_up 10.1.0.77
redirect 10.1.0.77 probes 0
n=$(counter redir "" rx_packets H)
ktap_check "traffic flows again" wait_for 10 moves "$((n + 50))"
ktap_check "the NIC is deleted under traffic" timeout 20 ip -n H link del eth0
ktap_check "its V's are gone" no_v
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 600
# Whatever a redirector stands on goes a hundred times while packets are on their way:
# modules, the production NIC, a VLAN above it, uplinks of both kinds, the NIC below them,
# its namespace. Each time, what comes back carries the intruder's pings again.
set -u
# shellcheck source=selftests/netns/rounds/rounds.bash
. "$CLPS_ROOT/selftests/netns/rounds/rounds.bash"

ktap_start 9
path_up clps_gre || exit 1
flood lan 10.1.0.77
ktap_check "the redirector's module" rounds clps_gre redir-module
ktap_check "all three modules" rounds clps_gre modules
ktap_check "the production NIC" rounds clps_gre nic
ktap_check "our GRE to the center" rounds clps_gre uplink-h
ktap_check "the NIC below it" rounds clps_gre wan
ktap_check "the redirector's namespace" rounds clps_gre ns-h
rounds external uplinks 1
ktap_check "Linux's GRE to the center" rounds external uplink-h
kill "${CLPS_PIDS[-1]}"
flood lan 10.5.0.77
ktap_check "the VLAN that is a production NIC" rounds external vlan
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

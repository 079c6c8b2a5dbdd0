#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# LONG: smp
# TIMEOUT: 600
# Whatever a redirector stands on goes a hundred times while packets are on their way:
# modules, the production NIC, a VLAN above it, uplinks of both kinds, the NIC below them,
# its namespace. Each time, what comes back carries the intruder's pings again; the center,
# which stays, has counted every packet meanwhile, and afterwards each hop does.
set -u
# shellcheck source=selftests/netns/rounds/rounds.bash
. "$CLPS_ROOT/selftests/netns/rounds/rounds.bash"

ktap_start 12
path_up clps_gre || exit 1
ktap_check "the redirector's module" kept center clps_gre redir-module
ktap_check "all three modules" pinged rounds clps_gre modules
ktap_check "the production NIC" kept center clps_gre nic
ktap_check "our GRE to the center" kept center clps_gre uplink-h
ktap_check "the NIC below it" kept center clps_gre wan
ktap_check "the redirector's namespace" kept center clps_gre ns-h
ktap_check "afterwards each hop counts every packet" each_hop_counts
switch external
ktap_check "Linux's GRE to the center" kept center external uplink-h
ktap_check "afterwards each hop counts every packet" each_hop_counts
ROUNDS_V=10.5.0.77 ROUNDS_HP=hp1 ROUNDS_NIC=eth0.5
ktap_check "the VLAN that is a production NIC" kept center external vlan
ktap_check "afterwards each hop counts every packet" each_hop_counts
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

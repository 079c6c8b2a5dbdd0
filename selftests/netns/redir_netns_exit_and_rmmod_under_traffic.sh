#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml stock
# LONG: smp kcsan
# TIMEOUT: 300
# Namespaces and the module go while packets are on their way; what comes back
# carries traffic again.
set -u
# shellcheck source=selftests/netns/redir/topology.bash
. "$CLPS_ROOT/selftests/netns/redir/topology.bash"

ktap_start 10
load_modules collapsar collapsar_redir
lan_up
center_up 10.1.0.77
redirect 10.1.0.77 probes 0
flood intruder 10.1.0.77
flood host 10.1.0.77
ktap_check "traffic flows" redir_moves
ktap_check "the module is removed under traffic" rmmod collapsar_redir
ktap_check "H still reaches the LAN" reaches H 10.1.0.50
ktap_check "the module comes back" insmod "$CLPS_MODDIR/collapsar_redir.ko"
redirect 10.1.0.77 probes 0
redirect 10.1.0.78 probes 3 mac 02:aa:bb:cc:dd:01
ktap_check "traffic flows again" redir_moves
ktap_check "the redirector's namespace is removed under traffic" ip netns del H
ktap_check "it is gone" wait_for 30 not ip -n lan link show pH
ns_add H
h_up
center_up 10.1.0.77
ktap_check "another redirector takes its place" redirect 10.1.0.77 probes 0
ktap_check "traffic flows again" redir_moves
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# LONG: smp
# TIMEOUT: 600
# Whatever a center stands on goes a hundred times while packets are on their way: its
# module, a honeypot's port, uplinks of both kinds, the honeypot's namespace and its own.
# Each time, what comes back carries the intruder's pings again; the redirector, which
# stays, has counted every packet meanwhile, and afterwards each hop does.
set -u
# shellcheck source=selftests/netns/rounds/rounds.bash
. "$CLPS_ROOT/selftests/netns/rounds/rounds.bash"

ktap_start 9
path_up clps_gre || exit 1
ktap_check "the front-end's module" kept H clps_gre front-module
ktap_check "the honeypot's port" kept H clps_gre port
ktap_check "our GRE to the site" kept H clps_gre uplink-center
ktap_check "the honeypot's namespace" kept H clps_gre ns-guest
ktap_check "the center's namespace" kept H clps_gre ns-center
ktap_check "afterwards each hop counts every packet" each_hop_counts
switch external
ktap_check "Linux's GRE to the site" kept H external uplink-center
ktap_check "afterwards each hop counts every packet" each_hop_counts
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

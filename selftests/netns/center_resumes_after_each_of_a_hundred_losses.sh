#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 600
# Whatever a center stands on goes a hundred times while packets are on their way: its
# module, a honeypot's port, uplinks of both kinds, the honeypot's namespace and its own.
# Each time, what comes back carries the intruder's pings again.
set -u
# shellcheck source=selftests/netns/rounds/rounds.bash
. "$CLPS_ROOT/selftests/netns/rounds/rounds.bash"

ktap_start 7
path_up clps_gre || exit 1
flood lan 10.1.0.77
ktap_check "the front-end's module" rounds clps_gre front-module
ktap_check "the honeypot's port" rounds clps_gre port
ktap_check "our GRE to the site" rounds clps_gre uplink-center
ktap_check "the honeypot's namespace" rounds clps_gre ns-guest
ktap_check "the center's namespace" rounds clps_gre ns-center
rounds external uplinks 1
ktap_check "Linux's GRE to the site" rounds external uplink-center
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

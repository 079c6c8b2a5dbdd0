#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT: 1800
# The center is killed a hundred times under traffic (CLPS_ROUNDS). Each time a honeypot
# answers again once it is back, neither the host nor the redirector's kernel has more to
# carry than after ten, and the redirector has counted every packet.
#
#   intruder - router - LAN - H (stays) == center (killed) == shop (stays)
set -u
# shellcheck source=selftests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/e2e/rounds.sh
. "$(dirname "$0")/rounds.sh"

ktap_start 9
farm_up site1 || exit 1
killed_again_and_again center site1 H
ktap_check "the other site is served" wait_for 20 at site2 intruder ping -c 1 -W 2 192.168.1.10
ktap_check "the redirector has lost no memory" no_leak_in site1
ktap_check "no kernel complained" logs_clean
ktap_end

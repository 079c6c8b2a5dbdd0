#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT: 1800
# A honeypot is killed a hundred times under traffic (CLPS_ROUNDS). Each time it answers
# again once it is back, neither the host nor the center's kernel has more to carry than
# after ten, and redirector and center have counted every packet. What its kmalloc-32 has
# more for a while are references to netdevs and namespaces that are over: of each, the
# debug kernel's ref_tracker keeps the last 128.
#
#   intruder - router - LAN - H == center (stays) == shop (killed), files (stays)
set -u
# shellcheck source=selftests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/e2e/rounds.sh
. "$(dirname "$0")/rounds.sh"

carrier() { [ "$(lab exec center cat "/sys/class/net/$1/carrier")" = "$2" ]; }

ktap_start 10
farm_up center || exit 1
killed_again_and_again shop center H center
ktap_check "its cable's carrier is there" carrier ring2 1
ktap_check "the honeypot beside it serves" serves 192.168.1.11
ktap_check "the center has lost no memory" no_leak_in center
ktap_check "no kernel complained" logs_clean
ktap_end

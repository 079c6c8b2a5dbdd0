#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT: 900
# A honeypot is killed a hundred times under traffic (CLPS_ROUNDS). Each time it answers
# again once it is back, and neither the host nor the center's kernel has more to carry
# than after ten. What its kmalloc-32 has more for a while are references to netdevs and
# namespaces that are over: of each, the debug kernel's ref_tracker keeps the last 128.
#
#   intruder - router - LAN - H == center (stays) == shop (killed), files (stays)
set -u
# shellcheck source=selftests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/e2e/rounds.sh
. "$(dirname "$0")/rounds.sh"

carrier() { [ "$(lab exec center cat "/sys/class/net/$1/carrier")" = "$2" ]; }
more=$((${CLPS_ROUNDS:-100} - 10))

ktap_start 8
farm_up center || exit 1
answers_begin 192.168.1.10
answers_until beyond 100
ktap_check "it answers" test $? = 0
rounds shop 10
ktap_check "killed ten times, it answers again each time" test $? = 0
survivors_note center
rounds shop $more
ktap_check "killed $more times more, it does" test $? = 0
ktap_check "nothing has grown since" survivors_have_no_more center $more
ktap_check "its cable's carrier is there" carrier ring2 1
ktap_check "the honeypot beside it serves" serves 192.168.1.11
ktap_check "the center has lost no memory" no_leak_in center
ktap_check "no kernel complained" logs_clean
ktap_end

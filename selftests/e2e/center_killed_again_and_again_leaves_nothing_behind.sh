#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT: 900
# The center is killed thirty times under traffic, each of which takes seconds (CLPS_ROUNDS
# says how often). Each time a honeypot answers again once it is back, and neither the host
# nor the redirector's kernel has more to carry than after ten.
#
#   intruder - router - LAN - H (stays) == center (killed) == shop (stays)
set -u
# shellcheck source=selftests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/e2e/rounds.sh
. "$(dirname "$0")/rounds.sh"

more=$((${CLPS_ROUNDS:-30} - 10))

ktap_start 7
farm_up site1 || exit 1
answers_begin 192.168.1.10
answers_until beyond 100
ktap_check "a honeypot answers" test $? = 0
rounds center 10
ktap_check "with the center killed ten times it answers again each time" test $? = 0
survivors_note site1
rounds center $more
ktap_check "killed $more times more, it does" test $? = 0
ktap_check "nothing has grown since" survivors_have_no_more site1 $more
ktap_check "the other site is served" wait_for 20 at site2 intruder ping -c 1 -W 2 192.168.1.10
ktap_check "the redirector has lost no memory" no_leak_in site1
ktap_check "no kernel complained" logs_clean
ktap_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The center dies under traffic: production networks notice nothing but silent
# honeypots, and all of it works again once the center is back.
#
#   intruder - router - LAN - H == center (killed) == shop, files, mail
#                       host
set -u
# shellcheck source=selftests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

mail_answers() { at site2 intruder ping -c 1 -W 2 192.168.1.10; }

ktap_start 12
farm_up site1 center || exit 1
ktap_check "site1's honeypot serves" serves 192.168.1.10
ktap_check "site2's honeypot answers" mail_answers
shop=$(from shop) mail=$(from mail)
on_bg site1 "ip netns exec intruder ping -q -f -c 100000 192.168.1.10"
on_bg site2 "ip netns exec intruder ping -q -i 0.01 -c 100000 192.168.1.10"
ktap_check "site1's honeypot answers a flood" wait_for 10 flows shop "$shop"
ktap_check "site2's honeypot answers many" wait_for 10 flows mail "$mail"
ktap_check "the center is killed under traffic" lab kill center
ktap_check "the real host is reached as before" intruder ping -c 3 -i 0.2 -W 2 192.168.1.50
ktap_check "the center starts again" lab start center
ktap_check "site1's honeypot serves again" wait_for 20 serves 192.168.1.10
ktap_check "site2's honeypot answers again" wait_for 20 mail_answers
ktap_check "the redirector has lost no memory" no_leak_in site1
ktap_check "nor has the new center" no_leak_in center
ktap_check "no kernel complained" logs_clean
ktap_end

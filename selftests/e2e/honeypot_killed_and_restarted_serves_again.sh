#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A honeypot that dies under traffic takes nobody along; started again, it serves
# again, and nothing that the intruder left in it is there.
#
#   intruder - router - LAN - H == center == shop (killed), files (stays)
set -u
# shellcheck source=selftests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

carrier() { [ "$(lab exec center cat "/sys/class/net/$1/carrier")" = "$2" ]; }

ktap_start 12
farm_up center || exit 1
ktap_check "the honeypot serves" serves 192.168.1.10
ktap_check "the intruder leaves a file in it" shell_on 192.168.1.10 "echo mine > /root/mine"
shop=$(from shop) files=$(from files)
on_bg site1 "ip netns exec intruder ping -q -f -c 100000 192.168.1.10"
on_bg site1 "ip netns exec intruder ping -q -i 0.01 -c 100000 192.168.1.11"
ktap_check "it answers a flood" wait_for 10 flows shop "$shop"
ktap_check "the honeypot beside it answers many" wait_for 10 flows files "$files"
ktap_check "it is killed under traffic" lab kill shop
ktap_check "its cable's carrier goes" wait_for 5 carrier ring2 0
ktap_check "the honeypot beside it serves on" serves 192.168.1.11
ktap_check "it starts again" lab start shop
ktap_check "it serves again" wait_for 20 serves 192.168.1.10
ktap_check "the intruder's file is gone" \
	test "$(shell_on 192.168.1.10 'cat /root/mine 2> /dev/null || echo none')" = none
ktap_check "the center has lost no memory" no_leak_in center
ktap_check "no kernel complained" logs_clean
ktap_end

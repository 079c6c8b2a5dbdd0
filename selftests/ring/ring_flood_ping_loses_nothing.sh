#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A flood of pings over the ring loses nothing, both ways.
#
#   a 10.9.0.1 ===(shared memory)=== b 10.9.0.2
# shellcheck source=selftests/ring/lib.sh
. "$(dirname "$0")/lib.sh"

flood() {
	local out

	out=$(on "$1" "ping -q -f -W 5 -c 20000 -s $3 ${ADDR[$2]}")
	echo "$out" | tail -2
	[[ $out == *"20000 received, 0% packet loss"* ]]
}

pair_up pair.yaml || exit 1
ktap_start 3
ktap_check "20000 small echoes from b to a lose nothing" flood b a 56
ktap_check "20000 full-sized echoes from a to b lose nothing" flood a b 1472
ktap_check "no kernel complained" logs_clean
ktap_end

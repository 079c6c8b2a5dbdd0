#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
#   UML a, ring0 10.9.0.1 ===(shared memory)=== UML b, ring0 10.9.0.2
#
# Claim: a flood of pings over the ring loses nothing, both ways.
# LANES: host
# TIMEOUT: 120
# shellcheck source=selftests/uml/lib.sh
. "$(dirname "$0")/lib.sh"

flood() {
	local out

	out=$(uml "$1" ping -q -f -c 20000 -s "$3" "$2") || return 1
	echo "$out" | tail -2
	[[ $out == *"20000 received, 0% packet loss"* ]]
}

uml_kernel fast
ktap_start 5
ktap_check "two UMLs are cabled" uml_pair
ktap_check "20000 small echoes from b to a lose nothing" flood b 10.9.0.1 56
ktap_check "20000 full-sized echoes from a to b lose nothing" flood a 10.9.0.2 1472
ktap_check "a's kernel has no complaint" uml_log_clean a
ktap_check "b's kernel has no complaint" uml_log_clean b
ktap_end

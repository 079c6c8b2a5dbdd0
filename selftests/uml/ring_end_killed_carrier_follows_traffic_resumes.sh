#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
#   UML a, ring0 10.9.0.1 ===(shared memory)=== UML b, ring0 10.9.0.2
#
# Claim: either end may be killed under traffic, ten times; the carrier follows and traffic resumes.
# LANES: host
# TIMEOUT: 180
# shellcheck source=selftests/uml/lib.sh
. "$(dirname "$0")/lib.sh"

declare -A ROLE=([a]=listen [b]=connect) CPU=([a]=0 [b]=$(($(nproc) > 1))) ADDR=([a]=10.9.0.1 [b]=10.9.0.2)

# bounce VICTIM SURVIVOR
bounce() {
	uml_bg "$2" "timeout 60 ping -q -f -c 1000000 ${ADDR[$1]}"
	wait_for 5 uml "$2" "pgrep -x ping" || return 1
	uml_kill "$1"
	wait_for 5 uml_carrier "$2" ring0 0 || { echo "carrier stays up"; return 1; }
	uml "$2" "pkill -x ping; true"
	uml_boot "$1" "${CPU[$1]}" ring0="${ROLE[$1]}:$UML_DIR/cable" &&
		uml_up "$1" ring0 "${ADDR[$1]}" &&
		wait_for 10 uml_carrier "$2" ring0 1 &&
		wait_for 10 uml "$2" ping -c 1 -W 1 "${ADDR[$1]}"
}

bounces() {
	local i

	for i in {1..10}; do
		bounce "$1" "$2" || { echo "at kill $i"; return 1; }
	done
}

uml_kernel fast
ktap_start 5
ktap_check "two UMLs are cabled" uml_pair
ktap_check "the connecting end is killed ten times" bounces b a
ktap_check "the listening end is killed ten times" bounces a b
ktap_check "a's kernel has no complaint" uml_log_clean a
ktap_check "b's kernel has no complaint" uml_log_clean b
ktap_end

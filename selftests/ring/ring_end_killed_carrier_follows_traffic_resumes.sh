#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Either end may be killed under traffic, again and again: the carrier follows and
# traffic resumes.
#
#   a 10.9.0.1 ===(shared memory)=== b 10.9.0.2
# shellcheck source=selftests/ring/lib.sh
. "$(dirname "$0")/lib.sh"

# bounce VICTIM SURVIVOR
bounce() {
	local seen rc=0

	seen=$(statistic "$2" rx_packets)
	on_bg "$2" "ping -q -f -c 1000000 ${ADDR[$1]}"
	wait_for 10 flowing "$2" "$seen" && lab kill "$1" &&
		wait_for 5 carrier "$2" ring0 0 && lab start "$1" &&
		wait_for 10 carrier "$2" ring0 1 && wait_for 10 reaches "$2" "$1" || rc=1
	off_bg
	return $rc
}

bounces() {
	local i

	for i in 1 2 3; do
		bounce "$1" "$2" || { echo "at kill $i"; return 1; }
	done
}

pair_up pair.yaml || exit 1
ktap_start 3
ktap_check "the connecting end is killed three times" bounces b a
ktap_check "the listening end is killed three times" bounces a b
ktap_check "no kernel complained" logs_clean
ktap_end

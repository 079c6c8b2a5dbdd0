#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Either end may be killed under traffic, again and again: the survivor's carrier
# follows, traffic resumes, and nothing is lost to the survivor.
#
#   b 10.9.0.2 ===(a listens)=== a, every checker on ===(c listens)=== 10.8.0.3 c
# shellcheck source=selftests/ring/lib.sh
. "$(dirname "$0")/lib.sh"

echoes() { on a "ping -c 1 -W 1 $1"; }

# bounce VICTIM CARD ADDRESS: the victim's, and the survivor's card to it
bounce() {
	local seen rc=0

	seen=$(statistic a rx_packets "$2")
	on_bg a "ping -q -f -c 1000000 $3"
	wait_for 10 flowing a "$seen" "$2" && lab kill "$1" &&
		wait_for 5 carrier a "$2" 0 && lab start "$1" &&
		wait_for 10 carrier a "$2" 1 && wait_for 10 echoes "$3" || rc=1
	off_bg
	return $rc
}

bounces() {
	local i

	for i in 1 2 3; do
		bounce "$@" || { echo "at kill $i"; return 1; }
	done
}

lab_up "$(dirname "$0")/survivor.yaml" && wait_for 10 echoes 10.9.0.2 && wait_for 10 echoes 10.8.0.3 || exit 1
before=$(held a)
ktap_start 5
ktap_check "the connecting end is killed three times" bounces b ring0 10.9.0.2
ktap_check "the listening end is killed three times" bounces c ring1 10.8.0.3
ktap_check "the survivor holds no socket and no ring of theirs" wait_for 5 holds a "$before"
ktap_check "nothing was leaked" no_leak_in a
ktap_check "no kernel complained" logs_clean
ktap_end

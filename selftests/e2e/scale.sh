# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Full tables. A test that sources this runs in a UML of the flavour fast, where it has
# what tests of selftests/netns have, and
#
#   timed SECONDS WHAT COMMAND...   a check that the command succeeds within the time,
#                                   many times what it needs: what grows with the square
#                                   of the number does not
#   used                            remembers how much memory is in use
#   per NAME N LIMIT                prints "# NAME BYTES", what each of N has taken since,
#                                   for selftests/bench/memory; a check that it is < LIMIT
#   given_back                      all but a fifth of it and a megabyte is free again
#   sample N MAX                    N different numbers below MAX, at random
#   carried                         of what collapsarctl -j lists: all rx_packets, tx_packets
#   of_link NS DEV NAME             of a netdev's statistics
#   ttl_of NS ADDRESS [OPTION...]   with which TTL it answers NS's ping
if [ ! -e /run/clps/node ]; then
	# shellcheck source=selftests/lib/lab.sh
	. "$(dirname "${BASH_SOURCE[0]}")/../lib/lab.sh"
	lab_up "$LAB_TOP/selftests/e2e/scale.yaml" || exit 1
	on scale "/run/clps/files/$(basename "$0")"
	rc=$?
	logs_clean || rc=1
	exit $rc
fi

# shellcheck source=selftests/lib/ktap.sh
. "$CLPS_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/lib/netns.sh
. "$CLPS_ROOT/selftests/lib/netns.sh"

CLPS_LOADED=(collapsar_front collapsar_redir collapsar)

# Pages that CPUs keep for themselves are neither free nor in use.
echo 100000 > /proc/sys/vm/percpu_pagelist_high_fraction

timed() {
	local limit=$1 what=$2 begin end rc=0

	shift 2
	begin=${EPOCHREALTIME/./}
	"$@" > /tmp/timed 2>&1 || rc=$?
	end=${EPOCHREALTIME/./}
	echo "# $(((end - begin) / 1000)) ms"
	if [ $rc = 0 ] && [ $((end - begin)) -lt $((limit * 1000000)) ]; then
		ktap_pass "$what"
	else
		tail -5 /tmp/timed | sed 's/^/# /'
		ktap_fail "$what"
	fi
}

used_now() {
	# What has been freed may wait for the end of its grace period.
	read -rt 0.5 -u "$KTAP_IDLE" || :
	awk '/^(MemTotal|MemFree|Cached|Buffers|AnonPages):/ { m[$1] = $2 * 1024 }
	     END { printf "%d\n", m["MemTotal:"] - m["MemFree:"] - m["Cached:"] - m["Buffers:"] - m["AnonPages:"] }' /proc/meminfo
}
used() { used=$(used_now); }

per() {
	full=$(($(used_now) - used))
	echo "# $1 $((full / $2))"
	ktap_check "each takes less than $3 bytes" [ $((full / $2)) -lt "$3" ]
}

given_back() {
	local left=$(($(used_now) - used))

	echo "$left of $full bytes are left"
	[ $left -lt $((full / 50 + 1000000)) ]
}

# As it comes: a million of objects have no room in jq.
carried() {
	tr -s ',{} ' '\n' | awk -F : '$1 == "\"rx_packets\"" { rx += $2 } $1 == "\"tx_packets\"" { tx += $2 }
		END { printf "%d %d\n", rx, tx }'
}
of_link() { in_ns "$1" cat "/sys/class/net/$2/statistics/$3"; }

sample() { shuf -i "0-$(($2 - 1))" -n "$1"; }

ttl_of() {
	local ns=$1

	shift
	in_ns "$ns" ping -n -c1 -W2 "$@" | sed -n 's/.* ttl=\([0-9]*\) .*/\1/p'
}

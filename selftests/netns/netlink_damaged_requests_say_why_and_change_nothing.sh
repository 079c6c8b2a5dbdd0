#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 600
# Ten thousand damaged requests for each netlink family, cut at each byte, with each byte
# changed, with attributes twice, strange or too long: what is refused is refused with a
# word and has changed nothing, dumps go on meanwhile, and no kernel checker complains. The
# same from a user namespace; without a network namespace of its own nothing is even read.
set -u
# shellcheck source=selftests/lib/ktap.sh
. "$CLPS_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/lib/netns.sh
. "$CLPS_ROOT/selftests/lib/netns.sh"
ROUNDS=${CLPS_FUZZ_ROUNDS:-1}
SEEDS=$CLPS_ROOT/selftests/netns/netlink_seeds.py

links() {
	echo "link set lo up
	link add x0 type veth peer name x1
	link add u0 type veth peer name u1
	link add p0 type veth peer name p1
	link set x0 up
	link set u0 up
	link set u1 up
	link set p0 up" | ip -batch -
}
number() { cat "/sys/class/net/$1/ifindex"; }
describe() {
	case $1 in
	collapsar_redir) "$SEEDS" "$1" "$(number x0)" "$(number u0)" ;;
	collapsar_front) "$SEEDS" "$1" "$(number u0)" "$(number u1)" "$(number p0)" ;;
	route) "$SEEDS" "$1" "$(number x0)" ;;
	*) "$SEEDS" "$1" ;;
	esac > "/tmp/seeds.$1"
}
# mangle FAMILY COUNT FIRST: in this namespace, ROUNDS rounds from FIRST on; the first
# one of all is systematic.
mangle() {
	local round

	links && describe "$1" || return 1
	for ((round = $3; round < $3 + ROUNDS; round++)); do
		nlmangle "$1" "$2" "$round" < "/tmp/seeds.$1" || return 1
	done
}
export -f mangle links describe number
export SEEDS ROUNDS

# in_fresh WHAT FAMILY COUNT FIRST: in a network namespace of its own.
in_fresh() { $1 bash -c 'mount -t sysfs sys /sys && mangle "$@"' - "${@:2}" | tee "$CLPS_OUT/$2"; [ "${PIPESTATUS[0]}" = 0 ]; }
as_root() { in_fresh "unshare -nm" "$@"; }
as_owner() { in_fresh "unshare -Urnm" "$@"; }
as_nobody() {
	describe "$1" && echo "mute 1" >> "/tmp/seeds.$1" &&
		unshare -U nlmangle "$1" 2000 1 nobody < "/tmp/seeds.$1"
}

# claim "WORDS" HOW FAMILY COUNT FIRST
claim() {
	ktap_check "$1" "${@:2}"
	tail -2 "$CLPS_OUT/$3" | sed 's/^/# /'
}

ktap_start 9
load_modules collapsar collapsar_redir collapsar_front
for f in collapsar_redir collapsar_front; do
	claim "$f" as_root $f 10000 1
	claim "$f, of a user namespace" as_owner $f 500 1000
done
claim "links of clps_gre" as_root route 10000 1
claim "the core's counters" as_root collapsar 10000 1
links
for f in collapsar_redir collapsar_front; do
	ktap_check "$f: whoever owns no namespace is refused before anything is read" as_nobody $f
done
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

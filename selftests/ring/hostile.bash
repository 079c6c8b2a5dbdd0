# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# A peer without manners (hostile_peer.c) in an honest one's place. A test says what comes
# between besieged, of two checks, and relieved, of four.
#
#   besieged VICTIM HONEST FILE  the laboratory FILE, whose node HONEST makes room
#   torment COMMAND...           in the background; then tormented, of one check
#   expected                     VICTIM's counters have grown by what the peer said
#   relieved                     what VICTIM must be afterwards
# shellcheck source=selftests/ring/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

declare -A was now

# An end that only hears could not notice everything; and what needs no neighbour is
# sent to whoever is there.
talk() { on_bg "$1" "ping -b -q -i 0.05 10.9.0.255"; }

# hostile ROLE SECONDS [KIND]
hostile() { timeout 240 "$LAB_DIR/hostile_peer" "$1" "$LAB_DIR/cable0/socket" "${@:2}"; }

# counters [CARD]: all that the victim's has, as NAME VALUE.
counters() {
	on "$victim" "ethtool -S ${1:-ring0}; cd /sys/class/net/${1:-ring0}/statistics && grep . *" |
		sed -nE 's/^ *([a-z0-9_]+): ?([0-9]+)$/\1 \2/p'
}

# into ARRAY [CARD]
into() {
	local -n counted=$1
	local name value

	# shellcheck disable=SC2034 # it is another's name
	while read -r name value; do counted[$name]=$value; done < <(counters "${@:2}")
}

# grown COUNTER[+COUNTER...]
grown() {
	local name sum=0

	for name in ${1//+/ }; do
		[ -n "${now[$name]:-}" ] || { echo "no counter $name"; return 1; }
		sum=$((sum + now[$name] - was[$name]))
	done
	echo $sum
}

# What several peers said adds up.
as_expected() {
	local -A least=() most=()
	local name low high grew bad=0

	while read -r _ name low high; do
		least[$name]=$((${least[$name]:-0} + low))
		most[$name]=$((${most[$name]:-0} + ${high:-$low}))
	done < <(grep '^expect ' "$LAB_DIR/torment")
	into now
	for name in "${!least[@]}"; do
		grew=$(grown "$name") || { echo "$grew"; return 1; }
		echo "$name: $grew of ${least[$name]} to ${most[$name]}"
		[ "$grew" -ge "${least[$name]}" ] && [ "$grew" -le "${most[$name]}" ] || bad=1
	done
	[ ${#least[@]} -gt 0 ] && [ $bad = 0 ] && each_ended_once
}

# A cable that there was has ended, and for one reason.
each_ended_once() {
	[ "$(grown connects)" = "$(grown peer_gone+broken_rx_ring+broken_tx_ring+broken_doorbells)" ]
}

# It may still hear of the end.
expected() {
	wait_for 10 as_expected
	as_expected
}

besieged() {
	victim=$1 honest=$2
	pair_up "$3" || exit 1
	ktap_check "the hostile peer builds" build_peer hostile_peer records.c
	ktap_check "it takes the honest one's place" lab kill "$honest"
	talk "$victim"
	wait_for 5 carrier "$victim" ring0 0
	before=$(held "$victim")
	into was
}

torment() { "$@" > "$LAB_DIR/torment" 2>&1 & peer=$!; }

tormented() {
	local rc

	wait "$peer"
	rc=$?
	sed 's/^/# /' "$LAB_DIR/torment"
	ktap_check "the peer did all that it wanted, and was treated as it should be" test "$rc" = 0
}

relieved() {
	on "$victim" "ethtool -S ring0" | grep -v ': 0$' | sed 's/^/# /'
	ktap_check "neither socket nor memory of it is left" wait_for 10 holds "$victim" "$before"
	ktap_check "an honest peer comes back and is met" eval 'lab start "$honest" && wait_for 20 reaches b a'
	ktap_check "nothing was leaked" no_leak_in "$victim"
	ktap_check "no kernel complained" logs_clean
}

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT: 400
# A ring goes down or is removed under traffic, one that is a front-end's port and one
# that carries its uplink; configured again, it carries that traffic again.
#
#   guest 10.1.0.9 === ring0 center, every checker on, ring1 === site 198.51.100.5
# shellcheck source=selftests/ring/lib.sh
. "$(dirname "$0")/lib.sh"

# received NODE COUNT: since SEEN.
received() { [ $(($(statistic "$1" rx_packets) - ${seen[$1]})) -ge "$2" ]; }

# What the site sends comes to the guest, and what the guest answers to the site.
flows() {
	local -A seen

	seen[guest]=$(statistic guest rx_packets) seen[site]=$(statistic site rx_packets)
	wait_for 15 received guest 200 && wait_for 15 received site 200
}

# down_up CARD NEIGHBOUR
down_up() {
	local n

	for n in 1 2 3; do
		on center "ip link set $1 down" && wait_for 5 carrier "$2" ring0 0 &&
			on center "ip link set $1 up" && wait_for 10 carrier "$2" ring0 1 &&
			flows || { echo "turn $n"; return 1; }
	done
}

detached() {
	local shown

	shown=$(on center "collapsarctl honeypot show") && [[ $shown == *hp* && $shown != *ring0* ]]
}

plug_port() {
	wait_for 5 detached && lab mconsole center "config ring0=listen:$LAB_DIR/cable0/socket" &&
		on center "ip link set ring0 up && collapsarctl honeypot set hp port ring0"
}

plug_uplink() {
	lab mconsole center "config ring1=connect:$LAB_DIR/cable1/socket" &&
		on center "ip addr add 192.0.2.1/24 dev ring1 && ip link set ring1 up"
}

plug_guest() {
	lab mconsole guest "config ring0=connect:$LAB_DIR/cable0/socket" &&
		on guest "/run/clps/files/farm.sh guest"
}

# out_and_in NODE CARD OTHER CARD PLUG: the first card, and its other end.
out_and_in() {
	local n

	for n in 1 2; do
		lab mconsole "$1" "remove $2" && not on "$1" "ip link show $2" &&
			wait_for 5 carrier "$3" "$4" 0 && "$5" && flows || { echo "turn $n"; return 1; }
	done
}

lab_up "$(dirname "$0")/farm.yaml" || exit 1
on_bg site "ping -q -f -c 100000000 10.1.0.9"
ktap_start 8
ktap_check "traffic flows through both rings" flows
ktap_check "the port goes down and up" down_up ring0 guest
ktap_check "what carries the uplink goes down and up" down_up ring1 site
ktap_check "the port is removed, and comes back" out_and_in center ring0 guest ring0 plug_port
ktap_check "what carries the uplink is removed, and comes back" out_and_in center ring1 site ring0 plug_uplink
ktap_check "the guest's card is removed, and comes back" out_and_in guest ring0 center ring0 plug_guest
ktap_check "nothing was leaked" no_leak_in center
ktap_check "no kernel complained" logs_clean
ktap_end

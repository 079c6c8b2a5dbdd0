#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A running guest is handed a new peer, and devices come and go, by mconsole.
#
#   a 10.9.0.1 ===(shared memory)=== b 10.9.0.2, and c 10.9.0.3 waiting
# shellcheck source=selftests/ring/lib.sh
. "$(dirname "$0")/lib.sh"

new_peer() {
	local n seen rc=0

	seen=$(statistic b rx_packets)
	on_bg b "ping -q -f -c 1000000 ${ADDR[a]}"
	wait_for 10 flowing b "$seen" || rc=1
	for n in 1 2 3; do
		lab mconsole b "config ring0=connect:$LAB_DIR/cable1/socket" &&
			wait_for 10 reaches b c &&
			lab mconsole b "config ring0=connect:$LAB_DIR/cable0/socket" &&
			wait_for 10 reaches b a || { echo "turn $n"; rc=1; break; }
	done
	off_bg
	return $rc
}

hotplug() {
	lab mconsole a "config ring1=listen:$LAB_DIR/plug,mac=02:00:00:00:00:77,mtu=9000" &&
		lab mconsole b "config ring200=connect:$LAB_DIR/plug,mtu=9000" &&
		on a "$CLPS/address.sh ring1 10.8.0.1" && on b "$CLPS/address.sh ring200 10.8.0.2" &&
		on a "ip link show ring1" | grep -q "02:00:00:00:00:77" &&
		wait_for 10 on b "ping -c 1 -W 1 -s 8900 10.8.0.1" &&
		[[ $(lab mconsole b "config ring200") == *"connect:$LAB_DIR/plug"*up* ]] &&
		lab mconsole b "remove ring200" && wait_for 10 carrier a ring1 0 &&
		not on b "ip link show ring200" && lab mconsole a "remove ring1"
}

# What succeeds says nothing of an error.
quiet_success() {
	[ -z "$(lab mconsole b "config ring0=connect:$LAB_DIR/cable0/socket")" ] && wait_for 10 reaches b a
}

refusals() {
	local args

	for args in "0=connect:" "0=talk:/x" "256=connect:/x" "5=connect:/x,mac=ff:ff:ff:ff:ff:ff" \
			"5=connect:/x,log2size=40" "5=connect:/x,colour=red" \
			"5=connect:$(printf '/%0200d' 1)" "4294967296=connect:/x"; do
		not lab mconsole b "config ring$args" || { echo "ring$args was taken"; return 1; }
	done
	not lab mconsole b "remove ring77" && not on b "ip link show ring5"
}

down_up() {
	local n

	for n in 1 2 3 4 5 6 7 8 9 10; do
		on b "ip link set ring0 down; ip link set ring0 up" &&
			wait_for 10 reaches b a || { echo "turn $n"; return 1; }
	done
}

# Only a socket can be what a dead listener left.
file_stays() {
	echo precious > "$LAB_DIR/file"
	lab mconsole a "config ring7=listen:$LAB_DIR/file" && on a "ip link set ring7 up" &&
		wait_for 10 on a "dmesg | grep 'ring7: cannot listen'" &&
		[ "$(< "$LAB_DIR/file")" = precious ] && lab mconsole a "remove ring7"
}

CLPS=/run/clps/files
pair_up three.yaml || exit 1
ktap_start 7
ktap_check "b is handed a new peer under traffic, to and fro" new_peer
ktap_check "a cable is plugged in and pulled out of running guests" hotplug
ktap_check "a new peer is taken without a word" quiet_success
ktap_check "nonsense is refused" refusals
ktap_check "a device goes down and up" down_up
ktap_check "a file in the place of its socket is left alone" file_stays
ktap_check "no kernel complained" logs_clean
ktap_end

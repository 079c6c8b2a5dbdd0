#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
#   UML a, ring0 10.9.0.1 ===(shared memory)=== UML b, ring0 10.9.0.2
#
# Claim: a running guest is handed a new peer, and devices come and go, by mconsole.
# LANES: host
# TIMEOUT: 120
# shellcheck source=selftests/uml/lib.sh
. "$(dirname "$0")/lib.sh"

new_peer() {
	local n

	uml_boot c 0 ring0="listen:$UML_DIR/other" && uml_up c ring0 10.9.0.3 || return 1
	uml_bg b "timeout 60 ping -q -f -c 1000000 10.9.0.1"
	for n in {1..5}; do
		uml_mconsole b "config ring0=connect:$UML_DIR/other" &&
			wait_for 10 uml b ping -c 1 -W 1 10.9.0.3 &&
			uml_mconsole b "config ring0=connect:$UML_DIR/cable" &&
			wait_for 10 uml b ping -c 1 -W 1 10.9.0.1 || { echo "turn $n"; return 1; }
	done
	uml b "pkill -x ping; true"
}

hotplug() {
	uml_mconsole a "config ring1=listen:$UML_DIR/plug,mac=02:00:00:00:00:77,mtu=9000" &&
		uml_mconsole b "config ring200=connect:$UML_DIR/plug,mtu=9000" &&
		uml_up a ring1 10.8.0.1 && uml_up b ring200 10.8.0.2 &&
		uml a "ip link show ring1" | grep -q "02:00:00:00:00:77" &&
		wait_for 10 uml b ping -c 1 -W 1 -s 8900 10.8.0.1 &&
		[[ $(uml_mconsole b "config ring200") == *"connect:$UML_DIR/plug"*up* ]] &&
		uml_mconsole b "remove ring200" && wait_for 10 uml_carrier a ring1 0 &&
		not uml b "ip link show ring200" && uml_mconsole a "remove ring1"
}

refusals() {
	not uml_mconsole b "config ring0=connect:" &&
		not uml_mconsole b "config ring0=talk:/x" &&
		not uml_mconsole b "config ring256=connect:/x" &&
		not uml_mconsole b "config ring5=connect:/x,mac=ff:ff:ff:ff:ff:ff" &&
		not uml_mconsole b "config ring5=connect:/x,log2size=40" &&
		not uml_mconsole b "config ring5=connect:/x,colour=red" &&
		not uml_mconsole b "config ring5=connect:$(printf '/%0200d' 1)" &&
		not uml_mconsole b "remove ring77" && not uml b "ip link show ring5"
}

down_up() {
	local n

	for n in {1..10}; do
		uml b "ip link set ring0 down; ip link set ring0 up" &&
			wait_for 10 uml b ping -c 1 -W 1 10.9.0.1 || { echo "turn $n"; return 1; }
	done
}

uml_kernel "${CLPS_FLAVOUR:-fast}"
ktap_start 8
ktap_check "two UMLs are cabled" uml_pair
ktap_check "b is handed a new peer under traffic, to and fro" new_peer
ktap_check "a cable is plugged in and pulled out of running guests" hotplug
ktap_check "nonsense is refused" refusals
ktap_check "a device goes down and up" down_up
for name in a b c; do
	ktap_check "$name's kernel has no complaint" uml_log_clean "$name"
done
ktap_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A honeypot in its jail is handed another peer while it runs, and comes back to it
# after a power cut.
#
#   intruder - router - LAN - H == center == shop, then site2 == shop
set -u
# shellcheck source=selftests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# Without center and redirector: site2 is on the honeypot's own LAN.
served_at_site2() { on site2 "curl -sS -m 5 http://192.168.1.10/report.txt" | cmp - "$REPORT"; }
to_site2() {
	lab recable shop ring0 site2.ring5 &&
		on site2 "ip addr replace 192.168.1.77/24 dev ring5 && ip link set ring5 up"
}
to_center() { lab recable shop ring0 center.ring2; }
# Traffic is on its way at each turn.
to_and_fro() {
	local n seen rc=0

	for n in 1 2 3; do
		seen=$(from shop)
		on_bg site1 "ip netns exec intruder ping -q -i 0.01 192.168.1.10"
		wait_for 20 flows shop "$seen" || rc=1
		to_site2 && wait_for 20 served_at_site2 && not serves 192.168.1.10 || rc=1
		to_center && wait_for 20 serves 192.168.1.10 && not served_at_site2 || rc=1
		off_bg
		[ $rc = 0 ] || { echo "turn $n"; return 1; }
	done
}
power_cut() { lab kill shop && lab start shop && wait_for 20 "$@"; }
moved_while_down() { lab kill shop && to_center && lab start shop && wait_for 20 serves 192.168.1.10; }
listener_killed() {
	lab kill center && lab start center && wait_for 30 serves 192.168.1.10
}
refusals() {
	local args

	for args in "shop ring1 center.ring2" "shop ring0 files.ring5" "shop ring0 shop.ring5" \
			"shop ring0 center" "shop ring0 center.eth0" "shop ring0 nobody.ring0" \
			"center ring2 site1.ring5" "shop ring0 site1.ring0"; do
		# Words.
		# shellcheck disable=SC2086
		not lab recable $args || { echo "'$args' was done"; return 1; }
	done
	serves 192.168.1.10
}
# What a honeypot listened at would be a directory of the host's that it writes to.
never_listens() {
	sed 's/center.ring2 shop.ring0/shop.ring0 center.ring2/' "$FARM" > "$LAB_DIR/wrong.yaml"
	cp "${FARM%/*}"/*.sh "$LAB_DIR"
	lab up "$LAB_DIR/wrong.yaml" --dir "$LAB_DIR/wrong" 2>&1 | grep "shop.ring0 cannot listen"
}

ktap_start 8
farm_up || exit 1
ktap_check "it is handed from center to another, to and fro" to_and_fro
ktap_check "handed to its peer anew, it serves" to_center
ktap_check "what cannot be is refused" refusals
ktap_check "its center is killed, and comes back to it" listener_killed
to_site2
ktap_check "after a power cut it is where it was handed to" power_cut served_at_site2
ktap_check "handed on while it is down, it comes up there" moved_while_down
ktap_check "it never listens" never_listens
ktap_check "no kernel complained" logs_clean
ktap_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT: 1800
# A ring goes down or is removed a hundred times under traffic (CLPS_ROUNDS), one that is a
# front-end's port and one that carries its uplink, and the guest's own; configured again, it
# carries that traffic again each time.
#
#   guest 10.1.0.9 === ring0 center, every checker on, ring1 === site 198.51.100.5
# shellcheck source=selftests/ring/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/lib/answers.sh
. "$LAB_TOP/selftests/lib/answers.sh"

# again COMMAND...: after it the site has its answers again.
again() { "$@" && answers_until beyond $((answers + 20)); }

# rounds OUT IN: each of them a command; between them nothing is answered.
rounds() {
	local n rc

	for ((n = 0; n < ${CLPS_ROUNDS:-100}; n++)); do
		$1 && answers_until stand_still && again $2 || { echo "# in round $n"; return 1; }
	done
}

down() { on center "ip link set $1 down"; }
up() { on center "ip link set $1 up"; }
remove() { lab mconsole "$1" "remove $2"; }
plug_port() {
	lab mconsole center "config ring0=listen:$LAB_DIR/cable0/socket" &&
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
# follows CARD NEIGHBOUR
follows() {
	down "$1" && wait_for 5 carrier "$2" ring0 0 && up "$1" && wait_for 10 carrier "$2" ring0 1
}
# A ring that is gone can be seen to be; one that is configured while it is there is refused.
gone() {
	local shown

	! on center "ip link show ring0" && shown=$(on center "collapsarctl honeypot show") &&
		[[ $shown == *hp* && $shown != *ring0* ]] && ! on center "ip link set ring0 up"
}

lab_up "$(dirname "$0")/farm.yaml" || exit 1
answers_begin site "" 10.1.0.9
ktap_start 11
answers_until beyond 100
ktap_check "traffic flows through both rings" test $? = 0
# check "claim" OUT IN: not in a shell of its own, which would read what others are to see.
check() {
	local rc=0 begin=$SECONDS

	rounds "$2" "$3" > "$LAB_DIR/rounds" 2>&1 || rc=$?
	tail -3 "$LAB_DIR/rounds" | sed 's/^#* */# /'
	echo "# $((SECONDS - begin)) s"
	ktap_check "$1" test $rc = 0
}
ktap_check "the guest's carrier is the port's" follows ring0 guest
ktap_check "the site's that of what carries the uplink" follows ring1 site
answers_until beyond $((answers + 20))
check "the port goes down and up" "down ring0" "up ring0"
check "what carries the uplink goes down and up" "down ring1" "up ring1"
remove center ring0
ktap_check "a ring that is removed is gone, and no honeypot's" wait_for 5 gone
plug_port
check "the port is removed, and comes back" "remove center ring0" plug_port
check "what carries the uplink is removed, and comes back" "remove center ring1" plug_uplink
check "the guest's card is removed, and comes back" "remove guest ring0" plug_guest
answers_end
ktap_check "nothing was leaked" no_leak_in center
ktap_check "no kernel complained" logs_clean
ktap_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A doorbell is rung for a peer that sleeps, once; between two busy ends hardly any.
#
#   a 10.9.0.1 ===(shared memory)=== b 10.9.0.2
# shellcheck source=selftests/ring/lib.sh
. "$(dirname "$0")/lib.sh"

COUNT=200000

sent_since() { [ $(($(statistic b tx_packets) - $1)) -ge "$2" ]; }

# While a does not run, it has no need to be rung more than once; and nothing of
# what is sent meanwhile is lost. One doorbell more for an echo of the ARP.
one_doorbell() {
	local bells packets pid rc

	packets=$(statistic b tx_packets) bells=$(counter b tx_doorbells)
	lab mconsole a stop || return 1
	on b "ping -q -c 100 -l 100 -W 30 10.9.0.1" > "$LAB_DIR/ping" & pid=$!
	wait_for 20 sent_since "$packets" 100
	rc=$?
	bells=$(($(counter b tx_doorbells) - bells))
	lab mconsole a go
	wait "$pid"
	cat "$LAB_DIR/ping"
	echo "$bells doorbells"
	[ "$rc" = 0 ] && [ "$bells" -ge 1 ] && [ "$bells" -le 2 ] &&
		grep -q ' 0% packet loss' "$LAB_DIR/ping"
}

# generate FROM TO: as fast as it can, without a socket; what comes in is for one.
generate() {
	on "$1" "cd /proc/net/pktgen && echo add_device ring0 > kpktgend_0 &&
		for w in 'count $COUNT' 'pkt_size 60' 'dst ${ADDR[$2]}' 'dst_mac ${mac[$2]}' \
			'udp_dst_min 5003' 'udp_dst_max 5003' 'delay 0'; do echo \"\$w\" > ring0 || exit; done
		echo start > pgctrl; echo rem_device_all > kpktgend_0"
}

received_since() { [ $(($(statistic "$1" rx_packets) - $2)) -ge $COUNT ]; }

# few_rung FROM TO SEEN BELLS QUIET: all has come since. A doorbell that finds the
# socket full is not counted, so what needed none is.
few_rung() {
	local bells quiet

	wait_for 20 received_since "$2" "$3" || return 1
	bells=$(($(counter "$1" tx_doorbells) - $4))
	quiet=$(($(counter "$1" tx_doorbells_suppressed) - $5))
	echo "of $COUNT packets of $1 $quiet needed no doorbell; $bells rung"
	[ $((4 * bells)) -lt $COUNT ] && [ $((4 * quiet)) -gt $((3 * COUNT)) ]
}

# before FROM TO: what few_rung() wants to know.
before() {
	echo "$1 $2 $(statistic "$2" rx_packets)" \
		"$(counter "$1" tx_doorbells) $(counter "$1" tx_doorbells_suppressed)"
}

one_way() {
	local from

	read -ra from < <(before "$1" "$2")
	generate "$1" "$2" && few_rung "${from[@]}"
}

both_ways() {
	local a b other

	read -ra a < <(before a b)
	read -ra b < <(before b a)
	generate a b & other=$!
	generate b a && wait "$other" && few_rung "${a[@]}" && few_rung "${b[@]}"
}

pair_up pair.yaml || exit 1
declare -A mac
for n in a b; do
	mac[$n]=$(on $n "cat /sys/class/net/ring0/address")
	on_bg $n "socat -u UDP-RECV:5003 OPEN:/dev/null"
	wait_for 10 on $n "ss -Hlun sport = :5003 | grep -q ."
done
ktap_start 5
ktap_check "an end that was rung is not rung again before it looks" one_doorbell
ktap_check "a stream to b rings hardly ever, and loses nothing" one_way a b
ktap_check "a stream to a rings hardly ever, and loses nothing" one_way b a
ktap_check "two streams that meet ring hardly ever, and lose nothing" both_ways
ktap_check "no kernel complained" logs_clean
ktap_end

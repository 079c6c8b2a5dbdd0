#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TCP crosses the ring unharmed in super-packets, without a doorbell per packet.
#
#   a 10.9.0.1 ===(shared memory)=== b 10.9.0.2
# shellcheck source=selftests/ring/lib.sh
. "$(dirname "$0")/lib.sh"

listens() { on "$1" "ss -Hltn sport = :$2" | grep -q LISTEN; }

# transfer FROM TO: 64 MiB of random bytes arrive as they were sent.
transfer() {
	local sent receiver

	on "$2" "socat -u TCP-LISTEN:5000,reuseaddr - | sha256sum" > "$LAB_DIR/got" & receiver=$!
	wait_for 10 listens "$2" 5000 || return 1
	sent=$(on "$1" "head -c 67108864 /dev/urandom | tee >(sha256sum >&2) |
		socat -u - TCP:${ADDR[$2]}:5000")
	wait "$receiver" || return 1
	echo "sent ${sent:0:64}, received $(< "$LAB_DIR/got")"
	[ ${#sent} -ge 64 ] && [ "${sent:0:64}" = "$(head -c 64 "$LAB_DIR/got")" ]
}

super_packets() {
	local packets bytes gso

	packets=$(statistic b tx_packets) bytes=$(statistic b tx_bytes)
	gso=$(counter b tx_gso_packets)
	transfer b a || return 1
	packets=$(($(statistic b tx_packets) - packets)) bytes=$(($(statistic b tx_bytes) - bytes))
	gso=$(($(counter b tx_gso_packets) - gso))
	echo "$packets packets, $gso of them GSO, $bytes bytes"
	[ "$gso" -gt 0 ] && [ $((bytes / packets)) -gt 4000 ]
}

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

pair_up pair.yaml || exit 1
ktap_start 5
ktap_check "64 MiB from b to a arrive unharmed" transfer b a
ktap_check "64 MiB from a to b arrive unharmed" transfer a b
ktap_check "super-packets cross whole" super_packets
ktap_check "an end that was rung is not rung again before it looks" one_doorbell
ktap_check "no kernel complained" logs_clean
ktap_end

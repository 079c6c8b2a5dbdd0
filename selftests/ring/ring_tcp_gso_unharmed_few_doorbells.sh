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

# measure COMMAND: run it in b towards an iperf3 in a; what b's card did, in
# packets, bytes, gso and bells.
measure() {
	packets=$(statistic b tx_packets) bytes=$(statistic b tx_bytes)
	gso=$(counter b tx_gso_packets) bells=$(counter b tx_doorbells)
	on a "iperf3 -s -D -1"
	wait_for 10 listens a 5201 && on b "$1" > "$LAB_DIR/iperf" || return 1
	packets=$(($(statistic b tx_packets) - packets)) bytes=$(($(statistic b tx_bytes) - bytes))
	gso=$(($(counter b tx_gso_packets) - gso)) bells=$(($(counter b tx_doorbells) - bells))
	echo "$packets packets, $gso of them GSO, $bytes bytes, $bells doorbells"
}

super_packets() {
	measure "iperf3 -c 10.9.0.1 -t 4" && [ "$gso" -gt 0 ] && [ $((bytes / packets)) -gt 4000 ]
}

few_doorbells() {
	measure "iperf3 -c 10.9.0.1 -u -b 0 -l 1400 -t 3" && [ "$packets" -gt 5000 ] &&
		[ "$bells" -lt $((packets / 4)) ]
}

pair_up pair.yaml || exit 1
ktap_start 5
ktap_check "64 MiB from b to a arrive unharmed" transfer b a
ktap_check "64 MiB from a to b arrive unharmed" transfer a b
ktap_check "super-packets cross whole" super_packets
ktap_check "a busy receiver is not rung for every packet" few_doorbells
ktap_check "no kernel complained" logs_clean
ktap_end

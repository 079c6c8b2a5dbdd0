#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
#   UML a, ring0 10.9.0.1 ===(shared memory)=== UML b, ring0 10.9.0.2
#
# Claim: TCP crosses the ring unharmed in super-packets, without a doorbell per packet.
# LANES: host
# TIMEOUT: 120
# shellcheck source=selftests/uml/lib.sh
. "$(dirname "$0")/lib.sh"

# transfer FROM TO ADDRESS: 64 MiB of random bytes arrive as they were sent.
transfer() {
	local got want

	uml_bg "$2" "socat -u TCP-LISTEN:5000,reuseaddr - | sha256sum"
	wait_for 10 uml "$2" "ss -Hltn sport = :5000 | grep -q LISTEN" || return 1
	want=$(uml "$1" "head -c 67108864 /dev/urandom | tee >(sha256sum >&2) |
		socat -u - TCP:$3:5000")
	wait_for 20 uml_bg_done || return 1
	got=$(uml_bg_output)
	echo "sent ${want:0:64}, received ${got:0:64}"
	[ ${#want} -ge 64 ] && [ "${want:0:64}" = "${got:0:64}" ]
}

packets() { uml "$1" "cat /sys/class/net/ring0/statistics/tx_packets"; }

# Few doorbells: both ends are busy while TCP streams. More than 1448 bytes per
# packet on average: super-packets crossed whole.
stream() {
	local bells packets bytes gso

	bells=$(uml_stat b ring0 tx_doorbells) packets=$(packets b) gso=$(uml_stat b ring0 tx_gso_packets)
	bytes=$(uml b "cat /sys/class/net/ring0/statistics/tx_bytes")
	uml a "iperf3 -s -D -1 --pidfile /run/iperf.pid"
	wait_for 10 uml a "ss -Hltn sport = :5201 | grep -q LISTEN" || return 1
	uml b "iperf3 -c 10.9.0.1 -t 5 -f g" | grep -E 'sender|receiver' || return 1
	bells=$(($(uml_stat b ring0 tx_doorbells) - bells))
	packets=$(($(packets b) - packets))
	bytes=$(($(uml b "cat /sys/class/net/ring0/statistics/tx_bytes") - bytes))
	gso=$(($(uml_stat b ring0 tx_gso_packets) - gso))
	echo "$packets packets, $gso of them GSO, $((bytes / packets)) bytes each, $bells doorbells"
	RATIO=$((bytes / packets)) BELLS=$bells PACKETS=$packets
}

# A datagram at a time, so that packets are many and the ends stay busy.
busy() {
	local bells packets

	bells=$(uml_stat b ring0 tx_doorbells) packets=$(packets b)
	uml a "iperf3 -s -D -1 --pidfile /run/iperf.pid"
	wait_for 10 uml a "ss -Hltn sport = :5201 | grep -q LISTEN" || return 1
	uml b "iperf3 -c 10.9.0.1 -u -b 0 -l 1400 -t 3" > /dev/null || return 1
	bells=$(($(uml_stat b ring0 tx_doorbells) - bells))
	packets=$(($(packets b) - packets))
	echo "# UDP: $packets packets, $bells doorbells"
	[ "$packets" -gt 5000 ] && [ "$bells" -lt $((packets / 4)) ]
}

uml_kernel fast
ktap_start 7
ktap_check "two UMLs are cabled" uml_pair
ktap_check "64 MiB from b to a arrive unharmed" transfer b a 10.9.0.1
ktap_check "64 MiB from a to b arrive unharmed" transfer a b 10.9.0.2
RATIO=0 BELLS=0 PACKETS=0
stream | sed 's/^/# /' > "$UML_DIR/stream"
cat "$UML_DIR/stream"
# shellcheck disable=SC2034  # columns that are not wanted
read -r PACKETS _ _ _ _ RATIO _ _ BELLS _ < <(sed -n 's/^# \([0-9]* packets.*\)/\1/p' "$UML_DIR/stream" | tr -d ,)
ktap_check "super-packets cross whole" test "${RATIO:-0}" -gt 4000
ktap_check "a busy receiver is not rung for every packet" busy
ktap_check "a's kernel has no complaint" uml_log_clean a
ktap_check "b's kernel has no complaint" uml_log_clean b
ktap_end

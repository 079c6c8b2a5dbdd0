#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What a sender leaves to the device to cut and to sum crosses the ring uncut and
# unsummed, both ways, and arrives unharmed: TCP and UDP over IPv4 and IPv6.
#
#   a 10.9.0.1, fd09::1 ===(shared memory)=== b 10.9.0.2, fd09::2
# shellcheck source=selftests/ring/lib.sh
. "$(dirname "$0")/lib.sh"

CLPS=/run/clps/files
declare -A ADDR6=([a]=fd09::1 [b]=fd09::2)

listens() { on "$1" "ss -Hln $3 sport = :$2" | grep -q .; }

# transfer FROM TO ADDRESS MIB: random bytes arrive as they were sent.
transfer() {
	local sent receiver

	on "$2" "socat -u TCP6-LISTEN:5000,ipv6only=0,reuseaddr - | sha256sum" > "$LAB_DIR/got" & receiver=$!
	wait_for 10 listens "$2" 5000 -t || return 1
	sent=$(on "$1" "head -c $(($4 << 20)) /dev/urandom > /run/sent && sha256sum < /run/sent &&
		socat -u OPEN:/run/sent TCP:$3:5000")
	wait "$receiver" || return 1
	echo "sent ${sent:0:64}, received $(< "$LAB_DIR/got")"
	[ ${#sent} -ge 64 ] && [ "${sent:0:64}" = "$(head -c 64 "$LAB_DIR/got")" ]
}

# counted FROM TO COMMAND...: how many super-packets it sent, how many came, and how
# long the sender's packets were.
counted() {
	local from=$1 to=$2 bytes packets

	shift 2
	tx=$(counter "$from" tx_gso_packets) rx=$(counter "$to" rx_gso_packets)
	bytes=$(statistic "$from" tx_bytes) packets=$(statistic "$from" tx_packets)
	"$@" || return 1
	tx=$(($(counter "$from" tx_gso_packets) - tx)) rx=$(($(counter "$to" rx_gso_packets) - rx))
	bytes=$(($(statistic "$from" tx_bytes) - bytes))
	packets=$(($(statistic "$from" tx_packets) - packets))
	mean=$((bytes / packets))
	echo "$tx super-packets sent, $rx received; $packets packets of $mean bytes"
}

tcp() { counted "$1" "$2" transfer "$@" && [ "$tx" -gt 0 ] && [ "$rx" = "$tx" ] && [ "$mean" -gt 4000 ]; }

udp() {
	counted "$1" "$2" on "$1" "$CLPS/segments.py send $3 5001 20" && [ "$tx" -ge 20 ] && [ "$rx" = "$tx" ]
}

small_packets() {
	on "$1" "ethtool -K ring0 tso off gso off" && counted "$1" "$2" transfer "$1" "$2" "${ADDR[$2]}" 4 &&
		[ "$tx" = 0 ] && [ "$rx" = 0 ]
}

# The first may come before the capture has begun.
datagram_seen() { on "$1" "echo hello > /dev/udp/${ADDR[$2]}/5002"; grep -q 'packet captured' "$LAB_DIR/seen"; }

# summed FROM TO on|off WORDS: what a capture at TO says of the sum of a datagram
# whose sender's device sums, or does not.
summed() {
	local pid

	on "$1" "ethtool -K ring0 tx $3" || return 1
	on "$2" "timeout 40 tcpdump --immediate-mode -vvnc 1 -i ring0 udp dst port 5002" > "$LAB_DIR/seen" 2>&1 & pid=$!
	wait_for 30 datagram_seen "$1" "$2"
	wait "$pid"
	cat "$LAB_DIR/seen"
	grep -q "$4" "$LAB_DIR/seen"
}

sums() { summed "$@" on 'bad udp cksum' && summed "$@" off 'udp sum ok'; }

pair_up pair.yaml || exit 1
for n in a b; do
	on $n "ip addr add ${ADDR6[$n]}/64 dev ring0 nodad"
	on_bg $n "$CLPS/segments.py receive 5001"
	wait_for 10 listens $n 5001 -u
done
ktap_start 13
ktap_check "16 MiB of TCP from b to a arrive, cut by nobody" tcp b a 10.9.0.1 16
ktap_check "16 MiB of TCP from a to b arrive, cut by nobody" tcp a b 10.9.0.2 16
ktap_check "so does TCP over IPv6 from b to a" tcp b a '[fd09::1]' 4
ktap_check "so does TCP over IPv6 from a to b" tcp a b '[fd09::2]' 4
ktap_check "so do bursts of UDP from b to a" udp b a 10.9.0.1
ktap_check "so do bursts of UDP from a to b" udp a b 10.9.0.2
ktap_check "so do bursts of UDP over IPv6 from b to a" udp b a fd09::1
ktap_check "so do bursts of UDP over IPv6 from a to b" udp a b fd09::2
ktap_check "packets with nothing to cut arrive from b as well" small_packets b a
ktap_check "packets with nothing to cut arrive from a as well" small_packets a b
ktap_check "a sum is left to a, unless b sums itself" sums b a
ktap_check "a sum is left to b, unless a sums itself" sums a b
ktap_check "no kernel complained" logs_clean
ktap_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A node has a NIC and a tap of the host, and takes the super-packets that come by them;
# see host_cards.yaml for the map. The host is a network namespace of the test's own, in
# which an ordinary user is root.
set -u
if [ -z "${RING_OWN_NET:-}" ]; then
	user=()
	[ "$(id -u)" = 0 ] || user=(--user --map-root-user)
	RING_OWN_NET=1 exec unshare "${user[@]}" --net "$0"
fi
# shellcheck source=selftests/lib/lab.sh
. "$(dirname "$0")/../lib/lab.sh"
SIZE=$((8 << 20))

host() {
	sysctl -qw net.ipv6.conf.default.disable_ipv6=1
	ip link set lo up &&
		ip link add lan0 type veth peer name lan1 &&
		ip addr add 10.6.0.1/24 dev lan0 && ip link set lan0 up && ip link set lan1 up &&
		ip tuntap add dev tap0 mode tap user 0 &&
		ip addr add 10.7.0.1/24 dev tap0 && ip link set tap0 up
}
listening() { on a "ss -Hltn sport = :$1" | grep -q .; }
count() { on a "ip -s -j link show $1" | jq ".[0].stats64.rx.$2"; }

# stream CARD ADDRESS PORT: to the node, as it was sent, in frames far above the MTU.
stream() {
	local packets bytes receiver

	packets=$(count "$1" packets) bytes=$(count "$1" bytes)
	on a "timeout 30 socat -u TCP-LISTEN:$3,reuseaddr - | sha256sum" > "$LAB_DIR/got" & receiver=$!
	wait_for 10 listening "$3" &&
		timeout 30 socat -u "OPEN:$LAB_DIR/sent" "TCP:$2:$3" || return 1
	wait "$receiver"
	packets=$(($(count "$1" packets) - packets)) bytes=$(($(count "$1" bytes) - bytes))
	echo "$bytes bytes in $packets packets"
	[ "$(head -c 64 "$LAB_DIR/got")" = "$(sha256sum < "$LAB_DIR/sent" | head -c 64)" ] &&
		[ $((bytes / packets)) -gt 3000 ]
}

ktap_start 6
ktap_check "the host has a LAN and a tap" host
head -c $SIZE /dev/urandom > "$LAB_DIR/sent"
lab_up "$LAB_TOP/selftests/ring/host_cards.yaml" || exit 1
ktap_check "the node is reached by the NIC" wait_for 10 ping -c 1 -W 1 10.6.0.2
ktap_check "and by the tap" wait_for 10 ping -c 1 -W 1 10.7.0.2
ktap_check "a stream comes by the NIC, uncut" stream vec0 10.6.0.2 80
ktap_check "and by the tap" stream vec1 10.7.0.2 81
ktap_check "no kernel complained" logs_clean
ktap_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TCP at an MTU of 1500 passes from the LAN's host to the guest, and back, in
# super-packets which nobody cuts: at the redirector's NIC, on the uplink, at the port
# and in the guest. What was sent arrives.
#
#   LAN host -- eth0 H (redirector) wan ==GRE== wan center port ===ring=== eth0 guest
#   10.1.0.5                                                              10.1.0.9
#
# No frame on an Ethernet of 1500 bytes is longer than 1514 but a super-packet.
set -u
# shellcheck source=selftests/lib/lab.sh
. "$(dirname "$0")/../lib/lab.sh"
SIZE=$((16 << 20))

# Where both ways are counted: name, node, namespace, device, direction on the way there.
HOPS="redirector site H-ours eth0 rx
uplink site H-ours wan tx
center site center-ours wan rx
port site center-ours port tx
guest guest ours eth0 rx"

listening() { on "$1" "ip netns exec ours ss -Hltn sport = :$2" | grep -q .; }
sum_of() { on "$1" "sha256sum < $2" | head -c 64; }

# count NODE NAMESPACE DEVICE DIRECTION: packets and bytes.
count() {
	on "$1" "ip -n $2 -s -j link show $3" |
		jq -r --arg d "$4" '.[0].stats64[$d] | "\(.packets) \(.bytes)"'
}

# reading there|back: a line for each hop.
reading() {
	local name node namespace device way

	while read -r name node namespace device way; do
		if [ "$1" = back ]; then
			if [ "$way" = rx ]; then way=tx; else way=rx; fi
		fi
		echo "$name $(count "$node" "$namespace" "$device" "$way" < /dev/null)"
	done <<< "$HOPS"
}

# stream there|back: a file from the LAN's host to the guest, or from the guest's server.
stream() {
	if [ "$1" = there ]; then
		on guest "ip netns exec ours socat -u TCP-LISTEN:80,reuseaddr CREATE:/run/got" & receiver=$!
		wait_for 10 listening guest 80 &&
			on site "ip netns exec ours socat -u OPEN:/run/sent TCP:10.1.0.9:80" && wait "$receiver"
	else
		on guest "ip netns exec ours socat -u OPEN:/run/sent TCP-LISTEN:80,reuseaddr" & receiver=$!
		wait_for 10 listening guest 80 &&
			on site "ip netns exec ours socat -u TCP:10.1.0.9:80 CREATE:/run/got" && wait "$receiver"
	fi
}

# measured there|back FROM TO: sizes.WAY then has the mean length of a frame at each hop.
measured() {
	reading "$1" > "$LAB_DIR/before" && stream "$1" && reading "$1" > "$LAB_DIR/after" &&
		[ "$(sum_of "$2" /run/sent)" = "$(sum_of "$3" /run/got)" ] &&
		paste -d' ' "$LAB_DIR/before" "$LAB_DIR/after" > "$LAB_DIR/both" &&
		awk -v size="$SIZE" '{ n = $5 - $2; b = $6 - $3
			printf "%s %d %d\n", $1, (n ? b / n : 0), (b >= size) }' "$LAB_DIR/both" \
			> "$LAB_DIR/sizes.$1"
}

# whole WAY HOP: all that the file has passed there, not in frames of the LAN but in such
# as at every other hop. How long they are is the sender's affair.
whole() {
	cat "$LAB_DIR/sizes.$1" &&
		awk -v hop="$2" '{ if ($2 > most) most = $2 }
			$1 == hop { mean = $2; all = $3 }
			END { exit !(all && mean > 2 * 1514 && mean > most * 0.9) }' "$LAB_DIR/sizes.$1"
}

fill() { on "$1" "head -c $SIZE /dev/urandom > /run/sent"; }
mtu_1500() {
	[ "$(on site "ip -n ours -j link show eth0; ip -n H-ours -j link show eth0
		ip -n center-ours -j link show port" | jq -s 'map(.[0].mtu) == [1500, 1500, 1500]')" = true ]
}

lab_up "$LAB_TOP/selftests/bench/path.yaml" || exit 1
ktap_start 15
ktap_check "the LAN, its host's NIC and the port have an MTU of 1500" mtu_1500
ktap_check "the LAN's host reaches the guest" \
	wait_for 20 on site "ip netns exec ours ping -c 1 -W 1 10.1.0.9"
fill site && fill guest
ktap_check "16 MiB to the guest arrive as they were sent" measured there site guest
for hop in redirector uplink center port guest; do
	ktap_check "$hop: they pass whole" whole there $hop
done
ktap_check "16 MiB from the guest arrive as they were sent" measured back guest site
for hop in guest port center uplink redirector; do
	ktap_check "$hop: they pass whole on the way back" whole back $hop
done
ktap_check "no kernel complained" logs_clean
ktap_end

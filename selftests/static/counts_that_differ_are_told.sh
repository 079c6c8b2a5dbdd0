#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What stats_add_up and stats_hops compare: nothing is said of counts that are right, and of
# one that is one too high, whichever it is, something.
#
#   snapshots made here -> stats.jq, hops.jq -> what they say
set -u
# shellcheck source=selftests/lib/ktap.sh
. "$CLPS_ROOT/selftests/lib/ktap.sh"
lib=$CLPS_ROOT/selftests/lib
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# snapshot N: H and the center in one namespace, through which N packets have gone there
# and as many back.
snapshot() {
	jq -n --argjson n "$1" '
	def link($name; $kind): {ifname: $name, linkinfo: {info_kind: $kind},
		stats64: {rx: {packets: $n}, tx: {packets: $n, dropped: 0, errors: 0}}};
	{
		stats: [
			{scope: "redir", counters: {rx_packets: $n, tx_packets: $n, held_packets: 0, drop_xmit: 0}},
			{scope: "network", name: "net", counters: {rx_packets: $n, tx_packets: $n,
				local_packets: 0, arp_packets: 0, arp_replies: 0, arp_probes: 0, drop_own_stack: 0}},
			{scope: "core", counters: {keepalives_tx: 0, keepalives_rx: 0, drop_not_ip: 0}}],
		networks: [{name: "net", uplink: {ifname: "down0"}}],
		honeypots: [{name: "hp", network: "net", port_name: "p0", rx_packets: $n, tx_packets: $n}],
		redirects: [{addr: "10.0.0.9", uplink: {ifname: "up0"}, rx_packets: $n, tx_packets: $n}],
		links: [link("up0"; "gre"), link("down0"; "gre"), link("p0"; "veth")],
		nft: {lan: $n, lan_left: 0, out: $n}}'
}
snapshot 7 > "$tmp/was"
snapshot 207 > "$tmp/is"

sums() {
	jq -nr --slurpfile before "$tmp/was" --slurpfile after "$1" --arg ns X -f "$lib/stats.jq"
}
hops() {
	jq -nr --slurpfile h0 "$tmp/was" --slurpfile h1 "$1" --slurpfile c0 "$tmp/was" --slurpfile c1 "$1" \
		--arg v "${2:-10.0.0.9}" --arg hp "${3:-hp}" --argjson n "${4:-200}" --arg how alone -f "$lib/hops.jq"
}
silent() {
	local said

	said=$("$@") && [ -z "$said" ] || { echo "$said"; return 1; }
}
# told_each HOW PATH...: with one more at any one of these places.
told_each() {
	local how=$1 p said

	for p in "${@:2}"; do
		jq "$p += 1" "$tmp/is" > "$tmp/wrong" && said=$("$how" "$tmp/wrong") || return 1
		[ -n "$said" ] || { echo "nothing was said of $p"; return 1; }
	done
}
told() {
	local said

	said=$("$@") && [ -n "$said" ]
}
redir=".stats[0].counters" network=".stats[1].counters" core=".stats[2].counters"

ktap_start 8
ktap_check "sums that hold are no matter" silent sums "$tmp/is"
ktap_check "a netdev's that does not is told" told_each sums ".links[0].stats64."{rx.packets,tx.packets,tx.dropped} \
	".links[1].stats64."{rx.packets,tx.packets,tx.errors} ".links[2].stats64."{rx,tx}.packets .nft.lan .nft.out
ktap_check "one of ours is told" told_each sums "$redir."{rx_packets,tx_packets,held_packets} \
	"$network."{rx_packets,tx_packets,local_packets,arp_packets,arp_replies,arp_probes} \
	"$core."{keepalives_tx,drop_not_ip} ".honeypots[0]."{rx,tx}_packets ".redirects[0]."{rx,tx}_packets
ktap_check "hops that agree are no matter" silent hops "$tmp/is"
ktap_check "each hop that does not is told" told_each hops "$redir."{rx,tx}_packets "$network."{rx,tx}_packets \
	".links[0].stats64."{rx,tx}.packets ".links[1].stats64."{rx,tx}.packets \
	".honeypots[0]."{rx,tx}_packets ".redirects[0]."{rx,tx}_packets
ktap_check "a drop is told" told_each hops "$redir.drop_xmit"
ktap_check "another number is told" told hops "$tmp/is" 10.0.0.9 hp 199
ktap_check "whom nobody knows is told" eval 'told hops "$tmp/is" 10.0.0.8 && told hops "$tmp/is" 10.0.0.9 other'
ktap_end

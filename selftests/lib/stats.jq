# SPDX-License-Identifier: GPL-2.0-only
# What stats_add_up compares, in two snapshots of a namespace ($before, $after): a line for
# each equation that does not hold. Each side is counted by somebody else: the left one
# by netdevs and nftables, the right one by our modules.

def total(f): [.[] | f] | add // 0;
def of_scope($s): .stats | map(select(.scope == $s).counters);
def counters($s; names): of_scope($s) | total(.[names]);
def drops($s): of_scope($s) | total(to_entries[] | select(.key | startswith("drop_")).value);
def links($names): INDEX($names[]; .) as $of | [.links[] | select($of[.ifname]).stats64];
def of_kind($kind): [.links[] | select(.linkinfo.info_kind? == $kind).stats64];
def sent: .tx.packets + .tx.dropped + .tx.errors;
# Of nftables: what came to our hook, and what came out behind it.
def taken($what): .nft | (.[$what] // 0) - (.[$what + "_left"] // 0);
def names(f): [.[] | f | select(. != null)] | unique;

# Into our tunnels without being an owner's: IPv6 of the host's own, which has not gone out.
def of_host: counters("core"; "keepalives_tx", "drop_not_ip");
# Of an external tunnel device, from peers that are no network's.
def unowned: counters("core"; "drop_no_network");

def front:
	(.honeypots | names(.port_name)) as $ports |
	(.networks | names(.uplink.ifname)) as $ups |
	{
		"frames of guests and packets of sites": [
			(links($ports) | total(.rx.packets)) + (links($ups) | total(.rx.packets)),
			counters("network"; "rx_packets", "tx_packets", "local_packets", "arp_packets",
				"sensor_packets") +
			drops("network") - counters("network"; "drop_own_stack") + unowned],
		"frames to guests": [
			(links($ports) | total(.tx.packets)),
			counters("network"; "rx_packets", "local_packets", "arp_replies", "arp_probes")],
		"packets to sites": [
			(links($ups) | total(sent)),
			counters("network"; "tx_packets") + of_host],
		"what honeypots got": [
			(.honeypots | total(.rx_packets)),
			counters("network"; "rx_packets", "local_packets")],
		"what honeypots sent": [
			(.honeypots | total(.tx_packets)),
			counters("network"; "tx_packets", "local_packets")]
	};

def redir:
	(.redirects | names(.uplink.ifname)) as $ups |
	{
		"packets of the LAN and of the center": [
			taken("lan") + (links($ups) | total(.rx.packets)),
			counters("redir"; "rx_packets", "tx_packets", "held_packets") + drops("redir") + unowned],
		"packets to the center": [
			(links($ups) | total(sent)),
			counters("redir"; "rx_packets") + of_host],
		"what V's got": [
			(.redirects | total(.rx_packets)), counters("redir"; "rx_packets")],
		"what V's sent": [
			(.redirects | total(.tx_packets)), counters("redir"; "tx_packets")]
	};

# What the NIC's queue refused had left the redirector by then.
def to_lan:
	if .nft.out == null then [0, 0, 0]
	else [.nft.out, counters("redir"; "tx_packets"), counters("redir"; "drop_xmit")] end;

# Drops of what comes out of the wire; the others are of what goes there.
def heard: "drop_malformed", "drop_link_down", "drop_gre_header", "drop_gre_csum",
	"drop_gre_proto", "drop_ecn", "drop_rate", "drop_ipsec", "drop_underlay", "drop_backlog";

def core:
	if .nft.gre == null then {} else {
		"GRE of peers": [
			taken("gre"),
			(of_kind("clps_gre") | total(.rx.packets)) +
			counters("core"; "keepalives_rx", "keepalives_back", heard)]
	} end;

def equations:
	(if .networks != [] then front else {} end) +
	(if .redirects != [] then redir else {} end) + core;

($before[0] | equations) as $was | ($after[0] | equations) as $is |
($is | to_entries[] |
	[.value[0] - ($was[.key][0] // 0), .value[1] - ($was[.key][1] // 0)] as [$theirs, $ours] |
	select($theirs != $ours) | "\($ns): \(.key): \($theirs) by others' count, \($ours) by ours"),
([$is, $was] | if .[0] == {} then "\($ns): nothing of ours is counted here" else empty end),
([$after[0], $before[0]] | map(to_lan) | transpose | map(.[0] - .[1]) |
	select(.[0] < .[1] or .[0] > .[1] + .[2]) |
	"\($ns): packets to the LAN: \(.[0]) by others' count, \(.[1]) by ours")

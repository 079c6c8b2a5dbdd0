# SPDX-License-Identifier: GPL-2.0-only
# What stats_hops compares, in snapshots of a redirector ($h0, $h1) and of its center ($c0,
# $c1), of its V $v that the honeypot $hp plays: a line for each hop that has counted
# another number of packets than $n there, and $n back. $how: "alone", or "beside" others'
# packets, which are not V's, network's and honeypot's; or an uplink "talks", as WireGuard.

def v: .redirects[] | select(.addr == $v);
def hp: .honeypots[] | select(.name == $hp);
def link($name): .links[] | select(.ifname == $name).stats64;
def scope($s; $name): .stats[] | select(.scope == $s and (.name // "") == $name).counters;
def network: hp.network as $net | .networks[] | select(.name == $net);
def drops: [.stats[].counters | to_entries[] | select(.key | startswith("drop_")).value] | add;

# In the order in which a packet passes by: there, and back.
def of_h: {
	"the redirector": (scope("redir"; "") | [.rx_packets, .tx_packets]),
	"its V": (v | [.rx_packets, .tx_packets]),
	"its uplink": (v.uplink.ifname as $up | link($up) | [.tx.packets, .rx.packets])
};
def of_center: {
	"the center's uplink": (network.uplink.ifname as $up | link($up) | [.rx.packets, .tx.packets]),
	"the network": (hp.network as $net | scope("network"; $net) | [.rx_packets, .tx_packets]),
	"the honeypot": (hp | [.rx_packets, .tx_packets])
};

def differences($was; $is): $is | to_entries[] |
	[.value[0] - $was[.key][0], .value[1] - $was[.key][1]] as [$there, $back] |
	select($how != "beside" or (.key | IN("its V", "the network", "the honeypot"))) |
	select($how != "talks" or (.key | endswith("uplink") | not)) |
	select($there != $n or $back != $n) |
	"\(.key): \($there) there, \($back) back, instead of \($n)";

# Whom nobody knows has no hop that could differ.
def hops($was; $is): if [$was, $is] | map(length) == [1, 1] then differences($was[0]; $is[0])
	else "\($v) or \($hp) is nobody's" end;

hops([$h0[0] | of_h]; [$h1[0] | of_h]), hops([$c0[0] | of_center]; [$c1[0] | of_center]),
(($h1[0] | drops) - ($h0[0] | drops) + ($c1[0] | drops) - ($c0[0] | drops) |
	select(. != 0 and $how != "beside") | "\(.) drops")

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml stock
# TIMEOUT: 120
# Packets of a tunnel are taken past the stack where it has nothing to do with them. Who
# has something to do with them, gets them: filters of every hook, whoever listens, and
# the address that they are sent to. Each has its say while packets flow that were
# taken past it a moment ago.
#
# The topology is front_topology.bash's; the packets are siteB's, to guest3:
#
#   siteB 192.0.3.2 ==GRE key 2== w2 192.0.3.1 center p3 -- guest3 10.1.0.9
#   198.51.100.5                     dmzb (clps_gre)
set -u
# shellcheck source=selftests/lib/ktap.sh
. "$CLPS_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/lib/netns.sh
. "$CLPS_ROOT/selftests/lib/netns.sh"
# shellcheck source=selftests/netns/front_topology.bash
. "$CLPS_ROOT/selftests/netns/front_topology.bash"

# 198.51.100.5 to 10.1.0.9, as in gre_malformed_is_counted_and_not_answered.sh.
INNER=4500001c000100004001469ec63364050a0100090000ffff00000000

answered() { in_ns siteB ping -n -q -c 3 -i 0.01 -W 1 10.1.0.9 > /dev/null; }

# dropped_by FAMILY DEFINITION MATCH: with this chain in the center nothing comes through,
# and it has seen what did not; without it all is as before.
dropped_by() {
	local seen

	wait_for 10 answered || return 1
	in_ns center nft -f - <<-EOF || return 1
	table $1 t {
		chain c {
			type filter hook $2
			$3 counter drop
		}
	}
	EOF
	if answered; then
		in_ns center nft delete table "$1" t
		return 1
	fi
	seen=$(in_ns center nft -j list table "$1" t |
		jq '[.nftables[].rule? // empty | .expr[].counter? // empty | .packets] | add')
	in_ns center nft delete table "$1" t
	[ "$seen" -ge 3 ] && answered
}

# heard DEVICE: who listens there hears what goes out.
heard() {
	wait_for 10 answered || return 1
	spawn in_ns center tcpdump -n -c 3 -Q out -i "$1" icmp > /dev/null 2> /tmp/ear
	wait_for 10 grep -q listening /tmp/ear && answered || return 1
	wait_for 10 grep -q '^3 packets captured' /tmp/ear
}

# The address goes: what is sent to it is not for this host any more.
received() { in_ns center cat /sys/class/net/dmzb/statistics/rx_packets; }
only_with_its_address() {
	local seen

	wait_for 10 answered || return 1
	ip -n center addr del 192.0.3.1/24 dev w2
	ip -n center addr add 192.0.3.9/24 dev w2
	seen=$(received)
	not answered && [ "$(received)" = "$seen" ] || return 1
	ip -n center addr add 192.0.3.1/24 dev w2
	wait_for 10 answered
}

# forge: siteA sends what siteB might have sent; an echo reply, that nobody answers.
forge() {
	frames siteA send --dev wan --dst "$FORGER_SEES" --spa 192.0.3.2 --tpa 192.0.3.1 --kind gre \
		--hex "2000080000000002${INNER}"
}
forgery_is_heard() {
	local seen

	seen=$(received)
	forge
	wait_for 2 eval "[ \$(received) -gt $seen ]"
}
reverse_path() { in_ns center sysctl -qw "net.ipv4.conf.w1.rp_filter=$1"; }
# Believed without the filter, as by any host; not a packet more once it is on.
reverse_path_filtered() {
	reverse_path 0
	wait_for 10 forgery_is_heard && forgery_is_heard || return 1
	reverse_path 1
	not forgery_is_heard
}

# A rule that comes before the local table.
marked_are_for_nobody() {
	ip_in center <<-EOF
		rule add pref 100 lookup local
		rule del pref 0
		rule add pref 1 fwmark 7 blackhole
	EOF
	wait_for 10 answered || return 1
	in_ns center nft -f - <<-EOF
	table netdev t {
		chain c {
			type filter hook ingress device w2 priority filter;
			ip protocol gre meta mark set 7
		}
	}
	EOF
	not answered || return 1
	in_ns center nft delete table netdev t
	wait_for 10 answered
}

# A route of a DSCP needs no rule; other packets of the peer have just been taken.
routed_by_dscp() {
	ip -n center route add blackhole 192.0.3.1 tos 0x10 table local
	wait_for 10 answered || return 1
	in_ns siteB collapsarctl uplink set up0 tos 16
	not answered || return 1
	in_ns siteB collapsarctl uplink set up0 tos 0
	wait_for 10 answered || return 1
	ip -n center route del blackhole 192.0.3.1 tos 0x10 table local
	in_ns siteB collapsarctl uplink set up0 tos 16
	wait_for 10 answered
	in_ns siteB collapsarctl uplink set up0 tos 0
}

# What the host's IP refuses to send is one drop of the tunnel's netdev, to which the network
# has sent it, whichever way it took: taken past the stack, or not while somebody listens.
counts() {
	for c in tx_packets drop_xmit; do counter network b $c center; done
	counter core "" drop_xmit center
	in_ns center cat /sys/class/net/dmzb/statistics/tx_dropped
}
refused_is_counted_once() {
	local before after

	wait_for 10 answered || return 1
	in_ns center nft -f - <<-EOF || return 1
	table ip t {
		chain c {
			type filter hook postrouting priority filter;
			ip daddr 192.0.3.2 ip protocol gre drop
		}
	}
	EOF
	mapfile -t before < <(counts)
	not answered || return 1
	mapfile -t after < <(counts)
	in_ns center nft delete table ip t
	echo "# sent, network's and core's drop_xmit, tx_dropped: ${before[*]}, then ${after[*]}"
	[ "${after[*]}" = "$((before[0] + 3)) ${before[1]} $((before[2] + 3)) $((before[3] + 3))" ] &&
		wait_for 10 answered
}
refused_is_counted_once_tapped() {
	local rc=0

	spawn in_ns center tcpdump -n -i dmzb -w /dev/null 2> /tmp/tap
	wait_for 10 grep -q listening /tmp/tap && refused_is_counted_once || rc=1
	kill "${CLPS_PIDS[-1]}"
	wait "${CLPS_PIDS[-1]}" 2> /dev/null
	return $rc
}

ktap_start 16
frames_start
front_up
in_ns center sysctl -qw net.ipv4.conf.all.rp_filter=0
FORGER_SEES=$(in_ns center cat /sys/class/net/w1/address)
ktap_check "a filter before routing" dropped_by ip \
	"prerouting priority raw;" "ip saddr 192.0.3.2 ip protocol gre"
ktap_check "a filter of input" dropped_by ip \
	"input priority filter;" "ip saddr 192.0.3.2 ip protocol gre"
ktap_check "a filter of output" dropped_by ip \
	"output priority filter;" "ip daddr 192.0.3.2 ip protocol gre"
ktap_check "a filter after routing" dropped_by ip \
	"postrouting priority filter;" "ip daddr 192.0.3.2 ip protocol gre"
ktap_check "what that refuses is counted once" refused_is_counted_once
ktap_check "and so while somebody listens" refused_is_counted_once_tapped
ktap_check "a filter on the netdev below the tunnel" dropped_by netdev \
	"egress device w2 priority filter;" "ip protocol gre"
ktap_check "a filter on the tunnel's netdev" dropped_by netdev \
	"egress device dmzb priority filter;" "ip saddr 10.1.0.9"
ktap_check "a filter on the guest's port" dropped_by netdev \
	"egress device p3 priority filter;" "ip daddr 10.1.0.9"
ktap_check "who listens on the tunnel's netdev" heard dmzb
ktap_check "who listens on the guest's port" heard p3
ktap_check "what was the host's address is no more" only_with_its_address
ktap_check "a reverse path filter that is switched on" reverse_path_filtered
ktap_check "a route of a DSCP" routed_by_dscp
ktap_check "a rule about marks" marked_are_for_nobody
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

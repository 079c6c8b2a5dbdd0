#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml stock
# TIMEOUT: 300
# Each reason to drop a packet is provoked: its counter rises by as many packets as were
# sent for it, the tracepoint says so as often, and in the end both ends still add up. A
# reason that is added without a way to provoke it here fails the test.
#
#   intruder -- router -- lan -- H (redirector) ==GRE key 1== center (front-end)
#                          +---- host   V .77                 p1 g1 .77   tap0 .82 (UML)
#                                                             p2 g2 .78   p4   .80
#                                                             p3 g3 .79, whose MAC nobody knows
set -u
# shellcheck source=selftests/netns/redir/topology.bash
. "$CLPS_ROOT/selftests/netns/redir/topology.bash"
# shellcheck source=selftests/lib/stats.sh
. "$CLPS_ROOT/selftests/lib/stats.sh"

EVENTS=/sys/kernel/debug/tracing
# An inner packet that nobody answers: an echo reply, 198.51.100.5 to 10.1.0.77.
INNER=4500001c000100004001465ac63364050a01004d0000ffff00000000
# A keepalive for H to send to itself through the center.
KEEPALIVE=4500001c00000000ff2f37afc0000201c00002022000000000000001

# udp NS SOURCE TARGET: from a guest, N packets to its router; guest NS HEX: N frames.
udp() {
	frames "$1" send --kind udp --spa "$2" --tpa "$3" --dst "$ROUTER" --count "$N"
}
guest() { frames "$1" raw --dst "$ROUTER" --hex "$2" --count "$N"; }
# gre HEX [OPTION...]: from H's address to the center.
gre() {
	frames H send --dev wan0 --dst "$CENTER_WAN" --spa 192.0.2.2 --tpa 192.0.2.1 --kind gre \
		--count "$N" --hex "$@"
}
link() { in_ns "$1" cat "/sys/class/net/$2/statistics/$3"; }
in_center() { in_ns center collapsarctl "$@"; }
open_h() { in_ns H collapsarctl redirect set 10.1.0.77 dev eth0 outbound "$1"; }

# One for each reason. Where it counts: "SCOPE NAME NS". It may say in N how many there
# were, if only others can tell.
declare -A AT
NETWORK="network lan center" CORE="core - center" REDIR="redir - H"

AT[malformed]=$NETWORK
drop_malformed() { guest g1 08004100001400000000401100000a01004dcb007109; }

AT[not_ip]=$NETWORK
drop_not_ip() { guest g1 88cc0000; }

# H has a V that no honeypot plays.
AT[no_honeypot]=$NETWORK
drop_no_honeypot() {
	frames host send --kind udp --spa 10.1.0.50 --tpa 10.1.0.90 --dst "$H_MAC" --count "$N"
}

AT[no_network]=$CORE
drop_no_network() { gre "2000080000000063$INNER"; }

# The center has a honeypot that H knows nothing of.
AT[no_redirect]=$REDIR
drop_no_redirect() { udp g2 10.1.0.78 203.0.113.9; }

AT[spoofed]=$NETWORK
drop_spoofed() { udp g1 10.1.0.66 203.0.113.9; }

AT[contained]=$REDIR
drop_contained() { udp g1 10.1.0.77 203.0.113.200; }

AT[bad_dst]=$NETWORK
drop_bad_dst() { udp g1 10.1.0.77 224.0.0.5; }

AT[no_route]=$REDIR
drop_no_route() {
	open_h open
	ip -n H route add unreachable 198.18.0.0/24
	udp g1 10.1.0.77 198.18.0.1
}

AT[no_neighbour]=$REDIR
drop_no_neighbour() {
	open_h open
	udp g1 10.1.0.77 10.1.0.200
}

AT[no_guest_mac]=$NETWORK
drop_no_guest_mac() { udp g2 10.1.0.78 10.1.0.79; }

AT[no_memory]=$NETWORK
needs_no_memory() { test -e /proc/self/fail-nth; }
drop_no_memory() {
	echo 0 > /sys/kernel/debug/failslab/verbose
	mkfifo /tmp/tap
	exec {TAP}<> /tmp/tap
	spawn in_ns center "$CLPS_ROOT/selftests/netns/no_memory.py" tap0 p2 "$N" \
		10.1.0.82 10.1.0.78 "$ROUTER" /tmp/tap > /tmp/tap.out
	wait_for 20 grep -q open /tmp/tap.out &&
		in_center honeypot add t network lan address 10.1.0.82 port tap0 mac 02:00:00:00:01:09 &&
		echo >&"$TAP" && wait_for 30 grep -q '^[0-9]' /tmp/tap.out && N=$(sed -n '$p' /tmp/tap.out)
}

AT[detached]=$NETWORK
drop_detached() {
	ip -n center link add p4 type dummy
	in_center honeypot add h4 network lan address 10.1.0.80 port p4 mac 02:00:00:00:01:04 &&
		ip -n center link del p4 && udp g2 10.1.0.78 10.1.0.80
}

AT[link_down]=$NETWORK
drop_link_down() {
	ip -n g3 link set eth0 down
	udp g2 10.1.0.78 10.1.0.79
	ip -n g3 link set eth0 up
}

AT[too_big]=$NETWORK
drop_too_big() {
	ip -n center link set p1 mtu 1000
	in_ns g2 ping -n -q -c "$N" -i 0.02 -W 0.1 -s 1400 10.1.0.77 > /dev/null
	ip -n center link set p1 mtu 1500
}

AT[xmit]=$NETWORK
drop_xmit() {
	in_ns center tc qdisc add dev p1 root pfifo limit 0
	udp g2 10.1.0.78 10.1.0.77
	in_ns center tc qdisc del dev p1 root
}

AT[loop]=$NETWORK
drop_loop() { udp g1 10.1.0.77 10.1.0.77; }

AT[gre_header]=$CORE
drop_gre_header() { gre 2000; }

AT[gre_csum]=$CORE
drop_gre_csum() { gre "a00008001234000000000001$INNER"; }

AT[gre_proto]=$CORE
drop_gre_proto() { gre 20006558000000011234; }

AT[ecn]=$CORE
drop_ecn() { gre "2000080000000001$INNER" --tos 3; }

# What was answered was not dropped.
AT[rate]=$CORE
drop_rate() {
	local was

	N=20 was=$(counter core "" keepalives_rx center)
	gre "2000080000000001$KEEPALIVE"
	N=$((N + was - $(counter core "" keepalives_rx center)))
}

AT[vlan]=$NETWORK
drop_vlan() { guest g1 8100000508004500001400000000401100000a01004dcb007109; }

AT[lro]=$NETWORK
needs_lro() { test -e "$CLPS_MODDIR/collapsar_lro.ko"; }
drop_lro() {
	in_ns center insmod "$CLPS_MODDIR/collapsar_lro.ko" dev=p1 "count=$N" && rmmod collapsar_lro
}

AT[ipsec]=$CORE
needs_ipsec() { in_ns center ip xfrm policy; }
drop_ipsec() {
	ip -n center xfrm policy add dir in src 192.0.2.2 dst 192.0.2.1 proto gre \
		tmpl src 192.0.2.2 dst 192.0.2.1 proto esp mode transport level required
	gre "2000080000000001$INNER"
	ip -n center xfrm policy flush
}

# A tunnel whose packets come by the dummy alone, and one by the cable.
AT[underlay]=$CORE
drop_underlay() { gre "2000080000000007$INNER"; }

# The answer to a big ping leaves H in fragments, all in one go, and the center's tunnel
# hands them on when the last of them has come. Its netdev has received the others. The
# question may be lost in the same way.
AT[backlog]=$CORE
drop_backlog() {
	local sent got backlog end=$((SECONDS + 20))

	backlog=$(cat /proc/sys/net/core/netdev_max_backlog)
	in_ns H ethtool -K wan0 tso off
	in_ns center ethtool -K wan0 gro on
	sent=$(link H up9 tx_packets) got=$(link center up9 rx_packets)
	echo 1 > /proc/sys/net/core/netdev_max_backlog
	for ((N = 0; SECONDS < end && N == 0; )); do
		in_ns center ping -n -q -c 1 -W 0.2 -s 8000 10.9.0.2 > /dev/null
		N=$(($(link H up9 tx_packets) - sent - $(link center up9 rx_packets) + got))
	done
	echo "$backlog" > /proc/sys/net/core/netdev_max_backlog
	in_ns center ethtool -K wan0 gro off
	in_ns H ethtool -K wan0 tso on
	[ "$N" -gt 0 ]
}

# The center's own program, into the port.
AT[own_stack]=$NETWORK
drop_own_stack() {
	frames center raw --dev p1 --dst "$G1" --hex 08004500001400000000401100000a01004dcb007109 \
		--count "$N"
}

reasons() { in_center -j stats core | jq -r '.[0].counters | keys_unsorted[]' | sed -n 's/^drop_//p'; }
value_of() {
	local scope name ns

	read -r scope name ns <<< "${AT[$1]}"
	counter "$scope" "${name#-}" "drop_$1" "$ns"
}
traced() { grep -c "clps_drop: .*reason=$1\$" $EVENTS/trace; }
is_at() { [ "$(value_of "$1")" = "$2" ]; }
counted_and_traced() {
	local N=3 was

	declare -F "drop_$1" > /dev/null || { echo "no test provokes it"; return 1; }
	was=$(value_of "$1")
	echo > $EVENTS/trace
	"drop_$1" || return 1
	wait_for 10 is_at "$1" "$((was + N))" ||
		{ echo "$N sent, $(($(value_of "$1") - was)) counted"; return 1; }
	[ "$(traced "drop_$1")" = "$N" ] || { echo "$N sent, $(traced "drop_$1") traced"; return 1; }
	[ "$N" -gt 0 ]
}
# Not within ktap_check: what a reason needs stays for the others. UML's debug kernel has all
# but IPsec.
is_uml() { grep -q 'User Mode Linux' /proc/cpuinfo; }
check_reason() {
	if { ! is_uml || [ "$1" = ipsec ]; } && declare -F "needs_$1" > /dev/null && ! "needs_$1" > /dev/null 2>&1; then
		ktap_pass "drop_$1 # SKIP this kernel cannot be brought to it"
	elif counted_and_traced "$1" > /tmp/why 2>&1; then
		ktap_pass "drop_$1"
	else
		sed 's/^/# /' /tmp/why
		ktap_fail "drop_$1"
	fi
}
# An answer to ARP that H's NIC does not take: no reply, and no drop of a packet.
own_is_counted_apart() {
	local was

	was=$(in_ns H collapsarctl -j stats redir | jq '.[0].counters | [.own_unsent, .arp_replies]')
	echo > $EVENTS/trace
	in_ns H tc qdisc add dev eth0 root pfifo limit 0
	not frames host ask --spa 10.1.0.50 --tpa 10.1.0.77 --seconds 0.3 || return 1
	in_ns H tc qdisc del dev eth0 root
	in_ns H collapsarctl -j stats redir |
		jq -e --argjson was "$was" --argjson traced "$(traced own_unsent)" '.[0].counters |
			.arp_replies == $was[1] and .own_unsent - $was[0] == $traced and $traced > 0'
}

set_up() {
	load_modules collapsar collapsar_redir
	lan_up
	farm_up 10.1.0.77 10.1.0.78 || return 1
	ROUTER=$(mac_of router eth0) CENTER_WAN=$(mac_of center wan0) G1=$(mac_of g1 eth0)
	ns_add g3
	veth g3 eth0 center p3
	ip_in center <<-EOF
		link add d0 up type dummy
		link add ext up type gre external
	EOF
	# Nobody hears neighbours that are asked for three times a second.
	in_ns H sysctl -qw net.ipv4.neigh.eth0.retrans_time_ms=100
	in_center apply - <<-EOF || return 1
		network set lan outbound open
		honeypot add h3 network lan address 10.1.0.79 port p3
		network add other uplink ext remote 192.0.2.9 key 5 gateway-mac 02:00:00:00:0c:02
		uplink add up7 remote 192.0.2.2 local 192.0.2.1 key 7 dev d0
		uplink add up9 remote 192.0.2.2 local 192.0.2.1 key 9
	EOF
	in_ns H collapsarctl apply - <<-EOF || return 1
		redirect del 10.1.0.78 dev eth0
		redirect add 10.1.0.90 dev eth0 uplink up0 probes 0
		uplink add up9 remote 192.0.2.1 local 192.0.2.2 key 9
	EOF
	ip -n H link set up9 mtu 1400
	ip -n H addr add 10.9.0.2/24 dev up9
	ip -n center link set up9 mtu 1400
	ip -n center addr add 10.9.0.1/24 dev up9
	# The cable's ends know each other; nobody is asked while a reason is provoked.
	reaches center 10.9.0.2 && reaches g2 10.1.0.77 && reaches host 10.1.0.77 || return 1
	[ -d $EVENTS/events ] || EVENTS=/sys/kernel/tracing
	[ -d $EVENTS/events ] || mount -t tracefs tracefs $EVENTS
	echo 1 > $EVENTS/events/collapsar/clps_drop/enable
	echo 4096 > $EVENTS/buffer_size_kb
	stats_watch_closely H eth0 10.1.0.2 && stats_watch_closely center
}

set_up > /tmp/set_up 2>&1
ready=$?
was_set_up() { cat /tmp/set_up; return "$ready"; }
mapfile -t names < <(reasons)
ktap_start $((${#names[@]} + 5))
ktap_check "a farm is configured, and the tracepoint on" was_set_up
ktap_check "the kernel names its reasons" test "${#names[@]}" -ge 28
# This comes by no wire, which the sum of all would miss: last.
for r in "${names[@]}"; do
	[ "$r" = lro ] || check_reason "$r"
done
ktap_check "what H makes itself and cannot send is counted apart" own_is_counted_apart
ktap_check "and at both ends everything adds up" stats_add_up
check_reason lro
# Its port goes before the front-end does.
[ -z "${TAP:-}" ] || exec {TAP}>&-
echo 0 > $EVENTS/events/collapsar/clps_drop/enable
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

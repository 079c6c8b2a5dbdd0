#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 400
# A TCP stream crosses clps_gre in super-packets, which nobody cuts before the wire
# has to; what is on the wire then has right checksums, GRE's included.
#
#   a: up0 (clps_gre) == wan 192.0.2.1 ------ wan 192.0.2.2 == up0: b
#      10.9.0.1                                (clps_gre, or the stock gre) 10.9.0.2
#
# A wan of 1600 bytes has room for a tunnel's 1500; one of 1500 has not.
set -u
# shellcheck source=selftests/lib/ktap.sh
. "$CLPS_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/lib/netns.sh
. "$CLPS_ROOT/selftests/lib/netns.sh"

SIZE=300000
WIRE=/tmp/wire.pcap

# end NS KIND LOCAL REMOTE [csum]: its end of the tunnel.
end() {
	if [ "$2" = gre ]; then
		ip -n "$1" link add up0 type gre local "192.0.2.$3" remote "192.0.2.$4" key 7 ttl 64 \
			${5:+csum}
	else
		in_ns "$1" collapsarctl uplink add up0 remote "192.0.2.$4" local "192.0.2.$3" key 7 \
			${5:+csum}
	fi
	ip_in "$1" <<-EOF
		link set up0 up mtu 1500
		addr add 10.9.0.$3 peer 10.9.0.$4 dev up0
	EOF
}
# tunnel KIND [csum]
tunnel() {
	end a clps_gre 1 2 "${2:-}"
	end b "$1" 2 1 "${2:-}"
}
no_tunnel() {
	ip -n a link del up0
	ip -n b link del up0
}
wan_mtu() {
	ip -n a link set wan mtu "$1"
	ip -n b link set wan mtu "$1"
}
offloads() { in_ns a ethtool -K wan tx "$1" sg "$1" gso "$1" tso "$1" > /dev/null; }

# stream FROM ADDRESS: arrives as it was sent.
stream() {
	rm -f /tmp/got
	timeout 60 nsexec "$1" socat -u OPEN:/tmp/sent "TCP:$2:80" && wait_for 20 cmp /tmp/sent /tmp/got
}

link_count() { ip -n "$1" -s -j link show "$2" | jq ".[0].stats64.$3"; }

# In bytes, of what FROM's DEV sends for a stream: longer than the tunnel's MTU, or the
# stack has cut it before.
whole() {
	local p b

	p=$(link_count "$1" "$3" tx.packets) b=$(link_count "$1" "$3" tx.bytes)
	stream "$1" "$2" || return 1
	p=$(($(link_count "$1" "$3" tx.packets) - p)) b=$(($(link_count "$1" "$3" tx.bytes) - b))
	echo "$1 $3: $b bytes in $p packets"
	[ $((b / p)) -gt 2000 ]
}

# captured COMMAND...: the command, and what b's wan saw of it is in $WIRE.
captured() {
	local pid rc=0

	nsexec b tcpdump -i wan -U -Z root -s 0 -B 8192 -Q in -w "$WIRE" "proto gre" 2> /tmp/tcpdump &
	pid=$!
	# The last packet is a mark, in the file after all others.
	wait_for 20 grep -q listening /tmp/tcpdump && "$@" &&
		in_ns a ping -q -c 1 -W 5 -p 6d61726b 10.9.0.2 > /dev/null &&
		wait_for 20 grep -q markmark "$WIRE" || rc=1
	kill "$pid"
	wait "$pid"
	return $rc
}

whole_on_the_wire() {
	local n longest wrong

	captured whole a 10.9.0.2 up0 || return 1
	read -r n longest wrong < <(frames a gre --file "$WIRE")
	echo "$n packets, the longest $longest"
	[ "$longest" -gt 3000 ] && [ "$n" -lt $((SIZE / 1460)) ]
}

# On the wire, each packet was cut to the MTU and is right.
right_on_the_wire() {
	local n longest wrong

	captured whole a 10.9.0.2 up0 || return 1
	read -r n longest wrong < <(frames a gre --file "$WIRE")
	echo "$n packets, the longest $longest, wrong: ${wrong:-none}"
	[ "$n" -ge $((SIZE / 1460)) ] && [ "$longest" = 1500 ] && [ -z "$wrong" ]
}

# Of both ends, devices ...
none_refused() {
	{ ip -n a -s -j link show && ip -n b -s -j link show; } | jq -es 'add | length >= 6 and
		all(.[].stats64; .rx.errors + .rx.dropped + .tx.errors + .tx.dropped +
			.tx.carrier_errors == 0)'
}
# ... and TCP, IP, and our reasons for a drop.
no_errors() {
	local ns

	for ns in a b; do
		in_ns "$ns" nstat -asz TcpInCsumErrors TcpInErrs IpInHdrErrors IpReasmFails IpFragFails |
			awk '!/^#/ { n++; bad += $2 } END { exit !(n == 5 && bad == 0) }' || return 1
		in_ns "$ns" collapsarctl -j stats | jq -e '[.[].counters | to_entries[] |
			select(.key | startswith("drop_"))] | length > 0 and all(.[]; .value == 0)' || return 1
	done
}

ktap_start 12
load_modules collapsar
frames_start
ns_add a b
veth a wan b wan
ip -n a addr add 192.0.2.1/24 dev wan
ip -n b addr add 192.0.2.2/24 dev wan
head -c "$SIZE" /dev/urandom > /tmp/sent
for ns in a b; do
	spawn in_ns "$ns" socat -u TCP-LISTEN:80,reuseaddr,fork OPEN:/tmp/got,creat,trunc
	wait_for 20 eval "in_ns $ns ss -Hltn sport = :80 | grep -q ."
done

# Ours with checksums is told by the stock gre whether they are right.
for what in clps_gre "gre csum"; do
	# The words are two arguments.
	# shellcheck disable=SC2086
	tunnel $what
	wan_mtu 1600
	ktap_check "$what: super-packets enter the tunnel and leave by the underlay" whole_on_the_wire
	ktap_check "$what: the other way, they come in whole" whole b 10.9.0.1 wan
	offloads off
	ktap_check "$what: an underlay without offloads gets right packets" right_on_the_wire
	offloads on
	wan_mtu 1500
	ktap_check "$what: a narrow underlay carries them" stream a 10.9.0.2
	ktap_check "$what: no device refused anything" none_refused
	no_tunnel
done
ktap_check "and nobody else did" no_errors
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

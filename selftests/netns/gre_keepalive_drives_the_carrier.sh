#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 180
# Keepalives go out while the device is up, and only then; whoever decapsulates
# answers them, and the carrier follows the answers. What IOS sends is answered to the byte.
#
#   a 192.0.2.1 == clps_gre key 1 == b 192.0.2.2   clps_gre, which answers by itself
#   a 192.0.3.1 == clps_gre key 2 == c 192.0.3.2   the kernel's gre, which routes
set -u
# shellcheck source=selftests/lib/ktap.sh
. "$CLPS_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/lib/netns.sh
. "$CLPS_ROOT/selftests/lib/netns.sh"

topology() {
	load_modules collapsar || return 1
	ns_add a b c
	veth a ab b eth0
	veth a ac c eth0
	ip -n a addr add 192.0.2.1/24 dev ab
	ip -n b addr add 192.0.2.2/24 dev eth0
	ip -n a addr add 192.0.3.1/24 dev ac
	ip -n c addr add 192.0.3.2/24 dev eth0
	in_ns a collapsarctl uplink add tb remote 192.0.2.2 local 192.0.2.1 key 1 keepalive 1 retries 2
	in_ns a collapsarctl uplink add tc remote 192.0.3.2 local 192.0.3.1 key 2 keepalive 1 retries 2
	in_ns b collapsarctl uplink add ta remote 192.0.2.1 local 192.0.2.2 key 1
	in_ns b collapsarctl uplink add tn remote 192.0.2.1 local 192.0.2.2
	# A router: what comes out of the tunnel goes where its destination says,
	# even though its source is the router itself.
	in_ns c sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 \
		net.ipv4.conf.default.rp_filter=0
	ip -n c link add ta type gre local 192.0.3.2 remote 192.0.3.1 key 2 ttl 64
	ip -n c link set ta up
	in_ns c sysctl -qw net.ipv4.conf.ta.rp_filter=0 net.ipv4.conf.ta.accept_local=1
}

carrier() { [ "$(in_ns a cat "/sys/class/net/$1/carrier")" = "$2" ]; }
back_at_least() { [ "$(counter core "" keepalives_back a)" -ge "$1" ]; }
sent() { counter core "" keepalives_tx a; }
sent_more() { [ "$(sent)" -gt "$1" ]; }

# What an IOS router at a asks: in GRE, an IPv4 packet of GRE from b to a (its id 0xbeef),
# in which there is no protocol and nothing.
KEYED=45c0001cbeef0000ff2f77ffc0000202c00002012000000000000001
PLAIN=45c00018beef0000ff2f7803c0000202c000020100000000
listen() {
	spawn in_ns a "$CLPS_ROOT/selftests/lib/frames.py" listen --dev ab --spa 192.0.2.2 \
		--tpa 192.0.2.1 --seconds 100 > /tmp/answers 2> /tmp/listening
	wait_for 20 grep -q ready /tmp/listening
}
# answered GRE INNER: a gets the inner packet back, as it is and in no tunnel.
answered() {
	frames a send --dev ab --dst "$b_mac" --spa 192.0.2.1 --tpa 192.0.2.2 --kind gre --hex "$1$2"
	wait_for 5 grep -q " $2 -\$" /tmp/answers
}

back() { counter core "" keepalives_back a; }

ktap_start 15
frames_start
topology
ktap_check "two peers are there" test $? = 0
ktap_check "keepalives come back" wait_for 15 back_at_least 6
ktap_check "b's carrier is on" carrier tb 1
ktap_check "c's carrier is on" carrier tc 1
b_mac=$(in_ns b cat /sys/class/net/eth0/address)
listen
ktap_check "an IOS router's keepalive with a key comes back" answered 2000080000000001 "$KEYED"
ktap_check "and one without" answered 00000800 "$PLAIN"

ip -n a link set tb down
ip -n a link set tc down
before=$(sent)
ip -n b link set ta down
ip -n c link set ta down
# Longer than it takes to lose the carrier, had they counted: a clock, not a hope.
in_ns a ping -q -c 5 -i 1 192.0.2.2 > /dev/null
ktap_check "none goes out of a device that is down" test "$(sent)" = "$before"
ip -n a link set tb up
ip -n a link set tc up
ktap_check "a device that comes up asks again" wait_for 5 sent_more "$before"
ktap_check "without an answer, b's carrier goes" wait_for 15 carrier tb 0
ktap_check "and c's" wait_for 15 carrier tc 0
in_ns a collapsarctl uplink set tb keepalive 0
ktap_check "who asks no more has his carrier" wait_for 5 carrier tb 1
in_ns a collapsarctl uplink set tb keepalive 1
ktap_check "until he asks again" wait_for 15 carrier tb 0
ip -n b link set ta up
ip -n c link set ta up
ktap_check "both come back with the answers" \
	wait_for 15 eval "carrier tb 1 && carrier tc 1"

# ping asks for receive timestamps, so every packet of this kernel gets one, and fq
# takes that for the time when to send.
ip -n a link set tc down
in_ns b tc qdisc replace dev eth0 root fq
spawn in_ns b ping -q -i 0.5 192.0.2.1 > /dev/null
wait_for 5 eval "in_ns b tc -s qdisc show dev eth0 | grep -q 'Sent [1-9]'"
ktap_check "they come back where packets wait for their time" \
	wait_for 10 back_at_least "$(($(back) + 3))"
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

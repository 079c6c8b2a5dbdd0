#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 180
# Malformed GRE from our remote is counted under its reason and never answered; GRE
# of another remote or key is left to the host, which gets that and nothing else.
#
#   site 192.0.2.2 -- wan -- center 192.0.2.1: up0 (clps_gre, remote 192.0.2.2, key 1)
#        192.0.2.3 a stranger        gre1 (stock, remote 192.0.2.4, key 1)
set -u
# shellcheck source=selftests/netns/uplink_topology.bash
. "$CLPS_ROOT/selftests/netns/uplink_topology.bash"

# gre SOURCE HEX: what follows an outer IPv4 header of protocol 47.
gre() {
	frames site send --dev wan --dst "$CENTER_MAC" --spa "$1" --tpa 192.0.2.1 --kind gre --hex "$2"
}

# An inner packet that nobody answers: an echo reply, 198.51.100.5 to 10.1.0.9.
INNER=4500001c000100004001469ec63364050a0100090000ffff00000000

# counted REASON SOURCE HEX: exactly one more under the reason.
counted() {
	local before

	before=$(core_counter "$1")
	gre "$2" "$3"
	wait_for 5 eval "[ \$(core_counter $1) = $((before + 1)) ]"
}
# left SOURCE HEX: a program of the host gets it, no counter of ours moves, and up0
# receives nothing.
ours() { in_ns center collapsarctl -j stats; in_ns center cat /sys/class/net/up0/statistics/rx_packets; }
host_has() { od -An -v -tx1 /tmp/host | tr -d ' \n'; }
host_got() { [ "$(host_has)" = "$1" ]; }
lefts=
left() {
	ours > /tmp/before
	gre "$1" "$2"
	wait_for 5 host_got "$lefts$2" || return 1
	ours > /tmp/after
	diff /tmp/before /tmp/after
}
# claim_left "claim" SOURCE HEX: all that the host got is what it got before, and this.
claim_left() {
	ktap_check "$1" left "$2" "$3"
	lefts=$(host_has)
}
# The answer to a ping, in the capture, says that all before it would be there.
silent() {
	in_ns site ping -n -q -c 1 -W 3 -e 4242 192.0.2.1 > /dev/null
	wait_for 10 eval "tcpdump -nr /tmp/answers 2> /dev/null | grep -q 'echo reply, id 4242'" || return 1
	tcpdump -nr /tmp/answers 'not (icmp and icmp[0] = 0)' 2> /dev/null > /tmp/told
	cat /tmp/told
	test ! -s /tmp/told
}

ktap_start 15
frames_start
load_modules collapsar collapsar_front
ns_add center
underlay site w1 2
ip_in site <<-EOF
	addr add 192.0.2.3/24 dev wan
	addr add 192.0.2.4/24 dev wan
EOF
guest 1 10.1.0.9
in_ns center collapsarctl uplink add up0 remote 192.0.2.2 local 192.0.2.1 key 1
in_ns center collapsarctl apply - <<-EOF
	network add lan uplink up0 gateway-mac $GW
	honeypot add hp network lan address 10.1.0.9 port p1 mac 02:00:00:00:01:01
EOF
ip -n center link add gre1 up type gre local 192.0.2.1 remote 192.0.2.4 key 1
CENTER_MAC=$(in_ns center cat /sys/class/net/w1/address)
in_ns site ip neigh replace 192.0.2.1 lladdr "$CENTER_MAC" dev wan
for a in 2 3 4; do
	in_ns center ip neigh replace 192.0.2.$a lladdr "$(in_ns site cat /sys/class/net/wan/address)" dev w1
done
pings site 192.0.2.1 > /dev/null
spawn in_ns center tcpdump -U -ni w1 -Q out -w /tmp/answers 'not arp and not ip6' 2> /tmp/ready
wait_for 10 grep -q listening /tmp/ready
# A raw socket hears every GRE packet that is left to the host.
spawn in_ns center socat -u IP4-RECV:47 OPEN:/tmp/host,creat,trunc
raw_socket() { in_ns center grep -q ' 0000002F\| 002F\|:002F' /proc/net/raw; }
wait_for 10 raw_socket
heard() { in_ns center cat /sys/class/net/gre1/statistics/rx_packets; }
hp() { honeypot_value hp rx_packets; }

before=$(hp)
gre 192.0.2.2 "2000080000000001$INNER"
ktap_check "what is right reaches the honeypot" wait_for 5 eval "[ \$(hp) = $((before + 1)) ]"
ktap_check "half a header from our remote is counted" counted drop_gre_header 192.0.2.2 2000
ktap_check "a key that is cut off is counted" counted drop_gre_header 192.0.2.2 200008000000
ktap_check "routing is counted" counted drop_gre_header 192.0.2.2 "6000080000000001$INNER"
ktap_check "version 2 is counted" counted drop_gre_header 192.0.2.2 "2002080000000001$INNER"
ktap_check "a wrong checksum is counted" counted drop_gre_csum 192.0.2.2 \
	"a00008001234000000000001$INNER"
ktap_check "a protocol that is none of ours is counted" counted drop_gre_proto 192.0.2.2 \
	"20006558000000011234"
ktap_check "half an inner header is counted" counted drop_malformed 192.0.2.2 \
	"200008000000000145000014"
ktap_check "and the peer was told nothing" silent
claim_left "another key is not ours" 192.0.2.2 "2000080000000009$INNER"
claim_left "version 1, which is PPTP's, is not ours" 192.0.2.2 "2001880b00000001$INNER"
claim_left "no key is not ours" 192.0.2.2 "00000800$INNER"
claim_left "another remote is not ours" 192.0.2.3 "2000080000000001$INNER"
before=$(heard)
gre 192.0.2.4 "2000080000000001$INNER"
ktap_check "the stock device still hears its own remote" \
	wait_for 5 eval "[ \$(heard) = $((before + 1)) ]"
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

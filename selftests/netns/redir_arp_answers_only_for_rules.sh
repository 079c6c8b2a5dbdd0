#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml stock
# TIMEOUT: 300
# ARP is answered for claimed V's on their NIC, and for nothing else; and those senders
# are answered whom H itself answers.
set -u
# shellcheck source=selftests/netns/redir/topology.bash
. "$CLPS_ROOT/selftests/netns/redir/topology.bash"
ask() { frames "$1" ask --spa "$2" --tpa "$3" --seconds "${4:-0.5}"; }
asked_h() { [ "$(ask "$@" | cut -d' ' -f1)" = "$H_MAC" ]; }
# alike RP_FILTER WORDS: V believes the senders that H does, and the output has the words.
alike() {
	in_ns H sysctl -qw net.ipv4.conf.eth0.rp_filter="$1"
	frames host senders --tpa 10.1.0.77 --other 10.1.0.2 --spa "$SENDERS" > /tmp/told || cat /tmp/told
	grep -qx "$2" /tmp/told
}
probe_unanswered() { not ask host 0.0.0.0 10.1.0.77 0.5; }

ktap_start 14
load_modules collapsar collapsar_redir
lan_up
center_up 10.1.0.77 10.1.0.78
ktap_check "nobody answers before the redirect" not ask host 10.1.0.50 10.1.0.77
redirect 10.1.0.77 probes 0
redirect 10.1.0.78 probes 10 probe-interval 10000
ktap_check "a claimed V is answered with H's MAC" asked_h host 10.1.0.50 10.1.0.77
ktap_check "the router is answered" asked_h router 10.1.0.1 10.1.0.77
ktap_check "a V that is still probing is not answered" not ask host 10.1.0.50 10.1.0.78
ktap_check "an address without a rule is not answered" not ask host 10.1.0.50 10.1.0.79
ktap_check "H answers for its own address" asked_h host 10.1.0.50 10.1.0.2
ktap_check "a request by unicast is answered" \
	frames host ask --spa 10.1.0.50 --tpa 10.1.0.77 --dst "$H_MAC"
ktap_check "a request to another machine's MAC is not answered" not \
	frames host ask --spa 10.1.0.50 --tpa 10.1.0.77 \
	--dst "$(mac_of newcomer eth0)" --seconds 0.5
# Another NIC of H does not know V.
veth H eth1 newcomer eth1
ip -n newcomer addr add 10.9.0.5/24 dev eth1
ktap_check "not answered on another NIC" not frames newcomer ask --dev eth1 \
	--spa 10.9.0.5 --tpa 10.1.0.77 --seconds 0.5
SENDERS=10.1.0.50,10.1.0.255,198.51.100.7,203.0.113.77,240.0.0.1,127.0.0.1,224.0.0.5,255.255.255.255,0.0.0.9
ip_in H <<-EOF
	route del default
	link add other type dummy
	link set other up
	route add 203.0.113.0/24 dev other
EOF
ktap_check "martians are answered by V as little as by H" \
	alike 0 "0.0.0.9 10.1.0.255 10.1.0.50 198.51.100.7 203.0.113.77 240.0.0.1"
ktap_check "senders with a loose rp_filter on the NIC alike" alike 2 "10.1.0.50 203.0.113.77"
ktap_check "and with a strict one" alike 1 10.1.0.50
in_ns H collapsarctl redirect set 10.1.0.77 dev eth0 withdraw
ktap_check "a withdrawn V is not answered" not ask host 10.1.0.50 10.1.0.77
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

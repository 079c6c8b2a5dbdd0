#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 300
# A tunnel's packets are taken at PRE_ROUTING where nobody else hooks them, and at LOCAL_IN
# otherwise: of the same damaged frames the same ones come out, under the same reasons.
#
#   site wan 192.0.2.2 === 192.0.2.1 w1 center p1 -- guest1 10.1.0.9 (silent)
set -u
# shellcheck source=selftests/netns/mangle.bash
. "$CLPS_ROOT/selftests/netns/mangle.bash"

counters() {
	in_ns center collapsarctl -j stats | jq -cS '[.[] | {key: (.scope + (.name // "")), value: .counters}] |
		from_entries'
}
# Keepalives are answered at a pace; what is over it has a reason of its own.
changes() {
	jq -cS -n --argjson a "$1" --argjson b "$2" '$b | map_values(.) | with_entries(.key as $s |
		.value |= with_entries(.key as $c | .value -= $a[$s][$c])) |
		map_values(.keepalives_rx += .drop_rate | del(.drop_rate, .flows_evicted))'
}
# send: the same frames each time; what changed is in gone, what came out in delivered.
send() {
	local was

	was=$(counters)
	mangled 7000 kind=gre from=site/wan to=guest1/eth0 smac="$(mac_of site wan)" \
		dmac="$(mac_of center w1)" outer=192.0.2.2,192.0.2.1 key=1 src=198.51.100.5 \
		dst=10.1.0.9 into=10.1.0.9 last=1 || return 1
	gone=$(changes "$was" "$(counters)")
	echo "# $delivered delivered"
	[ "$delivered" -gt 1000 ]
}
early() { send && early_gone=$gone early_delivered=$delivered; }
late() { watch center w1 && send && [ "$(seen center ip before)" -gt 1000 ]; }
alike() {
	echo "$early_gone"
	echo "$gone"
	[ "$early_gone" = "$gone" ] && [ "$early_delivered" = "$delivered" ]
}

ktap_start 5
load_modules collapsar collapsar_front
ns_add site center guest1
veth site wan center w1
veth guest1 eth0 center p1
ip_in center <<-EOF
	addr add 192.0.2.1/24 dev w1
	neigh add 192.0.2.2 lladdr $(mac_of site wan) dev w1 nud permanent
EOF
# What waits for its other fragments would wait for those of the second time.
in_ns center sysctl -qw net.ipv4.ipfrag_low_thresh=0 net.ipv4.ipfrag_high_thresh=0
in_ns center collapsarctl apply - <<-EOF
	uplink add t0 remote 192.0.2.2 local 192.0.2.1 key 1
	network add a uplink t0 gateway-mac 02:00:00:00:0a:01
	honeypot add g1 network a address 10.1.0.9 port p1 mac $(mac_of guest1 eth0)
EOF
early_gone='' early_delivered=0
# Not by ktap_check, whose subshell would keep what it found to itself.
early > /tmp/early; ktap_check "damaged GRE where nobody else hooks" test $? = 0
sed 's/^#* */# /' /tmp/early
late > /tmp/late; ktap_check "the same where somebody counts at INPUT" test $? = 0
sed 's/^#* */# /' /tmp/late
ktap_check "the reasons were there" grep -q '"drop_gre_header":[1-9]' <<< "$gone"
ktap_check "both times the same came out, for the same reasons" alike
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

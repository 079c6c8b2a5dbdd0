#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 300
# The redirector's uplink may be any tunnel that Linux has: an intruder beyond the
# router reaches V and gets its answer through each kind.
#
#   intruder -- router -- lan -- H: up0 == wan0 192.0.2.2 -- wan0 192.0.2.1 == up0: center
#                                          fd00:2::2         fd00:2::1          all V's
#
# A classic gre with a fixed TTL sets DF outside, so the way to the center has room for
# a tunnel's 1500 bytes.
set -u
# shellcheck source=selftests/netns/redir/topology.bash
. "$CLPS_ROOT/selftests/netns/redir/topology.bash"

# By kind: what "ip link add up0" is told in H and in the center.
declare -A at_h=(
	[gre]="type gre local 192.0.2.2 remote 192.0.2.1 key 5 ttl 64"
	[external]="type gre external"
	[ip6gre]="type ip6gre local fd00:2::2 remote fd00:2::1 key 5"
	[gretap]="type gretap local 192.0.2.2 remote 192.0.2.1 key 5"
) at_center=(
	[gre]="type gre local 192.0.2.1 remote 192.0.2.2 key 5 ttl 64"
	[external]="type gre local 192.0.2.1 remote 192.0.2.2 key 5 ttl 64"
	[ip6gre]="type ip6gre local fd00:2::1 remote fd00:2::2 key 5"
	[gretap]="type gretap local 192.0.2.1 remote 192.0.2.2 key 5"
)
# What the redirector is told beside the uplink's name.
declare -A says=([gre]='' [external]="remote 192.0.2.1 key 5" [ip6gre]=''
	[gretap]="peer-mac $CENTER_MAC")

tunnel() {
	# Words.
	# shellcheck disable=SC2086
	ip -n H link add up0 ${at_h[$1]} && ip -n center link add up0 ${at_center[$1]} || return 1
	[ "$1" != gretap ] || ip -n center link set up0 address "$CENTER_MAC"
	ip -n H link set up0 up mtu 1500
	ip_in center <<-EOF
		link set up0 up mtu 1500
		route replace default dev up0
	EOF
	[ "$1" != gretap ] || ip_in center <<-EOF
		route replace default via 169.254.0.1 dev up0 onlink
		neigh replace 169.254.0.1 lladdr $(mac_of H up0) dev up0 nud permanent
	EOF
	# shellcheck disable=SC2086
	in_ns H collapsarctl redirect add 10.1.0.77 dev eth0 uplink up0 ${says[$1]} probes 0
}
no_tunnel() {
	ip -n H link del up0
	ip -n center link del up0
}
# Large ones too, in fragments where they must be.
served() {
	wait_for 20 reaches intruder 10.1.0.77 &&
		in_ns intruder ping -n -q -c 2 -i 0.2 -W 5 -s 3000 10.1.0.77
}
gone() { [ "$(in_ns H collapsarctl -j redirect show | jq length)" = 0 ]; }

ktap_start 13
load_modules collapsar collapsar_redir
lan_up
veth H wan0 center wan0
in_ns H sysctl -qw net.ipv6.conf.wan0.disable_ipv6=0
in_ns center sysctl -qw net.ipv6.conf.wan0.disable_ipv6=0
ip_in H <<-EOF
	link set wan0 mtu 1600
	addr add 192.0.2.2/24 dev wan0
	addr add fd00:2::2/64 dev wan0 nodad
EOF
ip_in center <<-EOF
	link set wan0 mtu 1600
	addr add 192.0.2.1/24 dev wan0
	addr add fd00:2::1/64 dev wan0 nodad
	addr add 10.1.0.77/32 dev lo
EOF
for kind in gre external ip6gre gretap; do
	ktap_check "$kind is an uplink" tunnel $kind
	ktap_check "V is served through it, fragments too" served
	no_tunnel
	ktap_check "V goes with it" wait_for 10 gone
done
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

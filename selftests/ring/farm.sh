#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# farm.sh guest|center|site: one node of farm.yaml.
set -eu

guest() {
	sysctl -qw net.ipv6.conf.ring0.disable_ipv6=1
	ip link set ring0 address 02:00:00:00:01:09 up
	ip addr add 10.1.0.9/24 dev ring0
	ip route add default via 10.1.0.1
}

center() {
	sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
	ip link set ring0 up
	ip addr add 192.0.2.1/24 dev ring1
	ip link set ring1 up
	collapsarctl apply - <<-EOF
	uplink add dmz remote 192.0.2.2 local 192.0.2.1 key 1
	network add n uplink dmz gateway-mac 02:00:00:00:0a:01
	honeypot add hp network n address 10.1.0.9 port ring0 mac 02:00:00:00:01:09
	EOF
}

site() {
	ip addr add 198.51.100.5/32 dev lo
	ip addr add 192.0.2.2/24 dev ring0
	ip link set ring0 up
	ip link add up0 up type gre local 192.0.2.2 remote 192.0.2.1 key 1 ttl 64
	ip route add 10.1.0.0/24 dev up0 src 198.51.100.5
}

"$1"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 180
# GRE over IPv6 is an uplink; and over WireGuard both our device and the stock one.
#
#   site == ip6gre, or GRE over wg0 == center -- guest1 10.1.0.9
set -u
# shellcheck source=selftests/netns/uplink_topology.bash
. "$CLPS_ROOT/selftests/netns/uplink_topology.bash"

# wg NS OWN PEER ENDPOINT: wg0 with the address 192.0.9.OWN.
wg_up() {
	ip -n "$1" link add wg0 type wireguard
	in_ns "$1" wg set wg0 listen-port 51820 private-key "/tmp/key$2" peer "$(< "/tmp/pub$3")" \
		allowed-ips 192.0.9.0/24 endpoint "$4:51820"
	ip_in "$1" <<-EOF
		addr add 192.0.9.$2/24 dev wg0
		link set wg0 up
	EOF
}
wireguard() {
	local n

	for n in 1 2; do
		(umask 077; wg genkey > "/tmp/key$n")
		wg pubkey < "/tmp/key$n" > "/tmp/pub$n"
	done
	wg_up center 1 2 192.0.2.2
	wg_up site 2 1 192.0.2.1
	pings site 192.0.9.1
}

# Who is on the way forges what comes out of the tunnel, in clear.
received() { in_ns center cat /sys/class/net/up0/statistics/rx_packets; }
refused() { [ "$(core_counter drop_underlay)" -gt "$1" ]; }
forged_beside() {
	local before seen

	before=$(core_counter drop_underlay) seen=$(received)
	frames site send --dev wan --dst "$(in_ns center cat /sys/class/net/w1/address)" \
		--spa 192.0.9.2 --tpa 192.0.9.1 --kind gre \
		--hex 200008000000000745000014000000004011000fc63364050a010009 &&
		wait_for 5 refused "$before" && [ "$(received)" = "$seen" ]
}

# The network goes from one kind of uplink to the next.
uplink() {
	through site
	if in_ns center collapsarctl network show lan > /dev/null 2>&1; then
		in_ns center collapsarctl network set lan uplink up0
		return
	fi
	in_ns center collapsarctl apply - <<-EOF
	network add lan uplink up0 gateway-mac $GW
	honeypot add hp network lan address 10.1.0.9 port p1 mac 02:00:00:00:01:01
	EOF
}
works() {
	ktap_check "$1 is the network's uplink" uplink
	ktap_check "$1: the site reaches the honeypot" pings site 10.1.0.9
	ktap_check "$1: TCP, unharmed" transfer site 10.1.0.9
	ip -n center link del up0
	ip -n site link del up0
}

ktap_start 12
frames_start
load_modules collapsar collapsar_front
ns_add center
underlay site w1 2
guest 1 10.1.0.9
serve guest1
ip -n center link add up0 up type ip6gre local fd00:2::1 remote fd00:2::2 key 7
ip -n site link add up0 up type ip6gre local fd00:2::2 remote fd00:2::1 key 7
works "GRE over IPv6"
ktap_check "WireGuard joins site and center" wireguard
in_ns center collapsarctl uplink add up0 remote 192.0.9.2 local 192.0.9.1 key 7 dev wg0
in_ns site collapsarctl uplink add up0 remote 192.0.9.1 local 192.0.9.2 key 7 dev wg0
ktap_check "GRE forged beside WireGuard is refused, and counted" forged_beside
works "our GRE over WireGuard"
ip -n center link add up0 up type gre local 192.0.9.1 remote 192.0.9.2 key 7
ip -n site link add up0 up type gre local 192.0.9.2 remote 192.0.9.1 key 7
works "stock GRE over WireGuard"
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

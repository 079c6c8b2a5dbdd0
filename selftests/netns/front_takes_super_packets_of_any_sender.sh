#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 120
# Super-packets reach the guest whole, whatever their sender's TTL, IP ids and options:
# their segments' length is reckoned from their own headers, not from the tunnel's.
#
#   site 192.0.2.2 ==GRE, no key== 192.0.2.1 center -p1- guest1 10.1.0.9
#   198.51.100.5
set -u
# shellcheck source=selftests/netns/center.bash
. "$CLPS_ROOT/selftests/netns/center.bash"
# shellcheck source=selftests/lib/stats.sh
. "$CLPS_ROOT/selftests/lib/stats.sh"

# Without timestamps a segment fills the MTU; TTL 255 is what routers and Solaris send.
odd_sender() { in_ns site sysctl -qw net.ipv4.tcp_timestamps=0 net.ipv4.ip_default_ttl=255; }
up() {
	ns_add center site
	veth center w1 site wan
	# Room for the tunnel's headers, or they are cut before.
	ip -n center link set w1 mtu 1600
	ip -n center addr add 192.0.2.1/24 dev w1
	ip_in site <<-EOF
		link set wan mtu 1600
		addr add 192.0.2.2/24 dev wan
		addr add 198.51.100.5/32 dev lo
	EOF
	in_ns site collapsarctl uplink add up0 remote 192.0.2.1 local 192.0.2.2
	ip -n site route add 10.1.0.0/24 dev up0 src 198.51.100.5
	guest 1 10.1.0.9
	in_ns center collapsarctl apply - <<-EOF
	uplink add dmz remote 192.0.2.2 local 192.0.2.1
	network add a uplink dmz gateway-mac 02:00:00:00:0a:01
	honeypot add hp1 network a address 10.1.0.9 port p1 mac $(guest_mac 1)
	EOF
}
stream() {
	timeout 60 nsexec site socat -u OPEN:/tmp/sent TCP:10.1.0.9:80 && wait_for 20 cmp /tmp/sent /tmp/got
}
link_count() { ip -n center -s -j link show p1 | jq ".[0].stats64.tx.$1"; }
whole() { [ $(($(link_count bytes) / $(link_count packets))) -gt 4000 ]; }

ktap_start 7
load_modules collapsar collapsar_front
ktap_check "a site without a key" up
stats_watch center
head -c 1000000 /dev/urandom > /tmp/sent
spawn in_ns guest1 socat -u TCP-LISTEN:80,reuseaddr,fork OPEN:/tmp/got,creat,trunc
wait_for 20 eval 'in_ns guest1 ss -Hltn sport = :80 | grep -q .'
ktap_check "its sender is an odd one" odd_sender
ktap_check "a TCP stream arrives as it was sent" stream
ktap_check "none of it was too big" test "$(network_counter a drop_too_big)" = 0
ktap_check "it came in super-packets" whole
ktap_check "everything that was sent is counted once" stats_add_up
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: stock
# TIMEOUT: 120
# Where the center's IPsec policy demands ESP, GRE in clear is taken from nobody.
#
#   site 192.0.2.2 ==GRE key 1== 192.0.2.1 center
#   up0 10.9.0.2                 10.9.0.1 up0
set -u
# shellcheck source=selftests/lib/ktap.sh
. "$CLPS_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/lib/netns.sh
. "$CLPS_ROOT/selftests/lib/netns.sh"

reaches() { in_ns site ping -c 1 -W 2 10.9.0.1; }
refused() { counter core "" drop_ipsec center; }
demand() {
	ip -n center xfrm policy add dir in src 192.0.2.2 dst 192.0.2.1 proto gre \
		tmpl src 192.0.2.2 dst 192.0.2.1 proto esp mode transport level required
}
counted() { [ "$(refused)" -gt "$before" ]; }
# As many as it sends were refused, and none reached the device.
in_clear() {
	before=$(refused)
	not reaches && wait_for 5 counted
}
received() { in_ns center cat /sys/class/net/up0/statistics/rx_packets; }

ktap_start 6
load_modules collapsar
ns_add site center
veth site wan center wan
ip -n site addr add 192.0.2.2/24 dev wan
ip -n center addr add 192.0.2.1/24 dev wan
in_ns site collapsarctl uplink add up0 remote 192.0.2.1 local 192.0.2.2 key 1
in_ns center collapsarctl uplink add up0 remote 192.0.2.2 local 192.0.2.1 key 1
ip -n site addr add 10.9.0.2/30 dev up0
ip -n center addr add 10.9.0.1/30 dev up0
ktap_check "without a policy the tunnel carries" wait_for 10 reaches
ktap_check "the center's policy demands ESP" demand
seen=$(received)
ktap_check "GRE in clear is refused, and counted" in_clear
ktap_check "the tunnel's netdev has received none" test "$(received)" = "$seen"
ip -n center xfrm policy flush
ktap_check "without the policy it carries again" wait_for 10 reaches
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

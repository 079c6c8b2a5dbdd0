#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 180
# One collect-metadata GRE device at the center is the uplink of two networks, told
# apart by remote and key; who is neither gets nothing.
#
#   siteA 192.0.2.2 == key 1 ==+                  +- guest1 10.1.0.9 (network a)
#   siteB 192.0.3.2 == key 2 ==+== ext0 (center) -+
#   siteC 192.0.4.2 == key 1 ==+                  +- guest2 10.1.0.9 (network b)
set -u
# shellcheck source=selftests/netns/uplink_topology.bash
. "$CLPS_ROOT/selftests/netns/uplink_topology.bash"

# tunnel SITE NET KEY
tunnel() {
	ip -n "$1" link add up0 up type gre local "192.0.$2.2" remote "192.0.$2.1" key "$3" ttl 64
	through "$1"
}

networks() {
	in_ns center collapsarctl apply - <<-EOF
	network add a uplink ext0 remote 192.0.2.2 key 1 gateway-mac $GW
	network add b uplink ext0 remote 192.0.3.2 key 2 gateway-mac $GW
	honeypot add hp1 network a address 10.1.0.9 port p1 mac 02:00:00:00:01:01
	honeypot add hp2 network b address 10.1.0.9 port p2 mac 02:00:00:00:01:02
	EOF
}
seen() { honeypot_value "$1" rx_packets; }

# alone SITE HP OTHER: its pings are answered by its own honeypot.
alone() {
	local mine other

	mine=$(seen "$2") other=$(seen "$3")
	pings "$1" 10.1.0.9 5 || return 1
	echo "$2: $(($(seen "$2") - mine)), $3: $(($(seen "$3") - other))"
	[ "$(($(seen "$2") - mine))" = 5 ] && [ "$(seen "$3")" = "$other" ]
}
# refused SITE: silence, and a reason.
refused() {
	local before

	before=$(core_counter drop_no_network)
	! in_ns "$1" ping -n -q -c 3 -i 0.1 -W 1 10.1.0.9 && [ "$(($(core_counter drop_no_network) - before))" = 3 ]
}

ktap_start 10
load_modules collapsar collapsar_front
ns_add center
underlay siteA w1 2
underlay siteB w2 3
underlay siteC w3 4
guest 1 10.1.0.9
guest 2 10.1.0.9
tunnel siteA 2 1
tunnel siteB 3 2
tunnel siteC 4 1
ip -n center link add ext0 up type gre external
ktap_check "two networks on one device" networks
ktap_check "siteA is answered by network a alone" alone siteA hp1 hp2
ktap_check "siteB by network b alone" alone siteB hp2 hp1
serve guest1
ktap_check "TCP from siteA, unharmed" transfer siteA 10.1.0.9
ktap_check "a stranger with a known key gets nothing" refused siteC
ip -n siteA link del up0
tunnel siteA 2 2
ktap_check "a known remote with another's key gets nothing" refused siteA
ip -n siteA link del up0
tunnel siteA 2 1
ktap_check "with its own again, it does" pings siteA 10.1.0.9
spawn in_ns siteA ping -n -q -i 0.02 10.1.0.9 > /dev/null
spawn in_ns siteB ping -n -q -i 0.02 10.1.0.9 > /dev/null
ip -n center link del ext0
ip -n center link add ext0 up type gre external
ktap_check "the device is deleted and made again under traffic" in_ns center collapsarctl apply - <<-EOF
	network set a uplink ext0 remote 192.0.2.2 key 1
	network set b uplink ext0 remote 192.0.3.2 key 2
EOF
ktap_check "and traffic resumes" pings siteB 10.1.0.9
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 180
# Keepalives go out while the device is up, and only then; whoever decapsulates
# answers them, and the carrier follows the answers.
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

ktap_start 10
topology
ktap_check "two peers are there" test $? = 0
ktap_check "keepalives come back" wait_for 15 back_at_least 6
ktap_check "b's carrier is on" carrier tb 1
ktap_check "c's carrier is on" carrier tc 1

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
ip -n b link set ta up
ip -n c link set ta up
ktap_check "both come back with the answers" \
	wait_for 15 eval "carrier tb 1 && carrier tc 1"
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml stock
# TIMEOUT: 300
# A guest may leave the checksum of what it sends to whoever comes after. That writes two
# bytes into the packet after it was checked, at a place that the guest names: nothing
# that was checked may be that place.
set -u
# shellcheck source=selftests/netns/front_topology.bash
. "$CLPS_ROOT/selftests/netns/front_topology.bash"

HONEST='IP 10.1.0.9.80 > 198.51.100.5.40000: UDP, length 64'
asks() { echo | in_ns siteA socat -u - UDP:10.1.0.9:80,bind=198.51.100.5:40000; }
# offload START AT: both from the IP header on.
offload() {
	frames guest1 offload --dst "$GW_A" --spa 10.1.0.9 --tpa 198.51.100.5 \
		--start "$1" --at "$2"
}
summed() { [ "$(tcpdump -vvnr /tmp/heard.pcap udp 2> /dev/null | grep -c 'udp sum ok')" = "$1" ]; }
passes() { offload 20 26 && wait_for 10 summed "$1"; }
malformed() { network_counter a drop_malformed; }
counted() { [ "$(malformed)" = "$1" ]; }
# refused START AT: by us, or (2) already by the guest's kernel.
refused() {
	local before rc

	before=$(malformed)
	offload "$@"
	rc=$?
	[ "$rc" = 2 ] || { [ "$rc" = 0 ] && wait_for 10 counted $((before + 1)); }
}
# A kernel forgets a sum that begins before the packet, or does not let it begin.
forgotten() {
	offload -4 -4
	[ $? != 1 ]
}
nothing_else() { not grep -v "$HONEST" /tmp/heard; }

ktap_start 10
frames_start
front_up
# The center has to sum: its NIC does not.
in_ns center ethtool -K w1 tx off > /dev/null
spawn in_ns siteA tcpdump -lni up0 udp and src not 198.51.100.5 > /tmp/heard 2> /tmp/tcpdump
spawn in_ns siteA tcpdump -U -w /tmp/heard.pcap -i up0 udp and src 10.1.0.9 2> /tmp/tcpdump2
wait_for 20 grep -q 'listening on' /tmp/tcpdump
wait_for 20 grep -q 'listening on' /tmp/tcpdump2
ktap_check "the outside begins a flow" asks
ktap_check "a checksum left at its own place passes" passes 1
ktap_check "one that would change the destination does not" refused 6 18
ktap_check "nor the source" refused 6 14
ktap_check "nor a port" refused 20 22
ktap_check "nor one beyond the packet" refused 20 92
ktap_check "one whose sum begins before the packet is forgotten" forgotten
ktap_check "honest ones still pass" passes 2
ktap_check "nothing else was heard" nothing_else
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

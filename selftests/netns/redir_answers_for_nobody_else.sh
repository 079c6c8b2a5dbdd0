#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 300
# Who scans the whole prefix, by ARP on the LAN or by ping from beyond the router,
# finds the hosts, and the V's that are claimed, and nothing else.
set -u
# shellcheck source=selftests/netns/redir/topology.bash
. "$CLPS_ROOT/selftests/netns/redir/topology.bash"

scan_arp() { frames "$1" scan --spa "$2" --tpa 10.1.0.0 --seconds 3; }
scan_ping() {
	in_ns intruder nmap -n -sn -PE --max-retries 1 10.1.0.0/24 -oG - |
		sed -n 's/^Host: \([0-9.]*\) .*Status: Up.*/\1/p' | sort
}
# found "ADDRESSES" command...: those, and only those.
found() {
	local want=$1

	shift
	"$@" > /tmp/found || return 1
	# Words, on purpose.
	# shellcheck disable=SC2086
	diff <(printf '%s\n' $want | sort) <(cut -d' ' -f1 /tmp/found | sort)
}
mac_in_scan() { grep -qx "$1 $2" /tmp/found; }

HOSTS="10.1.0.1 10.1.0.2 10.1.0.50"
ktap_start 12
load_modules collapsar collapsar_redir
lan_up
center_up 10.1.0.77 10.1.0.78 10.1.0.79 10.1.0.80
ip -n newcomer addr add 10.1.0.60/24 dev eth0
ip -n newcomer route add default via 10.1.0.1
ktap_check "without a redirect, ARP finds the hosts" found "$HOSTS" scan_arp newcomer 10.1.0.60
redirect 10.1.0.77 probes 0
redirect 10.1.0.78 probes 0 mac 02:aa:bb:cc:dd:01
redirect 10.1.0.79 probes 10 probe-interval 10000
redirect 10.1.0.80 probes 0
in_ns H collapsarctl redirect set 10.1.0.80 dev eth0 withdraw
ktap_check "ARP finds the hosts and the claimed V's" \
	found "$HOSTS 10.1.0.77 10.1.0.78" scan_arp newcomer 10.1.0.60
ktap_check "a V is at H's MAC" mac_in_scan 10.1.0.77 "$H_MAC"
ktap_check "or at its own" mac_in_scan 10.1.0.78 02:aa:bb:cc:dd:01
ktap_check "hosts are at their own MACs" mac_in_scan 10.1.0.50 "$(mac_of host eth0)"
ktap_check "another sender finds the same" \
	found "10.1.0.1 10.1.0.2 10.1.0.60 10.1.0.77 10.1.0.78" scan_arp host 10.1.0.50
ktap_check "pings from beyond the router find the same" \
	found "$HOSTS 10.1.0.60 10.1.0.77 10.1.0.78" scan_ping
# What a misled machine sends to H's MAC for another address is not H's, nor the center's.
before=$(counter redir "" rx_packets H)
frames host scan_ip --spa 10.1.0.50 --tpa 10.1.0.0 --dst "$H_MAC" \
	--other 10.1.0.77,10.1.0.78
ktap_check "packets for other addresses are not captured" \
	test "$(counter redir "" rx_packets H)" = "$before"
in_ns H collapsarctl redirect del 10.1.0.77 dev eth0
in_ns H collapsarctl redirect del 10.1.0.78 dev eth0
ktap_check "a deleted V is not found any more" found "$HOSTS" scan_arp newcomer 10.1.0.60
in_ns H ip neigh flush all
ip -n H link set eth0 down
ip -n H link set eth0 up
ip -n H route replace default via 10.1.0.1
wait_for 10 reaches host 10.1.0.2
ktap_check "nor after the link was down" found "$HOSTS" scan_arp newcomer 10.1.0.60
rmmod collapsar_redir
CLPS_LOADED=(collapsar)
ktap_check "nor without the module" found "$HOSTS" scan_arp newcomer 10.1.0.60
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

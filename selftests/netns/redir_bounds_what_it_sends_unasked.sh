#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 300
# However many V's there are, the LAN hears no burst of them: probes and announcements
# leave at 500 a second, and a scan of all V's makes H verify 100 of them a second.
set -u
# shellcheck source=selftests/netns/redir/topology.bash
. "$CLPS_ROOT/selftests/netns/redir/topology.bash"
V=1000 tap=

add_all() {
	in_ns H env PYTHONPATH="$PY" python3 - $V "$(in_ns H cat /sys/class/net/eth1/ifindex)" \
		"$(in_ns H cat /sys/class/net/up0/ifindex)" <<-'EOF'
		import socket, sys
		from genl import *
		nr, nic, up = map(int, sys.argv[1:])
		f = Family("collapsar_redir")
		for i in range(nr):
		    err, text, _ = f.send(1, attr(1, struct.pack("!I", 0x0a020001 + i)) + u32(2, nic) +
		                          attr(4 | NESTED, u32(1, up)) + u32(9, 3) + u32(10, 100))
		    if err:
		        sys.exit("%d: %s" % (err, text))
	EOF
}
all_claimed() { [ "$(in_ns H collapsarctl -j redirect show | jq '[.[] | select(.state == "claimed")] | length')" = $V ]; }
# hear FILTER: what leaves H from now on goes to /tmp/heard.
hear() {
	[ -z "$tap" ] || kill "$tap"
	rm -f /tmp/tcpdump
	spawn in_ns newcomer tcpdump -i eth1 -tt -n -l -B 4096 "arp[6:2] = 1 and $1" > /tmp/heard 2> /tmp/tcpdump
	tap=$!
	wait_for 10 grep -q 'listening on' /tmp/tcpdump
}
heard() { [ "$(wc -l < /tmp/heard)" -ge "$1" ]; }
# Were the frames sent in no less than their number at RATE takes? Less half a second, by
# which a slow machine may be late with the first ones.
paced() {
	awk -v rate="$1" '{ t = $1 } NR == 1 { first = t }
		END { print NR " in " t - first " s"; exit NR < 2 || t - first < NR / rate - 0.5 }' /tmp/heard
}
# Verifications since the counter was BEFORE, one at least.
heard_all_since() {
	local asked=$(($(counter redir "" arp_probes H) - $1))

	[ "$asked" -gt 0 ] && heard "$asked"
}
# Each second since the first frame allows RATE more.
within_limit() {
	awk -v rate="$1" '{ t = $1 } NR == 1 { first = t }
		END { print NR " in " t - first " s"; exit NR > rate * int(t - first + 1) }' /tmp/heard
}

ktap_start 9
load_modules collapsar collapsar_redir
lan_up
center_up
# A cable alone is the LAN: a bridge would be slower than what is measured.
veth H eth1 newcomer eth1
ip -n H addr add 10.2.255.1/16 dev eth1
add_all
ktap_check "hundreds of V's are claimed" wait_for 60 all_claimed
hear 'arp[14:4] = 0'
ip -n newcomer link set eth1 down
ip -n newcomer link set eth1 up
ktap_check "when the link is back all are probed" wait_for 60 heard $((3 * V))
ktap_check "500 a second" paced 500
ktap_check "and are claimed" wait_for 60 all_claimed
hear 'arp[14:4] = arp[24:4]'
ip -n H link set eth1 address 02:00:00:00:00:99
ktap_check "all are announced when the NIC's MAC changes" wait_for 60 heard "$V"
ktap_check "500 a second" paced 500
before=$(counter redir "" arp_probes H)
hear 'arp[14:4] = 0x0a02ff01'
frames newcomer scan --dev eth1 --spa 10.2.255.9 --tpa 10.2.0.0 --seconds 0.1 > /dev/null
ktap_check "who asks for hundreds is answered, and H asks" wait_for 20 heard_all_since "$before"
ktap_check "100 a second" within_limit 100
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

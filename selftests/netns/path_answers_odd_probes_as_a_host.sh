#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 300
# What a port scanner sends and no other program does draws from V what it draws from
# a real host of that LAN, through redirector, GRE and front-end; and what the
# honeypot may send has not become more.
#
#   intruder -- router -- lan -- H (redirector) == GRE == center (front-end) -- g1 (V)
#                          +---- host
set -u
# shellcheck source=selftests/netns/redir/topology.bash
. "$CLPS_ROOT/selftests/netns/redir/topology.bash"
# shellcheck source=selftests/lib/stats.sh
. "$CLPS_ROOT/selftests/lib/stats.sh"

# probe TARGET KIND: what it answers to the intruder.
probe() {
	frames intruder answer --kind "$2" --spa 203.0.113.9 --tpa "$1" --dst "$wan" --seconds 5
}
# same_answer KIND ANSWER: of V, and of the host.
same_answer() {
	local v real

	v=$(probe 10.1.0.77 "$1")
	real=$(probe 10.1.0.50 "$1")
	echo "V: $v, the host: $real"
	[ "$v" = "$2" ] && [ "$real" = "$2" ]
}
network() { counter network lan "$1" center; }
# V sends a packet to the intruder: v_sends KIND TX CONTAINED [PROTOCOL], so many of it
# leave and do not.
v_sends() {
	local tx contained

	tx=$(network tx_packets)
	contained=$(network drop_contained)
	frames g1 send --kind "$1" --spa 10.1.0.77 --tpa 203.0.113.9 --dst "$wan" \
		--other "${4:-0}"
	echo "tx $tx $(network tx_packets) contained $contained $(network drop_contained)"
	[ "$(network tx_packets)" = $((tx + $2)) ] &&
		[ "$(network drop_contained)" = $((contained + $3)) ]
}

ktap_start 13
load_modules collapsar collapsar_redir
lan_up
farm_up 10.1.0.77
rc=$?
stats_watch H eth0 && stats_watch center
wan=$(mac_of router wan)
for ns in g1 host; do
	spawn in_ns "$ns" socat TCP-LISTEN:80,reuseaddr,fork OPEN:/dev/null
	wait_for 10 eval "in_ns $ns ss -Hltn sport = :80 | grep -q ."
done
ktap_check "the whole farm is configured" test "$rc" = 0
ktap_check "V answers the intruder" wait_for 20 reaches intruder 10.1.0.77
ktap_check "a SYN is answered" same_answer syn "tcp 80 40000 0x12"
ktap_check "and in fragments of 8 bytes" same_answer syn8 "tcp 80 40000 0x12"
ktap_check "and of 16" same_answer syn16 "tcp 80 40000 0x12"
ktap_check "a protocol that it does not speak is unreachable" same_answer bare "icmp 3 2"
ktap_check "none of it was malformed" test "$(counter redir "" drop_malformed H)" = 0 \
	-a "$(network drop_malformed)" = 0
ktap_check "within that connection V may speak" v_sends ack 1 0
# The last one, of four bytes without a beginning, has no flags to hide.
ktap_check "but not in fragments that hide the flags" v_sends ack8 1 2
ktap_check "it may say that of the protocol it was asked for" v_sends unreachable 1 0 250
ktap_check "and of no other" v_sends unreachable 0 1 251
ktap_check "everything that was sent is counted once" stats_add_up
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

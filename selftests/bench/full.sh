#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Runs in the machine of selftests/bench/icount: what a packet costs when a table has one
# entry, and when it is full and each packet is for another entry. A line each:
#
#   WHAT one|full there|back MEDIAN MEAN MIN MAX
#
# v:        VS redirected addresses, and as many entries at the center
# dispatch: ENTRIES entries at the center, of 16 networks
# networks: NETWORKS networks at the center, by as many clps_gre devices
# peers:    the same by one external gre device
#
#   intruder 10.0.0.1/8 -- H 10.0.0.2/8 == GRE == center -- guest: has every V
#
# The intruder sends by H as its router: neither end notices how many V's there are.
set -eu
# shellcheck source=selftests/bench/chains.bash
. /clps/chains.bash
VS=${VS:-65536} ENTRIES=${ENTRIES:-1000000} NETWORKS=${NETWORKS:-4096}
# So many of the entries are used, evenly from all over the table.
USED=2000 GUESTS=128
GW=02:00:00:00:0a:01

say() { in_chain "$1" collapsarctl apply -; }

# No neighbour is to be asked for while packets are counted.
friends() { ip -n "$1" neigh replace "$2" lladdr "$3" dev "$4" nud permanent; }

ends() {
	chain_spaces
	cable intruder eth0 H eth0
	cable H wan center wan
	ip -n intruder addr add 10.0.0.1/8 dev eth0
	ip -n intruder route add 10.1.0.0/16 via 10.0.0.2
	ip -n H addr add 10.0.0.2/8 dev eth0
	ip -n H addr add 192.0.2.2/24 dev wan
	ip -n center addr add 192.0.2.1/24 dev wan
	ip -n guest route add local 10.1.0.0/16 dev lo
	friends intruder 10.0.0.2 "$(mac_at H eth0)" eth0
	friends H 10.0.0.1 "$(mac_at intruder eth0)" eth0
	friends H 192.0.2.1 "$(mac_at center wan)" wan
	friends center 192.0.2.2 "$(mac_at H wan)" wan
}

# guest_port N: pN of the center, eN of the guest.
guest_port() {
	cable center "p$1" guest "e$1"
	ip -n guest link set "e$1" address $GUEST_MAC
}

# Two places at the end of the address, as in 10.1.X.Y.
each() { awk -v n="$1" -v from="$2" 'BEGIN { for (i = from; i < n; i++)
	printf "%d.%d %d\n", i / 256, i % 256, i }'; }

one_network() {
	guest_port 0
	ip -n guest route add default via 10.0.0.99 onlink dev e0
	friends guest 10.0.0.99 $GW e0
	say H <<-EOT
	uplink add up remote 192.0.2.1 local 192.0.2.2 key 1
	redirect add 10.1.0.0 dev eth0 uplink up probes 0
	EOT
	say center <<-EOT
	uplink add up remote 192.0.2.2 local 192.0.2.1 key 1
	network add net uplink up gateway-mac $GW
	honeypot add h0 network net address 10.1.0.0 port p0 mac $GUEST_MAC
	EOT
}

fill_v() {
	echo "# $VS V's"
	each "$VS" 1 | awk '{ print "redirect add 10.1." $1 " dev eth0 uplink up probes 0" }' | say H
	each "$VS" 1 | awk -v mac=$GUEST_MAC '{
		print "honeypot add h" $2 " network net address 10.1." $1 " port p0 mac " mac }' | say center
}

# The same addresses in other networks. They share no port with ours.
fill_dispatch() {
	local k rest left=$((ENTRIES - VS))

	for k in {15..1}; do
		rest=$((left / k))
		left=$((left - rest))
		echo "# entries of network $((16 - k)) of 15: $rest"
		ip -n center link add d$k type veth peer name dd$k
		say center <<-EOT
		uplink add u$k remote 192.0.2.3 local 192.0.2.1 key $k
		network add n$k uplink u$k gateway-mac $GW
		EOT
		each $rest 0 | awk -v k=$k '{ split($1, a, ".")
			print "honeypot add n" k "." $2 " network n" k " address 10." int(1 + a[1] / 256) "." \
				a[1] % 256 "." a[2] " port d" k }' | say center
	done
}

# networks KIND FROM TO: the V 10.1.X.Y is of network number X * 256 + Y, by a key of its own.
networks() {
	local kind=$1

	echo "# networks $2 to $3 by $kind"
	if [ "$kind" = networks ]; then
		each "$3" "$2" | awk '{ print "uplink add u" $2 " remote 192.0.2.1 local 192.0.2.2 key " 3 + $2 }' | say H
		each "$3" "$2" | awk '{ print "uplink add u" $2 " remote 192.0.2.2 local 192.0.2.1 key " 3 + $2 }' | say center
	fi
	each "$3" "$2" | awk -v kind="$kind" '{
		up = kind == "peers" ? "md remote 192.0.2.1 key " 3 + $2 : "u" $2
		print "redirect add 10.1." $1 " dev eth0 uplink " up " probes 0" }' | say H
	each "$3" "$2" | awk -v kind="$kind" -v gw=$GW '{
		up = kind == "peers" ? "md remote 192.0.2.2 key " 3 + $2 : "u" $2
		print "network add n" $2 " uplink " up " gateway-mac " gw " flows 64" }' | say center
}

# guests STEP: of every STEP-th network.
guests() {
	local i

	for ((i = 1; i < GUESTS; i++)); do guest_port $i; done
	each $GUESTS 0 | awk -v step="$1" -v mac=$GUEST_MAC '{ n = $2 * step
		print "honeypot add h" $2 " network n" n " address 10.1." int(n / 256) "." n % 256 \
			" port p" $2 " mac " mac }' | say center
}

# count WHAT one|full STEP COUNT [back]
count() {
	echo "$1 $2 ${5:-there} $(spread "${SIZE:-64}" "$4" "$3" intruder 10.0.0.1 guest 10.1.0.0 ${5:+back})"
}

both_ways() {
	count "$1" "$2" "$3" $USED
	count "$1" "$2" "$3" $USED back
}

tables() {
	ends
	one_network
	both_ways v one 0
	fill_v
	both_ways v full $((VS / USED))
	[ "$ENTRIES" = 0 ] || {
		fill_dispatch
		both_ways dispatch full $((VS / USED))
	}
	chain_down
}

# many KIND
many() {
	ends
	guest_port 0
	[ "$1" = networks ] || for n in H center; do ip -n $n link add md up type gre external; done
	networks "$1" 0 1
	say center <<-EOT
	honeypot add h0 network n0 address 10.1.0.0 port p0 mac $GUEST_MAC
	EOT
	count "$1" one 0 $GUESTS
	networks "$1" 1 "$NETWORKS"
	in_chain center collapsarctl honeypot del h0
	guests $((NETWORKS / GUESTS))
	count "$1" full $((NETWORKS / GUESTS)) $GUESTS
	chain_down
}

for t in ${TABLES:-tables networks peers}; do
	case $t in
	tables) tables ;;
	*) many "$t" ;;
	esac
done

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT: 900
# A center dispatches 1,000,000 (network, V): the same 250,000 V's in each of four
# networks, and a packet goes to the guest of its own.
#
#   site 192.0.2.2 ==GRE key 1..4 (g1..g4)== 192.0.2.1 center --pK-- guestK: has every V,
#   198.51.100.5                                                     sends with TTL 100 + K
# shellcheck disable=SC2317 # the checks are called by name
# shellcheck source=selftests/e2e/scale.sh
. "$(dirname "$0")/scale.sh"

NETWORKS=4 EACH=250000
N=$((NETWORKS * EACH))

topology() {
	local k

	ns_add center site
	veth center wan site wan
	ip -n center addr add 192.0.2.1/24 dev wan
	ip -n site addr add 192.0.2.2/24 dev wan
	ip -n site addr add 198.51.100.5/32 dev lo
	for ((k = 1; k <= NETWORKS; k++)); do
		ns_add guest$k
		veth center p$k guest$k eth0
		ip_in guest$k <<-END
			link set eth0 address 02:00:00:00:01:0$k
			route add local 10.0.0.0/8 dev lo
			route add default via 169.254.0.1 dev eth0 onlink
			neigh add 169.254.0.1 lladdr 02:00:00:00:0a:01 dev eth0 nud permanent
		END
		in_ns guest$k sysctl -qw net.ipv4.ip_default_ttl=$((100 + k))
		ip_in site <<-END
			link add g$k up type gre local 192.0.2.2 remote 192.0.2.1 key $k ttl 64
			route add 10.0.0.0/8 dev g$k metric $k src 198.51.100.5
		END
	done
	networks | in_ns center collapsarctl apply -
}

networks() {
	local k

	for ((k = 1; k <= NETWORKS; k++)); do
		echo "uplink add u$k remote 192.0.2.2 local 192.0.2.1 key $k"
		echo "network add n$k uplink u$k gateway-mac 02:00:00:00:0a:01"
	done
}

v() { echo "10.$(($1 / 65536)).$(($1 / 256 % 256)).$(($1 % 256))"; }

honeypots() {
	awk -v n=$EACH -v nets=$NETWORKS 'BEGIN { for (k = 1; k <= nets; k++) for (i = 0; i < n; i++)
		printf "honeypot add h%d.%d network n%d address 10.%d.%d.%d port p%d mac 02:00:00:00:01:0%d\n",
			k, i, k, i / 65536, i / 256 % 256, i % 256, k, k }'
}
add_all() { honeypots | in_ns center collapsarctl apply -; }
show() { (ulimit -v 32768 && in_ns center collapsarctl "$@"); }

count() { [ "$(show honeypot show | wc -l)" = $N ]; }
count_json() { [ "$(show -j honeypot show network n2 | tr -cd '{' | wc -c)" = $EACH ]; }

# Each of them by its own network's guest.
reach() {
	local i k

	for i in 0 $((EACH - 1)) $(sample 10 $EACH); do
		for ((k = 1; k <= NETWORKS; k++)); do
			# Two routers at most are to be seen, and there is none.
			[ "$(ttl_of site -I g$k "$(v "$i")")" = $((100 + k)) ] || return 1
		done
	done
}

beside() {
	local i was

	was=$(counter network n3 drop_no_honeypot center)
	for i in $EACH $((EACH + 777)) 16777214; do
		! in_ns site ping -n -q -c1 -W1 -I g3 "$(v "$i")" || return 1
	done
	[ $(($(counter network n3 drop_no_honeypot center) - was)) = 3 ]
}

# Of all that was asked until now, twelve times in each network, and for nobody three times
# in one: honeypots, networks and uplinks have as many, there and back.
add_up() {
	local k more

	[ "$(show -j honeypot show | carried)" = "48 48" ] || return 1
	for ((k = 1; k <= NETWORKS; k++)); do
		more=$((k == 3 ? 3 : 0))
		[ "$(counter network n$k rx_packets center) $(counter network n$k tx_packets center)" = "12 12" ] &&
			[ "$(counter network n$k drop_no_honeypot center)" = $more ] &&
			[ "$(of_link center u$k rx_packets) $(of_link center u$k tx_packets)" = "$((12 + more)) 12" ] ||
			return 1
	done
}

missing() { ! in_ns center collapsarctl honeypot show "$1"; }
some_deleted() {
	printf 'honeypot del h1.%d\n' {1000..1999} | in_ns center collapsarctl apply - &&
		missing h1.1000 && missing h1.1999 && in_ns center collapsarctl honeypot show h1.2000 &&
		! in_ns site ping -n -q -c1 -W1 -I g1 "$(v 1500)" &&
		in_ns site ping -n -q -c1 -W1 -I g2 "$(v 1500)"
}

# Among so many one port has few: the others do not matter.
port_goes() {
	ip -n center link add px type veth peer name py && in_ns center collapsarctl apply - <<-END &&
		honeypot add x network n1 address 10.200.0.1 port px
	END
		ip -n center link del px &&
		[ "$(in_ns center collapsarctl -j honeypot show x | jq -r '.[0].port')" = null ]
}

# A honeypot at the end of a million lines is refused: nothing of them is left.
undone() {
	local rc=0

	{ honeypots | head -100000 | sed 's/add h/add again/; s/address 10/address 20/'
	  echo "honeypot add h1.0 network n1 address 30.0.0.1 port p1"; } |
		in_ns center collapsarctl apply - 2> /tmp/refused || rc=$?
	cat /tmp/refused
	[ $rc = 2 ] && grep -q '^stdin:100001:1: ' /tmp/refused && missing again1.0 && missing again1.99999
}

ktap_start 16
topology
used
timed 300 "$N entries are added" add_all
per bytes_per_dispatch_entry $N 512
timed 120 "all of them are listed, in little memory" count
timed 120 "those of one network, as JSON" count_json
ktap_check "those asked for answer, from their own network, first and last too" reach
ktap_check "what is none does not, and is counted" beside
timed 120 "all of them together have counted every packet" add_up
timed 30 "a thousand of them are deleted" some_deleted
timed 10 "a port with one honeypot goes" port_goes
timed 120 "a long file is undone" undone
ktap_check "the others still answer" [ "$(ttl_of site -I g2 10.3.0.1)" = 102 ]
timed 60 "a port with 250,000 of them goes" ip -n center link del p4
ktap_check "its honeypots stay, without a port" \
	eval '[ "$(in_ns center collapsarctl -j honeypot show h4.7 | jq -r ".[0].port")" = null ]'
timed 120 "all of them go with their namespace" eval '
	ip netns del center && wait_for 100 eval "rmmod collapsar_front"'
CLPS_LOADED=(collapsar_redir collapsar)
ktap_check "and so does their memory" given_back
ktap_check "nothing stays, nothing warns" check_leaks
ktap_end

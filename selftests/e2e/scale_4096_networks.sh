#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT: 900
# A center serves 4,096 networks, all of them 10.1.0.0/24: by the 16 remotes and 256 keys
# of one external gre device, and by as many clps_gre devices. Eight of them have a guest.
#
#   site 192.0.2.2..17 ==GRE key 1..256== 192.0.2.1 center --pS-- guestS 10.1.0.9,
#   198.51.100.5                                                  sends with TTL 100 + S
# shellcheck disable=SC2317 # the checks are called by name
# shellcheck source=selftests/e2e/scale.sh
. "$(dirname "$0")/scale.sh"
# shellcheck source=selftests/lib/stats.sh
. "$CLPS_ROOT/selftests/lib/stats.sh"

N=4096
mapfile -t chosen < <(echo 0; echo $((N - 1)); sample 6 $((N - 2)) | awk '{ print $1 + 1 }')

remote() { echo "192.0.2.$((2 + $1 / 256))"; }
key() { echo $((1 + $1 % 256)); }

topology() {
	local s i

	ns_add center site
	veth center wan site wan
	ip -n center addr add 192.0.2.1/24 dev wan
	for i in {0..15}; do echo "addr add 192.0.2.$((2 + i))/24 dev wan"; done | ip_in site
	ip -n site addr add 198.51.100.5/32 dev lo
	for s in {1..8}; do
		ns_add guest$s
		veth center p$s guest$s eth0
		ip_in guest$s <<-END
			link set eth0 address 02:00:00:00:01:0$s
			addr add 10.1.0.9/24 dev eth0
			route add default via 10.1.0.1
		END
		in_ns guest$s sysctl -qw net.ipv4.ip_default_ttl=$((100 + s))
	done
}

# sender ADDRESS KEY: what the site sends from now on.
sender() {
	ip -n site link del up0 2> /dev/null
	ip_in site <<-END
		link add up0 up type gre local $1 remote 192.0.2.1 key $2 ttl 64
		route add 10.1.0.0/24 dev up0 src 198.51.100.5
	END
}
use() { sender "$(remote "$1")" "$(key "$1")"; }

external() {
	awk -v n=$N 'BEGIN { for (i = 0; i < n; i++)
		printf "network add n%d uplink md0 remote 192.0.2.%d key %d gateway-mac 02:00:00:00:0a:01\n",
			i, 2 + i / 256, 1 + i % 256 }' | in_ns center collapsarctl apply -
}

devices() {
	awk -v n=$N 'BEGIN { for (i = 0; i < n; i++) {
		printf "uplink add u%d local 192.0.2.1 remote 192.0.2.%d key %d\n", i, 2 + i / 256, 1 + i % 256
		printf "network add n%d uplink u%d gateway-mac 02:00:00:00:0a:01\n", i, i } }' |
		in_ns center collapsarctl apply -
}

honeypots() {
	local s

	for s in {1..8}; do
		echo "honeypot add h$s network n${chosen[s - 1]} address 10.1.0.9 port p$s mac 02:00:00:00:01:0$s"
	done | in_ns center collapsarctl apply -
}

# Each by its own network's guest.
reach() {
	local s

	for s in {1..8}; do
		use "${chosen[s - 1]}"
		[ "$(ttl_of site 10.1.0.9)" = $((100 + s)) ] || { echo "network ${chosen[s - 1]}"; return 1; }
	done
}

silent() { ! in_ns site ping -n -q -c1 -W1 10.1.0.9; }

# Networks without a guest.
beside() {
	local i was

	for i in $(sample 5 $N); do
		[[ " ${chosen[*]} " != *" $i "* ]] || continue
		was=$(counter network "n$i" drop_no_honeypot center)
		use "$i"
		silent && [ $(($(counter network "n$i" drop_no_honeypot center) - was)) = 1 ] || return 1
	done
}

# A key and a remote that are in use, but not by one network.
stranger() {
	local was

	was=$(counter core "" drop_no_network center)
	ip -n site addr add 192.0.2.200/24 dev wan
	sender 192.0.2.200 7
	silent && [ $(($(counter core "" drop_no_network center) - was)) = 1 ]
}

count() { [ "$(in_ns center collapsarctl "$@" | wc -l)" = $N ]; }
count_stats() {
	(ulimit -v 32768 && in_ns center collapsarctl stats front) > /tmp/stats &&
		[ "$(grep -c 'name\|network' /tmp/stats)" -ge $N ]
}
detached() {
	in_ns center collapsarctl -j network show |
		jq -e "length == $N and all(.uplink == null or .uplink == {})"
}
delete() {
	{ printf 'honeypot del h%d\n' {1..8}; printf 'network del n%d\n' $(seq 0 $((N - 1))); } |
		in_ns center collapsarctl apply - &&
		[ -z "$(in_ns center collapsarctl network show)" ]
}

ktap_start 25
topology
ip -n center link add md0 up type gre external
used
timed 60 "$N networks on one device are added" external
per bytes_per_network $N 8192
timed 60 "all of them are listed" count network show
timed 60 "and their counters, in little memory" count_stats
ktap_check "some get a guest" honeypots
stats_end
stats_watch center
ktap_check "a packet comes to its own network's guest" reach
ktap_check "to no other" beside
ktap_check "from a stranger to nobody's" stranger
timed 120 "all of them together have counted every packet" stats_add_up
timed 60 "all of them lose their uplink with its device" ip -n center link del md0
ktap_check "and stay" detached
timed 120 "they are deleted" delete
ktap_check "nor is their memory left" given_back

used
timed 120 "$N networks on as many devices are added" devices
per bytes_per_network_gre $N 65536
timed 60 "all devices are listed" count uplink show
ktap_check "some get a guest" honeypots
stats_end
stats_watch center
ktap_check "a packet comes to its own network's guest" reach
ktap_check "to no other" beside
timed 120 "all of them together have counted every packet" stats_add_up
ktap_check "without a guest no memory for flows was taken" eval '[ $(($(used_now) - used - full)) -lt 4000000 ]'
timed 120 "all of them go with their namespace" eval '
	ip netns del center && wait_for 100 eval "rmmod collapsar_front"'
timed 60 "and the core, that had the devices" eval 'rmmod collapsar_redir && rmmod collapsar'
CLPS_LOADED=()
ktap_check "and so does their memory" given_back
ktap_check "nothing stays, nothing warns" check_leaks
ktap_end

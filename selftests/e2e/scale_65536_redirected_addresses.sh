#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT: 900
# A redirector plays all of 10.1.0.0/16: each of 65,536 V's answers, and none beside them.
#
#   intruder 10.0.0.1/8 -- 10.0.0.2/8 H (eth0, up0) -- center (up0): has every V
# shellcheck disable=SC2317 # the checks are called by name
# shellcheck source=selftests/e2e/scale.sh
. "$(dirname "$0")/scale.sh"

N=65536
CENTER_MAC=02:00:00:00:0c:01

topology() {
	ns_add intruder H center
	veth intruder eth0 H eth0
	veth H up0 center up0
	ip -n intruder addr add 10.0.0.1/8 dev eth0
	ip -n H addr add 10.0.0.2/8 dev eth0
	in_ns H sysctl -qw net.ipv4.ip_forward=0
	ip_in center <<-END
		link set up0 address $CENTER_MAC
		route add local 10.1.0.0/16 dev lo
		route add default via 169.254.0.1 dev up0 onlink
		neigh add 169.254.0.1 lladdr $(in_ns H cat /sys/class/net/up0/address) dev up0 nud permanent
	END
}

v() { echo "10.1.$(($1 / 256)).$(($1 % 256))"; }

# lines VERB [OPTIONS]: a command for each V.
lines() {
	awk -v n=$N -v verb="$1" -v opt="${2:-}" 'BEGIN { for (i = 0; i < n; i++)
		printf "redirect %s 10.1.%d.%d dev eth0 %s\n", verb, i / 256, i % 256, opt }'
}
NOW="uplink up0 peer-mac $CENTER_MAC probes 0"
add_all() { lines add "$NOW" | in_ns H collapsarctl apply -; }
del_all() { lines del | in_ns H collapsarctl apply -; }
none_left() { [ -z "$(in_ns H collapsarctl redirect show)" ]; }

# What it prints is read as it comes: with 32 MiB of memory it can keep little of it.
count() {
	(ulimit -v 32768 && in_ns H collapsarctl redirect show) > /tmp/list &&
		[ "$(grep -c "state ${1:-claimed}" /tmp/list)" = $N ] &&
		[ "$(cut -d ' ' -f 1 /tmp/list | sort -u | wc -l)" = $N ]
}

reach() {
	local i

	for i in 0 $((N - 1)) $(sample 30 $N); do
		in_ns intruder ping -n -q -c1 -W2 "$(v "$i")" || return 1
	done
}

beside() {
	local a

	for a in 10.2.0.0 10.0.255.255 10.2.17.4; do
		! in_ns intruder ping -n -q -c1 -W1 $a || return 1
	done
}

# Of all that was asked until now, once each and one of them three times more: V's,
# redirector and uplink have as many, there and back.
add_up() {
	local asked="35 35"

	[ "$(in_ns H collapsarctl -j redirect show | carried)" = "$asked" ] &&
		[ "$(counter redir "" rx_packets H) $(counter redir "" tx_packets H)" = "$asked" ] &&
		[ "$(of_link H up0 tx_packets) $(of_link H up0 rx_packets)" = "$asked" ]
}

flap() {
	ip -n intruder link set eth0 down && ip -n intruder link set eth0 up &&
		wait_for 60 count
}

# Of a chosen one alone.
counted() {
	local a

	a=$(v "$(sample 1 $N)")
	in_ns intruder ping -n -q -c3 -i 0.1 -W2 "$a"
	in_ns H collapsarctl -j redirect show "$a" dev eth0 > /tmp/one
	jq -e '.[0].rx_packets >= 3 and .[0].rx_packets == .[0].tx_packets' /tmp/one
}

ktap_start 25
topology
used
timed 120 "$N V's are added" add_all
per bytes_per_v $N 1024
timed 60 "all of them are listed, in little memory" count
ktap_check "those asked for answer, first and last too" reach
ktap_check "what is no V does not" beside
ktap_check "a V counts what it carries" counted
ktap_check "and all V's together what their uplink does" add_up
timed 120 "when the link goes and comes, all of them are there again" flap
ktap_check "and answer" reach
timed 120 "all of them are deleted" del_all
ktap_check "none is left" none_left
ktap_check "nor their memory" given_back
ktap_check "nobody answers any more" not in_ns intruder ping -n -q -c1 -W1 10.1.2.3

timed 120 "they come back, probing" eval '
	lines add "uplink up0 peer-mac $CENTER_MAC probes 10 probe-interval 10s" | in_ns H collapsarctl apply -'
ktap_check "all of them at once" count probing
timed 60 "they go with their uplink" ip -n H link del up0
ktap_check "none is left" none_left
ktap_check "nor their memory" given_back

veth H up0 center up0
timed 120 "they come back" add_all
timed 60 "they go with their NIC" ip -n H link del eth0
ktap_check "none is left" none_left
veth intruder eth0 H eth0
timed 120 "they come back" add_all
timed 60 "they go with their module" rmmod collapsar_redir
ktap_check "and so does their memory" given_back
CLPS_LOADED=(collapsar_front collapsar)
ktap_check "nothing stays, nothing warns" check_leaks
ktap_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# LONG: smp
# TIMEOUT: 900
# An uplink of each kind that the tests of redirector and center do not have goes a hundred
# times at either end, and a peer of an external GRE device goes while another one stays,
# under traffic. Each time, what comes back carries the intruder's pings again; the end that
# stays has counted every packet meanwhile, and afterwards each hop does. The path is drawn
# in rounds/stage.py.
set -u
# shellcheck source=selftests/netns/rounds/rounds.bash
. "$CLPS_ROOT/selftests/netns/rounds/rounds.bash"

# beside NS WHAT: one of two peers goes again and again. Of what is sent to the other one
# nothing is lost, and all that NS counts stays.
beside() {
	local ns=$1 rc=0 pid sent

	stats_end
	stats_watch H eth0 eth0.5 && stats_watch center || return 1
	spawn in_ns lan ping -n -q -f -s 1000 10.5.0.77 > /tmp/beside
	pid=$!
	pinged rounds peers "$2" || rc=1
	kill -INT "$pid"
	wait "$pid"
	CLPS_WATCHED=("$ns")
	stats_add_up || rc=1
	sent=$(awk '/packets transmitted/ { print $1 }' /tmp/beside)
	echo "$sent to the one that stays"
	[ "$sent" -gt 100 ] && stats_hops H center 10.5.0.77 hp1 "$sent" beside && return $rc
}
keys() {
	local n

	for n in H center; do
		(umask 077; wg genkey > "/tmp/key.$n")
		wg pubkey < "/tmp/key.$n" > "/tmp/pub.$n"
	done
}
both_ends() {
	switch "$1"
	ktap_check "$2, at the site" kept center "$1" uplink-h
	ktap_check "$2, at the center" kept H "$1" uplink-center
	ktap_check "$2: afterwards each hop counts every packet" each_hop_counts
}

ktap_start 20
path_up peers || exit 1
keys
ktap_check "a peer of an external GRE device, at the site" beside center peer-h
ktap_check "and at the center" beside H peer-center
both_ends gre "Linux's GRE with one remote"
both_ends gretap "Ethernet in GRE"
both_ends ip6gre "GRE over IPv6"
switch wireguard
ktap_check "WireGuard, at the site" pinged rounds wireguard uplink-h
ktap_check "WireGuard, at the center" pinged rounds wireguard uplink-center
ktap_check "WireGuard: afterwards each hop counts every packet" each_hop_counts talks
switch veth
ktap_check "an Ethernet cable, whose ends go together" pinged rounds veth uplink-h
ktap_check "pulled out at the center" pinged rounds veth uplink-center
ktap_check "a cable: afterwards each hop counts every packet" each_hop_counts
switch over-wireguard
ktap_check "WireGuard below our GRE, at both ends" kept center over-wireguard below
ktap_check "and afterwards each hop counts every packet" each_hop_counts
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

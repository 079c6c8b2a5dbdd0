#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 180
# Whatever there is to show, -j is one valid JSON list, and the text says the same.
#
#   center: dmza (clps_gre) network a -- port p1, p2     r0 (dummy): V's into up0 (clps_gre)
#           dmzb (clps_gre) network b -- port p3
set -u
# shellcheck source=selftests/lib/ktap.sh
. "$CLPS_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/lib/netns.sh
. "$CLPS_ROOT/selftests/lib/netns.sh"

OUT=/tmp/json
LONG=a-name.of:31_characters-0123456789
LONG=${LONG:0:31}

ctl() { in_ns center collapsarctl "$@"; }

# both COUNT NAME ARGUMENT...: both forms of one command, to be compared. Nothing may
# change between them: a V that probes counts.
both() {
	local count=$1 name=$OUT/$2

	shift 2
	until ctl -j "$@" > "$name.json" && ctl "$@" > "$name.text" && ctl -j "$@" > "$name.again" &&
		cmp -s "$name.json" "$name.again"; do
		[ "$SECONDS" -lt 120 ] || return 1
	done
	echo "$count $name" >> "$OUT/list"
}
show_all() {
	both "$2" "$1-uplink" uplink show && both "$3" "$1-redirect" redirect show &&
		both "$4" "$1-network" network show && both "$5" "$1-honeypot" honeypot show &&
		both + "$1-stats" stats
}
one_each() {
	both 1 one-uplink uplink show up0 && both 1 one-network network show "$LONG" &&
		both 1 one-honeypot honeypot show "$LONG" && both 2 of-network honeypot show network "$LONG" &&
		both 1 one-redirect redirect show 10.1.0.5 dev r0
}
compared() { "$CLPS_ROOT/selftests/netns/ctl_json_compare.py" < "$OUT/list"; }

fill() {
	ctl apply - <<-EOF
	uplink add dmza remote 192.0.2.2 local 192.0.2.1 key 4294967295 ttl 255 tos 252 csum
	uplink add dmzb remote 192.0.2.3
	uplink add up0 remote 192.0.2.4 key 0 keepalive 3600 retries 255
	network add $LONG uplink dmza gateway-mac 02:00:00:00:0a:01
	network add .-: uplink dmzb gateway-mac 02:00:00:00:0b:01 outbound open flows 64
	honeypot add $LONG network $LONG address 10.1.0.9 port p1 mac 02:00:00:00:01:01
	honeypot add 0 network $LONG address 10.1.0.10 port p2
	honeypot add null network .-: address 10.1.0.9 port p3
	redirect add 10.1.0.5 dev r0 uplink up0 probes 0
	redirect add 10.1.0.6 dev r0 uplink up0 probes 10 probe-interval 10000 mode reserved mac 02:00:00:00:00:06
	redirect add 10.1.0.7 dev r0 uplink up0 probes 0 outbound open quiet 1h
	EOF
}
refused() {
	local said

	! said=$(ctl -j "$@" 2>&1 > "$OUT/refused") && [ -n "$said" ] && [ ! -s "$OUT/refused" ] &&
		[ "$(wc -l <<< "$said")" = 1 ]
}
seen() { grep -q "$1" "$OUT/events"; }
events_are_json() { jq -es 'length > 5 and all(.[]; type == "object" and has("object"))' "$OUT/events"; }
each_line_alone() { [ "$(jq -c . "$OUT/events" | wc -l)" = "$(wc -l < "$OUT/events")" ]; }

ktap_start 17
mkdir -p "$OUT"
load_modules collapsar collapsar_redir collapsar_front
ns_add center
ip_in center <<-EOF
	link add r0 up type veth peer name r1
	link set r1 up
	link add p1 up type dummy
	link add p2 up type dummy
	link add p3 up type dummy
EOF
ktap_check "empty tables are shown" show_all empty 0 0 0 0
spawn in_ns center collapsarctl -j monitor > "$OUT/events"
wait_for 10 seen '"event":"ready"'
ktap_check "objects of every kind are made" fill
ctl redirect set 10.1.0.7 dev r0 withdraw
ktap_check "claimed, probing and withdrawn V's are shown" show_all full 3 3 2 3
ktap_check "and the three states are there" jq -e 'map(.state) | sort == ["claimed", "probing", "withdrawn"]' \
	"$OUT/full-redirect.json"
ktap_check "one object is a list of one" one_each
# Their netdevs go; the objects stay.
ip -n center link del p3
ip -n center link del dmzb
ktap_check "what lost its netdev is shown" show_all detached 2 3 2 3
ktap_check "an address of IPv6 is refused in one line" refused redirect add fd00::1 dev r0 uplink up0
ktap_check "and for a honeypot" refused honeypot add six network "$LONG" address fd00::9 port p1
ktap_check "and for an uplink" refused uplink add six remote fd00::2
ktap_check "a name with a quote is refused" refused network add 'a"b' uplink up0 gateway-mac 02:00:00:00:0c:01
ktap_check "so is one of 32 characters" refused network add "${LONG}x" uplink up0 gateway-mac 02:00:00:00:0c:01
ktap_check "what is not there is refused" refused honeypot show nobody
ctl honeypot del null
ktap_check "the monitor told of the end" wait_for 10 seen '"name":"null".*"event":"deleted"\|"event":"deleted".*"name":"null"'
ktap_check "each event is an object of JSON" events_are_json
ktap_check "on a line of its own" each_line_alone
ktap_check "every list is valid, and the text says the same" compared
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 300
# Byte for byte: TTL, TOS, id, options, payload, fragments; both directions.
set -u
# shellcheck source=selftests/netns/redir/topology.bash
. "$CLPS_ROOT/selftests/netns/redir/topology.bash"
# shellcheck source=selftests/lib/stats.sh
. "$CLPS_ROOT/selftests/lib/stats.sh"
unchanged_in() {
	frames "$1" carry --dev "$2" --spa "$3" --tpa 10.1.0.77 --dst "$H_MAC" \
		--ns center --other up0
}
unchanged_out() {
	frames center carry --dev up0 --spa 10.1.0.77 --tpa "$1" --mirror \
		--dst "$(mac_of H up0)" --ns "$2" --other "$3" --expect "$H_MAC"
}
big() {
	in_ns center socat -u TCP-LISTEN:7000,reuseaddr OPEN:/tmp/got,creat,trunc &
	CLPS_PIDS+=($!)
	wait_for 5 listening
	in_ns host socat -u FILE:/tmp/sent TCP:10.1.0.77:7000
	wait_for 20 cmp -s /tmp/sent /tmp/got
}
listening() { in_ns center ss -ltn | grep -q :7000; }
hops() { [ "$(in_ns intruder ping -n -c1 -W2 "-t$1" 10.1.0.77 | grep -c 'bytes from')" = "$2" ]; }

ktap_start 9
load_modules collapsar collapsar_redir
lan_up
center_up 10.1.0.77
redirect 10.1.0.77 probes 0
stats_watch H eth0
ktap_check "V answers a ping from beyond the router" reaches intruder 10.1.0.77
ktap_check "V answers a ping from the LAN" reaches host 10.1.0.77
ktap_check "no hop is added: TTL 2 arrives" hops 2 1
ktap_check "unchanged from the router to the center" unchanged_in router eth0 203.0.113.9
ktap_check "unchanged from a LAN host to the center" unchanged_in host eth0 10.1.0.50
ktap_check "unchanged from the center to a LAN host" unchanged_out 10.1.0.50 host eth0
head -c 3000000 /dev/urandom > /tmp/sent
ktap_check "a TCP stream with GSO arrives whole" big
ktap_check "everything that was sent is counted once" stats_add_up
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

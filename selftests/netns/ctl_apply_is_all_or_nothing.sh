#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml stock
# TIMEOUT: 300
# A refused command of apply leaves uplinks and redirects as they were before.
# shellcheck disable=SC2317 # the checks are called by name
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=selftests/lib/ktap.sh
. "$here/../lib/ktap.sh"
# shellcheck source=selftests/lib/netns.sh
. "$here/../lib/netns.sh"

ctl() { in_ns r collapsarctl "$@"; }

# Settings only: counters, and the state of a claim, go on by themselves.
state() {
	ctl -j uplink show | python3 -c 'import json,sys
for o in sorted(json.load(sys.stdin), key=lambda o: o["ifname"]):
    print({k: v for k, v in o.items() if k[:3] not in ("rx_", "tx_")})'
	ctl -j redirect show | python3 -c 'import json,sys
for o in sorted(json.load(sys.stdin), key=lambda o: o["addr"]):
    print({k: v for k, v in o.items() if k[:3] not in ("rx_", "tx_", "sta", "rea")})'
}

refused() {
	local where=$1 rc=0

	ctl apply "$CLPS_OUT/conf" 2> "$CLPS_OUT/stderr" || rc=$?
	cat "$CLPS_OUT/stderr"
	[ "$rc" = 2 ] && grep -q "conf:$where: " "$CLPS_OUT/stderr" &&
		[ "$(wc -l < "$CLPS_OUT/stderr")" = 1 ]
}

unchanged() { state | diff "$CLPS_OUT/before" -; }

ktap_start 6
load_modules collapsar collapsar_redir
ns_add r lan
veth r eth0 lan eth0
ktap_check "a good batch is applied" ctl apply - << 'END'
uplink add c0 remote 192.0.2.1 key 7
redirect add 10.0.0.5 dev eth0 uplink c0 probes 0 quiet 1m
redirect add 10.0.0.6 dev eth0 uplink c0 probes 0
END
state > "$CLPS_OUT/before"
cat > "$CLPS_OUT/conf" << 'END'
redirect set 10.0.0.5 dev eth0 quiet 5 mode reserved outbound open
redirect set 10.0.0.6 dev eth0 mac 02:00:00:00:00:06
redirect add 10.0.0.7 dev eth0 uplink c0
uplink set c0 ttl 9 csum keepalive 10
redirect del 10.0.0.5 dev eth0
redirect add 10.0.0.6 dev eth0 uplink c0
END
ktap_check "the second redirect of an address is refused" refused 6:1
ktap_check "adds, sets and deletions before it are undone" unchanged
printf 'uplink del c0\nuplink add c0 remote 192.0.2.9\nredirect del 10.0.0.99 dev eth0\n' \
	> "$CLPS_OUT/conf"
ktap_check "deleting what is not there is refused" refused 3:1
ktap_check "a deleted uplink is back with its redirects" unchanged
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

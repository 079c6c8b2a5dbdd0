#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 300
# Each event is one line of JSON, at once, and SIGINT ends the monitor with 0.
# shellcheck disable=SC2317 # the checks are called by name
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=selftests/lib/ktap.sh
. "$here/../lib/ktap.sh"
# shellcheck source=selftests/lib/netns.sh
. "$here/../lib/netns.sh"

ctl() { in_ns r collapsarctl "$@"; }
seen() { grep -q "$1" "$CLPS_OUT/events"; }

all_json() {
	python3 -c 'import json,sys
for line in open(sys.argv[1]):
    assert "object" in json.loads(line)' "$CLPS_OUT/events"
}

ktap_start 7
load_modules collapsar collapsar_redir
ns_add r lan
veth r eth0 lan eth0
ctl uplink add c0 remote 192.0.2.1
# A background job of a script ignores SIGINT unless it asks for it: env does.
env --default-signal=INT nsexec r collapsarctl -j monitor > "$CLPS_OUT/events" &
pid=$!
ktap_check "it says when it listens" wait_for 10 seen '"event":"ready"'
ctl redirect add 10.0.0.5 dev eth0 uplink c0 probes 0
ktap_check "a claim is an event" wait_for 10 seen '"addr":"10.0.0.5".*"state":"claimed"'
ctl redirect set 10.0.0.5 dev eth0 withdraw
ktap_check "a withdrawal is one" wait_for 10 seen '"state":"withdrawn","reason":"operator"'
ctl redirect del 10.0.0.5 dev eth0
ktap_check "a deletion is one" wait_for 10 seen '"reason":"deleted"'
ktap_check "every line is JSON" all_json
# Not in a check: those run in a subshell, which cannot wait for our children.
kill -INT "$pid"
wait "$pid"
rc=$?
ktap_check "SIGINT ends it with 0" test "$rc" = 0
ktap_check "the kernel has nothing to complain about" check_kernel_log
ktap_end

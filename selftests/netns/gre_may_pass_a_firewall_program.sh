#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 120
# The center's firewall may have a program decide about each GRE packet: what it accepts
# comes to the front-end in the program's context, while guests send.
set -u
# shellcheck source=selftests/netns/front_topology.bash
. "$CLPS_ROOT/selftests/netns/front_topology.bash"

reaches() { in_ns siteA ping -n -c1 -W2 10.1.0.9; }
queue() {
	in_ns center nft -f - <<-EOF
	add table ip q
	add chain ip q input { type filter hook input priority 0; }
	add rule ip q input ip protocol gre counter queue num 0
	EOF
}
queued() {
	[ "$(in_ns center nft -j list chain ip q input |
		jq '[.nftables[].rule?.expr?[]?.counter?.packets // empty] | add')" -ge "$1" ]
}

ktap_start 6
front_up
ktap_check "the honeypot answers" wait_for 10 reaches
spawn in_ns center "$CLPS_ROOT/selftests/netns/accept_queue.py" > /tmp/ready
wait_for 20 grep -q ready /tmp/ready
ktap_check "a rule sends GRE to a program" queue
ktap_check "the honeypot still answers" wait_for 10 reaches
flood siteA 10.1.0.9
flood siteB 10.1.0.9
ktap_check "a thousand packets were decided about" wait_for 60 queued 1000
ktap_check "and the honeypot answers" wait_for 10 reaches
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

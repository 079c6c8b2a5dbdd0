#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: stock
# TIMEOUT: 180
# Whoever makes a network pays for its flows, whoever sends the packets: they are in the
# owner's cgroup, and where that has no more memory they are not remembered.
# shellcheck disable=SC2317 # the checks are called by name
# shellcheck source=selftests/netns/front_topology.bash
. "$CLPS_ROOT/selftests/netns/front_topology.bash"

CG=/tmp/cg

ktap_start 6
mkdir -p $CG
mount -t cgroup2 none $CG || exit 1
echo +memory > $CG/cgroup.subtree_control || exit 1
mkdir $CG/owner
load_modules collapsar collapsar_front || exit 1
ns_add center
site siteA 2 1 gre
guest 1 10.1.0.9
in_ns center collapsarctl uplink add dmza remote 192.0.2.2 local 192.0.2.1 key 1

own() {
	(echo "$BASHPID" > $CG/owner/cgroup.procs && in_ns center collapsarctl "$@")
}
current() { cat $CG/owner/memory.current; }

# begin FIRST LAST: flows, one for each port.
begin() {
	in_ns siteA bash -c "for ((p = $1; p <= $2; p++)); do echo > /dev/udp/10.1.0.9/\$p; done"
}

# 64 flows are 3 KiB, and hardly two of so few are in one block.
charged() {
	local was

	was=$(current)
	begin 1000 2999
	echo "$was before, $(current) after"
	[ $(($(current) - was)) -gt 2000000 ]
}

refused() { [ "$(network_counter a flows_refused)" -gt "$1" ]; }

# What it has is all that it gets, but for what its CPUs hold in reserve.
limited() {
	echo "$(current)" > $CG/owner/memory.max
	begin 3000 6999
	echo "$(current) of $(cat $CG/owner/memory.max)"
	refused 100 && [ "$(current)" -le "$(cat $CG/owner/memory.max)" ]
}

ktap_check "a network is made in a cgroup" own network add a uplink dmza gateway-mac $GW_A flows 1048576
ktap_check "and gets a honeypot" own honeypot add hp1 network a address 10.1.0.9 port p1 mac "$(guest_mac 1)"
ktap_check "its flows are charged to the cgroup" charged
ktap_check "with memory, none was refused" not refused 0
ktap_check "without more memory, flows are refused" limited
ns_cleanup
ktap_check "nothing stays, nothing warns" check_leaks
rmdir $CG/owner
umount $CG
ktap_end

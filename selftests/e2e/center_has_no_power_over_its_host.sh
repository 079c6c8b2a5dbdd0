#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Root in a node without an image sees the host's programs, and neither writes to the
# host nor sees what people and services keep there; and the process that his kernel is
# has no more power than he has.
#
#   intruder - router - LAN - H == center == shop
set -u
# shellcheck source=selftests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

processes_of() { pgrep -f "^[^ ]*/linux mem=[0-9]*M uml_dir=$LAB_DIR/$1/own/"; }
each_of_center() {
	local p n=0

	for p in $(processes_of center); do
		"$@" "/proc/$p" || { echo "$p"; return 1; }
		n=$((n + 1))
	done
	[ "$n" -ge 1 ]
}
powerless() { ! grep -E '^Cap(Inh|Prm|Eff|Bnd|Amb):' "$1/status" | grep -v 0000000000000000; }
no_way_up() { grep -q 'NoNewPrivs:[[:space:]]*1' "$1/status" && grep -q 'Seccomp:[[:space:]]*2' "$1/status"; }
apart() {
	local ns

	for ns in mnt net ipc uts pid; do
		[ "$(readlink "$1/ns/$ns")" != "$(readlink "/proc/self/ns/$ns")" ] || return 1
	done
}

# The host's files as his kernel can reach them, which is root's root.
host=/run/host
mounted() { on center "mkdir -p $host && mount -t hostfs -o / none $host && test -x $host/usr/bin/env"; }
refused() { [ "$(on center "$1 2> /dev/null || echo refused")" = refused ]; }
hidden() { refused "cat $host$secret" && [ -s "$secret" ]; }
read_only() {
	local d

	for d in /usr /etc /var / /root /tmp /run /dev /sys "$LAB_TOP" "$LAB_DIR/site1" "$LAB_DIR/site1/jobs" \
			"$LAB_DIR/shop" "$LAB_DIR/center"; do
		[ -d "$d" ] || continue
		refused "touch $host$d/written" || { echo "$d"; return 1; }
	done
}
no_devices() { [ "$(on center "ls $host/dev" | xargs)" = "null random shm urandom zero" ]; }
no_orders() { on center "test -c $host$LAB_DIR/control"; }

# What he puts in the place of his next command's output is not written through.
not_followed() {
	echo precious > "$LAB_DIR/precious"
	on center "n=\${0##*/}; ln -s $LAB_DIR/precious /run/clps/node/jobs/\$((\${n%.sh} + 1)).out" &&
		not on center "echo spoilt" && [ "$(< "$LAB_DIR/precious")" = precious ] && on center true
}

secret=$(mktemp)
echo "only on the host" > "$secret"
trap 'rm -f "$secret"; lab_cleanup' EXIT

ktap_start 12
farm_up || exit 1
ktap_check "its processes have no capability" each_of_center powerless
ktap_check "and no way to one, and few system calls" each_of_center no_way_up
ktap_check "processes, files, network, IPC and names are their own" each_of_center apart
ktap_check "root in it sees the host's programs" mounted
ktap_check "not a file that somebody has in /tmp" hidden
ktap_check "he writes to no directory of the host" read_only
ktap_check "has none of its devices" no_devices
ktap_check "gives no orders to the laboratory" no_orders
ktap_check "and gets none of his links followed" not_followed
ktap_check "the center is killed, and comes back" lab kill center
ktap_check "as it was" lab start center
ktap_check "and serves" wait_for 30 serves 192.168.1.10
ktap_end

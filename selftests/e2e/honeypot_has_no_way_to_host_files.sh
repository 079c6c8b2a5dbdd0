#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Root in a honeypot sees its own disk and nothing of the host's files, and has no way
# into the kernel; and the process that his kernel is, should he get there, has nothing
# of the host either.
#
#   intruder - router - LAN - H == center == shop
set -u
# shellcheck source=selftests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

root() { shell_on 192.168.1.10 "$1"; }
says() { [ "$(root "$1")" = "$2" ]; }
refused() { [ "$(root "$1 > /dev/null 2>&1 || echo refused")" = refused ]; }
# A file of the host that no image has.
secret() { echo "only on the host" > "$LAB_DIR/secret"; }

# What runs in the jail of shop: its kernel, and that one's guest processes.
jailer() { pgrep -f "jail.py --root $LAB_DIR/shop/root" | head -1; }
jailed() {
	local init p

	init=$(jailer)
	for p in /proc/[0-9]*; do
		p=${p#/proc/}
		if [ "$p" != "$init" ] &&
		   [ "$(readlink "/proc/$p/ns/pid")" = "$(readlink "/proc/$init/ns/pid_for_children")" ] &&
		   [ "$(readlink "/proc/$p/ns/mnt")" != "$(readlink /proc/self/ns/mnt)" ]; then echo "$p"; fi
	done 2> /dev/null
}
each() {
	local p n=0

	for p in $processes; do
		"$@" "/proc/$p" || return 1
		n=$((n + 1))
	done
	echo "$n processes"
	[ "$n" -ge 2 ]
}
nobody() { [ "$(awk '$1 == "Uid:" || $1 == "Gid:" { print ($2 > 1000000000) + ($3 > 1000000000) }' "$1/status" | xargs)" = "2 2" ] ||
	{ [ "$(id -u)" != 0 ] && [ ! -r /etc/shadow ]; }; }
powerless() { ! grep -E '^Cap(Inh|Prm|Eff|Bnd|Amb):' "$1/status" | grep -v 0000000000000000; }
no_way_up() { grep -q 'NoNewPrivs:[[:space:]]*1' "$1/status" && grep -q 'Seccomp:[[:space:]]*2' "$1/status"; }
bounded() {
	! grep -E '^Max (file size|data size|stack size|core file size|processes|open files|locked memory|address space|pending signals|msgqueue size) ' "$1/limits" |
		grep unlimited
}
# What it writes is in memory, and no more than so much; it takes nothing of our disk.
own_is_small() {
	local size

	size=$(awk '$5 == "/own" { print $0 }' "$1/mountinfo" | sed -n 's/.* tmpfs .*size=\([0-9]*\)k.*/\1/p')
	echo "$size KiB"
	[ -n "$size" ] && [ "$size" -lt 100000 ]
}
apart() {
	local ns

	for ns in mnt net ipc uts; do
		[ "$(readlink "$1/ns/$ns")" != "$(readlink "/proc/self/ns/$ns")" ] || return 1
	done
}
# The whole of its root directory, as its mounts are.
bare() {
	local bad

	bad=$(awk '{ print $5 }' "$1/mountinfo" | grep -vE '^/($|dev/(null|zero|random|urandom|shm)$|proc/(self|cpuinfo)$|own$|m/(linux|image|identity)$|cables$|lib(64)?/.*\.so[.0-9]*$)')
	echo "$bad"
	[ -z "$bad" ]
}
alone_on_the_wire() { [ "$(tail -n +3 "$1/net/dev" | cut -d: -f1 | xargs)" = lo ]; }

# Its disk and its memory are where it writes, and nowhere else.
read_only() {
	local bad

	bad=$(awk '$5 !~ "^/(own|dev/[a-z]+)$" && $6 !~ "^ro," { print $5 }' "$1/mountinfo")
	echo "$bad"
	[ -z "$bad" ]
}

# A shell's output becomes no command of the operator's terminal, and no full disk.
shouts() {
	root "printf '\033]0;OWNED\007' > /dev/console; yes shouting | head -c 320000 > /dev/console"
	grep -q shouting "$LAB_DIR/shop/console" && ! grep -q "$(printf '\033')" "$LAB_DIR/shop/console" &&
		[ "$(stat -c %s "$LAB_DIR/shop/console")" -lt 300000 ]
}

# Of the CPU time of whom all honeypots need, in ticks.
supervisor_ticks() { cut -d ' ' -f 14,15 "/proc/$lab_pid/stat" | tr ' ' +; }
shouts_in_vain() {
	local before after

	before=$(($(supervisor_ticks)))
	root "timeout 4 cat /dev/zero > /dev/console"
	after=$(($(supervisor_ticks)))
	echo "$((after - before)) ticks"
	[ $((after - before)) -lt $(($(getconf CLK_TCK) / 2)) ]
}

# What an intruder could leave to spoil the next start: deeper than any stack.
deep() {
	mkdir -p "$1" && python3 -c '
import os, sys
os.chdir(sys.argv[1])
for _ in range(4000):
	os.mkdir("d")
	os.chdir("d")' "$1"
}
# The directory that the process of a honeypot writes to, in its jail.
own_of() {
	local p

	for p in $(pgrep -f '^/m/linux '); do
		[ "$(readlink "/proc/$p/ns/pid")" = "$(readlink "/proc/$(jailer)/ns/pid_for_children")" ] &&
			echo "/proc/$p/root/own" && return
	done
	return 1
}
# Who owns the directory would have root talk to other sockets of the host.
no_link_followed() {
	local uml

	uml=$(own_of)/uml
	mv "$uml/mconsole" "$uml/kept" && ln -s kept "$uml/mconsole" || return 1
	not lab mconsole shop version && mv "$uml/kept" "$uml/mconsole" && lab mconsole shop version
}
new_after_restart() {
	touch "$(own_of)/left" && [ -e "$(own_of)/left" ] && lab kill shop && lab start shop && wait_for 30 serves 192.168.1.10 &&
		[ -e "$(own_of)/disk" ] && [ ! -e "$(own_of)/left" ]
}

ktap_start 28
deep "$LAB_DIR/shop/own" || exit 1
farm_up || exit 1
ktap_check "what an earlier laboratory left is gone" not test -e "$LAB_DIR/shop/own"
secret
ktap_check "the intruder is root" says "id -u" 0
ktap_check "the kernel knows no hostfs" says "grep -c hostfs /proc/filesystems" 0
ktap_check "none can be mounted" refused "mount -t hostfs none /mnt"
ktap_check "a file of the host is not there" refused "cat '$LAB_DIR/secret'"
ktap_check "only the machine's own two disks are" \
	says "ls /sys/block | grep -v loop | tr '\n' ' '" "ubda ubdb "
ktap_check "the kernel takes no modules" refused "test -e /proc/modules"
ktap_check "and no program of the kernel's own machine" refused "test -e /proc/sys/kernel/unprivileged_bpf_disabled"
for f in /dev/mem /dev/kmem /dev/port /proc/kcore; do
	ktap_check "there is no $f" refused "test -e $f"
done
ktap_check "its command line names no path of the host" \
	refused "grep -E '/(tmp|root|home|var|usr)/' /proc/cmdline"
processes=$(jailed)
ktap_check "its processes on the host belong to nobody" each nobody
ktap_check "they have no capability" each powerless
ktap_check "and no way to one, and few system calls" each no_way_up
ktap_check "files, network, IPC and names are their own" each apart
ktap_check "of the host's files they have what they run" each bare
ktap_check "and cannot write to" each read_only
ktap_check "of its network nothing" each alone_on_the_wire
ktap_check "and of all else so much and no more" each bounded
ktap_check "as of what it may write to" each own_is_small
ktap_check "its management console answers us" lab mconsole shop version
ktap_check "which is found by no link" no_link_followed
ktap_check "its console is harmless and bounded" shouts
ktap_check "for ever, it costs the laboratory nothing" shouts_in_vain
ktap_check "what its process wrote does not come back" new_after_restart
ktap_check "it still serves" serves 192.168.1.10
ktap_end

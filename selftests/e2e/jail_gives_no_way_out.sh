#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A program of the intruder's own in the place of a honeypot's kernel gets neither to
# capabilities, nor to the parts of the host's kernel that escapes begin with, nor to
# more of its memory, disk and processes than is his. Outside of the jail the same
# program gets all of it.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=selftests/lib/ktap.sh
. "$top/selftests/lib/ktap.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

ATTEMPTS="user_namespace user_namespace_by_clone user_namespace_by_clone3 other_namespaces
calls_that_uml_never_makes sockets_of_networks memory_of_no_limit
sight_of_other_processes many_processes many_files much_memory much_disk a_large_file a_higher_limit"
# These some hosts do not know.
MORE="calls_of_i386 sockets_of_the_kernel huge_pages the_hosts_name much_shared_memory"

# Where whoever we become can read it.
chmod 755 "$work"
install -D -t "$work/lab" "$top"/tools/lab/{jail,seccomp}.py
make -s -C "$top/userspace" O="$work/bin" testtools > "$work/made" 2>&1 || { cat "$work/made"; exit 1; }

# jailed UID WORD...: as node.py does it.
jailed() {
	local uid=$1

	shift
	"$@" --pid --fork --kill-child=KILL "$work/lab/jail.py" --root "$work/root" --uid "$uid" \
		"$work/bin/breakout:m/linux" -- /m/linux
}

# From root's hands as nobody's user, or as the user that we are.
mkdir "$work/root" "$work/outside.d"
if [ "$(id -u)" = 0 ]; then
	jailed 1900000001 unshare > "$work/root-jail" 2>&1
	chown 65534 "$work/root"
	jailed -1 setpriv --reuid 65534 --regid 65534 --clear-groups \
		unshare --user --map-root-user > "$work/user-jail" 2>&1
else
	jailed -1 unshare --user --map-root-user > "$work/user-jail" 2>&1
fi
# shellcheck disable=SC2086 # words
(cd "$work/outside.d" && ulimit -S -n "$(ulimit -H -n)" &&
	unshare --user --map-root-user "$work/bin/breakout" $ATTEMPTS) > "$work/outside" 2>&1
jails=$(cd "$work" && ls -d *-jail)

refused() {
	cat "$work/$1"
	grep -q "^$2 refused" "$work/$1" && ! grep -q "^$2 done" "$work/$1"
}
possible() { cat "$work/outside"; grep -q "^$1 done" "$work/outside"; }

everywhere() {
	local jail

	for jail in $jails; do
		ktap_check "in the ${jail/-/\'s }: no ${1//_/ }" refused "$jail" "$1"
	done
}

n=$(wc -w <<< "$ATTEMPTS")
ktap_start $((n + $(wc -w <<< "$jails") * (n + $(wc -w <<< "$MORE"))))
for attempt in $ATTEMPTS; do
	ktap_check "outside: ${attempt//_/ }" possible "$attempt"
	everywhere "$attempt"
done
for attempt in $MORE; do everywhere "$attempt"; done
ktap_end

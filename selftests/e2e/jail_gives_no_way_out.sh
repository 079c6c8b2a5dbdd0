#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A program of the intruder's own in the place of a honeypot's kernel gets neither to
# capabilities, nor to the parts of the host's kernel that escapes begin with, nor to
# more of its memory, disk and processes than is his; nor to the first two in the place
# of a center's. Outside of jail and cell the same program gets all of it.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=selftests/lib/ktap.sh
. "$top/selftests/lib/ktap.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

POWER="user_namespace user_namespace_by_clone user_namespace_by_clone3 other_namespaces
calls_that_uml_never_makes sockets_of_networks memory_of_no_limit sight_of_other_processes
writing_to_the_host devices_of_the_host"
SHARE="many_processes many_files much_memory much_disk a_large_file a_higher_limit"
# These some hosts do not know, or only jails.
MORE_POWER="calls_of_i386 sockets_of_the_kernel huge_pages the_hosts_name"
MORE_SHARE="calls_of_hostfs much_shared_memory"

# Where whoever we become can read it.
chmod 755 "$work"
install -D -t "$work/lab" "$top"/tools/lab/{jail,cell,seccomp}.py
make -s -C "$top/userspace" O="$work/bin" testtools > "$work/made" 2>&1 || { cat "$work/made"; exit 1; }

# jailed UID WORD...: as node.py does it.
jailed() {
	local uid=$1

	shift
	"$@" --pid --fork --kill-child=KILL "$work/lab/jail.py" --root "$work/root" --uid "$uid" \
		"$work/bin/breakout:m/linux" -- /m/linux
}

celled() {
	"$@" --pid --fork --kill-child=KILL "$work/lab/cell.py" --own "$work/own" \
		--show "$work/own:rw" --show "$work/bin" -- "$work/bin/breakout"
}

# From root's hands as nobody's user, or as the user that we are.
mkdir "$work/root" "$work/own" "$work/outside.d"
user=()
if [ "$(id -u)" = 0 ]; then
	jailed 1900000001 unshare > "$work/root-jail" 2>&1
	celled unshare > "$work/root-cell" 2>&1
	chown 65534 "$work/root" "$work/own"
	user=(setpriv --reuid 65534 --regid 65534 --clear-groups)
fi
jailed -1 "${user[@]}" unshare --user --map-root-user > "$work/user-jail" 2>&1
celled "${user[@]}" unshare --user --map-root-user > "$work/user-cell" 2>&1
# shellcheck disable=SC2086 # words
(cd "$work/outside.d" && ulimit -S -n "$(ulimit -H -n)" &&
	unshare --user --map-root-user "$work/bin/breakout" $POWER $SHARE) > "$work/outside" 2>&1

refused() {
	cat "$work/$1"
	grep -q "^$2 refused" "$work/$1" && ! grep -q "^$2 done" "$work/$1"
}
possible() { cat "$work/outside"; grep -q "^$1 done" "$work/outside"; }
of_kind() { (cd "$work" && ls -d -- *-"$1"); }

# none_in KIND ATTEMPT...
none_in() {
	local attempt place kind=$1

	shift
	for attempt in "$@"; do
		for place in $(of_kind "$kind"); do
			ktap_check "in the ${place/-/\'s }: no ${attempt//_/ }" refused "$place" "$attempt"
		done
	done
}

count() { wc -w <<< "$*"; }
jail="$POWER $SHARE $MORE_POWER $MORE_SHARE" cell="$POWER $MORE_POWER"
ktap_start $(($(count "$POWER $SHARE") + $(of_kind jail | wc -l) * $(count "$jail") +
	$(of_kind cell | wc -l) * $(count "$cell")))
for attempt in $POWER $SHARE; do
	ktap_check "outside: ${attempt//_/ }" possible "$attempt"
done
# Words.
# shellcheck disable=SC2086
none_in jail $jail
# shellcheck disable=SC2086
none_in cell $cell
ktap_end

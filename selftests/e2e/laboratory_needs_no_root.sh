#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The whole honeyfarm runs as an ordinary user, jails and all, and he builds the image
# of the honeypots. Whoever runs the tests as root becomes a user who owns nothing for
# this one.
#
#   intruder - router - LAN - H == center == shop
set -u
if [ "$(id -u)" = 0 ]; then
	# The tree and what is cached may be where only root can go: he finds them, to
	# look at, in a place of his own.
	top=$(cd "$(dirname "$0")/../.." && pwd) work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	mkdir "$work/tree" "$work/cache" "$work/tmp"
	chmod 755 "$work"
	chown 65534:65534 "$work/tmp"
	unshare --mount bash -c '
		mount --bind "$1" "$0/tree" && mount --bind "$2" "$0/cache" || exit 1
		mount -o remount,bind,ro "$0/tree" && mount -o remount,bind,ro "$0/cache" || exit 1
		exec env TMPDIR="$0/tmp" COLLAPSAR_CACHE="$0/cache" CLPS_OUT= HOME=/ \
			PATH=/usr/local/bin:/usr/bin:/bin \
			setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all \
			"$0/tree/selftests/e2e/laboratory_needs_no_root.sh"' \
		"$work" "$top" "${COLLAPSAR_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/collapsar}"
	exit
fi
# shellcheck source=selftests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

ordinary() {
	local p n=0

	for p in $(pgrep -f 'mem=[0-9]*M uml_dir='); do
		[ "$(stat -c %u "/proc/$p")" = "$(id -u)" ] || continue
		n=$((n + 1))
	done
	[ "$n" -ge 6 ]
}

pinned() {
	local p n=0

	for p in $(pgrep -u "$(id -u)" -f 'mem=[0-9]*M uml_dir='); do
		[ "$(cat "/proc/$p/comm")" = linux ] || continue
		grep -E '^Cpus_allowed_list:[[:space:]]*[0-9]+$' "/proc/$p/status" || return 1
		n=$((n + 1))
	done
	[ "$n" -ge 6 ]
}

# From packages that are there already: the mirror is not what is tested.
image_built() {
	local cache image

	cache=$(mktemp -d) image=
	cp "${COLLAPSAR_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/collapsar}"/image-packages-*.tar "$cache" &&
		image=$(COLLAPSAR_CACHE=$cache "$LAB_TOP/tools/build-image") &&
		owner_in "$image" /bin/busybox 0 && owner_in "$image" /var/log/lighttpd 33
	set -- $?
	rm -rf "$cache"
	return "$1"
}
owner_in() { PATH=$PATH:/sbin debugfs -R "stat $2" "$1" 2> /dev/null | grep -E "^User: +$3 "; }

ktap_start 9
ktap_check "an ordinary user builds the image, whose files are root's and the servers'" image_built
farm_up || exit 1
ktap_check "the laboratory's kernels are the user's" ordinary
ktap_check "each runs on one CPU" pinned
ktap_check "the intruder gets a file from a honeypot" serves 192.168.1.10
ktap_check "and a shell" shell_on 192.168.1.10 true
ktap_check "a honeypot in another network answers" at site2 intruder ping -c 1 -W 2 192.168.1.10
ktap_check "a honeypot's management console answers its owner" lab mconsole mail version
ktap_check "no kernel complained" logs_clean
lab down
ktap_check "in a namespace where he is root, a kernel has a NIC of his" \
	"$LAB_TOP/selftests/e2e/redirector_on_a_host_nic_serves_that_lan.sh"
ktap_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What "make install" and "make modules_install" put below a directory is whole and
# found there by the system's own tools; "make uninstall" leaves no file.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=selftests/lib/ktap.sh
. "$top/selftests/lib/ktap.sh"
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
PATH=$PATH:/usr/sbin:/sbin

installs() { make -s -C "$top" install DESTDIR="$root" PREFIX=/usr; }
works() { "$root/usr/sbin/collapsarctl" --help | grep -q redirect; }
man_page() { grep -q '^\.TH COLLAPSARCTL 8' "$root/usr/share/man/man8/collapsarctl.8"; }
completion() {
	# shellcheck disable=SC2016 # for the other shell
	bash -c '. "$1" && complete -p collapsarctl' - \
		"$root/usr/share/bash-completion/completions/collapsarctl"
}
uninstalls() {
	make -s -C "$top" uninstall DESTDIR="$root" PREFIX=/usr &&
		[ -z "$(find "$root/usr" -type f)" ]
}
# modules_install SERIES: where the objects of the build test are, so that nothing is
# built again: the Makefile takes the directory it runs in.
modules_install() {
	local work version

	work=$("$top/tools/check-modules" "$1" | tail -1)
	version=${work##*/kmod-}
	flock "$work.lock" make -s -C "$work" -f "$top/Makefile" W=1 modules_install \
		KDIR="/usr/src/linux-headers-$version" INSTALL_MOD_PATH="$root" || return 1
	depmod -b "$root" "$version"
	modprobe -d "$root" -S "$version" --show-depends collapsar_redir > "$root/needs" || return 1
	# The core first.
	[ "$(sed -E 's|.*/updates/(.*/)?([a-z_]*)\.ko.*|\2|' "$root/needs" | grep collapsar | xargs)" = \
		"collapsar collapsar_redir" ] || { cat "$root/needs"; return 1; }
	modprobe -d "$root" -S "$version" --show-depends collapsar_front
}

ktap_start 7
ktap_check "make install installs" installs
ktap_check "the program runs from there" works
ktap_check "its manual page is in section 8" man_page
ktap_check "its completion is for bash" completion
for k in 6.1 6.12; do
	ktap_check "modprobe finds the modules for $k, the core first" modules_install "$k"
done
ktap_check "make uninstall removes what install put there" uninstalls
ktap_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Where the installed source is another than uml-patches/BASE pins, the pinned package
# comes from where all versions are kept; what is not that, is not taken. A directory
# stands for the server, and a small package for the kernel's.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=selftests/lib/ktap.sh
. "$top/selftests/lib/ktap.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export COLLAPSAR_CACHE=$work/cache CLPS_SNAPSHOT=file://$work/server

sum() { "$1" "$2" | cut -d' ' -f1; }
# A package with a tarball of the given text, as the server names it.
publish() {
	rm -rf "$work/deb" "$work/server"
	mkdir -p "$work/deb/DEBIAN" "$work/deb/usr/src" "$work/server"
	echo "$1" > "$work/deb/usr/src/planted.tar.xz"
	printf '%s\n' "Package: planted" "Version: 1" "Architecture: all" \
		"Maintainer: nobody <nobody@localhost>" "Description: planted" > "$work/deb/DEBIAN/control"
	dpkg-deb --root-owner-group -b "$work/deb" "$work/planted.deb" > /dev/null
	deb_sha1=$(sum sha1sum "$work/planted.deb")
	cp "$work/planted.deb" "$work/server/$deb_sha1"
}
# What the tree pins: that package, by the sum of the text given.
pin() {
	mkdir -p "$work/tree/tools" "$work/tree/uml-patches"
	cp "$top/tools/kernel-tarball" "$work/tree/tools/"
	cat > "$work/tree/uml-patches/BASE" <<-EOF
		package=planted
		tarball=/usr/src/planted.tar.xz
		topdir=planted
		version=1
		sha256=$(echo "$1" | sum sha256sum -)
		deb_sha1=$deb_sha1
	EOF
}
tarball() { "$work/tree/tools/kernel-tarball"; }
is_fetched() { [ "$(cat "$(tarball)")" = "$1" ]; }
refused() { ! tarball 2> "$work/err" && grep -q "$1" "$work/err"; }

ktap_start 5
publish right
pin right
ktap_check "the pinned source is fetched" is_fetched right
rm -rf "$work/server"
ktap_check "it is kept" is_fetched right
rm -rf "$work/cache"
ktap_check "without a server, it says so" refused 'neither the archive nor'
publish wrong
pin right
ktap_check "another content is not taken" refused 'is not 1 (SHA-256)'
ktap_check "nor kept" refused 'is not 1 (SHA-256)'
ktap_end

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Debian's own kernels for QEMU: the package is unpacked in the cache, never
# installed. Uses: top (the tree), work (a directory of this run).
#
#   stock_kernel SERIES        sets version and root: root/vmlinux, root/lib/modules;
#                              our modules for it are in work/mods
#   stock_modules NAME...      put modules of it, and what they want, into the initramfs
#   stock_pack                 work/initrd becomes work/initrd.cpio
: "${top:?}" "${work:?}"
cache=${COLLAPSAR_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/collapsar}
root=$work/none

# stock_fetch NAME VERSION: the image package of the headers; of another revision
# with the same ABI if the archive has moved on.
stock_fetch() {
	apt-get -qq download "$1=$2" || apt-get -qq download "$1" || {
		[ "$(id -u)" = 0 ] && apt-get -qq update && apt-get -qq download "$1"
	} || {
		echo "stock: no package $1: apt-get update, and run tools/install-deps" >&2
		return 1
	}
} 2> "$work/apt.log"

# The payload of a bzImage is where its header says: QEMU enters an uncompressed
# kernel by PVH, which under TCG saves most of the time a boot takes.
stock_uncompress() {
	local off len

	off=$(((1 + $(od -An -tu1 -j497 -N1 "$1")) * 512 + $(od -An -tu4 -j584 -N4 "$1")))
	len=$(($(od -An -tu4 -j588 -N4 "$1") - 4))
	tail -c "+$((off + 1))" "$1" | head -c "$len" > "$work/payload" || :
	case $(od -An -tx1 -N4 "$work/payload") in
	" fd 37 7a 58") xz --single-stream -dc "$work/payload" ;;
	" 28 b5 2f fd") zstd -qdc "$work/payload" ;;
	*) echo "stock: $1: compressed in a way unknown to me" >&2; return 1 ;;
	esac > "$2"
	rm "$work/payload"
}

# Only what a virtual machine with network namespaces can want.
stock_trim() {
	find "$1/lib/modules" -name '*.ko*' | grep -vE \
		'/kernel/(arch|crypto|lib|net|fs/(9p|netfs|fscache)|drivers/(virtio|char|net/[^/]*$|net/(wireguard|vxlan)))' |
		xargs -r rm
	rm -rf "${1:?}/usr" "$1/boot"/System.map*
}

stock_unpack() {
	local tmp=$root.$$

	rm -rf "$tmp"
	mkdir -p "$tmp"
	(cd "$tmp" && stock_fetch "linux-image-$version" "$revision") || { cat "$work/apt.log" >&2; return 1; }
	dpkg-deb -x "$tmp"/*.deb "$tmp"
	rm "$tmp"/*.deb
	stock_uncompress "$tmp/boot/vmlinuz-$version" "$tmp/vmlinux"
	stock_trim "$tmp"
	depmod -b "$tmp" "$version"
	mv "$tmp" "$root"
}

stock_kernel() {
	local revision

	mkdir -p "$work/mods"
	version=$("$top/tools/check-modules" "$1" "$work/mods" | tail -1)
	version=${version##*/kmod-}
	revision=$(dpkg-query -W -f '${Version}' "linux-headers-$version")
	root=$cache/debian-$version-$revision
	exec 9> "$root.lock"
	flock 9
	[ -e "$root" ] || stock_unpack
	exec 9>&-
}

# Numbered in the order of loading.
stock_modules() {
	local n=100 f

	mkdir -p "$work/initrd/bin" "$work/initrd/m"
	cp /bin/busybox "$work/initrd/bin/"
	modprobe -d "$root" -S "$version" -a --show-depends "$@" |
		awk '$1 == "insmod" && !seen[$2]++ { print $2 }' > "$work/list"
	while read -r f; do
		case $f in
		*.xz) xz -dc "$f" > "$work/initrd/m/$n-$(basename "$f" .xz)" ;;
		*) cp "$f" "$work/initrd/m/$n-${f##*/}" ;;
		esac
		n=$((n + 1))
	done < "$work/list"
}

stock_pack() {
	# The same files are the same archive.
	find "$work/initrd" -exec touch -hd @0 {} +
	(cd "$work/initrd" && find . | LC_ALL=C sort | cpio -o -H newc --quiet --reproducible) \
		> "$work/initrd.cpio"
}

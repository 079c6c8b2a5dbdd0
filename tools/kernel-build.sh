# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What tools/build-uml and tools/build-x86 share. Uses: top, cache, out, and patches, whose
# configs/ holds the configurations; flavour names one of them.
: "${top:?}" "${cache:?}" "${patches:?}" "${flavour:?}"
jobs=$(nproc)
out=

say() { echo "${0##*/}: $*" >&2; }
die() { say "$*"; exit 1; }

# The base and the flavour's own lines: what both name, the flavour decides.
fragment() {
	awk '{
		name = ""
		if (/^CONFIG_/) { name = $0; sub(/=.*/, "", name) }
		else if (/^# CONFIG_.* is not set$/) name = $2
		if (name == "") next
		if (!(name in line)) order[n++] = name
		line[name] = $0
	} END { for (i = 0; i < n; i++) print line[order[i]] }' \
		"$patches/configs/base.config" "$patches/configs/$flavour.config"
}

# prune KIND: keep the newest three; an entry in use is newer than that.
prune() {
	local old

	# Names are ours: a prefix and a hash.
	# shellcheck disable=SC2012
	for old in $(ls -dt "$cache/$1"-* 2>/dev/null | tail -n +4); do
		# A source that a kept kernel still names is in use.
		grep -qsF "$old/" "$cache"/{uml,x86}-*/build/Makefile || rm -rf "$old"
	done
}

# Every option that the fragments name must be in the final .config.
verify_config() {
	local line bad=0

	while read -r line; do
		case $line in
		CONFIG_*=*) grep -qxF "$line" "$1/.config" ;;
		'# CONFIG_'*' is not set') ! grep -q "^${line:2:-11}=" "$1/.config" ;;
		*) continue ;;
		esac || { say "not in the final configuration: $line"; bad=1; }
	done < <(cat "$1/fragment")
	return $bad
}

# Long work shows progress: one line every few seconds.
progress() {
	awk -v f="${0##*/}: $flavour" 'BEGIN { t = systime() }
		/^ +(CC|LD|AR|AS)/ { n++ }
		systime() - t >= 5 { t = systime(); printf "%s: %d objects\n", f, n; fflush() }' >&2
}

# build_modules WORK DEST ARGUMENT...: a copy of ours in WORK, built by make with these
# arguments for the kernel in $out, and the result in DEST.
build_modules() {
	local work=$1 dest=$2

	shift 2
	[ ! -e "$dest/.done" ] || return 0
	mkdir -p "$work"
	# By content, with new times: make must not take another checkout's
	# object for younger than this one's source.
	rsync -rlpc --delete --exclude='*.o' --exclude='*.ko' --exclude='.*.cmd' --exclude='*.mod*' \
		--exclude='Module.symvers' --exclude='modules.order' \
		"$top/Kbuild" "$top/kmod" "$work/"
	make -C "$out/build" M="$work" "$@" W=1 -j"$jobs" modules > "$work/log" 2>&1 ||
		{ tail -40 "$work/log" >&2; die "modules do not build"; }
	if grep -q 'warning:' "$work/log"; then
		grep -A4 'warning:' "$work/log" >&2
		die "modules build with warnings"
	fi
	rm -rf "$dest"
	mkdir -p "$dest"
	find "$work" -name '*.ko' -exec cp {} "$dest/" \;
	touch "$dest/.done"
	# shellcheck disable=SC2012
	for old in $(ls -dt "$out"/modules-* | tail -n +9); do rm -rf "$old"; done
}

modules_key() {
	(cd "$top" && { cat Kbuild; find kmod -type f | LC_ALL=C sort | xargs sha256sum; } |
		sha256sum | cut -c1-16)
}

# in_use PATH: not to be pruned. Who may only look leaves no mark.
in_use() { touch "$1" 2> /dev/null || :; }

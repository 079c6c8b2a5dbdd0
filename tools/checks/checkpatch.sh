#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The modules and the patches pass the kernel's own checkpatch.
set -euo pipefail
cd "$(dirname "$0")/../.."
# What it says of the same text is the same.
if [ "${1:-}" != anew ]; then
	git ls-files 'kmod/*.[ch]' 'uml-patches/*' tools/kernel-source "tools/checks/${0##*/}" | while read -r f; do
		[ ! -f "$f" ] || echo "$f"
	done | tools/seen checkpatch "" "tools/checks/${0##*/}" anew
	exit
fi
src=$(tools/kernel-source scripts/checkpatch.pl scripts/spelling.txt scripts/const_structs.checkpatch)
check() { perl "$src/scripts/checkpatch.pl" --no-tree --no-signoff --no-color --terse --show-types "$@"; }

# X macros need these shapes; checkpatch calls its own advice on them an error.
xmacro=COMPLEX_MACRO,BRACKET_SPACE,MACRO_ARG_UNUSED,TRAILING_SEMICOLON
# The pure C of lib is exported from one file, since userspace compiles it too;
# its ring says at its head how the two ends' barriers pair.
except='^kmod/core/lib\.c:.*EXPORT_SYMBOL|^kmod/lib/(ring\.c|port\.h):.*MEMORY_BARRIER'
# Kernel versions belong in compat/ (kernel_code.sh) and nowhere else.
except+='|^kmod/compat/.*(LINUX_VERSION_CODE|CONSTANT_COMPARISON)'
mapfile -t files < <(git ls-files 'kmod/*.[ch]' | while read -r f; do [ -f "$f" ] && echo "$f"; done)
[ ${#files[@]} -gt 0 ]
# The host's side of UML is plain C, and its command lines are parsed as the other
# drivers of arch/um do; a patch's text has Subject and Forwarded lines of Debian's.
patch_ignore=FILE_PATH_CHANGES,COMMIT_LOG_LONG_LINE,VOLATILE,CONSIDER_KSTRTO,STRCPY
# The host's side prints at levels of its own, UM_KERN_ERR and the like.
patch_ignore+=,PRINTK_WITHOUT_KERN_LEVEL
bad=0
# report WHAT EXCEPT ARG...: what checkpatch says of it, less EXCEPT.
report() {
	local what=$1 except=$2 out rc=0

	shift 2
	out=$(check "$@" 2>&1) || rc=$?
	# 1: it found something; another code: it did not run.
	[ "$rc" -le 1 ] || { echo "$what: checkpatch failed ($rc): $out"; bad=1; return; }
	if grep -vE "$except" <<< "$out" | sed "s|^|$what: |"; then bad=1; fi
}
# It must find what is wrong, or its silence means nothing.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf 'int f (int a) {\n\treturn a ;\n}\n' > "$work/wrong.c"
wrong=$(check -f "$work/wrong.c" || :)
grep -q ERROR <<< "$wrong" || { echo "checkpatch finds nothing in what is wrong"; bad=1; }
report kmod "lines checked|^$|$except" --ignore "$xmacro" -f "${files[@]}"
for p in uml-patches/*.patch; do
	# From standard input it is a patch; a file of the tree would be a source.
	report "$p" "lines checked|^\$" --ignore "$patch_ignore" - < "$p"
done
exit $bad

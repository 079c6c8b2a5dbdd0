#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Kernel-doc comments are well-formed, and every exported function has one.
set -euo pipefail
cd "$(dirname "$0")/../.."
doc=$(find /usr/lib/linux-kbuild-6.12* -name kernel-doc 2> /dev/null | sort -V | tail -1)
[ -n "$doc" ] || { echo "SKIP no kernel-doc: linux-kbuild is not installed"; exit 4; }
mapfile -t files < <(git ls-files 'kmod/*.[ch]' | while read -r f; do [ -f "$f" ] && echo "$f"; done)
bad=0
for f in "${files[@]}"; do
	# A layout that another project defines, and padding, have nothing to say.
	"$doc" -none "$f" 2>&1 | grep -vE "'pad[0-9]' not described|in 'clps_ring_vnet'" && bad=1
done
while read -r name; do
	# Data has no parameters to document.
	grep -qE "[ *]$name\(" "${files[@]}" || continue
	grep -qE "^ \* $name(\(\))? - " "${files[@]}" || { echo "$name is exported and has no kernel-doc"; bad=1; }
done < <(sed -n 's/^EXPORT_SYMBOL[A-Z_]*(\([a-z0-9_]*\).*/\1/p' "${files[@]}" | sort -u)
exit $bad

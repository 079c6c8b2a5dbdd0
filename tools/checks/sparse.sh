#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# sparse has nothing to say about the modules, for either kernel: byte orders, address
# spaces, lock contexts. What it said about this very content is remembered.
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v sparse > /dev/null || { echo "SKIP sparse is not installed"; exit 4; }
cache=${COLLAPSAR_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/collapsar}
series=(6.1 6.12)

content() {
	find Kbuild kmod tools/check-modules tools/checks/sparse.sh -type f | LC_ALL=C sort | xargs sha256sum
	sparse --version
	find /usr/src -maxdepth 1 -name 'linux-headers-*-amd64' | sort
}
done_=$cache/sparse-$(content | sha256sum | cut -c1-16)
[ ! -e "$done_" ] || { echo "seen before: $done_"; exit 0; }

# It can only be silent about what it looks at: a mistake must be found.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/tools"
cp -r Kbuild kmod "$work/"
cp tools/check-modules "$work/tools/"
cat >> "$work/kmod/core/main.c" <<-EOF
	u16 clps_planted(__be16 x);
	u16 clps_planted(__be16 x) { return x; }
EOF
for s in "${series[@]}"; do
	tools/check-modules --sparse "$s"
	if COLLAPSAR_CACHE=$work/cache "$work/tools/check-modules" --sparse "$s" > "$work/log" 2>&1 ||
	   ! grep -q 'main.c.*different base types' "$work/log"; then
		tail -5 "$work/log"
		echo "$s: a planted mistake was not found"
		exit 1
	fi
done
rm -f "$cache"/sparse-*
touch "$done_"

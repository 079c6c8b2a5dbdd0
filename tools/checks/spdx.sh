#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Every source file names its licence in its first three lines.
set -euo pipefail
cd "$(dirname "$0")/../.."
bad=0
while read -r f; do
	[ -s "$f" ] || continue
	case $f in */corpus/*|*/golden/*|*.golden|tools/image/rootfs/etc/passwd|tools/image/rootfs/etc/group|tools/image/rootfs/var/*|uml-patches/*.patch|uml-patches/series) continue ;; esac
	sed -n 1,3p "$f" | grep -aq 'SPDX-License-Identifier' || { echo "$f: no SPDX line"; bad=1; }
done < <(git ls-files)
exit $bad

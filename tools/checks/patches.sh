#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The series names every patch, and applies to the kernel of uml-patches/BASE
# without fuzz or offset.
set -euo pipefail
cd "$(dirname "$0")/../.."
top=$PWD
mapfile -t series < <(sed -e 's/#.*//' -e '/^[[:space:]]*$/d' uml-patches/series)
[ ${#series[@]} -gt 0 ]
bad=0
for p in uml-patches/*.patch; do
	printf '%s\n' "${series[@]}" | grep -qxF "${p##*/}" || { echo "$p is not in the series"; bad=1; }
done
mapfile -t files < <(sed -n 's|^+++ b/\([^[:space:]]*\).*|\1|p' uml-patches/*.patch | sort -u)
src=$(tools/kernel-source "${files[@]}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$src/." "$work/"
for p in "${series[@]}"; do
	out=$(patch -d "$work" -p1 --forward < "$top/uml-patches/$p") || { echo "$out"; echo "$p does not apply"; exit 1; }
	if grep -E 'fuzz|offset' <<< "$out"; then
		echo "$p does not apply cleanly"
		bad=1
	fi
done
exit $bad

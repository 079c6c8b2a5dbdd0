#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# No structure that leaves the kernel has padding that the compiler chose: those
# of the UAPI headers, and those in memory that two ends of a ring share.
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v pahole > /dev/null || { echo "SKIP pahole is not installed"; exit 4; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
structs=(clps_ring_hello clps_ring_shared clps_ring_rec clps_ring_vnet)
mapfile -t uapi < <(git ls-files 'kmod/include/uapi/*.h')
mapfile -t more < <(sed -n 's/^struct \([a-z0-9_]*\) {.*/\1/p' "${uapi[@]}")
structs+=("${more[@]}")
{
	echo '#include "kmod/lib/ring.h"'
	printf '#include "%s"\n' "${uapi[@]}"
	for s in "${structs[@]}"; do echo "struct $s a_$s;"; done
} > "$work/a.c"
gcc -g -I. -Ikmod/include/uapi -Ikmod/lib -c "$work/a.c" -o "$work/a.o"
bad=0
for s in "${structs[@]}"; do
	out=$(pahole -C "$s" "$work/a.o")
	grep -q "^struct $s {" <<< "$out" || { echo "pahole does not know struct $s"; bad=1; }
	if grep -E 'XXX|/\* (padding|bit_padding|sum holes|holes):' <<< "$out"; then
		echo "struct $s has padding"
		bad=1
	fi
done
exit $bad

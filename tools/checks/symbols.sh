#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What the modules define for other files begins with clps_.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# What a tracepoint and a module are made of has the kernel's names.
kernels='init_module|cleanup_module|__this_module|__(start|stop)_alloc_tags|__(SCK__tp_func|SCT__tp_func|traceiter|tracepoint|probestub)_clps_[a-z_]*'
bad=0
for series in 6.1 6.12; do
	tools/check-modules "$series" "$work" > "$work/log" || { cat "$work/log"; bad=1; continue; }
	names=$(readelf -sW "$work"/*.ko | awk '$5 == "GLOBAL" && $7 != "UND" { print $8 }' |
		sed 's/^__pfx_//' | sort -u)
	grep -q '^clps_' <<< "$names" || { echo "$series: no symbols at all"; bad=1; }
	if grep -vxE "clps_.*|$kernels" <<< "$names"; then
		echo "$series: globals without the prefix clps_"
		bad=1
	fi
done
exit $bad

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Kernel versions are named in kmod/compat/ only; no file grows over 1000 lines,
# no function over 140; what a build makes is not committed.
set -euo pipefail
cd "$(dirname "$0")/../.."
bad=0
if git grep -nE 'LINUX_VERSION_CODE|KERNEL_VERSION' -- kmod ':!kmod/compat'; then
	echo "a kernel version outside kmod/compat/"
	bad=1
fi
while read -r f; do
	[ -f "$f" ] || continue
	n=$(wc -l < "$f")
	[ "$n" -le 1000 ] || { echo "$f: $n lines"; bad=1; }
done < <(git ls-files 'kmod/*.[ch]' 'userspace/*.[ch]')
# A function begins and ends with a brace in the first column.
if ! git ls-files 'kmod/*.[ch]' 'userspace/*.[ch]' | while read -r f; do
	[ ! -f "$f" ] || echo "$f"
done | xargs awk '
	FNR == 1 { start = 0 }
	/^\{/ { start = FNR; name = last }
	/^}/ && start {
		n = FNR - start - 1
		if (n > 80)
			print FILENAME ":" start ": " n " lines: " name
		if (n > 140)
			bad = 1
		start = 0
	}
	{ last = $0 }
	END { exit bad }'
then
	echo "a function of more than 140 lines"
	bad=1
fi
if git ls-files | grep -E '\.(o|ko|mod|cmd)$'; then
	echo "a built file is committed"
	bad=1
fi
exit $bad

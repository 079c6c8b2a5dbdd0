#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Rules of the house that a machine can keep.
cd "$(dirname "$0")/../.." || exit 1
n=0 bad=0
check() {
	local claim=$1 out

	shift
	n=$((n + 1))
	out=$("$@")
	if [ -z "$out" ]; then
		echo "ok $n $claim"
	else
		echo "$out" | head -20 | sed 's/^/# /'
		echo "not ok $n $claim"
		bad=1
	fi
}
top_level() { git ls-files | cut -d/ -f1 | sort -u | grep -vxE 'Kbuild|Makefile|kmod|uml-patches|userspace|tools|selftests|Documentation|README|\..*'; }
no_spdx() { git ls-files | grep -E '\.(c|h|sh|py|rst|config|bash|yaml)$|Kbuild|Makefile' | xargs grep -L SPDX-License-Identifier; }
versions() { git grep -l LINUX_VERSION_CODE -- 'kmod/*' ':!kmod/compat'; }
long_files() { git ls-files 'kmod/*.c' 'userspace/*.c' | xargs wc -l | awk '$2 != "total" && $1 > 1000'; }
trailing() { git grep -nE '[ 	]+$' -- '*.c' '*.h' '*.sh' '*.rst' '*.py'; }
echo "KTAP version 1"
echo "1..5"
check "the top level holds what it should" top_level
check "every file names its licence" no_spdx
check "kernel versions are known in kmod/compat alone" versions
check "no source file is longer than 1000 lines" long_files
check "no line ends in blanks" trailing
exit $bad

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The system calls that tools/lab/seccomp.py allows by number are those that it names,
# by the host's headers.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=selftests/lib/ktap.sh
. "$top/selftests/lib/ktap.sh"
[ "$(uname -m)" = x86_64 ] || ktap_skip_all "the numbers are those of x86-64"

named() {
	PYTHONPATH=$top/tools/lab PYTHONDONTWRITEBYTECODE=1 python3 -c '
import seccomp
for table in (seccomp.ALLOWED, seccomp.HOSTFS):
    for name, number in table.items():
        print(name, number)
for name, rule in seccomp.CONDITIONAL.items():
    print(name, rule[0])' | sort
}
headers() {
	echo '#include <sys/syscall.h>' | gcc -E -dM - |
		sed -n 's/^#define __NR_\([a-z0-9_]*\) \([0-9]*\)$/\1 \2/p' | sort
}
right() {
	local wrong

	wrong=$(comm -23 <(named) <(headers))
	echo "$wrong"
	[ -z "$wrong" ]
}
many() { [ "$(named | wc -l)" -gt 100 ]; }
once() { [ -z "$(named | cut -d ' ' -f 2 | sort | uniq -d)" ]; }

ktap_start 3
ktap_check "it names some" many
ktap_check "each has its number" right
ktap_check "each is there once" once
ktap_end

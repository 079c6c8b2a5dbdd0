#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT: 600
# sparse has nothing to say about the modules: byte orders, address spaces, lock
# contexts. It takes a minute and a half of CPU for a kernel, and the source is one: it
# reads it with the newer's headers, and what it said about this content is remembered.
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v sparse > /dev/null || { echo "SKIP sparse is not installed"; exit 4; }
cache=${COLLAPSAR_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/collapsar}

content() {
	find Kbuild kmod tools/check-modules tools/checks/sparse.sh -type f | LC_ALL=C sort | xargs sha256sum
	sparse --version
	find /usr/src -maxdepth 1 -name 'linux-headers-*-amd64' | sort
}
done_=$cache/sparse-$(content | sha256sum | cut -c1-16)
[ ! -e "$done_" ] || { echo "seen before: $done_"; exit 0; }

tools/check-modules --sparse 6.12
rm -f "$cache"/sparse-*
touch "$done_"

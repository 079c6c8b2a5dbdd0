#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT: 600
# sparse has nothing to say about the modules: byte orders, address spaces, lock
# contexts. It takes a minute and a half of CPU for a kernel, and the source is one: it
# reads it with the newer's headers.
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v sparse > /dev/null || { echo "SKIP sparse is not installed"; exit 4; }
salt="$(sparse --version) $(echo /usr/src/linux-headers-*-amd64)"
find Kbuild kmod tools/check-modules tools/checks/sparse.sh -type f | LC_ALL=C sort |
	tools/seen sparse "$salt" tools/check-modules --sparse 6.12

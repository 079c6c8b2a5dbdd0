#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Every shell script passes shellcheck.
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v shellcheck > /dev/null || { echo "SKIP shellcheck is not installed"; exit 4; }
mapfile -t files < <(git ls-files | while read -r f; do
	[ -f "$f" ] || continue
	case $f in *.sh|*.bash) echo "$f"; continue ;; esac
	IFS= read -r line < "$f" || [ -n "$line" ] || continue
	case $line in '#!/bin/bash'*) echo "$f" ;; esac
done 2> /dev/null)
[ ${#files[@]} -gt 0 ]
printf '%s\n' "${files[@]}" |
	tools/seen shellcheck "$(shellcheck --version)" shellcheck -x -P SCRIPTDIR -S warning "${files[@]}"

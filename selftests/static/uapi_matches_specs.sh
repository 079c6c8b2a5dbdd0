#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The specs of Documentation/netlink/specs name every value of the UAPI headers,
# with the same numbers, and nothing else. The compiler evaluates the headers.
set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
# shellcheck source=selftests/lib/ktap.sh
. "$top/selftests/lib/ktap.sh"

python3 -c 'import yaml' 2> /dev/null || ktap_skip_all "python3-yaml is not installed"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ktap_start 5
for family in collapsar collapsar_redir collapsar_front collapsar_sense; do
	ktap_check "$family: every name and number of the header is the spec's" \
		python3 "$here/uapi_matches_specs.py" "$top" "$family" "$work"
done
sed 's/- probing$/- probing-not/' "$top/Documentation/netlink/specs/collapsar_redir.yaml" \
	> "$work/wrong.yaml"
ktap_check "a wrong spec is found out" \
	not python3 "$here/uapi_matches_specs.py" "$top" collapsar_redir "$work" "$work/wrong.yaml"
ktap_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What collapsarctl sends is, byte by byte, what the YAML specs describe.
set -u
# shellcheck source=selftests/cli/cli.sh
. "$(dirname "$0")/cli.sh"

python3 -c 'import yaml' 2> /dev/null || ktap_skip_all "python3-yaml is not installed"
exec python3 "$top/selftests/cli/requests.py" "$fake" "$top/Documentation/netlink/specs"

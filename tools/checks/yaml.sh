#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The netlink specs are well-formed YAML.
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v yamllint > /dev/null || { echo "SKIP yamllint is not installed"; exit 4; }
exec yamllint -d '{extends: relaxed, rules: {line-length: {max: 120}}}' Documentation/netlink/specs

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# address.sh DEV ADDRESS...: bring rings up, each with an address.
set -e
while [ $# -gt 0 ]; do
	ip addr add "$2/24" dev "$1"
	ip link set "$1" up
	shift 2
done

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# address.sh DEV ADDRESS: bring a ring up with an address.
set -e
ip addr add "$2/24" dev "$1"
ip link set "$1" up

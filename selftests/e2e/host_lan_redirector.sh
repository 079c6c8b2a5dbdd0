#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A redirector on vec0, a NIC of the host.
set -eu
ip link set vec0 up promisc on
ip addr add 192.168.1.2/24 dev vec0
ip link set ring0 up
ip addr add 198.51.100.2/30 dev ring0
collapsarctl apply - <<-EOF
uplink add center remote 198.51.100.1 local 198.51.100.2 key 1
redirect add 192.168.1.10 dev vec0 uplink center
EOF

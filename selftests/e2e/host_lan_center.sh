#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A front-end with one network and one honeypot.
set -eu
ip link set ring0 up
ip addr add 198.51.100.1/30 dev ring0
collapsarctl apply - <<-EOF
uplink add lan remote 198.51.100.2 local 198.51.100.1 key 1
network add lan uplink lan gateway-mac 52:54:00:01:01:01
honeypot add shop network lan address 192.168.1.10 port ring1 mac 52:54:00:a0:01:10
EOF

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Inside the center's UML: the front-end with an uplink for each production
# network and a port for each honeypot. Both networks are 192.168.1.0/24.
set -eu
for n in 1 2; do
	ip link set "ring$((n - 1))" up
	ip addr add "198.51.100.$((n * 4 - 3))/30" dev "ring$((n - 1))"
done
collapsarctl apply - <<-EOF
uplink add site1 remote 198.51.100.2 local 198.51.100.1 key 1
uplink add site2 remote 198.51.100.6 local 198.51.100.5 key 2
network add north uplink site1 gateway-mac 52:54:00:01:01:01
network add south uplink site2 gateway-mac 52:54:00:02:01:01
honeypot add shop network north address 192.168.1.10 port ring2 mac 52:54:00:a0:01:10
honeypot add files network north address 192.168.1.11 port ring3 mac 52:54:00:a0:01:11
honeypot add mail network south address 192.168.1.10 port ring4 mac 52:54:00:b0:01:10
EOF

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# A namespace "center" with a front-end, whatever its uplinks are: guests behind its
# ports, and what it counts.
# shellcheck source=selftests/lib/ktap.sh
. "$CLPS_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/lib/netns.sh
. "$CLPS_ROOT/selftests/lib/netns.sh"

guest_mac() { echo "02:00:00:00:01:0$1"; }

# guest N ADDRESS: behind the port pN.
guest() {
	ns_add "guest$1"
	veth center "p$1" "guest$1" eth0
	ip_in "guest$1" <<-EOF
		link set eth0 address $(guest_mac "$1")
		addr add $2/24 dev eth0
		route add default via 10.1.0.1
	EOF
}

# honeypot_value NAME KEY: of "collapsarctl honeypot show".
honeypot_value() {
	in_ns center collapsarctl -j honeypot show "$1" | jq -r ".[0].$2"
}

network_counter() { counter network "$1" "$2" center; }
core_counter() { counter core "" "$1" center; }

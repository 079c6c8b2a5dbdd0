# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The redirector's tests stand on this: an intruder beyond a router, a LAN with
# a real host, the redirector H on it, and a center that owns the V's.
#
#   intruder -- router -- lan (bridge) -- H (eth0, up0) -- center (up0)
#   203.0.113.9           10.1.0.0/24     no ip_forward     all V's
#                         host: 10.1.0.50, newcomer: no address yet
# shellcheck source=selftests/lib/ktap.sh
. "$CLPS_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/lib/netns.sh
. "$CLPS_ROOT/selftests/lib/netns.sh"

# shellcheck disable=SC2034  # for the tests that source this
PY="$CLPS_ROOT/selftests/netns/redir"
# The center's end of the uplink: what an Ethernet uplink is told by peer-mac.
CENTER_MAC=02:00:00:00:0c:01
H_MAC=02:00:00:00:00:01

mac_of() { in_ns "$1" cat "/sys/class/net/$2/address"; }

# A namespace on the LAN bridge: lan_port NS [ADDR].
lan_port() {
	veth "$1" eth0 lan "p$1"
	ip -n lan link set "p$1" master br0
	[ -z "${2:-}" ] || ip -n "$1" addr add "$2/24" dev eth0
}

# h_up: the redirector, on the LAN.
h_up() {
	lan_port H 10.1.0.2
	ip -n H link set eth0 address "$H_MAC"
	ip -n H route add default via 10.1.0.1
	in_ns H sysctl -qw net.ipv4.ip_forward=0
}

lan_up() {
	frames_start
	ns_add intruder router lan H host newcomer center
	ip -n lan link add br0 up type bridge forward_delay 0
	lan_port router 10.1.0.1
	h_up
	lan_port host 10.1.0.50
	lan_port newcomer
	veth intruder eth0 router wan
	ip -n intruder addr add 203.0.113.9/24 dev eth0
	ip -n router addr add 203.0.113.1/24 dev wan
	ip -n intruder route add default via 203.0.113.1
	ip -n host route add default via 10.1.0.1
	in_ns router sysctl -qw net.ipv4.ip_forward=1
	wait_for 5 in_ns host ping -c1 -W1 203.0.113.9
}

# A plain veth is the uplink; the center is a host that owns the V's.
center_up() {
	local v

	veth H up0 center up0
	# Whatever the center sends goes to H.
	{
		echo "link set up0 address $CENTER_MAC"
		[ $# = 0 ] || printf 'addr add %s/32 dev up0\n' "$@"
		echo "route add default via 169.254.0.1 dev up0 onlink"
		echo "neigh add 169.254.0.1 lladdr $(mac_of H up0) dev up0 nud permanent"
	} | ip_in center
}

# redirect V [options]: on eth0 into up0.
redirect() {
	local v=$1

	shift
	in_ns H collapsarctl redirect add "$v" dev eth0 uplink up0 peer-mac "$CENTER_MAC" "$@"
}

# v_is V ATTRIBUTE VALUE
v_is() {
	[ "$(in_ns H collapsarctl -j redirect show "$1" dev eth0 |
		jq -r --arg a "$2" '(if type == "array" then .[0] else . end) | .[$a]')" = "$3" ]
}

# redir_moves: packets are captured in H and returned, from now on.
redir_tx() { counter redir "" tx_packets H; }
redir_sent() { [ "$(redir_tx)" -gt "$1" ]; }
redir_moves() {
	local was

	was=$(redir_tx)
	[ "$was" -ge 0 ] && wait_for 15 redir_sent "$((was + 50))"
}

reaches() { in_ns "$1" ping -n -c1 -W2 "$2"; }

# farm_up V...: instead of center_up. The center is a real one: H and it are joined
# by our GRE (the uplink's name is up0), and each V is a guest gN behind a port.
farm_up() {
	local v n=0

	load_modules collapsar_front || return 1
	veth H wan0 center wan0
	ip -n H addr add 192.0.2.2/24 dev wan0
	ip -n center addr add 192.0.2.1/24 dev wan0
	in_ns H collapsarctl uplink add up0 remote 192.0.2.1 local 192.0.2.2 key 1
	in_ns center collapsarctl uplink add up0 remote 192.0.2.2 local 192.0.2.1 key 1
	in_ns center collapsarctl network add lan uplink up0 gateway-mac "$(mac_of router eth0)"
	for v in "$@"; do
		n=$((n + 1))
		ns_add "g$n"
		veth "g$n" eth0 center "p$n"
		ip_in "g$n" <<-EOF
			addr add $v/24 dev eth0
			route add default via 10.1.0.1
		EOF
		in_ns center collapsarctl honeypot add "g$n" network lan address "$v" port "p$n" \
			mac "$(mac_of "g$n" eth0)"
		in_ns H collapsarctl redirect add "$v" dev eth0 uplink up0 probes 0
	done
}

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The ways from an intruder to a guest that are compared. chain_up NAME builds one,
# chain_down removes it. Namespaces: intruder, H, center, guest.
#
#   direct   intruder 10.1.0.5 ---- guest V
#   ours     intruder -- H (collapsar_redir) == GRE == center (collapsar_front) -- guest V
#   stock    the same with proxy_arp, routes, ip_gre with a key, and a bridge
#   flower   the same with tc flower, tunnel_key and mirred, over one GRE device for all
#            tunnels, at both ends; neither ARP nor flows
#   bpf      the same with tc-eBPF (peer.bpf.c) over classic GRE that carries what is too
#            big for the way in fragments; neither ARP nor flows
V=10.1.0.9 INTRUDER=10.1.0.5 GUEST_MAC=02:00:00:00:00:09
CHAIN_NS="intruder H center guest"

in_chain() { ip netns exec "$@"; }

# cable NS1 IF1 NS2 IF2
cable() {
	ip link add name "$2" netns "$1" type veth peer name "$4" netns "$3"
	ip -n "$1" link set "$2" up
	ip -n "$3" link set "$4" up
}

chain_down() {
	local n

	for n in $CHAIN_NS; do ip netns del "$n" 2> /dev/null || :; done
}

# The namespaces, and nothing between them.
chain_spaces() {
	local n

	for n in $CHAIN_NS; do
		ip netns add "$n"
		in_chain "$n" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
		ip -n "$n" link set lo up
	done
}

chain_up() {
	chain_spaces
	"build_$1"
}

guest_at() {
	cable "$1" "$2" guest eth0
	ip -n guest link set eth0 address $GUEST_MAC
	ip -n guest addr add $V/24 dev eth0
}

build_direct() {
	guest_at intruder eth0
	ip -n intruder addr add $INTRUDER/24 dev eth0
}

tunnel_ends() {
	cable intruder eth0 H eth0
	ip -n intruder addr add $INTRUDER/24 dev eth0
	ip -n H addr add 10.1.0.2/24 dev eth0
	cable H wan center wan
	ip -n H addr add 192.0.2.2/24 dev wan
	ip -n center addr add 192.0.2.1/24 dev wan
	guest_at center port
	ip -n guest route add default via 10.1.0.1 onlink dev eth0
}

build_ours() {
	tunnel_ends
	in_chain H collapsarctl apply - <<-EOT
	uplink add center remote 192.0.2.1 local 192.0.2.2 key 1
	redirect add $V dev eth0 uplink center probes 0
	EOT
	in_chain center collapsarctl apply - <<-EOT
	uplink add site remote 192.0.2.2 local 192.0.2.1 key 1
	network add net uplink site gateway-mac 02:00:00:00:0a:01
	honeypot add guest network net address $V port port mac $GUEST_MAC
	EOT
}

build_stock() {
	local n

	tunnel_ends
	for n in H center; do in_chain $n sysctl -qw net.ipv4.ip_forward=1; done
	ip -n H link add tun type gre local 192.0.2.2 remote 192.0.2.1 key 1 ttl 64
	ip -n H link set tun up
	ip -n H route add $V dev tun
	in_chain H sysctl -qw net.ipv4.conf.eth0.proxy_arp=1
	ip -n center link add tun type gre local 192.0.2.1 remote 192.0.2.2 key 1 ttl 64
	ip -n center link set tun up
	ip -n center link add br0 type bridge
	ip -n center link set port master br0
	ip -n center link set br0 up
	ip -n center addr add 10.1.0.1/24 dev br0
	# The guest takes the intruder for a neighbour.
	in_chain center sysctl -qw net.ipv4.conf.br0.proxy_arp=1
	ip -n center route add $INTRUDER dev tun
}

mac_at() { in_chain "$1" cat "/sys/class/net/$2/address"; }
ifindex() { in_chain "$1" cat "/sys/class/net/$2/ifindex"; }

# What nobody answers: who has the other end's address.
static_neighbours() {
	ip -n intruder neigh replace $V lladdr "$(mac_at H eth0)" dev eth0 nud permanent
	ip -n guest neigh replace $INTRUDER lladdr "$(mac_at center port)" dev eth0 nud permanent
}

# on NS DEVICE FILTER...: what tc does with what comes in there.
on() {
	local ns=$1 dev=$2

	shift 2
	tc -n "$ns" qdisc replace dev "$dev" clsact
	tc -n "$ns" filter add dev "$dev" ingress "$@"
}

# into_key NS DEVICE MATCH FROM TO: into the tunnel of key 1.
into_key() {
	on "$1" "$2" protocol ip flower "$3" "$4" \
		action tunnel_key set src_ip "$5" dst_ip "$6" id 1 nocsum \
		action mirred egress redirect dev tun
}

# from_key NS MATCH ADDRESS DEVICE DESTINATION-MAC: out of it, with an Ethernet header.
from_key() {
	on "$1" tun protocol ip flower enc_key_id 1 "$2" "$3" \
		action vlan push_eth dst_mac "$5" src_mac "$(mac_at "$1" "$4")" \
		action mirred egress redirect dev "$4"
}

build_flower() {
	local n

	tunnel_ends
	static_neighbours
	for n in H center; do ip -n $n link add tun up type gre external; done
	into_key H eth0 dst_ip $V 192.0.2.2 192.0.2.1
	from_key center dst_ip $V port $GUEST_MAC
	into_key center port src_ip $V 192.0.2.1 192.0.2.2
	from_key H src_ip $V eth0 "$(mac_at intruder eth0)"
}

# program NS DEVICE NAME WAY...: of peer.bpf.c, and its entry for V.
program() {
	local ns=$1 dev=$2 name=$3

	shift 3
	on "$ns" "$dev" bpf direct-action object-file /clps/peer.bpf.o section "tc_$name"
	bpf_way $V "$@"
}

build_bpf() {
	tunnel_ends
	static_neighbours
	ip -n H link add tun up type gre local 192.0.2.2 remote 192.0.2.1 key 1 \
		ignore-df nopmtudisc ttl inherit
	ip -n center link add tun up type gre local 192.0.2.1 remote 192.0.2.2 key 1 \
		ignore-df nopmtudisc ttl inherit
	program H eth0 capture "$(ifindex H tun)"
	program center tun hand_over "$(ifindex center port)" $GUEST_MAC "$(mac_at center port)"
	program center port take_back "$(ifindex center tun)"
	program H tun release "$(ifindex H eth0)" "$(mac_at intruder eth0)" "$(mac_at H eth0)"
}

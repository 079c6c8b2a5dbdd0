#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: smp kcsan
# TIMEOUT: 600
# A whole farm under traffic both ways, on every CPU, while V's, networks, honeypots,
# uplinks and ports come, change and go and others list and watch all of it, by so many
# operations each (CLPS_CHURN). What stays loses no packet uncounted, no dump shows half
# of a change, and at the end everything is as it was and carries traffic.
#
#   intruder --+                                      +-p1- g1 10.1.0.77: changes
#      |       |       H  == up0 == center: "lan" ----+-p2- g2 10.1.0.78: changes its MAC
#   router -- lan -- eth0                             +-p4, p5: honeypots come and go
#              |          == up1 == center: "n2" -----+-p3- g3 10.1.0.79: comes and goes
#   host 10.1.0.50
set -u
# shellcheck source=selftests/netns/redir/topology.bash
. "$CLPS_ROOT/selftests/netns/redir/topology.bash"
# shellcheck source=selftests/lib/stats.sh
. "$CLPS_ROOT/selftests/lib/stats.sh"

ops=${CLPS_CHURN:-60}
CHURN="$CLPS_ROOT/selftests/netns/smp/churn.py"
# What churn.py knows as whole.
MAC_A=02:aa:aa:aa:aa:aa
MAC_B=02:55:55:55:55:55

guest_mac() { mac_of "g$1" eth0; }
tunnel_of() {
	[ "$1" = H ] && echo "uplink add up$2 remote 192.0.2.1 local 192.0.2.2 key $2" ||
		echo "uplink add up$2 remote 192.0.2.2 local 192.0.2.1 key $2"
}
farm() {
	local n

	load_modules collapsar_front || return 1
	veth H wan0 center wan0
	ip -n H addr add 192.0.2.2/24 dev wan0
	ip -n center addr add 192.0.2.1/24 dev wan0
	ip -n center link add ext0 up type gre external
	ns_add g1 g2 g3 g4 g5
	for n in 1 2 3 4 5; do
		veth "g$n" eth0 center "p$n"
		ip_in "g$n" <<-EOF
			addr add 10.1.0.$((76 + n))/24 dev eth0
			route add default via 10.1.0.1
		EOF
	done
	in_ns center collapsarctl apply - <<-EOF
		$(tunnel_of center 0)
		$(tunnel_of center 1)
		network add lan uplink up0 gateway-mac $MAC_A outbound open
		network add n2 uplink up1 gateway-mac $MAC_A
		network add t uplink ext0 remote 192.0.2.10 key 10 gateway-mac $MAC_A
		honeypot add g1 network lan address 10.1.0.77 port p1 mac $(guest_mac 1)
		honeypot add g2 network lan address 10.1.0.78 port p2 mac $(guest_mac 2)
		honeypot add g3 network n2 address 10.1.0.79 port p3 mac $(guest_mac 3)
	EOF
	in_ns H collapsarctl apply - <<-EOF
		$(tunnel_of H 0)
		$(tunnel_of H 1)
		redirect add 10.1.0.77 dev eth0 uplink up0 probes 0
		redirect add 10.1.0.78 dev eth0 uplink up0 probes 0 mac $MAC_A outbound open
		redirect add 10.1.0.79 dev eth0 uplink up1 probes 0
	EOF
}
# Softirqs of one device on every CPU. With GRO a veth has a NAPI of its own.
spread() {
	local ns n

	for ns in H center router lan; do
		in_ns "$ns" sh -c 'for q in /sys/class/net/*/queues/rx-*/rps_cpus; do
			[ ! -e "$q" ] || echo f > "$q"; done' 2> /dev/null
	done
	for n in 2 3; do in_ns center ethtool -K "p$n" gro on; done
}
# flood_on CPU NS ADDRESS: as flood(), by a sender that stays there, with the time that
# others leave: they are what is to come about.
flood_on() {
	spawn taskset -c "$(($1 % $(nproc)))" nice -n 19 nsexec "$2" ping -n -q -f -s 1000 "$3" > /dev/null 2>&1
	floods+=($!)
}

# What comes and goes under traffic: each round takes away what the flood to .79 needs.
site_rounds() {
	local n

	for ((n = 0; n < ops / 20; n++)); do
		ip -n H link del up1 || return 1
		{ tunnel_of H 1; echo "redirect add 10.1.0.79 dev eth0 uplink up1 probes 0"
		  echo "uplink set up1 keepalive $((n % 2)) csum"; } |
			in_ns H collapsarctl apply - || return 1
	done
	in_ns H collapsarctl uplink set up1 keepalive 0
}
center_rounds() {
	local n

	for ((n = 0; n < ops / 20; n++)); do
		case $((n % 4)) in
		0) ip -n center link set p3 down && ip -n center link set p3 up ;;
		1) ip -n center link del up1 && in_ns center collapsarctl apply - <<-EOF
			$(tunnel_of center 1)
			network set n2 uplink up1
			EOF
			;;
		2) ip -n center link del p3 && veth g3 eth0 center p3 && ip_in g3 <<-EOF &&
				addr add 10.1.0.79/24 dev eth0
				route add default via 10.1.0.1
			EOF
			in_ns center ethtool -K p3 gro on &&
			in_ns center collapsarctl honeypot set g3 port p3 mac "$(guest_mac 3)" ;;
		3) in_ns center collapsarctl apply - <<-EOF
			honeypot del g3
			network del n2
			network add n2 uplink up1 gateway-mac $MAC_B
			honeypot add g3 network n2 address 10.1.0.79 port p3 mac $(guest_mac 3)
			EOF
			;;
		esac || return 1
	done
}
# How the tunnel encapsulates, under what goes through it.
gre_rounds() {
	local n

	for ((n = 0; n < ops / 2; n++)); do
		echo "uplink set up0 ttl $((60 + n % 4)) tos $((n % 8 * 4)) $( ((n % 2)) || echo no)csum"
	done | in_ns H collapsarctl apply -
}

# work NAME COMMAND...: in the background.
declare -A worker=()
work() {
	local name=$1

	shift
	spawn "$@" > "/tmp/$name.out" 2>&1
	worker[$name]=$!
}
check_worker() {
	local rc=0

	# Not within ktap_check, whose subshell has no such child.
	wait "${worker[$1]}" || rc=$?
	sed 's/^/# /' "/tmp/$1.out"
	ktap_check "$2" test "$rc" = 0
}

objects() {
	in_ns H collapsarctl -j redirect show | jq -r '.[].addr' | sort
	in_ns center collapsarctl -j network show | jq -r '.[].name' | sort
	in_ns center collapsarctl -j honeypot show | jq -r '.[] | "\(.name) \(.port_name)"' | sort
}
watched() {
	wait_for 20 eval '[ "$(grep -c deleted '"/tmp/events.$1"')" -gt 3 ]' &&
		jq -e .event < "/tmp/events.$1" > /tmp/events.seen &&
		[ "$(wc -l < /tmp/events.seen)" = "$(wc -l < "/tmp/events.$1")" ]
}
v_value() { in_ns H collapsarctl -j redirect show "$1" dev eth0 | jq "(if type == \"array\" then .[0] else . end).$2"; }
v_grew() { [ "$(v_value "$1" tx_packets)" -gt "$2" ]; }
v_moves() { wait_for 20 v_grew "$1" $(($(v_value "$1" tx_packets) + 20)); }
link() { in_ns "$1" cat "/sys/class/net/$2/statistics/$3"; }
hp() { in_ns center collapsarctl -j honeypot show "$1" | jq ".[0].$2"; }
lan() { counter network lan "$1" center; }
all_counters() {
	in_ns H collapsarctl -j stats
	in_ns center collapsarctl -j stats
	link H up0 tx_packets
	link center up0 rx_packets
}
settled() {
	all_counters > /tmp/counters.1
	read -rt 0.5 -u "$KTAP_IDLE" || :
	all_counters > /tmp/counters.2
	cmp /tmp/counters.1 /tmp/counters.2
}
# equal WHAT A B: so many packets here as there.
equal() { [ "$2" = "$3" ] || { echo "$1: $2 and $3"; return 1; }; }
lan_drops() {
	local sum=0 why

	for why; do sum=$((sum + $(lan "drop_$why"))); done
	echo $sum
}
adds_up() {
	local in out

	in=$(($(v_value 10.1.0.77 rx_packets) + $(v_value 10.1.0.78 rx_packets)))
	out=$(($(v_value 10.1.0.77 tx_packets) + $(v_value 10.1.0.78 tx_packets)))
	equal "captured, into the tunnel" "$in" "$(link H up0 tx_packets)" &&
	equal "through the tunnel" "$in" "$(link center up0 rx_packets)" &&
	equal "delivered" "$in" "$(($(lan rx_packets) +
		$(lan_drops malformed no_honeypot link_down no_guest_mac too_big xmit)))" &&
	equal "to guests" "$(lan rx_packets)" "$(($(hp g1 rx_packets) + $(hp g2 rx_packets)))" &&
	equal "sent by guests" "$(($(hp g1 tx_packets) + $(hp g2 tx_packets)))" \
		"$(($(lan tx_packets) + $(lan local_packets)))" &&
	equal "back through the tunnel" "$(lan tx_packets)" "$(link H up0 rx_packets)" &&
	equal "back on the LAN" "$(lan tx_packets)" "$out"
}
# With all that came and went: of so many pings each hop counts every one, there and back.
each_hop_counts() {
	stats_end
	stats_watch H eth0 && stats_watch center && in_ns intruder ping -n -q -i 0.02 -c 50 "$1" &&
		stats_add_up && stats_hops H center "$1" "$2" 50
}

ktap_start 26
load_modules collapsar collapsar_redir
lan_up
farm
ktap_check "the farm is up" test $? = 0
spread
objects > /tmp/objects
floods=()
spawn in_ns H collapsarctl -j monitor > /tmp/events.H
spawn in_ns center collapsarctl -j monitor > /tmp/events.center
wait_for 20 eval 'grep -q ready /tmp/events.H && grep -q ready /tmp/events.center'
flood_on 0 intruder 10.1.0.77
flood_on 1 host 10.1.0.78
flood_on 1 intruder 10.1.0.79
# What a guest begins, policies and flow tables meet with what they let in.
flood_on 0 g2 10.1.0.50
for v in 77 78 79; do ktap_check "traffic flows to 10.1.0.$v" v_moves "10.1.0.$v"; done

work redirects in_ns H "$CHURN" redirects "$ops"
work rivals in_ns H "$CHURN" redirects "$ops"
work live in_ns H "$CHURN" live "$ops"
work list_redirects in_ns H "$CHURN" see_redirects "$((ops / 4))"
work networks in_ns center "$CHURN" networks "$ops"
work honeypots in_ns center "$CHURN" honeypots "$ops"
work more_honeypots in_ns center "$CHURN" honeypots "$ops"
work list_front in_ns center "$CHURN" see_front "$((ops / 4))"
work site site_rounds
work center center_rounds
work gre gre_rounds
check_worker redirects "V's come and go"
check_worker rivals "while another one does the same"
check_worker live "what carries traffic changes"
check_worker list_redirects "no dump of V's shows half of a change"
check_worker networks "networks come and go"
check_worker honeypots "honeypots come and go"
check_worker more_honeypots "while another one does the same"
check_worker list_front "no dump of the front-end shows half of a change"
check_worker site "an uplink goes under traffic with its V, and comes back"
check_worker center "a port, an uplink and a network go under traffic, and come back"
check_worker gre "a tunnel changes how it encapsulates"

for v in 77 78 79; do ktap_check "traffic flows again to 10.1.0.$v" v_moves "10.1.0.$v"; done
kill "${floods[@]}"
wait "${floods[@]}" 2> /dev/null
ktap_check "what is silent stands still" wait_for 30 settled
ktap_check "of what stayed no packet is lost uncounted" adds_up
for v in 77 78 79; do
	ktap_check "and now each hop counts what goes to 10.1.0.$v" each_hop_counts "10.1.0.$v" "g$((v - 76))"
done
objects > /tmp/objects.end
ktap_check "everything is as it was" diff /tmp/objects /tmp/objects.end
ktap_check "both monitors saw whole events" eval 'watched H && watched center'
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

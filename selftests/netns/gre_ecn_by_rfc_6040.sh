#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 300
# Congestion crosses clps_gre as RFC 6040 has it: the inner field is copied outside
# (4.1, normal mode), and what the way between makes of the outer one comes back into
# the inner one, or ends the packet (4.2, figure 4).
#
#   a: up0 (clps_gre) == wan 192.0.2.1 ------ wan 192.0.2.2 == up0 (clps_gre): b
#      10.9.0.1          tc rewrites the outer field                   10.9.0.2
set -u
# shellcheck source=selftests/lib/ktap.sh
. "$CLPS_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/lib/netns.sh
. "$CLPS_ROOT/selftests/lib/netns.sh"

NAMES=(Not-ECT "ECT(1)" "ECT(0)" CE)

# end NS LOCAL REMOTE
end() {
	in_ns "$1" collapsarctl uplink add up0 remote "192.0.2.$3" local "192.0.2.$2" key 7
	ip_in "$1" <<-EOF
		link set up0 up
		addr add 10.9.0.$2 peer 10.9.0.$3 dev up0
	EOF
}

# Headers as b saw them, one a line: tcpdump prints the TOS byte of each.
watch() {
	spawn nsexec b tcpdump -i "$1" -l -n -v -s 0 "$2" > "/tmp/$1" 2> "/tmp/$1.err"
	wait_for 20 grep -q listening "/tmp/$1.err"
}

# ping_with ECN: DSCP AF11 (0x28) beside it, and the codepoint.
ping_with() { in_ns a ping -n -q -c 1 -W "${2:-5}" -Q $((0x28 + $1)) 10.9.0.2 > /dev/null; }
# the field of the last request that FILE shows, and the DSCP that stands beside it
tos_of() { grep -o 'tos 0x[0-9a-f]*' "/tmp/$1" | tail -1 | cut -d' ' -f2; }
requests() { grep -c 'ICMP echo request' "/tmp/$1"; }

copied_outside() {
	local n

	n=$(grep -c GRE /tmp/wan)
	ping_with "$1" && wait_for 10 eval '[ $(grep -c GRE /tmp/wan) -gt '"$n"' ]' || return 1
	# The outer DSCP is the uplink's own, 0.
	echo "outer TOS ${outer:=$(sed -n 's/^[^ ]* IP (tos \(0x[0-9a-f]*\).*proto GRE.*/\1/p' /tmp/wan |
		tail -1)}"
	[ $((outer)) = "$1" ]
}

# rewrite ECN: on the way out of a's wan; the outer header's checksum follows.
rewrite() {
	tc -n a filter replace dev wan egress prio 1 handle 800::1 protocol ip u32 \
		match ip protocol 47 0xff action pedit ex munge ip dsfield set "$1" retain 0x3 \
		pipe csum ip
}
core_counter() { counter core "" "$1" b; }

# decapsulated INNER OUTER EXPECTED
decapsulated() {
	local n

	rewrite "$2" || return 1
	n=$(requests up0)
	ping_with "$1"
	wait_for 10 eval '[ $(requests up0) -gt '"$n"' ]' || return 1
	echo "inner TOS $(tos_of up0)"
	[ $(($(tos_of up0))) = $((0x28 + $3)) ]
}
dropped() {
	local n was

	rewrite 3 || return 1
	n=$(requests up0) was=$(core_counter drop_ecn)
	! ping_with 0 1 && [ "$(requests up0)" = "$n" ] && [ "$(core_counter drop_ecn)" = $((was + 1)) ]
}

ktap_start 22
load_modules collapsar
ns_add a b
veth a wan b wan
ip -n a addr add 192.0.2.1/24 dev wan
ip -n b addr add 192.0.2.2/24 dev wan
end a 1 2
end b 2 1
watch wan "proto gre and src 192.0.2.1"
ktap_check "the tunnel carries" wait_for 20 ping_with 0
for ecn in 0 1 2 3; do
	outer=''
	ktap_check "${NAMES[ecn]} inside is ${NAMES[ecn]} outside" copied_outside $ecn
done
tc -n a qdisc add dev wan clsact
watch up0 "icmp[icmptype] == icmp-echo"
# Rows of figure 4: the inner field; columns: the outer one as it arrives.
fig4=("0 0 0 -" "1 1 1 3" "2 1 2 3" "3 3 3 3")
for inner in 0 1 2 3; do
	read -ra row <<< "${fig4[inner]}"
	for outer in 0 1 2 3; do
		if [ "${row[outer]}" = - ]; then
			ktap_check "${NAMES[inner]} inside, ${NAMES[outer]} outside: dropped and counted" dropped
			continue
		fi
		ktap_check "${NAMES[inner]} inside, ${NAMES[outer]} outside: ${NAMES[row[outer]]}" \
			decapsulated $inner $outer "${row[outer]}"
	done
done
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
# A node dies again and again under traffic.
#
#   killed_again_and_again NODE STAYS WATCHED...
#       six checks: its honeypot answers; kill -9 ten times, and ROUNDS altogether, and each
#       time it answers again; the host and STAYS' kernel have no more to carry than after
#       ten; what WATCHED (H, center) have counted adds up; and then each hop counts each
#       packet of a known number
#   ROUNDS        a hundred, or CLPS_ROUNDS
# shellcheck source=selftests/lib/stats.sh
. "$LAB_TOP/selftests/lib/stats.sh"
# shellcheck source=selftests/lib/answers.sh
. "$LAB_TOP/selftests/lib/answers.sh"
CLPS_WATCH_DIR=$LAB_DIR
ROUNDS=${CLPS_ROUNDS:-100}
ROUNDS_V=192.168.1.10

# For stats.sh.
in_ns() {
	case $1 in
	H) at site1 H "${@:2}" ;;
	*) lab exec "$@" ;;
	esac
}

killed_again() {
	lab kill "$1" && answers_until stand_still && lab start "$1" &&
		answers_until beyond $((answers + 20))
}

rounds() {
	local i

	for ((i = 0; i < $2; i++)); do
		killed_again "$1" || { echo "# in round $i"; return 1; }
	done
}

# descendants PID: itself, and whoever lives by it.
descendants() {
	local p

	echo "$1"
	for p in $(cat "/proc/$1"/task/*/children 2> /dev/null); do descendants "$p"; done
}

# Processes and open files of the whole laboratory.
on_host() {
	local p procs=0 files=0

	for p in $(descendants "$lab_pid"); do
		procs=$((procs + 1))
		files=$((files + $(find "/proc/$p/fd" -mindepth 1 2> /dev/null | wc -l)))
	done
	echo "$procs $files"
}

# Netdevs, interrupts and objects in slabs. What is freed is kept for a while by KASAN, and
# by slabs with room; kmemleak's own objects go later.
in_kernel() {
	lab exec "$1" 'for i in 1 2; do
			for f in /sys/kernel/slab/*/shrink; do echo 1 > "$f"; done
		done 2> /dev/null
		cat /proc/slabinfo > /tmp/slabs
		echo $(grep -c : /proc/net/dev) $(grep -c : /proc/interrupts) \
			$(awk "NR > 2 && \$1 != \"kmemleak_object\" { n += \$2 } END { print n }" /tmp/slabs)'
}

survivors_note() { note="$(on_host) $(in_kernel "$1")"; }
no_more() {
	local was now

	read -ra was <<< "$note"
	read -ra now <<< "$(on_host) $(in_kernel "$1")"
	echo "processes, files, netdevs, interrupts, objects: ${was[*]}, now ${now[*]}"
	[ ${#was[@]} = 5 ] && [ ${#now[@]} = 5 ] &&
		[ "${now[0]}" -le "${was[0]}" ] && [ "${now[1]}" -le "${was[1]}" ] &&
		[ "${now[2]}" = "${was[2]}" ] && [ "${now[3]}" = "${was[3]}" ] &&
		[ "${now[4]}" -lt $((was[4] + 200 + 5 * $2)) ]
}
# A process may be on its way out. Of the kernel's objects two hundred may be first ones of
# their kind, or room in a slab; beyond these, fewer than five a round.
survivors_have_no_more() {
	wait_for 10 no_more "$@"
	no_more "$@"
}

watch_each() {
	local w

	for w; do
		case $w in
		H) stats_watch H eth0 ;;
		*) stats_watch "$w" ;;
		esac || return 1
	done
}

# icmp SNMP NAME: of the text of a kernel's snmp.
icmp() {
	awk -v name="$2" '/^Icmp:/ { if (at) { print $at; exit }
		for (i = 2; i <= NF; i++) if ($i == name) at = i }' <<< "$1"
}
# A known number of pings, and each hop has counted as many, there and back: the kernels of
# intruder and honeypot as well.
each_hop_counts() {
	local n=200 i0 i1 g0 g1 name at

	stats_end
	# Who began to speak has ended before the count begins.
	g0=$(shell_on "$ROUNDS_V" "cat /proc/net/snmp") && i0=$(intruder cat /proc/net/snmp) &&
		wait_for 30 quiet && watch_each H center || return 1
	intruder ping -n -q -i 0.01 -c $n "$ROUNDS_V" || return 1
	stats_add_up && stats_hops H center "$ROUNDS_V" shop $n beside || return 1
	g1=$(shell_on "$ROUNDS_V" "cat /proc/net/snmp") && i1=$(intruder cat /proc/net/snmp) || return 1
	for name in i:OutEchos g:InEchos g:OutEchoReps i:InEchoReps; do
		case $name in
		i*) at=$(($(icmp "$i1" "${name#*:}") - $(icmp "$i0" "${name#*:}"))) ;;
		g*) at=$(($(icmp "$g1" "${name#*:}") - $(icmp "$g0" "${name#*:}"))) ;;
		esac
		echo "${name/:/ }: $at"
		[ "$at" = $n ] || return 1
	done
}
# V says nothing for so long: the last of a session's TCP. Guests whose cable came back ask
# for IPv6 routers for minutes, which is nobody's packet.
quiet() {
	local was

	was=$(v_counts)
	read -rt 2 -u "$KTAP_IDLE" || :
	[ -n "$was" ] && [ "$was" = "$(v_counts)" ]
}
v_counts() { in_ns H collapsarctl -j redirect show | jq -c --arg v "$ROUNDS_V" '.[] | select(.addr == $v)'; }

killed_again_and_again() {
	local node=$1 stays=$2 more=$((ROUNDS - 10))

	shift 2
	watch_each "$@"
	answers_begin site1 intruder "$ROUNDS_V"
	answers_until beyond 100
	ktap_check "the honeypot answers" test $? = 0
	rounds "$node" 10
	ktap_check "with $node killed ten times it answers again each time" test $? = 0
	survivors_note "$stays"
	rounds "$node" $more
	ktap_check "killed $more times more, it does" test $? = 0
	ktap_check "nothing has grown since" survivors_have_no_more "$stays" $more
	answers_end
	ktap_check "those who stay have counted every packet" stats_add_up
	ktap_check "and now each hop does" each_hop_counts
}

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
# A node dies again and again under traffic.
#
#   answers_begin ADDRESS   site1's intruder pings it all the time, and what comes back counts
#   killed_again NODE       kill -9: the answers stop; it starts: they are there again
#   rounds NODE COUNT
#   survivors_note NODE     what those who stay have by now: processes and open files on
#                           the host; and in NODE's kernel netdevs, interrupts, objects
#   survivors_have_no_more NODE ROUNDS   than was noted, so many ago

answers_begin() {
	# Two hundred a second: as many as there can be would leave the dying no time to come back.
	on_bg site1 "ip netns exec intruder ping -n -q -i 0.005 $1"
	# Its shell starts no program: the value, twenty times a second.
	exec {ANSWERS}< <("$LAB_TOP/tools/lab/lab" exec site1 'exec ip netns exec intruder bash -c "
		exec {idle}<> <(:)
		while :; do
			while read -ra w; do [ \"\${w[0]}\" != Icmp: ] || n=\${w[10]}; done < /proc/net/snmp
			echo \"\$n\"
			read -rt 0.05 -u \$idle
		done"')
	lab_spawned+=($!)
}

# answers_until TEST...: the last value passes it.
answers_until() {
	local end=$((SECONDS + 30))

	while [ "$SECONDS" -le "$end" ]; do
		answers_were=${answers:-}
		read -rt 10 -u "$ANSWERS" answers || break
		! "$@" || return 0
	done
	echo "# in vain: $*; $answers answers"
	return 1
}
stand_still() { [ "$answers" = "$answers_were" ]; }
# More than can have been on their way.
beyond() { [ "$answers" -ge "$1" ]; }

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

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
# Pings out of a node of a laboratory, and how many of them were answered: through all that
# is between, and back.
#
#   answers_begin NODE NETNS ADDRESS   200 a second, from NODE (in NETNS, if it is not "")
#   answers_end
#   answers_until TEST...              the last number passes it
#   stand_still, beyond N              tests

answers_begin() {
	local inside=${2:+ip netns exec $2 }

	# As many as there can be would leave what dies no time to come back.
	on_bg "$1" "${inside}ping -n -q -i 0.005 $3"
	# Its shell starts no program: the value, twenty times a second.
	exec {ANSWERS}< <("$LAB_TOP/tools/lab/lab" exec "$1" "exec ${inside}bash -c '
		exec {idle}<> <(:)
		while :; do
			while read -ra w; do [ \"\${w[0]}\" != Icmp: ] || n=\${w[10]}; done < /proc/net/snmp
			echo \"\$n\"
			read -rt 0.05 -u \$idle
		done'")
	lab_spawned+=($!)
}
answers_end() {
	off_bg
	off_bg
	exec {ANSWERS}<&-
}

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
# More than can have been on their way, if N is twenty more than there were.
beyond() { [ "$answers" -ge "$1" ]; }

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Several tests at once, each in a slot; what is done is reported as it ends.
#
#   pool_open SLOTS
#   pool_slot                   wait for a free slot, its number is in $slot
#   pool_start LANE NAME KIND COMMAND...   in that slot
#   pool_drain                  until all have ended

declare -A pool_pid=() pool_what=()
pool_slots=1 slot=0

pool_open() { pool_slots=$1; }

pool_slot() {
	while :; do
		for ((slot = 0; slot < pool_slots; slot++)); do
			[ -n "${pool_pid[$slot]:-}" ] || return 0
		done
		pool_reap
	done
}

# The command, not a shell of ours, is the child: it ends with us, even when we
# are killed.
pool_start() {
	pool_what[$slot]="$1 $2 $3"
	shift 3
	CLPS_RUNNER=$$ setpriv --pdeathsig TERM "$@" < /dev/null &
	pool_pid[$slot]=$!
}

pool_reap() {
	local pid s

	wait -n -p pid "${pool_pid[@]}"
	for s in "${!pool_pid[@]}"; do
		[ "${pool_pid[$s]}" = "$pid" ] || continue
		# Three words.
		# shellcheck disable=SC2086
		report ${pool_what[$s]}
		unset "pool_pid[$s]" "pool_what[$s]"
	done
}

pool_drain() {
	while [ ${#pool_pid[@]} -gt 0 ]; do pool_reap; done
}

# Each ends what it started.
pool_kill() {
	[ ${#pool_pid[@]} -gt 0 ] || return 0
	kill -TERM "${pool_pid[@]}" 2> /dev/null
	wait "${pool_pid[@]}"
}

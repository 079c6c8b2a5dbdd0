# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# How the tests of each lane are run. Uses: top, results.
: "${top:?}" "${results:?}"
# shellcheck source=selftests/lib/tests.sh
. "$top/selftests/lib/tests.sh"
# shellcheck source=selftests/lib/judge.sh
. "$top/selftests/lib/judge.sh"
# shellcheck source=selftests/lib/pool.sh
. "$top/selftests/lib/pool.sh"

# start_host LANE NAME COMMAND...
start_host() {
	local lane=$1 name=$2 kind limit=600

	shift 2
	kind=$(kind_of "$*")
	if [ $# = 1 ]; then limit=$(header "$top/$1" TIMEOUT); fi
	fresh "$lane" "$name"
	pool_start "$lane" "$name" "$kind" \
		"$top/selftests/lib/run-host" "$results/$lane/$name" "$((${limit:-300} * ${CLPS_PATIENCE:-1}))" "$@"
}

# Lanes of programs of the host, as many at once as there are CPUs.
run_host_lanes() {
	local lane name cmd

	pool_open "$(nproc)"
	# The list on a descriptor of its own: tests must not eat it.
	while read -r lane name cmd <&3; do
		pool_slot
		# The words of a command are words.
		# shellcheck disable=SC2086
		start_host "$lane" "$name" $cmd
		# Nobody else may find it half made.
		[ "$lane/$name" != build/userspace ] || pool_drain
	done 3< <(wanted_tests "$@")
	pool_drain
}

# What laboratories boot from, made before a test's time runs.
prepare_lab() {
	local f

	for f in fast debug; do
		"$top/tools/build-uml" --flavour "$f" --modules > /dev/null || return 1
	done
	[ "$1" = e2e ] || return 0
	"$top/tools/build-uml" --flavour guest > /dev/null && "$top/tools/build-image" > /dev/null
}

# Laboratories of several UMLs: two at once, as they wait for each other a lot.
run_lab_lane() {
	local lane name cmd

	prepare_lab "$1" || { broken "$1" kernels; return; }
	pool_open 2
	while read -r lane name cmd <&3; do
		pool_slot
		start_host "$lane" "$name" "$cmd"
	done 3< <(wanted_tests "$1")
	pool_drain
}

prepare_uml() {
	if [ -z "${CLPS_UML:-}" ]; then
		CLPS_UML=$("$top/tools/build-uml" --flavour debug) || return 1
	fi
	if [ -z "${CLPS_MODDIR:-}" ]; then
		CLPS_MODDIR=$("$top/tools/build-uml" --flavour debug --modules) || return 1
	fi
	export CLPS_UML CLPS_MODDIR
	make -s -C "$top/userspace" all testtools > /dev/null
}

# A test spends half its time in waiting for something to happen: two kernels on
# each CPU.
run_uml_lane() {
	local lane name cmd kind cpus

	prepare_uml || { broken uml kernel; return; }
	cpus=$(nproc)
	pool_open $((2 * cpus))
	while read -r lane name cmd <&3; do
		pool_slot
		fresh uml "$name"
		kind=$(header "$top/$cmd" KERNEL)
		pool_start uml "$name" "${kind:-kernel}" "$top/selftests/vm/run-uml" \
			"$cmd" "$results/uml/$name" $((slot % cpus))
	done 3< <(wanted_tests "$1")
	pool_drain
}

# run_qemu_lane LANE KERNEL...: one boot of each kernel, all at the same time. What a
# kernel is made to complain about comes last: some checkers speak but once.
run_qemu_lane() {
	local lane=$1 k name cmd n kind tests=() planted=()
	local -A boot=() dir=()

	shift
	while read -r _ name cmd; do
		if [ "$(header "$top/$cmd" KERNEL)" = planted ]; then planted+=("$cmd"); else tests+=("$cmd"); fi
	done < <(wanted_tests "$lane")
	tests+=("${planted[@]}")
	for k; do
		dir[$k]=$lane
		[[ $k != [0-9]* ]] || dir[$k]=$lane-$k
		rm -rf "${results:?}/${dir[$k]}"
		mkdir -p "$results/${dir[$k]}"
		setpriv --pdeathsig TERM "$top/tools/qemu-lane" "$k" "$results/${dir[$k]}" \
			"${tests[@]}" < /dev/null &
		boot[$k]=$! pool_pid[$lane-$k]=$!
	done
	for k; do
		wait "${boot[$k]}" || broken "${dir[$k]}" boot "the lane's boot ended badly"
		unset "pool_pid[$lane-$k]"
		for cmd in "${tests[@]}"; do
			n=$(base "$cmd")
			mkdir -p "$results/${dir[$k]}/$n"
			kind=$(header "$top/$cmd" KERNEL)
			report "${dir[$k]}" "$n" "${kind:-kernel}"
		done
	done
}

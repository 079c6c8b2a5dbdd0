# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Which tests there are. Uses: top, names (patterns; none means all).
: "${top:?}"
declare -a names

# shellcheck disable=SC2034 # the runner's
all_lanes=(build unit lint static cli fuzz icount uml ring e2e stock smp kcsan)
# shellcheck disable=SC2034 # the runner's
default_lanes=(build unit lint static cli fuzz icount uml ring e2e stock smp)
# And of make check-full.
# shellcheck disable=SC2034 # the runner's
long_lanes=(kcsan)

header() { sed -n "s/^# $2: *//p" "$1" | head -1; }
# With CLPS_FULL Debian's kernels run whatever needs nothing that they lack.
in_lane() {
	local lanes

	lanes=" $(header "$1" LANES) "
	[ -z "${CLPS_FULL:-}" ] || lanes+="$(header "$1" LONG) "
	case $lanes in *" $2 "*) return 0 ;; esac
	[[ $2 = stock && -n ${CLPS_FULL:-} && $lanes = *" uml "* && -z $(header "$1" NEEDS) ]]
}
base() { local b=${1##*/}; echo "${b%.sh}"; }

wanted() {
	local n

	[ ${#names[@]} -gt 0 ] || return 0
	for n in "${names[@]}"; do
		# A pattern is what is meant.
		# shellcheck disable=SC2053
		[[ $1 == $n ]] && return 0
	done
	return 1
}

# The tests of a lane, one a line: name, then what to run.
tests_of() {
	local f k

	case $1 in
	build)
		# First: what others of the tree's programs are tested by.
		echo "userspace make -s -C userspace all testtools"
		for k in 6.1 6.12; do echo "modules-$k tools/check-modules $k"; done ;;
	unit)
		echo "unit-programs make -s -C selftests/unit check"
		echo "unit-coverage make -s -C selftests/unit coverage" ;;
	fuzz) echo "fuzz-corpus make -s -C userspace/fuzz check" ;;
	lint) for f in "$top"/tools/checks/*.sh; do echo "$(base "$f") ${f#"$top/"}"; done ;;
	static|cli|icount)
		for f in "$top/selftests/$1"/*.sh; do
			[ -x "$f" ] && echo "$(base "$f") ${f#"$top/"}"
		done ;;
	uml|stock|smp|kcsan)
		for f in "$top"/selftests/netns/*.sh; do
			in_lane "$f" "$1" && echo "$(base "$f") ${f#"$top/"}"
		done ;;
	ring|e2e)
		# Beside the tests stand scripts that their laboratories run.
		for f in "$top/selftests/$1"/*.sh; do
			if grep -q '^ktap_start' "$f"; then echo "$(base "$f") ${f#"$top/"}"; fi
		done
		[ "$1" != e2e ] || [ ! -x "$top/selftests/demo/run" ] || echo "demo selftests/demo/run" ;;
	esac
	return 0
}

# Of several lanes: lane, name, what to run; only what is wanted.
wanted_tests() {
	local lane name cmd

	for lane in "$@"; do
		while read -r name cmd; do
			if wanted "$name"; then echo "$lane $name $cmd"; fi
		done < <(tests_of "$lane")
	done
}

any_wanted() { [ -n "$(wanted_tests "$@")" ]; }

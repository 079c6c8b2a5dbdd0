# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What a test's result directory says. Uses: top, results.
: "${top:?}" "${results:=$top/build/check}"

# shellcheck source=selftests/lib/badlog.sh
. "$top/selftests/lib/badlog.sh"

passed=0 failed=0 skipped=0
failures=() times=()

# Sets verdict and why from what is in a result directory. KIND is plain, ktap, or
# kernel: a test that had one to itself, whose log must be there; or planted: one that
# made its kernel complain and took that out of the log, but not off the console, and
# what it lost may be found late.
judge() {
	local dir=$1 kind=$2 rc plan done_ f bad

	verdict=fail why=
	rc=$(cat "$dir/rc" 2> /dev/null)
	[ -n "$rc" ] || { why=$(cat "$dir/why" 2> /dev/null); why=${why:-no verdict}; return; }
	for f in "$dir/dmesg" "$dir/console"; do
		[ "$kind" != planted ] || [ "$f" = "$dir/dmesg" ] || continue
		[ -e "$f" ] || continue
		bad=$(bad_log < "$f")
		[ -z "$bad" ] || { why="the kernel complained: ${bad%%$'\n'*}"; return; }
	done
	if [[ $kind = @(kernel|planted) ]] && [ ! -s "$dir/dmesg" ]; then
		why="no kernel log"
		return
	fi
	[ "$kind" = planted ] || [ ! -s "$dir/kmemleak" ] || { why="kmemleak: $(head -1 "$dir/kmemleak")"; return; }
	if [ "$rc" = 4 ]; then
		verdict=skip why=$(grep -m1 -io 'skip.*' "$dir/ktap")
		return
	fi
	[ "$rc" != 124 ] || { why="took too long"; return; }
	[ "$rc" = 0 ] || { why="exit code $rc"; return; }
	if [ "$kind" != plain ]; then
		plan=$(sed -n 's/^1\.\.\([0-9]*\).*/\1/p' "$dir/ktap" | head -1)
		done_=$(grep -cE '^(not )?ok [0-9]+' "$dir/ktap")
		[ -n "$plan" ] || { why="no plan"; return; }
		[ "$plan" -gt 0 ] || { why="an empty plan"; return; }
		[ "$plan" = "$done_" ] || { why="planned $plan checks, reported $done_"; return; }
		! grep -q '^not ok' "$dir/ktap" || { why="not ok, yet exit code 0"; return; }
	fi
	verdict=pass
}

# A command whose output is its own affair, or one that speaks KTAP?
kind_of() {
	case $1 in
	make*|tools/check*|selftests/demo/*) echo plain ;;
	*) echo ktap ;;
	esac
}

# What a kernel does to itself is no verdict on us, but told.
foreign_races() {
	grep -qs 'KCSAN:' "$1/dmesg" || return 0
	"$RACES" < "$1/dmesg" | sed -n 's/.*foreign race: //p' | sort | uniq -c | sort -rn > "$1/races"
	[ ! -s "$1/races" ] || echo "    # $(awk '{ n += $1 } END { print n }' "$1/races") data races of the kernel with itself: $1/races"
}

report() {
	local lane=$1 name=$2 kind=$3 dir=$results/$1/$2 secs

	judge "$dir" "$kind"
	secs=$(cat "$dir/seconds" 2> /dev/null)
	times+=("${secs:-0} $lane/$name")
	[ ! -e "$dir/ktap" ] || grep -E '^(not )?ok ' "$dir/ktap" | sed 's/^/    /'
	foreign_races "$dir"
	case $verdict in
	pass) passed=$((passed + 1)); echo "ok $lane/$name (${secs:-?} s)" ;;
	skip) skipped=$((skipped + 1)); echo "SKIPPED $lane/$name: $why" ;;
	fail) failed=$((failed + 1)); failures+=("$lane/$name"); echo "$why" > "$dir/why"
		echo "FAILED $lane/$name: $why" ;;
	esac
}

# broken LANE NAME [WHY]: what could not even be tried.
broken() {
	fresh "$1" "$2"
	echo "${3:-could not be built}" > "$results/$1/$2/why"
	report "$1" "$2" plain
}

fresh() { rm -rf "${results:?}/$1/$2"; mkdir -p "$results/$1/$2"; }

summary() {
	local f log dir

	for f in "${failures[@]}"; do
		dir=$results/$f
		echo "---- $f: $(cat "$dir/why")"
		for log in ktap console; do
			[ -s "$dir/$log" ] || continue
			echo "# the end of $dir/$log"
			# A guest's console may hold what a terminal would obey.
			tail -15 "$dir/$log" | LC_ALL=C tr -d '\000-\010\013-\037\177'
		done
	done
	[ ${#times[@]} -eq 0 ] || echo "slowest: $(printf '%s\n' "${times[@]}" | sort -rn | head -8 |
		awk '{ printf "%s%s %s s", sep, $2, $1; sep = ", " }')"
	for f in "${failures[@]}"; do echo "failed: $f"; done
	if [ $((passed + failed + skipped)) = 0 ]; then
		echo "run: no test matches" >&2
		failed=1
	fi
	echo "$passed passed, $failed failed, $skipped skipped"
}

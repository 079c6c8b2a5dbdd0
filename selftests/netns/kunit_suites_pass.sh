#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml smp kcsan
# TIMEOUT: 120
# NEEDS: debug
# Every suite of collapsar_kunit.ko ran, and each of its cases passed.
set -u
# shellcheck source=selftests/lib/ktap.sh
. "$CLPS_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/lib/netns.sh
. "$CLPS_ROOT/selftests/lib/netns.sh"

# What the sources name, so that a suite or a case that is left out is missed: a line
# for each suite, its name and its cases.
mapfile -t SUITES < <(awk -F '[()"]' '
	/^\tKUNIT_CASE\(/ { cases = cases " " $2 }
	/^\t\.name = "/ { print $2 cases; cases = "" }' "$CLPS_ROOT"/kmod/tests/*_test.c)

# The module's own words, of the suite at hand.
RESULTS=
case_passed() { grep -Eqx " +ok [0-9]+ $1" <<< "$RESULTS"; }
suite_passed() { grep -Eqx "ok [0-9]+ $1" <<< "$RESULTS"; }

# suite NAME CASE...
suite() {
	local name=$1 c

	shift
	RESULTS=$(< "/sys/kernel/debug/kunit/$name/results")
	for c in "$@"; do
		ktap_check "$name: ${c//_/ }" case_passed "$c"
	done
	ktap_check "$name passes" suite_passed "$name"
	# What a failed expectation said.
	suite_passed "$name" || printf '# %s\n' "${RESULTS//$'\n'/$'\n'# }"
}

plan=3
for s in "${SUITES[@]}"; do
	read -ra words <<< "$s"
	plan=$((plan + ${#words[@]}))
done
ktap_start "$plan"
load_modules collapsar
ktap_check "the suites are loaded" insmod "$CLPS_MODDIR/collapsar_kunit.ko"
for s in "${SUITES[@]}"; do
	read -ra words <<< "$s"
	suite "${words[@]}"
done
ktap_check "the suites are unloaded" rmmod collapsar_kunit
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# KTAP for shell tests: a plan, checks, and an exit code that follows them.

KTAP_PLAN=0
KTAP_DONE=0
KTAP_FAILED=0

ktap_start() {
	KTAP_PLAN=$1
	echo "KTAP version 1"
	echo "1..$KTAP_PLAN"
}

ktap_pass() {
	KTAP_DONE=$((KTAP_DONE + 1))
	echo "ok $KTAP_DONE $*"
}

ktap_fail() {
	KTAP_DONE=$((KTAP_DONE + 1))
	KTAP_FAILED=$((KTAP_FAILED + 1))
	echo "not ok $KTAP_DONE $*"
}

# ktap_check "claim" command...: the command's exit status is the verdict.
ktap_check() {
	local claim=$1 out rc=0

	shift
	out=$("$@" 2>&1) || rc=$?
	if [ "$rc" = 0 ]; then
		ktap_pass "$claim"
	else
		echo "# '$*' returned $rc"
		[ -z "$out" ] || printf '%s\n' "$out" | tail -30 | sed 's/^/# /'
		ktap_fail "$claim"
	fi
}

ktap_skip_all() {
	echo "KTAP version 1"
	echo "1..0 # SKIP $*"
	exit 4
}

ktap_end() {
	if [ "$KTAP_DONE" != "$KTAP_PLAN" ]; then
		echo "# planned $KTAP_PLAN checks, made $KTAP_DONE"
		exit 1
	fi
	[ "$KTAP_FAILED" = 0 ] || exit 1
	exit 0
}

# Never has anything to read: a pause that needs no process.
exec {KTAP_IDLE}<> <(:)

# wait_for SECONDS command...: until it succeeds; says what it waited for. A kernel may be
# so many times as slow as others.
wait_for() {
	local limit=$(($1 * ${CLPS_SLOW:-1})) end

	shift
	end=$((SECONDS + limit))
	until "$@" > /dev/null 2>&1; do
		if [ "$SECONDS" -gt "$end" ]; then
			echo "# waited $limit s in vain for: $*"
			return 1
		fi
		read -rt 0.02 -u "$KTAP_IDLE" || :
	done
}

not() { ! "$@"; }

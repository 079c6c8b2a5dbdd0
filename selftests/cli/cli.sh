# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
# Common to the tests of collapsarctl: builds it, and runs it over a fake kernel.
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=selftests/lib/ktap.sh
. "$top/selftests/lib/ktap.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# One at a time: a program that is being linked again cannot be run.
if ! flock "$top/userspace" make -s -C "$top/userspace" all fake > "$work/build" 2>&1; then
	sed 's/^/# /' "$work/build"
	echo "Bail out! collapsarctl does not build"
	exit 1
fi
ctl=$top/build/userspace/collapsarctl
fake=$top/build/userspace/collapsarctl-fake
unset FAKE_NL_STATE FAKE_NL_LOG FAKE_NL_FAIL FAKE_NL_ABSENT FAKE_NL_EVENTS

# says CODE TEXT command...: it exits with CODE, and its stderr is one line that has TEXT.
says() {
	local code=$1 text=$2 rc=0

	shift 2
	"$@" > "$work/stdout" 2> "$work/stderr" < /dev/null || rc=$?
	cat "$work/stderr"
	[ "$rc" = "$code" ] || { echo "exit code $rc instead of $code"; return 1; }
	[ "$(wc -l < "$work/stderr")" = 1 ] || { echo "stderr is not one line"; return 1; }
	grep -qF -- "$text" "$work/stderr" || { echo "no '$text'"; return 1; }
	[ ! -s "$work/stdout" ] || { echo "stdout is not empty"; return 1; }
}

# All that the fake kernel has, in an order of its own.
state() {
	local o

	for o in uplink redirect network honeypot; do
		"$fake" "$o" show | sort
	done
}

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Errors of a file are "FILE:LINE:COL: ... 'word'", all of them, before anything is sent.
# shellcheck disable=SC2317 # the checks are called by name
set -u
# shellcheck source=selftests/cli/cli.sh
. "$(dirname "$0")/cli.sh"

export FAKE_NL_LOG=$work/log

at() {
	local where=$1 text=$2

	printf '%b' "$3" > "$work/f"
	says 1 "$work/f:$where: " "$fake" apply "$work/f" || return 1
	grep -qF -- "$text" "$work/stderr"
}

all() {
	printf 'foo\nbar\n' > "$work/f"
	"$fake" apply "$work/f" 2> "$work/stderr"
	[ "$(wc -l < "$work/stderr")" = 2 ]
}

none() {
	printf '\n# only this\n  \t\n\r\n' > "$work/f"
	"$fake" apply "$work/f"
}

ktap_start 12
ktap_check "an unknown object" at 1:1 "'foo'" 'foo\n'
ktap_check "a bad value after blanks and comments" at 3:20 "'300.1'" \
	'# x\n\n  redirect  del    300.1 dev eth0\n'
ktap_check "an open quote" at 1:12 "\"10.0" 'uplink add "10.0\n'
ktap_check "a backslash at the end" at 1:12 "backslash" "uplink add c\\134"
ktap_check "a NUL byte" at 1:7 "NUL" 'uplink\0add\n'
ktap_check "a missing value" at 1:25 "'remote'" 'uplink add c0 ttl 3     remote\n'
ktap_check "a line without end" at 2:1 "'x'" '\nx'
ktap_check "show has no place here" at 1:8 "'show'" 'uplink show\n'
ktap_check "nor has apply" at 1:1 "'apply'" 'apply x\n'
ktap_check "every error is said" all
ktap_check "a file of comments is fine" none
ktap_check "nothing was sent" test ! -e "$work/log"
ktap_end

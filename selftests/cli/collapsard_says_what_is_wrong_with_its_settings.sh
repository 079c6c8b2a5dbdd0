#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# collapsard names the file, the line and the word that it cannot take, and starts nothing; a
# module that is missing is named.
# shellcheck disable=SC2317 # the checks are called by name
set -u
# shellcheck source=selftests/cli/cli.sh
. "$(dirname "$0")/cli.sh"

daemon=$top/build/userspace/collapsard
conf=$work/conf

# file CODE TEXT LINE...: a file of these lines; the last one is wrong.
file() {
	local code=$1 text=$2

	shift 2
	printf '%s\n' "$@" > "$conf"
	says "$code" "$conf:$#: $text" "$daemon" --check --config "$conf"
}

set_() { says 2 "$2" "$daemon" --check --set "$1"; }

good() {
	cat > "$conf" <<-'END'
		# All of it.
		directory "/var/lib/a directory"
		user none
		collector center-1
		local bastion   # this machine
		sebek-client old1
		sebek-client old2
		limit 64K
		max-bytes 200G
		honeypot-bytes 0
		eve-bytes 1M
		eve-time 30m
		eve-files 0
		honeypots 10
		processes 100
		sessions 3
		ttys 65536
		casts no
	END
	"$daemon" --check --config "$conf" 2> "$work/stderr" && [ ! -s "$work/stderr" ]
}

# All of the daemon's words, and that no network is needed to say them.
module_missing() {
	says 3 "module collapsar_front is not loaded" unshare -rn "$daemon" --set user=none \
		--set "directory=$work/none" && [ ! -e "$work/none" ]
}

ktap_start 14
ktap_check "settings that are right" good
ktap_check "a word that is none" file 2 "'colector' is no setting" "user none" "" "colector x"
ktap_check "a value too few" file 2 "'user' takes one value" "user"
ktap_check "a value too many" file 2 "'user' takes one value" "user a b"
ktap_check "a relative directory" file 2 "'var' is no absolute path" "directory var"
ktap_check "a number that is none" file 2 "'12Q' is no such number" "limit 12Q"
ktap_check "a number that is too small" file 2 "'1K' is out of range" "limit 1K"
ktap_check "a number that overflows" file 2 "'99999999999T' is no such number" "max-bytes 99999999999T"
ktap_check "a name that is none" file 2 "'a/b' is no name" "local a/b"
ktap_check "neither yes nor no" file 2 "'maybe' is neither yes nor no" "casts maybe"
ktap_check "the same by --set" set_ "ttys=0" "--set ttys: '0' is out of range"
ktap_check "nothing to collect" says 2 "there is nothing to collect" "$daemon" --check --set collector=none
ktap_check "a file that is not there" says 2 "/nonexistent: No such file" "$daemon" --check -f /nonexistent
ktap_check "a module that is missing" module_missing
ktap_end

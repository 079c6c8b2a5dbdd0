#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What a visitor wrote for whoever would read it (selftests/lib/farm.c) reaches no terminal:
# escape sequences, controls, what turns the direction of writing and bytes that are no text
# are shown, not done; JSON is JSON; a cast is one. --raw alone lets it through, to a terminal.
# shellcheck disable=SC2317 # the checks are called by name
set -u
# shellcheck source=selftests/cli/cli.sh
. "$(dirname "$0")/cli.sh"

flock "$top/userspace" make -s -C "$top/userspace" "$top/build/userspace/farm" > "$work/build" 2>&1 ||
	{ cat "$work/build"; exit 1; }
mkdir "$work/store"
"$top/build/userspace/farm" "$work/store" || exit 1
db=(--db "$work/store/collapsard.db")

# harmless FILE: it is UTF-8 without controls but new lines and tabs, and without what is not seen.
harmless() {
	python3 - "$1" <<-'END'
		import sys, unicodedata
		text = open(sys.argv[1], "rb").read().decode("utf-8")
		bad = [c for c in text if c not in "\n\t" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
		sys.exit("not harmless: %r" % bad if bad else not text)
	END
}

text() {
	"$ctl" session "$@" "${db[@]}" > "$work/out" || return 1
	harmless "$work/out"
}

# It is not left out, but told.
told() {
	"$ctl" session show 1 "${db[@]}" > "$work/out" || return 1
	grep -qF '^[]0;owned^G^[[2J^[[31mred\x9b31m\u{9b}0m\xff\xfe\u{202e}gpj.exe^?^H^H' "$work/out" &&
		grep -q '^Güße' "$work/out"
}

# json FILTER ARGUMENT...: jq finds that true of it.
json() {
	local filter=$1

	shift
	"$ctl" -j session "$@" "${db[@]}" > "$work/out" || return 1
	LC_ALL=C grep -q '[^ -~]' "$work/out" && { echo "not printable ASCII"; return 1; }
	jq -e "$filter" "$work/out" > /dev/null
}

is_cast() {
	"$ctl" session export 1 "${db[@]}" --output "$work/cast" &&
		diff "$work/cast" "$work/store/casts/1.cast" || return 1
	python3 - "$work/cast" <<-'END'
		import json, sys
		head, *events = [json.loads(line) for line in open(sys.argv[1], encoding="ascii")]
		assert head["version"] == 2 and head["width"] == 132 and head["height"] == 40
		last = 0
		for at, code, data in events:
		    assert at >= last and code in "oirm" and isinstance(data, str)
		    last = at
		assert "".join(d for _, c, d in events if c == "i") == "ls \x1b[A\x03\r"
		assert "".join(d for _, c, d in events if c == "o").endswith("G\u00fc\u00dfe\t.")
	END
}

# tty COMMAND...: what a terminal gets that the command writes to.
tty() { script -qefc "$(printf '%q ' "$@")" /dev/null < /dev/null > "$work/out"; }

raw_to_a_terminal() {
	tty "$ctl" session replay 1 "${db[@]}" --speed 1000 --raw || return 1
	grep -qaF $'\e]0;owned\a' "$work/out"
}

not_raw_to_a_terminal() {
	tty "$ctl" session replay 1 "${db[@]}" --speed 1000 || return 1
	sed -i 's/\r$//' "$work/out"
	harmless "$work/out"
}

events() {
	"$ctl" events --file "$work/store/eve.json" > "$work/out" || return 1
	harmless "$work/out" && [ "$(wc -l < "$work/out")" = "$(wc -l < "$work/store/eve.json")" ] || return 1
	"$ctl" -j events --file "$work/store/eve.json" > "$work/out" || return 1
	! LC_ALL=C grep -q '[^ -~]' "$work/out" && jq -e .event_type "$work/out" > /dev/null
}

# A file that somebody else has written to.
foreign_lines() {
	local rc=0

	printf '{"event_type":"x"}\n\e[31m no JSON\n[1]\n{"event_type":"y"}\n' > "$work/eve"
	"$ctl" -j events --file "$work/eve" > "$work/out" 2> "$work/err" || rc=$?
	[ "$rc" = 2 ] && grep -q '2 lines are no JSON' "$work/err" &&
		[ "$(jq -r .event_type "$work/out" | xargs)" = "x y" ]
}

ktap_start 15
for args in "list" "list --all" "show 1" "show 1 --all" "replay 1 --speed 1000" \
	"replay 1 --speed 1000 --raw" "replay 1 --speed 1000 --input"; do
	# shellcheck disable=SC2086 # words
	ktap_check "nothing gets through in session $args" text $args
done
ktap_check "what was written is told" told
ktap_check "session list -j is JSON" json '.[0].remote.address == "192.0.2.66"' list
ktap_check "session show -j is JSON" json '.commands | length == 2' show 1 --all
ktap_check "session export is an asciicast, and collapsard's" is_cast
ktap_check "to a terminal, replay shows" not_raw_to_a_terminal
ktap_check "--raw lets it through to a terminal" raw_to_a_terminal
ktap_check "events show, and are JSON" events
ktap_check "lines that are no JSON are left out, and told" foreign_lines
ktap_end

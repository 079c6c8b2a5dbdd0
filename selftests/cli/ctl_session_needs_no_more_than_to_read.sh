#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Who may read collapsard's files and not write to them, nor to their directory, can list and
# show sessions, whether collapsard runs or not. What is no database of its is refused.
# shellcheck disable=SC2317 # the checks are called by name
set -u
# shellcheck source=selftests/cli/cli.sh
. "$(dirname "$0")/cli.sh"

flock "$top/userspace" make -s -C "$top/userspace" "$top/build/userspace/farm" > "$work/build" 2>&1 ||
	{ cat "$work/build"; exit 1; }
[ "$(id -u)" = 0 ] || ktap_skip_all "it takes root to be somebody else"
mkdir "$work/store" && cp "$ctl" "$work/ctl" && chmod 755 "$work" "$work/store"
"$top/build/userspace/farm" "$work/store" || exit 1
db=$work/store/collapsard.db

# As nobody.
reads() { setpriv --reuid 65534 --regid 65534 --clear-groups "$work/ctl" -j session "$@" --db "$db" > "$work/out"; }

listed() { reads list && [ "$(jq -r '.[].id' "$work/out")" = 1 ]; }
shown() { reads show 1 && jq -e '.ttys[0].chunks | length > 3' "$work/out"; }
untouched() { [ -z "$(find "$work/store" -newer "$work/before")" ]; }

# Somebody has it open, and has just written.
while_written() {
	python3 - "$db" <<-'END' &
		import sqlite3, sys
		db = sqlite3.connect(sys.argv[1])
		db.execute("UPDATE sessions SET ended = NULL")
		db.commit()
		sys.stdin.close()
		import time
		open(sys.argv[1] + ".ready", "w").close()
		time.sleep(60)
	END
	writer=$!
	wait_for 20 test -e "$db.ready" && reads list && jq -e '.[0] | has("ended") | not' "$work/out"
}

other_program() {
	sqlite3 "$work/other" 'CREATE TABLE sessions (id INTEGER)'
	says 2 "no database of collapsard's" "$ctl" session list --db "$work/other"
}

other_version() {
	cp "$db" "$work/version"
	sqlite3 "$work/version" 'PRAGMA journal_mode = DELETE; PRAGMA user_version = 77' > /dev/null
	says 2 "of another version" "$ctl" session list --db "$work/version"
}

no_database() {
	head -c 100000 /dev/urandom > "$work/random"
	says 2 "file is not a database" "$ctl" session list --db "$work/random"
}

ktap_start 7
touch "$work/before"
ktap_check "they are listed" listed
ktap_check "one is shown" shown
ktap_check "no file was changed" untouched
writer=
if while_written > "$work/why" 2>&1; then ktap_pass "and while somebody writes"; else sed 's/^/# /' "$work/why"; ktap_fail "and while somebody writes"; fi
[ -z "$writer" ] || kill "$writer"
ktap_check "another program's database is refused" other_program
ktap_check "another version's too" other_version
ktap_check "and what is none" no_database
ktap_end

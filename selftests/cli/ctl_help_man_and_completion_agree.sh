#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Help is made from the tables that parse; the manual and the completion say the same.
# shellcheck disable=SC2317 # the checks are called by name
set -u
# shellcheck source=selftests/cli/cli.sh
. "$(dirname "$0")/cli.sh"

man=$top/userspace/man/collapsarctl.8
PATH=$top/build/userspace:$PATH
# shellcheck source=userspace/completion/collapsarctl.bash
. "$top/userspace/completion/collapsarctl.bash"

golden() { "$ctl" --help | diff "$(dirname "$0")/help.golden" -; }

# Command lines and keywords, in order, of help and of the manual's page.
help_words() { "$ctl" "$1" help | sed -n 's/^  collapsarctl/collapsarctl/p; s/^    \([^ ]*\) .*/\1/p'; }

man_words() {
	sed -n "/^\.SS $1\$/,/^\.S[SH]/p" "$man" | sed '1d' | sed -n 's/\\-/-/g; s/^\.B //p'
}

same_man() { diff <(help_words "$1") <(man_words "$1"); }

# The completion of a command line whose last word is being typed.
completed() {
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	_collapsarctl
	printf '%s\n' "${COMPREPLY[@]}" | sort
}

objects_completed() {
	diff <(printf '%s\n' apply events honeypot monitor network redirect session stats uplink) \
		<(completed collapsarctl "")
}

# Each keyword that is completed is known to the parser, and the other way round.
keywords_completed() {
	local object=$1 verb=$2 kw

	diff <("$ctl" "$object" help | sed -n "s/^  collapsarctl $object $verb *//p" |
		tr '[] ' '\n' | grep '^[a-z][a-z-]*$' | sort) <(completed collapsarctl "$object" "$verb" x "" ) ||
		return 1
	for kw in $(completed collapsarctl "$object" "$verb" x ""); do
		"$fake" "$object" "$verb" 10.0.0.1 "$kw" 2>&1 | grep "does not know '$kw'" && return 1
	done
	return 0
}

# Options of a verb: those that help has, and each is known.
options_completed() {
	local words=$1 want

	shift
	want=$("$ctl" "$1" help | sed -n "s/^  collapsarctl $words *//p" | tr '[] ' '\n' | grep '^--' | sort)
	[ -n "$want" ] && diff <(echo "$want") <(completed collapsarctl "$@")
}

verbs_completed() { diff <(printf '%s\n' export list replay show) <(completed collapsarctl session ""); }

# collapsard's page has the words of its help and of its settings.
daemon_man() {
	local page=$top/userspace/man/collapsard.8 daemon=$top/build/userspace/collapsard

	diff <("$daemon" --help | sed -n 's/^  \(-., --[^ ]*\( [A-Z=]*\)\?\)  .*/\1/p' | sed 's/ *$//') \
		<(sed -n '/^\.SH OPTIONS/,/^\.SH SETTINGS/s/^\.B //p' "$page" | sed 's/\\-/-/g') &&
		diff <(sed -n '/settings\[\] = {/,/^};/s/^\t{ "\([a-z-]*\)".*/\1/p' \
			"$top/userspace/collapsard/config.c") \
			<(sed -n '/^\.SH SETTINGS/,/^\.SH FILES/s/^\.B //p' "$page" | sed 's/\\-/-/g')
}

choice_completed() {
	diff <(printf '%s\n' opportunistic reserved) \
		<(completed collapsarctl -j redirect add 10.0.0.5 mode "")
}

ktap_start 25
ktap_check "help has not changed unnoticed" golden
for o in uplink redirect network honeypot session events; do
	ktap_check "the manual says of $o what help says" same_man "$o"
done
ktap_check "objects are completed" objects_completed
for o in uplink redirect network honeypot; do
	for v in add set; do
		ktap_check "keywords of $o $v are completed" keywords_completed "$o" "$v"
	done
done
ktap_check "choices are completed" choice_completed
ktap_check "verbs of session are completed" verbs_completed
for v in list show replay export; do
	ktap_check "options of session $v are completed" options_completed "session $v" session "$v" 1 ""
done
ktap_check "options of events are completed" options_completed events events ""
ktap_check "collapsard's page says what its help and its settings are" daemon_man
ktap_check "help is no error" "$ctl" redirect help
ktap_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The runner's judge passes what is complete and clean, and fails the rest.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=selftests/lib/ktap.sh
. "$top/selftests/lib/ktap.sh"
# shellcheck source=selftests/lib/judge.sh
. "$top/selftests/lib/judge.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# What a good test leaves; each case spoils one thing of it.
good() {
	rm -rf "${work:?}/t"
	mkdir "$work/t"
	printf 'KTAP version 1\n1..2\nok 1 a\nok 2 b\n' > "$work/t/ktap"
	echo 'veth0: link becomes ready' > "$work/t/dmesg"
	echo 0 > "$work/t/rc"
}
# judged VERDICT WHY [KIND]: as judge() says of it.
judged() {
	verdict='' why=''
	judge "$work/t" "${3:-kernel}"
	echo "$verdict: $why"
	[ "$verdict" = "$1" ] && [[ $why == *"$2"* ]]
}
spoil() { good; echo "$2" > "$work/t/$1"; }

ktap_start 18
good; ktap_check "complete and clean passes" judged pass ''
spoil rc 1; ktap_check "an exit code of 1 fails" judged fail 'exit code 1'
spoil rc 124; ktap_check "the time limit fails" judged fail 'too long'
spoil rc 4; ktap_check "a skip is no pass" judged skip ''
good; rm "$work/t/rc"; ktap_check "no verdict fails" judged fail 'no verdict'
good; rm "$work/t/rc"; echo 'the kernel died' > "$work/t/why"
ktap_check "a dead kernel fails, and says so" judged fail 'the kernel died'
spoil dmesg 'WARNING: CPU: 1 PID: 7'; ktap_check "a warning in the log fails" judged fail 'complained'
good; : > "$work/t/dmesg"; ktap_check "no kernel log fails" judged fail 'no kernel log'
spoil dmesg "BUG: KCSAN: data-race in a / b"; ktap_check "a data race fails" judged fail 'complained'
race='read to 0xff00 of 4 bytes by task 7 on cpu 0:
 a+0x1/0x2'
spoil dmesg "BUG: KCSAN: data-race in a / a
$race
$race
=="; ktap_check "but one of the kernel with itself" judged pass ''
spoil console 'Kernel panic - not syncing'; ktap_check "a panic on the console fails" judged fail 'complained'
spoil console 'BUG: planted'; ktap_check "what was planted may be on it" judged pass '' planted
spoil kmemleak 'a leak'; ktap_check "as may what was lost on purpose" judged pass '' planted
spoil dmesg 'BUG: another'; ktap_check "but not in the log" judged fail 'complained' planted
spoil kmemleak 'a leak'; ktap_check "a leak fails" judged fail 'kmemleak'
good; sed -i '$d' "$work/t/ktap"; ktap_check "a missing result fails" judged fail 'planned 2 checks, reported 1'
good; sed -i '/^1\.\./d' "$work/t/ktap"; ktap_check "a missing plan fails" judged fail 'no plan'
good; sed -i 's/^ok 2/not ok 2/' "$work/t/ktap"; ktap_check "a failed check with exit code 0 fails" judged fail 'not ok'
ktap_end

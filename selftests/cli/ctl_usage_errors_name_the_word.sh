#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A wrong command line is one line on stderr that quotes the word, exit code 1,
# and the kernel is not asked.
# shellcheck disable=SC2317 # the checks are called by name
set -u
# shellcheck source=selftests/cli/cli.sh
. "$(dirname "$0")/cli.sh"

export FAKE_NL_LOG=$work/log
cases=(
	"|nothing to do"
	"frob|'frob'"
	"redirect frob|'frob'"
	"redirect add|'add'"
	"redirect add 10.0.0|'10.0.0'"
	"redirect add 010.0.0.1 dev eth0 uplink c0|'010.0.0.1'"
	"redirect add 10.0.0.5 dev|'dev'"
	"redirect add 10.0.0.5 dev eth0|'uplink' is missing"
	"redirect add 10.0.0.5 dev a/b uplink c0|'a/b'"
	"redirect add 10.0.0.5 dev eth0 uplink c0 mode lazy|'lazy'"
	"redirect add 10.0.0.5 dev eth0 uplink c0 mac 01:00:5e:00:00:01|'01:00:5e:00:00:01'"
	"redirect add 10.0.0.5 dev eth0 uplink c0 mac 02:00:00:00:00|'02:00:00:00:00'"
	"redirect add 10.0.0.5 dev eth0 uplink c0 quiet 5parsecs|'5parsecs'"
	"redirect add 10.0.0.5 dev eth0 uplink c0 quiet 1500ms|'1500ms'"
	"redirect add 10.0.0.5 dev eth0 uplink c0 quiet 25h|'25h'"
	"redirect add 10.0.0.5 dev eth0 uplink c0 probes 11|'11'"
	"redirect add 10.0.0.5 dev eth0 uplink c0 probes -1|'-1'"
	"redirect add 10.0.0.5 dev eth0 uplink c0 probe-interval 9|'9'"
	"redirect add 10.0.0.5 dev eth0 uplink c0 key 1|'key' needs 'remote'"
	"redirect add 10.0.0.5 dev eth0 uplink c0 remote 10.0.0.1 key 4294967296|'4294967296'"
	"redirect add 10.0.0.5 dev eth0 uplink c0 probes 1 probes 2|given twice"
	"redirect add 10.0.0.5 dev eth0 uplink c0 claim|'claim'"
	"redirect set 10.0.0.5 dev eth0|nothing to change"
	"redirect set 10.0.0.5 dev eth0 claim withdraw|'withdraw'"
	"redirect set 10.0.0.5 dev eth0 uplink c1|'uplink'"
	"redirect del 10.0.0.5|'dev' is missing"
	"redirect del 10.0.0.5 dev eth0 now|'now'"
	"uplink add c0|'remote' is missing"
	"uplink add abcdefghijklmnop remote 10.0.0.1|'abcdefghijklmnop'"
	"uplink add c0 remote 10.0.0.1 ttl 0|'0'"
	"uplink add c0 remote 10.0.0.1 csum nocsum|given twice"
	"network add lan uplink c0|'gateway-mac' is missing"
	"network add lan uplink c0 gateway-mac 02:00:00:00:00:01 flows 65|'65'"
	"network add l/n uplink c0 gateway-mac 02:00:00:00:00:01|'l/n'"
	"network set lan key 5|'key' needs 'remote'"
	"honeypot add web network lan address 10.0.0.7|'port' is missing"
	"honeypot set web address 10.0.0.8|'address'"
	"honeypot set web network lan|'network'"
	"honeypot show network|'network'"
	"honeypot set web sensor 5|'sensor' needs 'magic'"
	"honeypot set web magic 5|'magic' needs 'sensor'"
	"honeypot set web sensor 0 magic 5|'0'"
	"honeypot set web sensor 65536 magic 5|'65536'"
	"honeypot set web sensor 5 magic 4294967296|'4294967296'"
	"honeypot set web sensor 5 magic 5 nosensor|given twice"
	"honeypot add web network lan address 10.0.0.7 port tap0 nosensor|'nosensor'"
	"stats everything|'everything'"
	"stats core redir|'redir'"
	"monitor now|'now'"
	"apply|'apply'"
	"apply /nonexistent|'/nonexistent'"
)
ktap_start $((${#cases[@]} + 1))
for c in "${cases[@]}"; do
	read -ra words <<< "${c%%|*}"
	ktap_check "'${c%%|*}' is refused" says 1 "${c#*|}" "$fake" "${words[@]}"
done
ktap_check "nothing was sent" test ! -e "$work/log"
ktap_end

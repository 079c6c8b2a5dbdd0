#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Without a module the exit code is 3 and the message names the modprobe. The
# real program is used on the host's own kernel.
# shellcheck disable=SC2317 # the checks are called by name
set -u
# shellcheck source=selftests/cli/cli.sh
. "$(dirname "$0")/cli.sh"

for m in collapsar collapsar_redir collapsar_front; do
	[ ! -e "/sys/module/$m" ] || ktap_skip_all "module $m is loaded"
done
echo "redirect add 10.0.0.5 dev eth0 uplink c0" > "$work/conf"
ktap_start 8
ktap_check "uplink" says 3 "modprobe collapsar" "$ctl" uplink show
ktap_check "redirect" says 3 "modprobe collapsar_redir" "$ctl" redirect show
ktap_check "redirect add" says 3 "modprobe collapsar_redir" "$ctl" redirect add 10.0.0.5 dev lo uplink lo
ktap_check "network" says 3 "modprobe collapsar_front" "$ctl" -j network show
ktap_check "stats" says 3 "modprobe collapsar_redir" "$ctl" stats
ktap_check "stats of one" says 3 "modprobe collapsar_front" "$ctl" stats front
ktap_check "monitor" says 3 "modprobe collapsar_redir" timeout 10 "$ctl" monitor
ktap_check "apply" says 3 "modprobe collapsar_redir" "$ctl" apply "$work/conf"
ktap_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A redirector that runs in a UML serves a LAN of the host, over a raw socket; see
# host_lan.yaml for the map. The host is a network namespace of the test's own.
set -u
if [ -z "${E2E_OWN_NET:-}" ]; then
	user=()
	[ "$(id -u)" = 0 ] || user=(--user --map-root-user)
	E2E_OWN_NET=1 exec unshare "${user[@]}" --net "$0"
fi
# shellcheck source=selftests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

host_lan() {
	ip link set lo up
	ip link add lan0 type veth peer name lan1
	ip link set lan0 up
	ip link set lan1 up
	ip addr add 192.168.1.1/24 dev lan0
}

claimed() { lab exec redirector collapsarctl -j redirect show | jq -e '.[0].state == "claimed"'; }
fetched() {
	curl -sS -m 10 http://192.168.1.10/report.txt |
		cmp - "$REPORT"
}
ip_unanswered() { not ping -c 1 -W 1 192.168.1.77; }

ktap_start 6
ktap_check "the host has a LAN" host_lan
lab_up "$LAB_TOP/selftests/e2e/host_lan.yaml" || exit 1
ktap_check "the redirector claims the address" wait_for 30 claimed
ktap_check "a machine on that LAN reaches the honeypot" \
	wait_for 10 ping -c 2 -i 0.2 -W 2 192.168.1.10
ktap_check "and its web server" fetched
ktap_check "an address that is nobody's does not answer" ip_unanswered
ktap_check "no kernel complained" logs_clean
ktap_end

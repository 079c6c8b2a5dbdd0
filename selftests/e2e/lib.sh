# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The demonstration's honeyfarm as a test bed; see ../demo/honeyfarm.yaml for the
# map.
#
#   farm_up [NODE...]           start it, those with a debug kernel; V's claimed
#   at NODE NETNS COMMAND...    run in a namespace of a node
#   intruder COMMAND...         run as the intruder of site1
#   shell_on ADDRESS COMMAND    by ssh into a honeypot, from site1's intruder
#   serves ADDRESS              its web server gives the intruder its file
#   from NAME                   packets that the front-end took from a honeypot
#   flows NAME SEEN             a hundred more than SEEN

# shellcheck source=selftests/lib/lab.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/lab.sh"
FARM=$LAB_TOP/selftests/demo/honeyfarm.yaml
REPORT=$LAB_TOP/tools/image/rootfs/var/www/html/report.txt

at() {
	local node=$1 netns=$2

	shift 2
	lab exec "$node" ip netns exec "$netns" "$@"
}

intruder() { at site1 intruder "$@"; }

shell_on() {
	intruder sshpass -p letmein ssh -o StrictHostKeyChecking=no \
		-o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o ConnectTimeout=10 \
		"root@$1" "$2"
}

claimed() {
	[ "$(at "$1" H collapsarctl -j redirect show |
		jq '[.[] | select(.state == "claimed")] | length')" = "$2" ]
}

farm_up() {
	local node farm=$FARM

	if [ $# -gt 0 ]; then
		# What a node's setup is stands beside the description.
		mkdir "$LAB_DIR.farm"
		cp "${FARM%/*}"/* "$LAB_DIR.farm/"
		farm=$LAB_DIR.farm/${FARM##*/}
	fi
	for node in "$@"; do
		sed -i "s/^  $node:\$/&\n    kernel: debug\n    memory: 512M/" "$farm"
	done
	lab_up "$farm" && wait_for 60 claimed site1 2 && wait_for 60 claimed site2 1
}

from() {
	lab exec center collapsarctl -j honeypot show |
		jq --arg n "$1" '.[] | select(.name == $n) | .rx_packets'
}

flows() { [ "$(from "$1")" -ge $(($2 + 100)) ]; }

serves() { intruder curl -sS -m 5 "http://$1/report.txt" | cmp - "$REPORT"; }

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Of the data races in a kernel's log, those that are ours fail a test; those that the
# kernel has with itself do not, and whatever else was said meanwhile does.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=selftests/lib/ktap.sh
. "$top/selftests/lib/ktap.sh"
# shellcheck source=selftests/lib/badlog.sh
. "$top/selftests/lib/badlog.sh"

# race TITLE SIDE...: a report as KCSAN prints it. A side is what it did, then its frames.
race() {
	local title=$1 side frame frames first=1

	shift
	echo "=================================================================="
	echo "BUG: KCSAN: $title"
	echo
	for side; do
		[ -n "$first" ] || echo
		first=
		IFS='|' read -ra frames <<< "$side"
		echo "${frames[0]} to 0xffff88800a4a5040 of 4 bytes by ${BY:-task 814} on cpu 1:"
		for frame in "${frames[@]:1}"; do echo " ${frame/ /+0x5f\/0x1c0 }"; done |
			sed 's/^ [^+]*$/&+0x5f\/0x1c0/'
	done
	echo
	echo "value changed: 0x00000001 -> 0x00000002"
	echo
	echo "Reported by Kernel Concurrency Sanitizer on:"
	echo "CPU: 1 UID: 0 PID: 814 Comm: churn.py Tainted: G           O       6.12.117 #1"
	echo "Tainted: [O]=OOT_MODULE"
	echo "Hardware name: QEMU Standard PC (Q35 + ICH9, 2009), BIOS 1.16.2-debian-1.16.2-1 04/01/2014"
	echo "=================================================================="
}
stamped() { awk '{ printf "[%5d.%06d] %s\n", 61 + NR / 40, NR * 25, $0 }'; }
# Whole, or one line of it.
kept() { [ "$(stamped <<< "$1" | tee "$work/in" | "$RACES")" = "$(cat "$work/in")" ] && fails "$1"; }
dropped() {
	local left

	left=$(stamped <<< "$1" | "$RACES")
	[ "$(grep -c . <<< "$left")" = 2 ] && grep -q "] foreign race: ${2:?}$\|^foreign race: $2$" <<< "$left" && ! fails "$1"
}
fails() { stamped <<< "$1" | bad_log > /dev/null; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

FILL='fill [collapsar_front]|clps_network_get_dumpit [collapsar_front]|genl_dumpit|netlink_dump'
SET='clps_network_attach [collapsar_front]|set_network [collapsar_front]|genl_family_rcv_msg_doit'
STOCK='__dev_queue_xmit|ip_finish_output2|ip_output'

ktap_start 18
both=$(race "data-race in clps_network_attach [collapsar_front] / fill [collapsar_front]" "write|$SET" "read|$FILL")
ktap_check "two plain accesses of ours are ours" kept "$both"
ktap_check "one marked, the other plain, too" \
	kept "$(race "data-race in clps_network_attach [collapsar_front] / fill [collapsar_front]" "write (marked)|$SET" "read|$FILL")"
ktap_check "what the kernel does with itself is not" \
	dropped "$(race "data-race in __dev_queue_xmit / tick_do_update_jiffies64" "read|$STOCK" "write|tick_do_update_jiffies64|tick_irq_enter")" \
	"data-race in __dev_queue_xmit / tick_do_update_jiffies64"
ktap_check "nor on a packet's way through us" \
	dropped "$(race "data-race in __dev_queue_xmit / __dev_queue_xmit" "read|__dev_queue_xmit|clps_xmit_past [collapsar]|clps_uplink_xmit [collapsar]" "write|$STOCK")" \
	"data-race in __dev_queue_xmit / __dev_queue_xmit"
ktap_check "what we read plain of the kernel's is ours" \
	kept "$(race "data-race in __dev_set_mtu / clps_uplink_xmit [collapsar]" "write (marked)|__dev_set_mtu|dev_set_mtu_ext" "read|clps_uplink_xmit [collapsar]|clps_redir_hook [collapsar_redir]")"
ktap_check "what we read marked and it writes plain is not" \
	dropped "$(race "data-race in clps_xmit_past [collapsar] / veth_set_rx_headroom" "read (marked)|clps_xmit_past [collapsar]|clps_uplink_xmit [collapsar]" "write|veth_set_rx_headroom|clps_port_put [collapsar_front]")" \
	"data-race in clps_xmit_past \[collapsar\] / veth_set_rx_headroom"
ktap_check "marked, but out of order, is ours" \
	kept "$(race "data-race in clps_xmit_past [collapsar] / veth_xmit" "write (marked, reordered)|clps_xmit_past [collapsar]" "read|veth_xmit|dev_hard_start_xmit")"
ktap_check "what is copied for us is ours" \
	kept "$(race "data-race in memcpy / memcpy" "read|memcpy|__nla_put|nla_put|fill [collapsar_front]|netlink_dump" "write|memcpy|__nla_put|rtnl_fill_ifinfo")"
ktap_check "what is copied for others is not" \
	dropped "$(race "data-race in memcpy / memcpy" "read|memcpy|__nla_put|nla_put|rtnl_fill_ifinfo|clps_event [collapsar]" "write|memcpy|neigh_update")" \
	"data-race in memcpy / memcpy"
ktap_check "what is freed while we read it is ours, though marked" \
	kept "$(race "assert: race in kfree / clps_front_egress [collapsar_front]" "assert no accesses|kfree|rcu_do_batch" "read (marked)|clps_front_egress [collapsar_front]|nf_hook_slow")"
ktap_check "an interrupt is as good as a task" \
	kept "$(BY=interrupt race "data-race in clps_v_timer [collapsar_redir] / put_v [collapsar_redir]" "write|clps_v_timer [collapsar_redir]" "read|put_v [collapsar_redir]")"
foreign=$(race "data-race in a / b" "read|a|c" "write|b|c")
ktap_check "a race at unknown origin is of its one side" eval '
	kept "$(race "data-race in fill+0x5f/0x1c0 [collapsar_front]" "race at unknown origin, with read|$FILL")" &&
	dropped "$(race "data-race in a+0x5f/0x1c0" "race at unknown origin, with read|a|b")" "data-race in a+0x5f/0x1c0"'
ktap_check "a function that is gone is ours" kept "$(sed 's/^ a+.*/ 0xffffffffc0123456/' <<< "$foreign")"
ktap_check "a report without an end is ours" kept "$(sed '$d' <<< "$foreign")"
ktap_check "as is one of another form" eval '
	fails "$(sed "s/^read to/peek at/" <<< "$foreign")" && kept "$(sed "1,/^write/{/^ [ac]+/d}" <<< "$foreign")"'
ktap_check "what another CPU says in the middle is heard" \
	fails "$(sed '6i WARNING: CPU: 0 PID: 7 at net/core/dev.c:1' <<< "$foreign")"
ktap_check "ours is heard between others" eval 'fails "$foreign
$both
$foreign" && ! fails "$foreign
$foreign"'
ktap_check "other complaints are left as they are" kept "WARNING: CPU: 0 PID: 7 at net/core/dev.c:1
BUG: KASAN: slab-out-of-bounds in a+0x1/0x2"
ktap_end

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
# Lines of a kernel log that fail a test.
BAD_LOG='WARNING:|BUG:|KASAN|KCSAN|UBSAN|lockdep|possible circular|suspicious RCU|inconsistent lock|unreferenced object|refcount_t|Call Trace:|Oops|INFO: trying|Kernel panic|unregister_netdevice: waiting|scheduling while atomic|blocked for more than|leak detector disabled|possible recursive|ref_tracker|sleeping function'

RACES=${BASH_SOURCE[0]%/*}/races

# bad_log: those of the log on standard input, but for the data races that a kernel has
# with itself.
bad_log() {
	local log

	log=$(tr -d '\000')
	[[ $log != *KCSAN:* ]] || log=$("$RACES" <<< "$log")
	grep -E "$BAD_LOG" <<< "$log"
}

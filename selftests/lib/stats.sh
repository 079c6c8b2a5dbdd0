# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Does what our modules count add up with what netdevs and nftables count?
#
#   stats_watch NS [NIC]         from now on; a redirector's production NIC
#   stats_watch_closely NS [NIC ADDRESS]
#                                tunnels too, and what leaves a redirector's host, whose
#                                own address there is not a V's: from hooks that keep
#                                packets from the shorter ways past the stack
#   stats_add_up                 in every namespace that is watched, to the packet, once
#                                the traffic is over
#
# Of a redirector nobody else counts what it takes, so nftables does on both sides of its
# hook: what is gone behind it was taken.
CLPS_WATCHED=()

STATS_READ='
array() { o=$("$@" 2> /dev/null) || o="[]"; echo "$o"; }
collapsarctl -j stats && array collapsarctl -j network show &&
	array collapsarctl -j honeypot show && array collapsarctl -j redirect show &&
	ip -j -s -d link && nft -j list counters'

stats_snapshot() {
	in_ns "$1" sh -c "$STATS_READ" | jq -sc '{
		stats: .[0], networks: .[1], honeypots: .[2], redirects: .[3], links: .[4],
		nft: [.[5].nftables[].counter | select(.) | {(.name): .packets}] | add}'
}

stats_watch() {
	[ $# = 1 ] || in_ns "$1" nft -f - <<-EOF || return 1
		table netdev clps_watch {
			counter lan {}
			counter lan_left {}
			chain lan { type filter hook ingress device $2 priority 99; meta protocol ip counter name lan; }
			chain lan_left {
				type filter hook ingress device $2 priority 101; meta protocol ip counter name lan_left;
			}
		}
	EOF
	stats_snapshot "$1" > "/tmp/watched.$1" || return 1
	CLPS_WATCHED+=("$1")
}

stats_watch_closely() {
	in_ns "$1" nft -f - <<-EOF || return 1
		table inet clps_watch {
			counter gre {}
			counter gre_left {}
			chain gre { type filter hook input priority 0; ip protocol gre counter name gre; }
			chain gre_left {
				type filter hook input priority 2147483647; ip protocol gre counter name gre_left;
			}
		}
	EOF
	[ $# = 1 ] || in_ns "$1" nft -f - <<-EOF || return 1
		table netdev clps_watch {
			counter out {}
			chain out { type filter hook egress device $2 priority 0; ip saddr != $3 counter name out; }
		}
	EOF
	stats_watch "${@:1:2}"
}

# Nothing to say, by a jq that ended well: that is no silence of it.
stats_hold() {
	local said

	stats_snapshot "$1" > "/tmp/watched.$1.now" &&
		said=$(jq -nr --slurpfile before "/tmp/watched.$1" --slurpfile after "/tmp/watched.$1.now" \
			-f "$CLPS_ROOT/selftests/lib/stats.jq") || return 1
	[ -z "$said" ] || { printf '%s: %s\n' "$1" "$said"; return 1; }
}

stats_add_up() {
	local n rc=0

	[ "${#CLPS_WATCHED[@]}" -gt 0 ] || { echo "nobody is watched"; return 1; }
	for n in "${CLPS_WATCHED[@]}"; do
		# The last packets are still on their way, or wait for a neighbour.
		wait_for 10 stats_hold "$n" || { stats_hold "$n"; rc=1; }
	done
	return $rc
}

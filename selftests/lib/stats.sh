# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Does what our modules count add up with what netdevs and nftables count?
#
#   stats_watch NS [NIC...]      from now on; a redirector's production NICs
#   stats_watch_closely NS [NIC ADDRESS]
#                                tunnels too, and what leaves a redirector's host, whose
#                                own address there is not a V's: from hooks that keep
#                                packets from the shorter ways past the stack
#   stats_add_up                 in every namespace that is watched, to the packet, once
#                                the traffic is over
#   stats_hops H CENTER V HP N [beside|talks]
#                                of the N packets to V since both are watched, and of as
#                                many answers, each hop from the NIC to the honeypot HP has
#                                counted every one, and nothing else; beside: there were
#                                others, so what is not V's alone does not count; talks:
#                                the uplinks' netdevs count what they say to each other
#   stats_end                    nobody is watched any more
#
# Of a redirector nobody else counts what it takes, so nftables does on both sides of its
# hook: what is gone behind it was taken. A test whose namespaces are elsewhere has an
# in_ns and a CLPS_WATCH_DIR of its own.
CLPS_WATCHED=()
CLPS_WATCH_DIR=/tmp
CLPS_STATS_LIB=$(dirname "${BASH_SOURCE[0]}")

# At one time: a frame of the ARP of somebody who is alive may come at any moment, and then
# all is read once more.
STATS_READ='
array() { o=$("$@" 2> /dev/null) || o="[]"; printf "%s\n" "$o"; }
others() {
	array collapsarctl -j network show && array collapsarctl -j honeypot show &&
		array collapsarctl -j redirect show && ip -j -s -d link && nft -j list counters
}
for n in 1 2 3 4 5; do
	stats=$(collapsarctl -j stats) && others=$(others) || exit 1
	[ "$stats" != "$(collapsarctl -j stats)" ] || break
done
printf "%s\n" "$stats" "$others"'

stats_snapshot() {
	in_ns "$1" sh -c "$STATS_READ" | jq -sc '{
		stats: .[0], networks: .[1], honeypots: .[2], redirects: .[3], links: .[4],
		nft: [.[5].nftables[].counter | select(.) | {(.name): .packets}] | add}'
}

stats_begin() {
	stats_snapshot "$1" > "$CLPS_WATCH_DIR/watched.$1" || return 1
	[[ " ${CLPS_WATCHED[*]} " = *" $1 "* ]] || CLPS_WATCHED+=("$1")
}

# By arguments: what is far away has no standard input.
stats_of_lan() {
	local ns=$1 nics

	shift
	printf -v nics '%s, ' "$@"
	in_ns "$ns" nft "table netdev clps_watch; delete table netdev clps_watch
		table netdev clps_watch {
			counter lan {}
			counter lan_left {}
			chain lan { type filter hook ingress devices = { ${nics%, } } priority 99; meta protocol ip counter name lan; }
			chain lan_left {
				type filter hook ingress devices = { ${nics%, } } priority 101; meta protocol ip counter name lan_left;
			}
		}"
}

stats_watch() {
	[ $# = 1 ] || stats_of_lan "$@" || return 1
	stats_begin "$1"
}

stats_watch_closely() {
	in_ns "$1" nft "table inet clps_watch {
			counter gre {}
			counter gre_left {}
			chain gre { type filter hook input priority 0; ip protocol gre counter name gre; }
			chain gre_left {
				type filter hook input priority 2147483647; ip protocol gre counter name gre_left;
			}
		}" || return 1
	[ $# = 1 ] || { stats_of_lan "$1" "$2" && in_ns "$1" nft "table netdev clps_watch {
			counter out {}
			chain out { type filter hook egress device $2 priority 0; ip saddr != $3 counter name out; }
		}"; } || return 1
	stats_begin "$1"
}

stats_end() { CLPS_WATCHED=(); }

# stats_say PROGRAM OPTIONS...: nothing to say, by a jq that ended well: that is no
# silence of it.
stats_say() {
	local said

	said=$(jq -nr "${@:2}" -f "$CLPS_STATS_LIB/$1") || return 1
	[ -z "$said" ] || { printf '%s\n' "$said"; return 1; }
}

stats_hold() {
	local at=$CLPS_WATCH_DIR/watched.$1

	stats_snapshot "$1" > "$at.now" &&
		stats_say stats.jq --slurpfile before "$at" --slurpfile after "$at.now" --arg ns "$1"
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

stats_hops() {
	local at=$CLPS_WATCH_DIR/watched

	stats_snapshot "$1" > "$at.$1.now" && stats_snapshot "$2" > "$at.$2.now" &&
		stats_say hops.jq --slurpfile h0 "$at.$1" --slurpfile h1 "$at.$1.now" --slurpfile c0 "$at.$2" \
		--slurpfile c1 "$at.$2.now" --arg v "$3" --arg hp "$4" --argjson n "$5" --arg how "${6:-alone}"
}

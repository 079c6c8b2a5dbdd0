# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The path that is drawn in stage.py, pings through all of it, and pieces that go and come
# back a hundred times, with one program for each kind of piece.
# shellcheck source=selftests/lib/ktap.sh
. "$CLPS_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/lib/netns.sh
. "$CLPS_ROOT/selftests/lib/netns.sh"
# shellcheck source=selftests/lib/stats.sh
. "$CLPS_ROOT/selftests/lib/stats.sh"
# The tree is read-only.
export PYTHONDONTWRITEBYTECODE=1
ROUNDS_PY="$CLPS_ROOT/selftests/netns/rounds/rounds.py"
# Who is pinged, who plays it, and where it is redirected.
ROUNDS_V=10.1.0.77 ROUNDS_HP=hp0 ROUNDS_NIC=eth0

# path_up KIND: with uplinks of a KIND of uplinks.py.
path_up() {
	# A namespace needs none, and takes longer with them.
	sysctl -qw net.core.fb_tunnels_only_for_init_net=1
	load_modules collapsar collapsar_redir collapsar_front || return 1
	CLPS_NS=(lan H center guest guest2)
	"$ROUNDS_PY" build "$1"
}

# rounds KIND WHAT [TIMES]: of rounds.py. Whoever lives in a namespace keeps it: the pings
# come from the one that stays.
rounds() { "$ROUNDS_PY" "$1" "$2" "${3:-${CLPS_ROUNDS:-100}}"; }

# switch KIND: of uplinks, from now on.
switch() { "$ROUNDS_PY" "$1" switch; }

# pinged COMMAND...: under pings to V, which have ended after it.
pinged() {
	local rc=0 pid

	flood lan "$ROUNDS_V"
	pid=$!
	"$@" || rc=$?
	kill "$pid"
	wait "$pid" 2> /dev/null
	return $rc
}

# kept NS KIND WHAT [TIMES]: rounds under pings, and all that NS, which loses none of what
# counts, has counted since adds up.
kept() {
	local ns=$1 watch=("$1")

	shift
	[ "$ns" != H ] || watch+=("$ROUNDS_NIC")
	stats_end
	stats_watch "${watch[@]}" && pinged rounds "$@" && stats_add_up
}

# icmp NS NAME: what its own stack has counted.
icmp() {
	in_ns "$1" awk -v name="$2" '/^Icmp:/ { if (at) { print $at; exit }
		for (i = 2; i <= NF; i++) if ($i == name) at = i }' /proc/net/snmp
}
# each_hop_counts [talks]: a known number of pings, and each hop has as many, there and back.
# A netdev that talks counts what is nobody's packet.
each_hop_counts() {
	local n=200 sent got answered back

	stats_end
	stats_watch H "$ROUNDS_NIC" && stats_watch center || return 1
	sent=$(icmp lan OutEchos) got=$(icmp guest InEchos)
	answered=$(icmp guest OutEchoReps) back=$(icmp lan InEchoReps)
	in_ns lan ping -n -q -f -c $n "$ROUNDS_V" || return 1
	[ $# = 1 ] || stats_add_up || return 1
	stats_hops H center "$ROUNDS_V" "$ROUNDS_HP" $n "$@" || return 1
	sent=$(($(icmp lan OutEchos) - sent)) got=$(($(icmp guest InEchos) - got))
	answered=$(($(icmp guest OutEchoReps) - answered)) back=$(($(icmp lan InEchoReps) - back))
	echo "sent $sent, came to the guest $got, answered $answered, came back $back"
	[ $sent = $n ] && [ $got = $n ] && [ $answered = $n ] && [ $back = $n ]
}

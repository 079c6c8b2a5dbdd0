# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The path that is drawn in stage.py, pings through all of it, and pieces that go and come
# back a hundred times, with one program for each kind of piece.
# shellcheck source=selftests/lib/ktap.sh
. "$CLPS_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/lib/netns.sh
. "$CLPS_ROOT/selftests/lib/netns.sh"
# The tree is read-only.
export PYTHONDONTWRITEBYTECODE=1

# path_up KIND: with uplinks of KIND, clps_gre or external (Linux's own GRE).
path_up() {
	# A namespace needs none, and takes longer with them.
	sysctl -qw net.core.fb_tunnels_only_for_init_net=1
	load_modules collapsar collapsar_redir collapsar_front || return 1
	CLPS_NS=(lan H center guest)
	"$CLPS_ROOT/selftests/netns/rounds/rounds.py" build "$1"
}

# rounds KIND WHAT [TIMES]: of rounds.py. Whoever lives in a namespace keeps it: the pings
# come from the one that stays.
rounds() { "$CLPS_ROOT/selftests/netns/rounds/rounds.py" "$1" "$2" "${3:-${CLPS_ROUNDS:-100}}"; }

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# A peer without manners (hostile_peer.c) in an honest one's place.
# shellcheck source=selftests/ring/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# An end that only hears could not notice everything; and what needs no neighbour is
# sent to whoever is there.
talk() { on_bg "$1" "ping -b -q -i 0.05 10.9.0.255"; }

# hostile ROLE SECONDS [KIND]
hostile() { timeout 240 "$LAB_DIR/hostile_peer" "$1" "$LAB_DIR/cable0/socket" "${@:2}"; }

torment() { hostile "$@" > "$LAB_DIR/torment" 2>&1 & peer=$!; }

tormented() {
	wait "$peer"
	rc=$?
	sed 's/^/# /' "$LAB_DIR/torment"
}

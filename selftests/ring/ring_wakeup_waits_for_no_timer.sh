#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A doorbell that is rung in the moment in which a UML goes to sleep wakes it up: it is
# not heard only at the next timer.
#
#   a 10.9.0.1 ===(shared memory)=== idle_race, which holds a by ptrace() as it rings
# shellcheck source=selftests/ring/lib.sh
. "$(dirname "$0")/lib.sh"

race() { timeout 60 "$LAB_DIR/idle_race" "$LAB_DIR/cable0/socket" "$(uml_of a)" "$1" 9; }

lab_up "$(dirname "$0")/alone.yaml" || exit 1
ktap_start 4
ktap_check "the peer builds" build_peer idle_race
ktap_check "a doorbell before it blocks signals wakes it up" race settime
ktap_check "a doorbell after it blocked signals wakes it up" race gettime
ktap_check "no kernel complained" logs_clean
ktap_end

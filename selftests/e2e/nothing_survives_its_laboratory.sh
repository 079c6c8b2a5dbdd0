#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Whatever way a laboratory ends, no process of it is left: told to end, or its
# supervisor killed, or its owner killed.
#
#   owner -> supervisor -> center, site1, site2, shop, files, mail
set -u
# shellcheck source=selftests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# Processes of any session that name the laboratory: kernels and their helpers.
left() { pgrep -f "$LAB_DIR/" | grep -vx "$$" | wc -l; }
none_left() { [ "$(left)" = 0 ]; }
kernels() { pgrep -cf "linux mem=.*$LAB_DIR/"; }

farm() {
	rm -f "$LAB_DIR/up"
	lab_up "$FARM"
}

ktap_start 6
farm || exit 1
ktap_check "six kernels run" test "$(kernels)" -ge 6
ktap_check "told to end, the laboratory ends" lab down
wait "$lab_pid"
ktap_check "and nothing is left" none_left

farm || exit 1
kill -KILL "$lab_pid"
wait "$lab_pid" 2> /dev/null
ktap_check "its supervisor killed, nothing is left" wait_for 5 none_left

# The owner is a shell between us and the supervisor.
rm -f "$LAB_DIR/up"
mkfifo "$LAB_DIR/up"
bash -c '"$0" up "$1" > "$2/up" & wait' "$LAB_TOP/tools/lab/lab" \
	"$FARM" "$LAB_DIR" 2> /dev/null &
lab_pid=$!
read -r line < "$LAB_DIR/up"
ktap_check "a third one is up" test "${line%% *}" = up
kill -KILL "$lab_pid"
wait "$lab_pid" 2> /dev/null
ktap_check "its owner killed, nothing is left" wait_for 10 none_left
ktap_end

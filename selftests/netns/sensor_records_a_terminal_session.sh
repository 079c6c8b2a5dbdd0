#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml stock
# TIMEOUT: 180
# A session of a shell at a pseudo terminal, with keys typed one by one, a binary file and
# colours, is in the records byte for byte, both what was typed and what was shown, and the
# two ends of the terminal have one device.
#
#   sense_session.py (as sshd) -- master | slave -- sh -i      sensor -> sensetap -> $RECORDS
# shellcheck source=selftests/netns/sense.bash
. "$CLPS_ROOT/selftests/netns/sense.bash"

session=$CLPS_ROOT/selftests/netns/sense_session.py
dir=${RECORDS%/*}

ktap_start 3
# Programs write 10240 bytes at once.
sense_load data_limit=16384 && sense_read || exit 1
ktap_check "a session takes place" python3 "$session" run "$dir"
sense_caught_up
ktap_check "its bytes are recorded, all and no others" python3 "$session" check "$dir" "$RECORDS"
ktap_check "nothing stays behind" check_leaks
ktap_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT: 300
# Whatever the peer does that it connected to, the debug kernel stays well, counts how each
# connection ended, and meets the next one.
#
#   hostile_peer, then a 10.9.0.1 ===(shared memory)=== b 10.9.0.2, every checker on
# shellcheck source=selftests/ring/hostile.bash
. "$(dirname "$0")/hostile.bash"

ktap_start 9
besieged b a hostile.yaml
torment hostile listen 0
ktap_check "the guest is alive while its peer misbehaves" on b "ping -i 0.01 -q -c 100 127.0.0.1"
tormented
ktap_check "each handshake and each end of a connection is counted for what it was" expected
relieved
ktap_end

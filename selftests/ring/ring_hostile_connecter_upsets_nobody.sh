#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT: 300
# Whatever connects to it, as a honeypot does to its center, a listening debug kernel
# stays well and meets the next peer.
#
#   hostile_peer, then b 10.9.0.2 ===(shared memory)=== a 10.9.0.1, every checker on
# shellcheck source=selftests/ring/hostile.bash
. "$(dirname "$0")/hostile.bash"

pair_up hostile_connecter.yaml || exit 1
ktap_start 8
ktap_check "the hostile peer builds" build_peer hostile_peer
ktap_check "it takes the honest one's place" lab kill b
talk a
wait_for 5 carrier a ring0 0
before=$(held a)
torment connect 0
ktap_check "the guest is alive while its peer misbehaves" on a "ping -i 0.01 -q -c 100 127.0.0.1"
tormented
ktap_check "the peer did all that it knows, and each was treated as it should be" test "$rc" = 0
on a "ethtool -S ring0" | grep -v ': 0$' | sed 's/^/# /'
ktap_check "neither socket nor memory of it is left" wait_for 10 holds a "$before"
ktap_check "an honest peer comes back and is met" eval 'lab start b && wait_for 20 reaches b a'
ktap_check "nothing was leaked" no_leak_in a
ktap_check "no kernel complained" logs_clean
ktap_end

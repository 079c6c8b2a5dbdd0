#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 400
# When the intruder's connection is over, the honeypot cannot go on using it, although
# the intruder's machine answers every stray segment with a RST.
set -u
# shellcheck source=selftests/netns/front_topology.bash
. "$CLPS_ROOT/selftests/netns/front_topology.bash"

# talk close|reset: from port 40000 of the intruder to port 80 of the guest, which
# echoes one line and closes; then the intruder closes too, or resets.
talk() {
	in_ns siteA timeout 30 python3 - "$1" << 'END'
import socket, struct, sys
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("198.51.100.5", 40000))
s.connect(("10.1.0.9", 80))
s.sendall(b"hello\n")
got = s.recv(100)
if sys.argv[1] == "close":
    s.recv(100)
else:
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
s.close()
sys.exit(got != b"hello\n")
END
}
listening() { in_ns guest1 ss -ltn | grep -q ':80 '; }
# The honeypot sends into the connection; true when that was dropped.
stray() {
	frames guest1 send --spa 10.1.0.9 \
		--tpa 198.51.100.5 --dst "$GW_A" --kind ack
	[ "$(network_counter a drop_contained)" -gt "$before" ]
}
resets() { in_ns siteA awk '$1 == "Tcp:" && c { print $c } $1 == "Tcp:" { for (i = 2; i <= NF; i++)
	if ($i == "OutRsts") c = i }' /proc/net/snmp; }

# The guest's half of a reset connection stays open: only the RST ends it.
serve='SYSTEM:head -n 1; [ ! -e /tmp/linger ] || sleep 100'
ktap_start 10
frames_start
front_up
ktap_check "networks and honeypots are configured" test $? = 0
spawn in_ns guest1 socat TCP-LISTEN:80,reuseaddr,fork "$serve"
wait_for 20 listening
ktap_check "the intruder talks to the honeypot" talk close
before=$(network_counter a drop_contained)
rsts=$(resets)
ktap_check "just after its end a retransmission passes" not stray
ktap_check "the intruder's machine answers it with a RST" test "$(resets)" -gt "$rsts"
# 30 s of the policy, whatever is sent meanwhile.
ktap_check "soon nothing passes any more" wait_for 60 stray
ktap_check "the intruder may connect again, from the same port" talk close
before=$(network_counter a drop_contained)
ktap_check "and the connection can be answered again" not stray
touch /tmp/linger
ktap_check "a connection that the intruder resets" talk reset
before=$(network_counter a drop_contained)
ktap_check "is forgotten too" wait_for 60 stray
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

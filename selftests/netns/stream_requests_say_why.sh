#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 300
# Collectors are few, each has one reader, a socket reads one: whoever asks for more, or
# acknowledges what he has not got, is refused with a text, and a sensor is whole or none.
set -u
# shellcheck source=selftests/netns/stream.bash
. "$CLPS_ROOT/selftests/netns/stream.bash"
GENL=$CLPS_ROOT/selftests/netns/redir

by_hand() {
	in_ns center env PYTHONPATH="$GENL" python3 - << 'END'
import sys
from genl import *
SUBSCRIBE, ACK, FORGET, HP_NEW, HP_SET = 12, 13, 14, 5, 6
f, g = Family("collapsar_front"), Family("collapsar_front")
C = lambda text: name(1, text)
def u64(kind, value):
    return attr(kind, struct.pack("Q", value))
def u16(kind, value):
    return attr(kind, struct.pack("H", value))
bad = refused(f, [
    ("an acknowledgement by who reads nothing", ACK, u64(3, 1), "reads no collector"),
    ("an acknowledgement of nothing", ACK, b"", "needs a number"),
    ("nameless", SUBSCRIBE, u32(2, 65536), "named by its name"),
    ("an empty name", SUBSCRIBE, C(""), "empty"),
    ("a name with a slash", SUBSCRIBE, C("a/b"), "letters"),
    ("a name that is too long", SUBSCRIBE, C("x" * 32), "policy"),
    ("a limit that is too small", SUBSCRIBE, C("c") + u32(2, 65535), "out of range"),
    ("a limit that is too large", SUBSCRIBE, C("c") + u32(2, (1 << 30) + 1), "out of range"),
    ("an epoch of one's own", SUBSCRIBE, C("c") + u64(4, 1), "nsupported"),
    ("an entry of one's own", SUBSCRIBE, C("c") + attr(5 | NESTED, b""), "nsupported"),
    ("forgetting nobody", FORGET, b"", "named by its name"),
    ("forgetting who is not there", FORGET, C("c"), "no such collector"),
    ("a port without magic", HP_SET, name(1, "hp2") + u16(13, 5), "a port and a magic"),
    ("a magic without port", HP_SET, name(1, "hp2") + u32(14, 5), "a port and a magic"),
    ("a magic without sensor", HP_SET, name(1, "hp2") + u16(13, 0) + u32(14, 5), "no sensor"),
    ("a port of one byte", HP_SET, name(1, "hp2") + attr(13, b"\1") + u32(14, 5), "length"),
])
err, text, reply = f.send(SUBSCRIBE, C("c") + u32(2, 65536))
a = attrs(reply[4:])
if err or a[1] != b"c\0" or struct.unpack("I", a[2])[0] != 65536 or any(a[3]) or len(a[4]) != 8:
    bad += 1
    print("subscription:", err, text, a)
epoch = a.get(4)
bad += refused(f, [
    ("a number that was not sent", ACK, u64(3, 1), "was sent yet"),
    ("another collector by the same socket", SUBSCRIBE, C("d"), "another collector"),
    ("forgetting who is read", FORGET, C("c"), "somebody reads"),
])
bad += refused(g, [
    ("a second reader", SUBSCRIBE, C("c"), "reads this collector already"),
    ("another's acknowledgement", ACK, u64(3, 0), "reads no collector"),
])
# The same socket may say it again, and nothing is no news.
for cmd, payload in ((SUBSCRIBE, C("c") + u32(2, 1 << 20)), (ACK, u64(3, 0))):
    err, text, reply = f.send(cmd, payload)
    if err:
        bad += 1
        print("again:", cmd, err, text)
more = [Family("collapsar_front") for _ in range(16)]
for i, s in enumerate(more):
    err, text, _ = s.send(SUBSCRIBE, C("m%d" % i))
    if bool(err) != (i == 15) or (err and "too many collectors" not in text):
        bad += 1
        print("collector", i, err, text)
# Whoever closes its socket has left by then.
f.sock.close()
err, text, reply = g.send(SUBSCRIBE, C("c"))
a = attrs(reply[4:])
if err or a[4] != epoch or struct.unpack("I", a[2])[0] != 1 << 20:
    bad += 1
    print("the next reader:", err, text, a)
g.sock.close()
err, text, _ = more[15].send(FORGET, C("c"))
if err:
    bad += 1
    print("forget:", err, text)
err, text, reply = more[15].send(SUBSCRIBE, C("c"))
if err or attrs(reply[4:])[4] == epoch:
    bad += 1
    print("a new one has another epoch:", err, text)
sys.exit(bad)
END
}
sensors() { in_ns center collapsarctl -j honeypot show | jq -c 'map([.name, .sensor_port, .sensor_magic])'; }
# What is undone comes back.
undone() {
	local was

	was=$(sensors)
	in_ns center collapsarctl apply - <<-EOF && return 1
	honeypot set hp1 nosensor
	honeypot set hp2 sensor 7 magic 8
	honeypot set hp3 sensor 9 magic 10
	honeypot set nobody nosensor
	EOF
	[ "$(sensors)" = "$was" ] || { echo "$was"; sensors; return 1; }
}
unprivileged() {
	in_ns center setpriv --reuid 65534 --clear-groups --inh-caps=-all --bounding-set=-all \
		streamtap c 2>&1 | grep -q "not permitted"
}

ktap_start 7
stream_up
ktap_check "honeypots get sensors" test $? = 0
before=$(sensors)
ktap_check "requests by hand are refused with a text" by_hand
ktap_check "and no sensor has changed" test "$(sensors)" = "$before"
ktap_check "who may not administrate may not read" unprivileged
ktap_check "a command that is refused brings sensors back that others took away" undone
ktap_check "sensors change at once" in_ns center collapsarctl honeypot set hp2 sensor 1 magic 2
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

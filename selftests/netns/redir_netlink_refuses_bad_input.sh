#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 300
# Every refusal says why; damaged messages by the thousand hurt nobody.
set -u
# shellcheck source=selftests/netns/redir/topology.bash
. "$CLPS_ROOT/selftests/netns/redir/topology.bash"
# refused "TEXT" arguments...: the kernel refuses with this text.
refused() {
	local text=$1 out

	shift
	out=$(in_ns H collapsarctl redirect "$@" 2>&1)
	[ $? = 2 ] && grep -qF "$text" <<< "$out" || { echo "$out"; return 1; }
}

raw() { in_ns H env PYTHONPATH="$PY" python3 - "$@"; }
ifindex() { in_ns H cat "/sys/class/net/$1/ifindex"; }
by_hand() {
	raw "$(ifindex eth0)" "$(ifindex up0)" << 'END'
import sys
from genl import *
eth0, up0 = map(int, sys.argv[1:])
f = Family("collapsar_redir")
def v(**kw):
    part = dict(addr=v4(1, "10.1.0.90"), nic=u32(2, eth0), uplink=attr(4 | NESTED, u32(1, up0)))
    part.update(kw)
    return b"".join(part.values())
sys.exit(refused(f, [
    ("nothing", 1, b"", "needs an address"),
    ("no NIC", 1, v(nic=b""), "needs an address, a NIC"),
    ("no uplink", 1, v(uplink=b""), "needs an address, a NIC and an uplink"),
    ("an address of 3 bytes", 1, v(addr=attr(1, b"abc")), "4 bytes"),
    ("an address of 17 bytes", 1, v(addr=attr(1, b"x" * 17)), "policy"),
    ("NIC 0", 1, v(nic=u32(2, 0)), "out of range"),
    ("a NIC that is not there", 1, v(nic=u32(2, 9999)), "no such NIC"),
    ("an uplink that is not there", 1, v(uplink=attr(4 | NESTED, u32(1, 9999))), ""),
    ("an uplink without netdev", 1, v(uplink=attr(4 | NESTED, b"")), "index"),
    ("a multicast MAC", 1, v(mac=attr(5, b"\1\0\x5e\0\0\1")), "unicast MAC"),
    ("a MAC of zeroes", 1, v(mac=attr(5, b"\0" * 6)), "unicast MAC"),
    ("a MAC of 7 bytes", 1, v(mac=attr(5, b"\2" * 7)), "size out of range"),
    ("an unknown mode", 1, v(x=u32(6, 2)), "out of range"),
    ("an unknown policy", 1, v(x=u32(7, 2)), "out of range"),
    ("a quiet time of more than a day", 1, v(x=u32(8, 86401)), "out of range"),
    ("11 probes", 1, v(x=u32(9, 11)), "out of range"),
    ("probes every 9 ms", 1, v(x=u32(10, 9)), "out of range"),
    ("probes every 11 s", 1, v(x=u32(10, 10001)), "out of range"),
    ("a state for a new V", 1, v(x=u32(11, 0)), "begins by probing"),
    ("a state beyond", 2, v(uplink=b"", x=u32(11, 3)), "out of range"),
    ("an attribute of replies", 1, v(x=u32(12, 1)), "nsupported attribute"),
    ("an unknown attribute", 1, v(x=u32(99, 1)), "nknown attribute"),
    ("bytes behind the last one", 1, v(x=b"\1\2\3\4\5\6"), "bytes leftover"),
    ("a set that claims", 2, v(addr=v4(1, "10.1.0.77"), uplink=b"", x=u32(11, 1)), "by probing"),
    ("a set of the uplink", 2, v(addr=v4(1, "10.1.0.77")), "uplink cannot change"),
    ("a set of nobody", 2, b"", "named by address and NIC"),
    ("a deletion of nobody", 3, v(uplink=b""), "no such redirect"),
]))
END
}
dumps() {
	raw "$(ifindex eth0)" << 'END'
import sys
from genl import *
f = Family("collapsar_redir")
nic, bad = u32(2, int(sys.argv[1])), 0
for what, cmd, payload, words in [
        ("all", 4, b"", None), ("a NIC's", 4, nic, None), ("counters", 5, b"", None),
        ("an address", 4, v4(1, "10.1.0.77"), "NIC alone"),
        ("a mode beside the NIC", 4, nic + u32(6, 1), "NIC alone"),
        ("counters of a NIC", 5, nic, "all counters")]:
    err, text, reply = f.send(cmd, payload, NLM_DUMP)
    if (err != 22 or words not in text) if words else (err or not reply):
        bad += 1
        print("%s: errno %d, text '%s'" % (what, err, text))
sys.exit(bad)
END
}
unchanged() { in_ns H collapsarctl -j redirect show | diff /tmp/before -; }
storm() {
	raw "$(ifindex x0)" "$(ifindex up1)" << 'END' | tee "$CLPS_OUT/storm"
import sys
from genl import *
nic, up = map(int, sys.argv[1:])
f = Family("collapsar_redir")
a = v4(1, "10.9.0.77") + u32(2, nic)
new = a + attr(4 | NESTED, u32(1, up)) + attr(5, b"\2\0\0\0\0\x77")
seeds = [b"", a, u32(2, nic), a + u32(11, 0), a + u32(11, 2),
         new + u32(6, 1) + u32(7, 1) + u32(8, 1) + u32(9, 1) + u32(10, 10)]
mute = storm(f, [1, 2, 3, 4, 5], seeds, 4000)
# The netlink core refuses dumps of what cannot be dumped without a word.
sys.exit(len([m for m in mute if m[1] != 95]))
END
	[ "${PIPESTATUS[0]}" = 0 ]
}

ktap_start 19
load_modules collapsar collapsar_redir
lan_up
center_up
veth H up1 center up1
veth H x0 newcomer x0
A="dev eth0 uplink up0"
# Words, on purpose.
# shellcheck disable=SC2086
{
redirect 10.1.0.77 probes 0
ktap_check "H's own address" refused "this host's own" add 10.1.0.2 $A
ktap_check "the LAN's broadcast address" refused "broadcast" add 10.1.0.255 $A
ktap_check "a multicast address" refused "not a unicast address" add 224.1.1.1 $A
ktap_check "a loopback address" refused "not a unicast address" add 127.0.0.9 $A
ktap_check "an IPv6 address" refused "IPv6" add 2001:db8::1 $A
ktap_check "a V twice" refused "already" add 10.1.0.77 dev eth0 uplink up1
ktap_check "a V without Ethernet" refused "must be an Ethernet device" add 10.1.0.80 dev lo uplink up0
ktap_check "the NIC as uplink" refused "cannot be the production NIC" add 10.1.0.80 dev eth0 uplink eth0
ktap_check "another V's NIC as uplink" refused "production NIC of another" \
	add 10.1.0.80 dev up1 uplink eth0
ktap_check "another V's uplink as NIC" refused "uplink of another" add 10.1.0.80 dev up0 uplink up1
ktap_check "a key without remote" refused "remote" add 10.1.0.80 $A remote 192.0.2.1 key 5
ktap_check "another peer-mac on the same uplink" refused "peer-mac" \
	add 10.1.0.80 $A peer-mac 02:00:00:00:00:99
ktap_check "SET of a V that is not there" refused "no such redirect" \
	set 10.1.0.90 dev eth0 mode reserved
ktap_check "DEL of a V that is not there" refused "no such redirect" del 10.1.0.90 dev eth0
}
in_ns H collapsarctl -j redirect show > /tmp/before
ktap_check "messages by hand are refused with a text" by_hand
ktap_check "dumps take the filters that they honour" dumps
ktap_check "nothing has changed" unchanged
ktap_check "damaged messages are refused with a text, or do what they say" storm
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# TIMEOUT: 400
# Every refusal says why and changes nothing; damaged messages by the thousand hurt nobody.
set -u
# shellcheck source=selftests/netns/front_topology.bash
. "$CLPS_ROOT/selftests/netns/front_topology.bash"
GENL=$CLPS_ROOT/selftests/netns/redir

# refused "TEXT" arguments...: the kernel refuses with this text.
refused() {
	local text=$1 out

	shift
	out=$(in_ns center collapsarctl "$@" 2>&1)
	[ $? = 2 ] && grep -qF "$text" <<< "$out" || { echo "$out"; return 1; }
}
configuration() {
	in_ns center collapsarctl -j network show
	in_ns center collapsarctl -j honeypot show | jq 'map(del(.rx_packets, .rx_bytes, .tx_packets, .tx_bytes))'
}
unchanged() { configuration | diff /tmp/before -; }
raw() { in_ns center env PYTHONPATH="$GENL" python3 - "$@"; }
ifindex() { in_ns center cat "/sys/class/net/$1/ifindex"; }
by_hand() {
	raw "$(ifindex dmza)" "$(ifindex p1)" "$(ifindex x0)" << 'END'
import sys
from genl import *
dmza, p1, x0 = map(int, sys.argv[1:])
f = Family("collapsar_front")
GW, MAC = attr(3, b"\2\0\0\0\0\1"), attr(6, b"\2\0\0\0\0\2")
UP = attr(2 | NESTED, u32(1, dmza))
N, A, P = name(2, "a"), v4(3, "10.1.0.50"), u32(4, p1)
def hp(**kw):
    part = dict(name=name(1, "new"), network=N, addr=A, port=P)
    part.update(kw)
    return b"".join(part.values())
sys.exit(refused(f, [
    ("nothing", 1, b"", "needs a name"),
    ("a network without uplink", 1, name(1, "n") + GW, "needs a name, an uplink"),
    ("an uplink without netdev", 1, name(1, "n") + attr(2 | NESTED, b"") + GW, "index"),
    ("an uplink's key without remote", 1, name(1, "n") + GW +
     attr(2 | NESTED, u32(1, dmza) + u32(4, 9)), "remote"),
    ("an uplink that is no nest", 1, name(1, "n") + attr(2, u32(1, dmza)) + GW, "nested"),
    ("an empty name", 1, name(1, "") + UP + GW, "empty"),
    ("a name with a space", 1, name(1, "a b") + UP + GW, "letters"),
    ("a name with an escape", 1, name(1, "a\x1b[2J") + UP + GW, "letters"),
    ("a name beyond ASCII", 1, name(1, "\xe9") + UP + GW, "letters"),
    ("a name without end", 1, attr(1, b"x" * 40) + UP + GW, "Attribute failed policy"),
    ("a name that is too long", 1, name(1, "x" * 32) + UP + GW, "Attribute failed policy"),
    ("a gateway of 5 bytes", 1, name(1, "n") + UP + attr(3, b"\2" * 5), "size out of range"),
    ("a multicast gateway", 1, name(1, "n") + UP + attr(3, b"\1\0\x5e\0\0\1"), "unicast MAC"),
    ("an unknown policy", 1, name(1, "n") + UP + GW + u32(4, 2), "integer out of range"),
    ("63 flows", 1, name(1, "n") + UP + GW + u32(5, 63), "power of two"),
    ("100 flows", 1, name(1, "n") + UP + GW + u32(5, 100), "power of two"),
    ("4 billion flows", 1, name(1, "n") + UP + GW + u32(5, 1 << 31), "power of two"),
    ("an attribute of replies", 1, name(1, "n") + UP + GW + u32(6, 1), "nsupported attribute"),
    ("an unknown attribute", 1, name(1, "n") + UP + GW + u32(99, 1), "nknown attribute"),
    ("bytes behind the last one", 1, name(1, "n") + UP + GW + b"\1\2\3\4\5\6", "bytes leftover"),
    ("a set that changes flows", 2, name(1, "a") + u32(5, 64), "flows cannot change"),
    ("a set without a name", 2, GW, "named by its name"),
    ("a get of nobody", 4, name(1, "nobody"), "no such network"),
    ("a honeypot without address", 5, hp(addr=b""), "needs a name, a network"),
    ("a honeypot at 0.0.0.0", 5, hp(addr=v4(3, "0.0.0.0")), "not a unicast"),
    ("a honeypot at a multicast address", 5, hp(addr=v4(3, "224.0.0.9")), "not a unicast"),
    ("a honeypot with 5 address bytes", 5, hp(addr=attr(3, b"12345")), "4 bytes"),
    ("a honeypot with IPv6", 5, hp(addr=attr(3, b"\x20\1" + b"\0" * 14)), "IPv6"),
    ("a honeypot on port 0", 5, hp(port=u32(4, 0)), "out of range"),
    ("a honeypot on a netdev that is not there", 5, hp(port=u32(4, 9999)), "no such port"),
    ("a broadcast MAC", 5, hp(mac=attr(6, b"\xff" * 6)), "unicast MAC"),
    ("another address by set", 6, name(1, "hp1") + A, "cannot change"),
    ("another network by set", 6, name(1, "hp1") + name(2, "b"), "cannot change"),
    ("a deletion without name", 7, b"", "named by its name"),
]))
END
}
storm() {
	raw "$(ifindex x0)" "$(ifindex x1)" << 'END' | tee "$CLPS_OUT/storm"
import sys
from genl import *
up, port = map(int, sys.argv[1:])
f = Family("collapsar_front")
seeds = [b"", name(1, "s") + attr(2 | NESTED, u32(1, up)) + attr(3, b"\2\0\0\0\0\1") + u32(4, 1) + u32(5, 64),
         name(1, "h") + name(2, "s") + v4(3, "10.9.0.1") + u32(4, port) + attr(6, b"\2\0\0\0\0\2"),
         name(1, "s"), name(1, "h")]
mute = storm(f, [1, 2, 3, 4, 5, 6, 7, 8, 9], seeds, 4000)
# The netlink core refuses dumps of what cannot be dumped without a word.
sys.exit(len([m for m in mute if m[1] != 95]))
END
	[ "${PIPESTATUS[0]}" = 0 ]
}

ktap_start 17
front_up
ktap_check "networks and honeypots are configured" test $? = 0
ip -n center link add many up type gre key 9
veth center x0 siteA y0
veth center x1 siteA y1
configuration > /tmp/before
ktap_check "a network twice" refused "a network of this name exists" \
	network add a uplink x0 gateway-mac "$GW_A"
ktap_check "the uplink of another network" refused "uplink" network add c uplink dmza gateway-mac "$GW_A"
ktap_check "a port as uplink" refused "is a port" network add c uplink p1 gateway-mac "$GW_A"
ktap_check "loopback as uplink" refused "uplink" network add c uplink lo gateway-mac "$GW_A"
ktap_check "a tunnel that takes from everybody as uplink" refused "no single remote" \
	network add c uplink many gateway-mac "$GW_A"
ktap_check "a network that has honeypots" refused "still has honeypots" network del a
ktap_check "a honeypot twice" refused "of this name exists" \
	honeypot add hp1 network a address 10.1.0.70 port x0
ktap_check "an address twice in a network" refused "has this address in this network" \
	honeypot add hp9 network a address 10.1.0.9 port x0
ktap_check "a port of another network" refused "belongs to another network" \
	honeypot add hp9 network b address 10.1.0.70 port p1
ktap_check "an uplink as port" refused "port" honeypot add hp9 network a address 10.1.0.70 port dmzb
ktap_check "loopback as port" refused "must be an Ethernet device" \
	honeypot add hp9 network a address 10.1.0.70 port lo
ktap_check "deleting what is not there" refused "no such honeypot" honeypot del hp9
ktap_check "messages by hand are refused with a text" by_hand
ktap_check "nothing has changed" unchanged
ktap_check "damaged messages are refused with a text, or do what they say" storm
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end

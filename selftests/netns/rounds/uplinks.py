# SPDX-License-Identifier: GPL-2.0-only
"""
What joins H and the center, by kind: the netdev up0 of each end, and what a redirect or a
network is told of it beside its index.
"""
import base64
import socket
import struct

from genl import attr, name, u32, v4
from rtnl import ask, nest, packed

UP0, WG0 = 106, 108
KEY, GRE_KEY, IGNORE_ENCAP_LIMIT, WG_PORT = 5, 0x2000, 1, 51820
FAR = {"H": "center", "center": "H"}
WAN4 = {"H": "192.0.2.2", "center": "192.0.2.1"}
WAN6 = {"H": "fd00:2::2", "center": "fd00:2::1"}
WG4 = {"H": "192.0.9.2", "center": "192.0.9.1"}
MAC = {"H": bytes((2, 0, 0, 0, 0, 10)), "center": bytes((2, 0, 0, 0, 0, 11))}


def u16(kind, value):
    return attr(kind, struct.pack("H", value))


class Ours:
    """clps_gre."""
    outer, below, is_v6 = WAN4, b"", False

    def make(self, stage, ns):
        stage.route(ns).add(UP0, "up0", "clps_gre", v4(1, self.outer[FAR[ns]]) +
                            v4(2, self.outer[ns]) + u32(3, KEY) + self.below)

    def delete(self, stage, ns):
        stage.route(ns).delete(UP0)

    def ends(self, ns):
        """Those that go with that of ns."""
        return (ns,)

    def said(self, ns, key):
        return b""


class Linux(Ours):
    """gre, gretap, ip6gre with one remote."""
    def __init__(self, kind):
        self.kind = kind
        self.is_v6 = kind == "ip6gre"
        self.outer = WAN6 if self.is_v6 else WAN4
        self.is_ether = kind == "gretap"

    def make(self, stage, ns):
        keyed, key = struct.pack(">H", GRE_KEY), struct.pack(">I", KEY)
        data = (attr(2, keyed) + attr(3, keyed) + attr(4, key) + attr(5, key) +
                attr(6, packed(self.outer[ns])) + attr(7, packed(self.outer[FAR[ns]])) +
                attr(8, b"\x40"))
        if self.is_v6:
            data += u32(13, IGNORE_ENCAP_LIMIT)
        more = {"mac": MAC[ns]} if self.is_ether else {}
        stage.route(ns).add(UP0, "up0", self.kind, data, **more)

    def said(self, ns, key):
        return attr(6, MAC[FAR[ns]]) if self.is_ether else b""


class External(Ours):
    """Linux's gre with peers that are told apart by remote and key."""
    def make(self, stage, ns):
        stage.route(ns).add(UP0, "up0", "gre", attr(18, b""))

    def said(self, ns, key):
        return v4(3, WAN4[FAR[ns]]) + u32(4, key)


class Cable(Ours):
    """Ethernet, whose ends go together."""
    def make(self, stage, ns):
        if ns == "H":
            stage.route(ns).veth(UP0, "up0", MAC[ns], "center", UP0, "up0", MAC["center"])
            stage.route("center").up(UP0)

    def ends(self, ns):
        return ("H", "center")

    def said(self, ns, key):
        return attr(6, MAC[FAR[ns]])


def wireguard(stage, ns, index, ifname):
    """Who is made anew speaks first: the other one would wait for 15 s before it did."""
    keys = {}
    for which in ("key." + ns, "pub." + FAR[ns]):
        with open("/tmp/" + which) as f:
            keys[which[:3]] = base64.b64decode(f.read())
    stage.route(ns).add(index, ifname, "wireguard")
    endpoint = struct.pack("=H", socket.AF_INET) + struct.pack(">H", WG_PORT) + \
        packed(WAN4[FAR[ns]]) + bytes(8)
    everybody = nest(0, u16(1, socket.AF_INET), v4(2, "0.0.0.0"), attr(3, b"\0"))
    peer = nest(0, attr(1, keys["pub"]), attr(4, endpoint), u16(5, 25), nest(9, everybody))
    ask(ns, "wireguard", 1, name(2, ifname) + attr(3, keys["key"]) + u16(6, WG_PORT) +
        nest(8, peer))


class WireGuard(Ours):
    """A netdev of IP packets."""
    def make(self, stage, ns):
        wireguard(stage, ns, UP0, "up0")


class OverWireGuard(Ours):
    """clps_gre that comes and goes by WireGuard alone."""
    outer, below = WG4, u32(10, WG0)

    def make(self, stage, ns):
        self.make_below(stage, ns)
        super().make(stage, ns)

    def make_below(self, stage, ns):
        wireguard(stage, ns, WG0, "wg0")
        stage.route(ns).addr(WG0, WG4[ns])

    def delete(self, stage, ns):
        stage.route(ns).delete(WG0)
        super().delete(stage, ns)


KINDS = {
    "clps_gre": Ours(), "gre": Linux("gre"), "gretap": Linux("gretap"), "ip6gre": Linux("ip6gre"),
    "external": External(), "peers": External(), "veth": Cable(), "wireguard": WireGuard(),
    "over-wireguard": OverWireGuard(),
}

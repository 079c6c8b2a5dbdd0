# SPDX-License-Identifier: GPL-2.0-only
"""
A whole path, each piece of which can go and come back by itself:

  lan (br0, the intruder) -- eth0 H ------------ wan ==uplink== wan center p1 -- eth0 guest
  10.1.0.9                   10.1.0.2, V's       192.0.2.2      192.0.2.1        10.1.0.77
  br0.5 10.5.0.9             eth0.5 10.5.0.2                                     10.5.0.77
"""
import os
import select
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../redir"))
from genl import Family, attr, name, u32, v4  # noqa: E402
from rtnl import Route, inside, nest, ns_add  # noqa: E402

MODULES = ["collapsar", "collapsar_redir", "collapsar_front"]
# Of each namespace's links.
BR0, BR0_5, LAN0, ETH0, ETH0_5, WAN, UP0, P1 = 100, 101, 102, 103, 104, 105, 106, 107
LAN_V, VLAN_V, H_WAN, C_WAN, KEY = "10.1.0.77", "10.5.0.77", "192.0.2.2", "192.0.2.1", 5


def mac(n):
    return bytes((2, 0, 0, 0, 0, n))


def ask(ns, family, cmd, payload):
    """One generic netlink request; no socket of it stays in the namespace."""
    with inside(ns):
        f = Family(family)
    try:
        err, text, _ = f.send(cmd, payload)
    finally:
        f.sock.close()
    if err:
        raise OSError(err, "%s: %s" % (family, text))


class Stage:
    def __init__(self, kind):
        """kind: of the uplinks at both ends, clps_gre or external."""
        self.external = kind == "external"
        self.nl = {}

    def route(self, ns):
        if ns not in self.nl:
            self.nl[ns] = Route(ns)
        return self.nl[ns]

    def leave(self, ns):
        self.nl.pop(ns).sock.close()

    # The pieces, in the order in which they can be built.
    def lan(self):
        ns_add("lan")
        lan = self.route("lan")
        lan.add(BR0, "br0", "bridge", u32(1, 0), mac=mac(9))
        lan.add(BR0_5, "br0.5", "vlan", attr(1, b"\5\0"), on=BR0)
        lan.addr(BR0, "10.1.0.9")
        lan.addr(BR0_5, "10.5.0.9")

    def nic(self):
        h = self.route("H")
        h.veth(ETH0, "eth0", mac(2), "lan", LAN0, "lan0", mac(3))
        self.route("lan").master(LAN0, BR0)
        h.addr(ETH0, "10.1.0.2")

    def vlan(self):
        h = self.route("H")
        h.add(ETH0_5, "eth0.5", "vlan", attr(1, b"\5\0"), on=ETH0)
        h.addr(ETH0_5, "10.5.0.2")

    def wan(self):
        self.route("H").veth(WAN, "wan", mac(4), "center", WAN, "wan", mac(5))
        self.route("center").up(WAN)
        self.route("H").addr(WAN, H_WAN)
        self.route("center").addr(WAN, C_WAN)

    def uplink(self, ns):
        local, remote = (H_WAN, C_WAN) if ns == "H" else (C_WAN, H_WAN)
        if self.external:
            self.route(ns).add(UP0, "up0", "gre", attr(18, b""))
        else:
            self.route(ns).add(UP0, "up0", "clps_gre", v4(1, remote) + v4(2, local) + u32(3, KEY))

    def uplink_ref(self, kind, remote):
        return nest(kind, u32(1, UP0), v4(3, remote) + u32(4, KEY) if self.external else b"")

    def redirect(self, v=LAN_V):
        ask("H", "collapsar_redir", 1, v4(1, v) + u32(2, ETH0_5 if v == VLAN_V else ETH0) +
            self.uplink_ref(4, C_WAN) + u32(9, 0))

    def port(self):
        self.route("center").veth(P1, "p1", mac(6), "guest", ETH0, "eth0", mac(7))
        guest = self.route("guest")
        guest.up(ETH0)
        guest.addr(ETH0, LAN_V)
        guest.addr(ETH0, VLAN_V, 32)
        guest.default(ETH0, "10.1.0.1")

    def network(self):
        ask("center", "collapsar_front", 1, name(1, "lan") + self.uplink_ref(2, H_WAN) +
            attr(3, mac(1)))

    def network_again(self):
        ask("center", "collapsar_front", 2, name(1, "lan") + self.uplink_ref(2, H_WAN))

    def honeypots(self):
        for i, v in enumerate((LAN_V, VLAN_V)):
            ask("center", "collapsar_front", 5, name(1, "hp%d" % i) + name(2, "lan") + v4(3, v) +
                u32(4, P1) + attr(6, mac(7)))

    def honeypots_again(self):
        for i in range(2):
            ask("center", "collapsar_front", 6, name(1, "hp%d" % i) + u32(4, P1))

    def redirects(self):
        self.redirect()
        self.redirect(VLAN_V)

    def front(self):
        self.network()
        self.honeypots()

    def namespace(self, ns):
        """What was in it and at its cables' other ends."""
        ns_add(ns)
        if ns == "guest":
            self.port()
            self.honeypots_again()
            return
        self.wan()
        self.uplink(ns)
        if ns == "H":
            self.nic()
            self.vlan()
            self.redirects()
        else:
            self.port()
            self.front()

    def build(self):
        for ns in ("H", "center", "guest"):
            ns_add(ns)
        self.lan()
        self.nic()
        self.vlan()
        self.wan()
        self.uplink("H")
        self.uplink("center")
        self.redirects()
        self.port()
        self.front()


class Answers:
    """How many pings of the intruder's were answered: through all of it, and back."""

    def __init__(self):
        with inside("lan"):
            self.fd = os.open("/proc/thread-self/net/snmp", os.O_RDONLY)
        self.names = None

    def count(self):
        lines = [x.split() for x in os.pread(self.fd, 8192, 0).decode().splitlines()]
        names, values = [x for x in lines if x[0] == "Icmp:"]
        return int(values[names.index("InEchoReps")])

    def resume(self, more=10, seconds=15):
        """Until more answers than can have been on their way have come."""
        was = self.count()
        for _ in range(seconds * 500):
            if self.count() >= was + more:
                return
            select.select([], [], [], 0.002)
        sys.exit("%d answers in %d s" % (self.count() - was, seconds))

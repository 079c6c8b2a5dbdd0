# SPDX-License-Identifier: GPL-2.0-only
"""
A whole path, each piece of which can go and come back by itself:

  lan (br0, the intruder) -- eth0 H ------- wan ==uplink up0== wan center p1 -- eth0 guest
  10.1.0.9                   10.1.0.2, V's  192.0.2.2      192.0.2.1             10.1.0.77
  br0.5 10.5.0.9             eth0.5 10.5.0.2                                     10.5.0.77

With uplinks of the kind "peers" 10.5.0.77 is in a network of its own, by another key, and
is eth0 of guest2 behind p2.
"""
import os
import select
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../redir"))
from genl import attr, name, u32, v4  # noqa: E402
from rtnl import Route, ask, inside, nest, ns_add, write  # noqa: E402
from uplinks import FAR, KEY, KINDS, UP0, WAN4, WAN6  # noqa: E402

MODULES = ["collapsar", "collapsar_redir", "collapsar_front"]
# Of each namespace's links.
BR0, BR0_5, LAN0, ETH0, ETH0_5, WAN, P1, P2 = 100, 101, 102, 103, 104, 105, 107, 109
LAN_V, VLAN_V = "10.1.0.77", "10.5.0.77"
SLOW = int(os.environ.get("CLPS_SLOW", 1))


def mac(n):
    return bytes((2, 0, 0, 0, 0, n))


class Stage:
    def __init__(self, kind):
        """kind: of the uplinks at both ends, as in uplinks.py."""
        self.kind, self.apart = KINDS[kind], kind == "peers"
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
        for ns in FAR:
            self.route(ns).addr(WAN, WAN4[ns])
            if self.kind.is_v6:
                with inside(ns):
                    write("/proc/sys/net/ipv6/conf/wan/disable_ipv6", "0")
                self.route(ns).addr(WAN, WAN6[ns], 64)

    def uplink(self, ns):
        self.kind.make(self, ns)

    def uplink_ref(self, attribute, ns, key=KEY):
        return nest(attribute, u32(1, UP0), self.kind.said(ns, key))

    def redirect(self, v=LAN_V):
        key = KEY + 1 if self.apart and v == VLAN_V else KEY
        ask("H", "collapsar_redir", 1, v4(1, v) + u32(2, ETH0_5 if v == VLAN_V else ETH0) +
            self.uplink_ref(4, "H", key) + u32(9, 0))

    def redirect_del(self, v=LAN_V):
        ask("H", "collapsar_redir", 3, v4(1, v) + u32(2, ETH0))

    def port(self):
        self.route("center").veth(P1, "p1", mac(6), "guest", ETH0, "eth0", mac(7))
        guest = self.route("guest")
        guest.up(ETH0)
        guest.addr(ETH0, LAN_V)
        guest.addr(ETH0, VLAN_V, 32)
        guest.default(ETH0, "10.1.0.1")

    def network(self, net="lan", key=KEY):
        ask("center", "collapsar_front", 1, name(1, net) + self.uplink_ref(2, "center", key) +
            attr(3, mac(1)))

    def network_again(self):
        ask("center", "collapsar_front", 2, name(1, "lan") + self.uplink_ref(2, "center"))

    def network_del(self):
        ask("center", "collapsar_front", 7, name(1, "hp0"))
        ask("center", "collapsar_front", 3, name(1, "lan"))

    def honeypot(self, n, v, net="lan", port=P1, guest=mac(7)):
        ask("center", "collapsar_front", 5, name(1, "hp%d" % n) + name(2, net) + v4(3, v) +
            u32(4, port) + attr(6, guest))

    def honeypots(self):
        self.honeypot(0, LAN_V)
        if not self.apart:
            self.honeypot(1, VLAN_V)

    def honeypots_again(self):
        for i in range(1 if self.apart else 2):
            ask("center", "collapsar_front", 6, name(1, "hp%d" % i) + u32(4, P1))

    def network_apart(self):
        ns_add("guest2")
        guest = self.route("guest2")
        self.route("center").veth(P2, "p2", mac(8), "guest2", ETH0, "eth0", mac(12))
        guest.up(ETH0)
        guest.addr(ETH0, VLAN_V)
        guest.default(ETH0, "10.5.0.1")
        self.network("vlan", KEY + 1)
        self.honeypot(1, VLAN_V, "vlan", P2, mac(12))

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
        if self.apart:
            self.network_apart()


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
        for _ in range(seconds * 500 * SLOW):
            if self.count() >= was + more:
                return
            select.select([], [], [], 0.002)
        sys.exit("%d answers in %d s" % (self.count() - was, seconds))

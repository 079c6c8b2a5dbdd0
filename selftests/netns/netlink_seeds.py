#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What nlmangle.c damages: a description of a family, and sound requests of all its commands.

netlink_seeds.py FAMILY [IFINDEX...]; of collapsar_redir a NIC and an uplink, of
collapsar_front two uplinks and a port, of route a netdev below tunnels.
"""
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "redir"))
# pylint: disable=wrong-import-position
from genl import NESTED, NLM_DUMP, attr, name, u32, v4  # noqa: E402

MAC = b"\2\0\0\0\0\x77"
NLM_CREATE = 0x600      # with NLM_F_EXCL


def genl(cmd, payload=b""):
    return (struct.pack("BBH", cmd, 1, 0) + payload).hex()


def seeds(requests):
    for flags, cmd, payload in requests:
        print("seed", flags, genl(cmd, payload))


def commands(do, dump):
    for cmd in do:
        print("do", cmd)
    for cmd in dump:
        print("dump", cmd)


def redir(nic, up):
    def v(last):
        return v4(1, "10.9.0.%d" % last) + u32(2, nic)

    uplink = attr(4 | NESTED, u32(1, up) + attr(6, MAC))
    whole = attr(5, MAC) + u32(6, 1) + u32(7, 1) + u32(8, 600) + u32(9, 0) + u32(10, 100)
    print("object 4 3 1,2 %x" % 0x7fe)
    for i in range(14):
        print("setup 0 0", genl(1, v(100 + i) + uplink + whole[:20] + u32(9, 0)))
    seeds([(0, 1, v(77) + uplink + whole), (0, 1, v(78) + uplink),
           (0, 2, v(101) + whole), (0, 2, v(102) + u32(11, 2)), (0, 3, v(103)), (0, 4, v(104)),
           (NLM_DUMP, 4, b""), (NLM_DUMP, 4, u32(2, nic)), (NLM_DUMP, 5, b"")])
    commands(range(1, 5), (4, 5))


def front(up, other, port):
    def uplink(dev):
        return attr(2 | NESTED, u32(1, dev) + attr(6, MAC))

    def hp(n, last):
        return name(1, n) + name(2, "a") + v4(3, "10.9.0.%d" % last) + u32(4, port)

    def u64(kind, value):
        return attr(kind, struct.pack("Q", value))

    mac = attr(6, MAC)
    sensor = attr(13, struct.pack("H", 1101)) + u32(14, 0xd0d0d0d0)
    gateway = attr(3, MAC)
    print("object 4 3 1 %x\nobject 8 7 1 %x" % (0x3e, 0x607e))
    print("setup 0 0", genl(1, name(1, "a") + uplink(up) + gateway + u32(5, 64)))
    for i in range(14):
        print("setup 1 0", genl(5, hp("hp%d" % i, 100 + i) + mac))
    seeds([(0, 1, name(1, "n") + uplink(other) + gateway + u32(4, 1) + u32(5, 64)),
           (0, 2, name(1, "a") + gateway + u32(4, 1)), (0, 3, name(1, "a")), (0, 4, name(1, "a")),
           (0, 5, hp("new", 77) + mac + sensor), (0, 6, name(1, "hp1") + mac + sensor), (0, 7, name(1, "hp2")),
           (0, 8, name(1, "hp3")), (NLM_DUMP, 4, b""), (NLM_DUMP, 8, b""),
           (NLM_DUMP, 8, name(2, "a")), (NLM_DUMP, 9, b""),
           (0, 12, name(1, "c") + u32(2, 65536)), (0, 13, u64(3, 0)), (0, 14, name(1, "d"))])
    commands((*range(1, 9), 12, 13, 14), (4, 8, 9))


def core():
    seeds([(NLM_DUMP, 1, b"")])
    commands((), (1,))


def route(below):
    def link(ifname, data, index=0):
        return (struct.pack("BBHiII", 0, 0, 0, index, 0, 0) + name(3, ifname) +
                attr(18, name(1, "clps_gre") + attr(2, data))).hex()

    whole = attr(4, b"\x40") + attr(5, b"\x20") + attr(6, b"\1") + u32(7, 10) + attr(8, b"\3")
    print("object 18 17 3 %x" % 0x40018)
    for i in range(4):
        print("setup 0 16", NLM_CREATE, link("t%d" % i, v4(1, "192.0.2.%d" % (10 + i)) + u32(3, i),
                                             1000 + i))
    for kind, flags, body in [
            (16, NLM_CREATE, link("new", v4(1, "192.0.2.77") + v4(2, "192.0.2.1") + u32(3, 5) +
                                  whole + u32(9, below))),
            (16, 0, link("t1", whole)), (17, 0, link("t2", b"")), (18, 0, link("t3", b"")[:48])]:
        print("seed", kind, flags, body)


FAMILIES = {"collapsar_redir": redir, "collapsar_front": front, "collapsar": core, "route": route}
FAMILIES[sys.argv[1]](*map(int, sys.argv[2:]))

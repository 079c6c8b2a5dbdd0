#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""churn.py KIND COUNT: so many requests of a kind, one after the other, inside a namespace;
whatever else goes on, each must be accepted or refused for a reason that a rival gives."""
import errno
import os
import random
import socket
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "redir"))
# pylint: disable=wrong-import-position
from genl import Family, NESTED, NLM_ACK, NLM_DUMP, NLM_REQUEST, NLMSG_DONE, NLMSG_ERROR
from genl import attr, attrs, name, u32, v4

NEW, SET, DEL, GET, STATS = 1, 2, 3, 4, 5
HP_NEW, HP_SET, HP_DEL, HP_GET = 5, 6, 7, 8
# Of what two workers do to the same object, the slower one's is refused.
RIVAL = (errno.EEXIST, errno.ENOENT, errno.EBUSY, errno.ENODEV)
MACS = [b"\2\xaa\xaa\xaa\xaa\xaa", b"\2\x55\x55\x55\x55\x55"]
PAIRS = [("192.0.2.%d" % n, n) for n in (10, 11)]

rnd = random.Random(os.getpid())


def mac(kind, which):
    return attr(kind, MACS[which % 2])


def uplink(kind, dev, remote=None, key=None):
    out = u32(1, socket.if_nametoindex(dev))
    if remote:
        out += v4(3, remote) + u32(4, key)
    return attr(kind | NESTED, out)


class Worker(Family):
    def __init__(self, family):
        super().__init__(family)
        self.done = self.refused = 0
        self.sock.settimeout(120)

    def ask(self, cmd, payload, may=()):
        """One request; a refusal that is not in may ends the worker."""
        err, text, _ = self.send(cmd, payload)
        if err and err not in may:
            sys.exit("command %d: %s (%s)" % (cmd, os.strerror(err), text))
        self.done += not err
        self.refused += bool(err)

    def dump(self, cmd):
        """Attributes of each message."""
        self.seq += 1
        body = struct.pack("BBH", cmd, 1, 0)
        self.sock.send(struct.pack("IHHII", 16 + len(body), self.id,
                                   NLM_REQUEST | NLM_ACK | NLM_DUMP, self.seq, 0) + body)
        out = []
        while True:
            data = self.sock.recv(1 << 20)
            while len(data) >= 16:
                size, kind, _, _, _ = struct.unpack_from("IHHII", data)
                if kind == NLMSG_DONE:
                    self.done += 1
                    return out
                if kind == NLMSG_ERROR:
                    sys.exit("a dump of %d failed" % cmd)
                out.append(attrs(data[20:size]))
                data = data[(size + 3) & ~3:]


class Growing:
    """Counts of what stays: they never shrink."""
    def __init__(self):
        self.seen = {}

    def see(self, key, values):
        values = [struct.unpack("Q", v)[0] for v in values]
        for was, now in zip(self.seen.get(key, values), values):
            if now < was:
                sys.exit("%s: %d after %d" % (key, now, was))
        self.seen[key] = values


def redirects(count):
    """V's come, change and go; another one does the same to the same addresses."""
    w = Worker("collapsar_redir")
    for _ in range(count):
        who = v4(1, "10.1.0.%d" % rnd.randrange(100, 108)) + \
            u32(2, socket.if_nametoindex("eth0"))
        kind = rnd.randrange(6)
        if kind < 2:
            own = mac(5, rnd.randrange(2)) if kind else b""
            w.ask(NEW, who + uplink(4, "up0") + u32(9, 0) + own, RIVAL)
        elif kind == 2:
            w.ask(DEL, who, RIVAL)
        elif kind == 3:
            w.ask(SET, who + u32(11, rnd.choice((0, 2))), RIVAL)
        else:
            w.ask(SET, who + mac(5, rnd.randrange(2)) + u32(7, rnd.randrange(2)), RIVAL)
    for n in range(100, 108):
        w.ask(DEL, v4(1, "10.1.0.%d" % n) + u32(2, socket.if_nametoindex("eth0")), RIVAL)
    return w


def live(count):
    """What carries traffic changes."""
    w = Worker("collapsar_redir")
    nic = u32(2, socket.if_nametoindex("eth0"))
    for n in range(count):
        w.ask(SET, v4(1, "10.1.0.77") + nic + u32(7, n % 2) + u32(6, n % 2) + u32(8, n % 3))
        if not n % 8:
            w.ask(SET, v4(1, "10.1.0.78") + nic + mac(5, n // 8))
    return w


def see_redirects(count):
    """No dump shows half of a change."""
    w, grow = Worker("collapsar_redir"), Growing()
    for _ in range(count):
        for a in w.dump(GET):
            v = socket.inet_ntoa(a[1])
            if 5 in a and a[5] not in MACS:
                sys.exit("%s has the MAC %s" % (v, a[5].hex()))
            if v in ("10.1.0.77", "10.1.0.78"):
                grow.see(v, [a[n] for n in (14, 15, 16, 17)])
        w.dump(STATS)
    return w


def networks(count):
    """Networks come, change and go; so does the uplink of one."""
    w = Worker("collapsar_front")
    for n in range(count):
        w.ask(SET, name(1, "t") + uplink(2, "ext0", *PAIRS[(n + 1) % 2]))
        w.ask(SET, name(1, "lan") + mac(3, n) + u32(4, n // 4 % 2))
        if n % 4 == 0:
            w.ask(NEW, name(1, "x%d" % n) + uplink(2, "ext0", "192.0.2.20", n) + mac(3, n) +
                  u32(5, 64))
        elif n % 4 == 3:
            w.ask(DEL, name(1, "x%d" % (n - 3)))
    if (count - 1) % 4 < 3:
        w.ask(DEL, name(1, "x%d" % ((count - 1) // 4 * 4)))
    return w


def honeypots(count):
    """Honeypots come, change ports and go; another one does the same to the same names."""
    w = Worker("collapsar_front")
    for _ in range(count):
        n = rnd.randrange(8)
        who = name(1, "h%d" % n)
        port = u32(4, socket.if_nametoindex("p%d" % rnd.randrange(4, 6)))
        kind = rnd.randrange(4)
        if kind == 0:
            w.ask(HP_NEW, who + name(2, "lan") + v4(3, "10.1.0.%d" % (140 + n)) + port, RIVAL)
        elif kind == 1:
            w.ask(HP_DEL, who, RIVAL)
        elif kind == 2:
            w.ask(HP_SET, who + port, RIVAL)
        else:
            w.ask(HP_SET, who + mac(6, n), RIVAL)
    for n in range(8):
        w.ask(HP_DEL, name(1, "h%d" % n), RIVAL)
    return w


def see_front(count):
    w, grow = Worker("collapsar_front"), Growing()
    for _ in range(count):
        for a in w.dump(GET):
            if a[3] not in MACS:
                sys.exit("a gateway with the MAC %s" % a[3].hex())
            if a[1] != b"t\0":
                continue
            up = attrs(a[2])
            pair = socket.inet_ntoa(up[3]), struct.unpack("I", up[4])[0]
            if pair not in PAIRS:
                sys.exit("half of an uplink, half of another: %s, %d" % pair)
        for a in w.dump(HP_GET):
            if a[1] in (b"g1\0", b"g2\0"):
                grow.see(a[1], [a[n] for n in (8, 9, 10, 11)])
        w.dump(9)
    return w


KINDS = (redirects, live, see_redirects, networks, honeypots, see_front)


def main():
    kind, count = sys.argv[1], int(sys.argv[2])
    w = {k.__name__: k for k in KINDS}[kind](count)
    print("%s: %d accepted, %d refused" % (kind, w.done, w.refused))
    if w.done < count // 4:
        sys.exit("too few of %d were accepted" % count)


main()

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Generic netlink by hand: what collapsarctl would never send. Run inside a namespace."""
import random
import socket
import struct
import sys

NETLINK_GENERIC, CTRL, SOL_NETLINK = 16, 0x10, 270
NLM_REQUEST, NLM_ACK, NLM_DUMP = 1, 4, 0x300
NLMSG_ERROR, NLMSG_DONE = 2, 3
NESTED = 0x8000


def attr(kind, data):
    return struct.pack("HH", 4 + len(data), kind) + data + b"\0" * (-len(data) % 4)


def u32(kind, value):
    return attr(kind, struct.pack("I", value))


def name(kind, text):
    return attr(kind, text.encode("latin-1") + b"\0")


def v4(kind, text):
    return attr(kind, socket.inet_aton(text))


def attrs(data):
    """The attributes of a message, as {type: data}."""
    out = {}
    while len(data) >= 4:
        size, kind = struct.unpack_from("HH", data)
        if size < 4:
            break
        out[kind & 0x3fff] = data[4:size]
        data = data[(size + 3) & ~3:]
    return out


class Family:
    def __init__(self, family):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
        self.sock.setsockopt(SOL_NETLINK, 11, 1)    # NETLINK_EXT_ACK
        self.sock.setsockopt(SOL_NETLINK, 10, 1)    # NETLINK_CAP_ACK
        self.sock.settimeout(10)
        self.seq = 0
        self.id = CTRL
        err, text, reply = self.send(3, name(2, family))
        if err:
            sys.exit("no family " + family)
        self.id = struct.unpack("H", attrs(reply[4:])[1])[0]

    def send(self, cmd, payload, flags=0, version=1, reserved=0):
        """One request: (errno, text of the refusal, first reply without its nlmsghdr)."""
        self.seq += 1
        body = struct.pack("BBH", cmd, version, reserved) + payload
        self.sock.send(struct.pack("IHHII", 16 + len(body), self.id,
                                   NLM_REQUEST | NLM_ACK | flags, self.seq, 0) + body)
        reply = b""
        while True:
            data = self.sock.recv(1 << 20)
            while len(data) >= 16:
                size, kind, fl, seq, _ = struct.unpack_from("IHHII", data)
                msg, data = data[16:size], data[(size + 3) & ~3:]
                if seq != self.seq:
                    continue
                if kind in (NLMSG_ERROR, NLMSG_DONE):
                    err = -struct.unpack_from("i", msg)[0]
                    # With NETLINK_CAP_ACK only the header is echoed.
                    tlvs = attrs(msg[20 if kind == NLMSG_ERROR else 4:]) if fl & 0x200 else {}
                    return err, tlvs.get(1, b"").rstrip(b"\0").decode(), reply
                reply = reply or msg


def refused(family, cases):
    """Each case (what, command, attributes, words of the text) must be refused with them."""
    bad = 0
    for what, cmd, payload, words in cases:
        err, text, _ = family.send(cmd, payload)
        if not err or words.lower() not in text.lower():
            bad += 1
            print("%s: errno %d, text '%s', not '%s'" % (what, err, text, words))
    print("%d messages, %d wrong" % (len(cases), bad))
    return bad


def mutate(rnd, payload):
    p = bytearray(payload)
    for _ in range(rnd.randrange(1, 4)):
        how = rnd.randrange(5)
        at = rnd.randrange(len(p)) if p else 0
        if how == 0 and p:
            p[at] = rnd.randrange(256)
        elif how == 1 and len(p) >= 4:
            # An attribute's length or type.
            struct.pack_into("H", p, at & ~3 if (at & ~3) + 2 <= len(p) else 0,
                             rnd.choice((0, 1, 3, 4, 5, 0xffff, rnd.randrange(64))))
        elif how == 2:
            del p[at:]
        elif how == 3:
            p[at:at] = bytes(rnd.randrange(256) for _ in range(rnd.randrange(40)))
        else:
            p += attr(rnd.randrange(0x10000), bytes(rnd.randrange(24)))
    return bytes(p)


def storm(family, commands, seeds, count):
    """Damaged messages by the thousand; whole ones among them. What was refused without a text."""
    rnd = random.Random(20041)
    mute, done = set(), 0
    for _ in range(count):
        cmd = rnd.choice(commands)
        payload = rnd.choice(seeds)
        if rnd.randrange(8):
            payload = mutate(rnd, payload)
        flags = rnd.choice((0, 0, 0, NLM_DUMP))
        err, text, _ = family.send(cmd, payload, flags)
        done += not err
        if err and not text:
            mute.add((cmd, err))
    print("%d of %d were accepted; refused without a text: %s" % (done, count, sorted(mute)))
    if not done:
        mute.add(("nothing was accepted", 0))
    return mute

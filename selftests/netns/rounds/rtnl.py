# SPDX-License-Identifier: GPL-2.0-only
"""Namespaces, links and modules by hand: what a round builds up costs no program."""
import ctypes
import errno
import ipaddress
import os
import socket
import struct
from contextlib import contextmanager

from genl import Family, NLM_ACK, NLM_REQUEST, NESTED, attr, name, u32, v4

CREATE_EXCL = 0x600
NEWLINK, DELLINK, SETLINK, NEWADDR, NEWROUTE = 16, 17, 19, 20, 24
IFF_UP, IFA_F_NODAD = 1, 2
CLONE_NEWNET, MS_BIND, MNT_DETACH, O_NONBLOCK = 0x40000000, 4096, 2, 2048
INIT_MODULE, DELETE_MODULE = 175, 176
libc = ctypes.CDLL(None, use_errno=True)


def call(what, *args):
    if getattr(libc, what)(*args) < 0:
        raise OSError(ctypes.get_errno(), "%s%r" % (what, args[-1:]))


def nest(kind, *attrs):
    return attr(kind | NESTED, b"".join(attrs))


def packed(address):
    return ipaddress.ip_address(address).packed


@contextmanager
def inside(ns):
    """In the namespace called ns, and back."""
    here, there = (os.open(p, os.O_RDONLY) for p in ("/proc/self/ns/net", "/run/netns/" + ns))
    try:
        call("setns", there, CLONE_NEWNET)
        os.close(there)
        yield
    finally:
        call("setns", here, CLONE_NEWNET)
        os.close(here)


def write(path, text):
    with open(path, "w") as f:
        f.write(text)


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


def ns_add(ns):
    """As ip netns does, without router solicitations."""
    path = "/run/netns/" + ns
    here = os.open("/proc/self/ns/net", os.O_RDONLY)
    os.close(os.open(path, os.O_RDONLY | os.O_CREAT | os.O_EXCL, 0))
    call("unshare", CLONE_NEWNET)
    try:
        for c in ("all", "default"):
            write("/proc/sys/net/ipv6/conf/%s/disable_ipv6" % c, "1")
        call("mount", b"/proc/self/ns/net", path.encode(), b"none", MS_BIND, None)
    finally:
        call("setns", here, CLONE_NEWNET)
        os.close(here)
    with Route(ns) as r:
        r.up(1)


def ns_del(ns):
    path = "/run/netns/" + ns
    call("umount2", path.encode(), MNT_DETACH)
    os.unlink(path)


def insmod(path):
    with open(path, "rb") as f:
        image = f.read()
    call("syscall", INIT_MODULE, image, len(image), b"")


def rmmod(module):
    call("syscall", DELETE_MODULE, module.encode(), O_NONBLOCK)


class Route:
    """rtnetlink of one namespace. Links are given their index: nobody needs to ask for it."""

    def __init__(self, ns):
        with inside(ns):
            self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def send(self, kind, body, flags=0):
        self.sock.send(struct.pack("IHHII", 16 + len(body), kind, NLM_REQUEST | NLM_ACK | flags,
                                   1, 0) + body)
        err = -struct.unpack_from("i", self.sock.recv(65536), 16)[0]
        if err:
            raise OSError(err, "%s: rtnetlink message %d" % (os.strerror(err), kind))

    @staticmethod
    def link(index, flags=IFF_UP):
        return struct.pack("BxHiII", 0, 0, index, flags, IFF_UP)

    def up(self, index):
        self.send(NEWLINK, self.link(index))

    def add(self, index, ifname, kind, data=b"", **more):
        """A link that is up; more: mac, on (the index of the link below)."""
        body = self.link(index) + name(3, ifname)
        if "mac" in more:
            body += attr(1, more["mac"])
        if "on" in more:
            body += u32(5, more["on"])
        self.send(NEWLINK, body + nest(18, name(1, kind), nest(2, data)), CREATE_EXCL)

    def veth(self, index, ifname, mac, peer, peer_index, peer_name, peer_mac):
        """A cable to the namespace called peer, whose end is down yet."""
        fd = os.open("/run/netns/" + peer, os.O_RDONLY)
        try:
            self.add(index, ifname, "veth", attr(1, self.link(peer_index, 0) + name(3, peer_name) +
                                                 attr(1, peer_mac) + u32(28, fd)), mac=mac)
        finally:
            os.close(fd)

    def master(self, index, bridge):
        self.send(SETLINK, self.link(index) + u32(10, bridge))

    def delete(self, index):
        self.send(DELLINK, self.link(index, 0))

    def is_there(self, index):
        try:
            self.up(index)
        except OSError as e:
            if e.errno != errno.ENODEV:
                raise
            return False
        return True

    def addr(self, index, text, bits=24):
        local = packed(text)
        family, flags = (socket.AF_INET, 0) if len(local) == 4 else (socket.AF_INET6, IFA_F_NODAD)
        self.send(NEWADDR, struct.pack("BBBBi", family, bits, flags, 0, index) +
                  attr(1, local) + attr(2, local), CREATE_EXCL)

    def default(self, index, gateway):
        """The default route: RT_TABLE_MAIN, RTPROT_BOOT, universe, unicast."""
        self.send(NEWROUTE, struct.pack("BBBBBBBBI", socket.AF_INET, 0, 0, 0, 254, 3, 0, 1, 0) +
                  v4(5, gateway) + u32(4, index), CREATE_EXCL)

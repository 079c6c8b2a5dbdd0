#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Datagrams as a sensor sends them: a magic number, a counter, and bytes that follow from it.

--sources sends from as many addresses, the first of which is --source. --show prints the payloads as streamtap prints data, and sends nothing. --segment sends all
in one super-packet of the kernel's, whose datagrams have that many bytes.
"""
import argparse
import ipaddress
import itertools
import socket
import struct

SOL_UDP, UDP_SEGMENT, SO_NO_CHECK = 17, 103, 11


def payload(magic, n, size):
    filler = bytes((n * 7 + i) & 0xff for i in range(max(0, size - 8)))
    return (struct.pack("!II", magic, n & 0xffffffff) + filler)[:size]


def sock(args, source):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    s.setsockopt(socket.SOL_SOCKET, SO_NO_CHECK, args.nocheck)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
    s.bind((source, 0))
    return s


def main():
    number = lambda text: int(text, 0)
    p = argparse.ArgumentParser()
    p.add_argument("--magic", type=number, default=0xd0d0d0d0)
    p.add_argument("--port", type=int, default=1101)
    p.add_argument("--to", default="198.51.100.5")
    p.add_argument("--source", default="0.0.0.0")
    p.add_argument("--sources", type=int, default=1)
    p.add_argument("--first", type=int, default=1)
    p.add_argument("--count", type=int, default=1, help="0: without end")
    p.add_argument("--size", type=int, default=100)
    p.add_argument("--segment", type=int, default=0)
    p.add_argument("--nocheck", type=int, default=0)
    p.add_argument("--show", action="store_true")
    args = p.parse_args()
    numbers = range(args.first, args.first + args.count) if args.count else itertools.count(1)
    if args.show:
        for n in numbers:
            print(payload(args.magic, n, args.size).hex())
        return
    to = args.to, args.port
    for i in range(1, args.sources):
        s = sock(args, str(ipaddress.ip_address(args.source) + i))
        for n in numbers:
            s.sendto(payload(args.magic, n, args.size), to)
    s = sock(args, args.source)
    if args.segment:
        s.setsockopt(SOL_UDP, UDP_SEGMENT, args.segment)
        s.sendto(b"".join(payload(args.magic, n, args.segment) for n in numbers), to)
        return
    for n in numbers:
        try:
            s.sendto(payload(args.magic, n, args.size), to)
        except OSError:
            # Its port goes and comes back.
            if args.count:
                raise


main()

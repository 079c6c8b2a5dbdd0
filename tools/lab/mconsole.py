# SPDX-License-Identifier: GPL-2.0-only
"""Requests to a UML's management console (arch/um/include/shared/mconsole.h)."""

import errno
import os
import socket
import struct
import tempfile

import plain

MAGIC, VERSION, DATA = 0xCAFEBABE, 2, 512
HEAD = struct.Struct("=III")
TIMEOUT = 10
# Who has taken over a guest's kernel could answer for ever.
MAX_PACKETS = 256


def ask(path, request):
    """One request; (error, text of the reply). OSError if nobody answers in order."""
    request = request.encode()
    if len(request) >= DATA:
        return 1, "the request is too long"
    text, err = b"", 0
    with tempfile.TemporaryDirectory() as tmp, \
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(os.path.join(tmp, "reply"))
        sock.settimeout(TIMEOUT)
        sock.sendto(struct.pack(f"=III{DATA}s", MAGIC, VERSION, len(request), request), path)
        for _ in range(MAX_PACKETS):
            packet = sock.recv(HEAD.size + DATA)
            if len(packet) < HEAD.size:
                raise OSError(errno.EPROTO, "an answer that is none")
            err, more, length = HEAD.unpack_from(packet)
            text += packet[HEAD.size:HEAD.size + min(length, DATA)].rstrip(b"\0")
            if not more:
                return err, plain.clean(text).decode()
    raise OSError(errno.EPROTO, "an answer without end")

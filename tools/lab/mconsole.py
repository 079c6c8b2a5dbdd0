# SPDX-License-Identifier: GPL-2.0-only
"""Requests to a UML's management console (arch/um/include/shared/mconsole.h)."""

import contextlib
import errno
import os
import socket
import stat
import struct

import plain

MAGIC, VERSION, DATA = 0xCAFEBABE, 2, 512
HEAD = struct.Struct("=III")
TIMEOUT = 10
# Who has taken over a guest's kernel could answer for ever.
MAX_PACKETS = 256


def open_below(fd, name, flags):
    """What @name is in the directory @fd, which is closed; links are not followed."""
    try:
        return os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC | flags, dir_fd=fd)
    finally:
        os.close(fd)


def find_socket(own):
    """A descriptor of the console's socket in UML's directory.

    That directory belongs to the guest's process, which must not make us talk to a
    socket that it may not talk to.
    """
    fd = open_below(os.dup(own), "uml", os.O_DIRECTORY)
    fd = open_below(fd, "mconsole", 0)
    if not stat.S_ISSOCK(os.fstat(fd).st_mode):
        os.close(fd)
        raise OSError(errno.ENOTSOCK, os.strerror(errno.ENOTSOCK))
    return fd


@contextlib.contextmanager
def reply_socket(own, path):
    """A socket in UML's directory, by a name that UML finds it by.

    A jail's UML has that directory as its current one, and knows no other name of it.
    """
    name = f"reply.{os.getpid()}"
    if path is None:
        os.fchdir(own)
    umask = os.umask(0)
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
            sock.bind(os.path.join(path or "", name))
            try:
                yield sock
            finally:
                os.unlink(name, dir_fd=own)
    finally:
        os.umask(umask)


def send(own, sock, request):
    console = find_socket(own)
    try:
        sock.sendto(struct.pack(f"=III{DATA}s", MAGIC, VERSION, len(request), request),
                    f"/proc/self/fd/{console}")
    finally:
        os.close(console)


def receive(sock):
    text = b""
    for _ in range(MAX_PACKETS):
        packet = sock.recv(HEAD.size + DATA)
        if len(packet) < HEAD.size:
            raise OSError(errno.EPROTO, "an answer that is none")
        err, more, length = HEAD.unpack_from(packet)
        text += packet[HEAD.size:HEAD.size + min(length, DATA)].rstrip(b"\0")
        if not more:
            return err, plain.clean(text).decode()
    raise OSError(errno.EPROTO, "an answer without end")


def ask(path, jailed, request):
    """One request; (error, text of the reply). OSError if nobody answers in order.

    @path is the directory of UML's, which a @jailed one knows by no such name.
    """
    request = request.encode()
    if len(request) >= DATA:
        return 1, "the request is too long"
    own = os.open(path, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        with reply_socket(own, None if jailed else path) as sock:
            sock.settimeout(TIMEOUT)
            send(own, sock, request)
            return receive(sock)
    finally:
        os.close(own)

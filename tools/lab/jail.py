#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Become a honeypot's UML, with nothing of the host in reach.

    jail.py UID MEMORY OWN ROOT [SOURCE:NAME[:rw]]... -- PROGRAM ARGUMENT...

Whoever takes over a guest's kernel runs code in the process that it is. So that
process gets namespaces of its own (files, network, System V IPC, names), a root
directory that holds what it needs and no more, no capability, no way to gain one,
the system calls that UML needs (seccomp.py) and UID, which owns nothing else. Without root on the host its user stays what it was:
UID is -1 then, and we are in a user namespace.

MEMORY is the guest's, in MiB. OWN is the directory that it may write to, /own inside. ROOT is an empty directory for
the new root. SOURCE appears as /NAME, read-only unless it says rw; a program's
libraries come along. It runs in the process namespace that it was started in.
"""

import ctypes
import os
import resource
import stat
import subprocess
import sys

sys.dont_write_bytecode = True
import seccomp

LIBC = ctypes.CDLL(None, use_errno=True)

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWNET = 0x20000, 0x4000000, 0x8000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_NOATIME = 1, 2, 4, 8, 0x400
MS_NODIRATIME, MS_RELATIME, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = \
    0x800, 0x200000, 0x20, 0x1000, 0x4000, 0x40000
MNT_DETACH = 2
PR_CAPBSET_DROP, PR_SET_SECUREBITS, PR_SET_NO_NEW_PRIVS = 24, 28, 38
SECURE_LOCKED = 0x2b  # root has no capabilities by its number, locked; no other bit ever
SYS_PIVOT_ROOT = {"x86_64": 155}
# What a user namespace may not clear from a mount that it inherited.
KEPT = (MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_NOATIME, MS_NODIRATIME, MS_RELATIME)
DEVICES = ("null", "zero", "random", "urandom")
# No single file is larger: its disk is the largest, and sparse.
FILE_LIMIT = 4 << 30


def call(what, *args):
    """A function of libc; OSError if it fails."""
    if what(*args) < 0:
        err = ctypes.get_errno()
        raise OSError(err, os.strerror(err), args[1] if len(args) > 1 else None)


def mount(source, target, kind=None, flags=0, data=None):
    call(LIBC.mount, *(a.encode() if a else None for a in (source, target, kind)),
         ctypes.c_ulong(flags), data.encode() if data else None)


def bind(source, target, writable):
    """A file or directory of the host as another of the new root."""
    if stat.S_ISDIR(os.stat(source).st_mode):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "wb"):
            pass
    mount(source, target, None, MS_BIND)
    kept = sum(f for f in KEPT if os.statvfs(target).f_flag & f)
    mount(None, target, None,
          MS_REMOUNT | MS_BIND | MS_NOSUID | kept | (0 if writable else MS_RDONLY))


def libraries(program):
    """What the dynamic linker would load, and itself."""
    out = subprocess.run(["ldd", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                         text=True, check=False).stdout
    return sorted({w for w in out.split() if w.startswith("/")})


def mount_proc(target):
    os.makedirs(target)
    try:
        mount("proc", target, "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    except PermissionError:
        # Where parts of the host's own are covered, a user namespace gets no other.
        mount("/proc", target, None, MS_BIND | MS_REC)


def build(root, memory, own, binds, program):
    """The new root: all that there is from now on."""
    mount("jail", root, "tmpfs", MS_NOSUID, "size=1m,mode=755")
    for device in DEVICES:
        bind(f"/dev/{device}", f"{root}/dev/{device}", True)
    # UML's memory is a file that it maps executable.
    os.makedirs(f"{root}/dev/shm")
    mount("memory", f"{root}/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV,
          f"mode=1777,size={memory + 16}m")
    mount_proc(f"{root}/proc")
    for library in libraries(program):
        bind(os.path.realpath(library), root + library, False)
    bind(own, f"{root}/own", True)
    for source, name, writable in binds:
        bind(source, f"{root}/{name}", writable)
    os.mkdir(f"{root}/old")


def enter(root):
    os.chdir(root)
    call(LIBC.syscall, ctypes.c_long(SYS_PIVOT_ROOT[os.uname().machine]), b".", b"old")
    os.chdir("/")
    call(LIBC.umount2, b"/old", MNT_DETACH)
    os.rmdir("/old")
    mount(None, "/", None, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID)
    os.chdir("/own")


def drop_privileges(uid):
    # No text: the codecs stayed behind.
    with open("/proc/sys/kernel/cap_last_cap", "rb") as f:
        last = int(f.read())
    for cap in range(last + 1):
        call(LIBC.prctl, PR_CAPBSET_DROP, cap, 0, 0, 0)
    call(LIBC.prctl, PR_SET_SECUREBITS, SECURE_LOCKED, 0, 0, 0)
    call(LIBC.prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if uid >= 0:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)


def parse(argv):
    at = argv.index("--")
    uid, memory, own, root = int(argv[0]), int(argv[1]), argv[2], argv[3]
    binds = []
    for text in argv[4:at]:
        source, name, *mode = text.split(":")
        binds.append((source, name, mode == ["rw"]))
    return uid, memory, own, root, binds, argv[at + 1:]


def main():
    try:
        uid, memory, own, root, binds, command = parse(sys.argv[1:])
        program = next(s for s, n, _ in binds if "/" + n == command[0])
    except (ValueError, IndexError, StopIteration):
        sys.exit(__doc__)
    call(LIBC.unshare, CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET)
    mount(None, "/", None, MS_REC | MS_PRIVATE)
    os.umask(0o022)
    build(root, memory, own, binds, program)
    enter(root)
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_LIMIT, FILE_LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Its cables' other ends are of its group.
    os.umask(0o007)
    drop_privileges(uid)
    # The last: what follows is an execve().
    seccomp.confine(LIBC)
    os.execve(command[0], command, {"PATH": "/", "HOME": "/own", "TMPDIR": "/dev/shm"})


if __name__ == "__main__":
    main()

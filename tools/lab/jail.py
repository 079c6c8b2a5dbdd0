#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Become a honeypot's UML, with nothing of the host in reach.

    jail.py --root DIR [--uid UID] [--memory MIB] [--own MIB] [--unlimited]
            [SOURCE:NAME[:rw]]... -- PROGRAM ARGUMENT...

Whoever takes over a guest's kernel runs code in the process that it is. So that
process gets namespaces of its own (files, network, System V IPC, names), a root
directory that holds what it needs and no more, no capability, no way to gain one,
the system calls that UML needs (seccomp.py) and UID, which owns nothing else. Without root on the host its user stays what it was:
UID is -1 then, and we are in a user namespace.

DIR is an empty directory for the new root. --memory is the guest's, which it finds in
/dev/shm; --own is the size of /own, where it may write: both end with it. SOURCE appears
as /NAME, read-only unless it says rw; a program's libraries come along. It runs in the
process namespace that it was started in, with limits of its own; --unlimited lifts those
of address spaces, as KASAN's shadow needs it.
"""

import argparse
import ctypes
import errno
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
PR_CAPBSET_READ, PR_CAPBSET_DROP, PR_SET_SECUREBITS, PR_SET_NO_NEW_PRIVS = 23, 24, 28, 38
SECURE_LOCKED = 0x2b  # root has no capabilities by its number, locked; no other bit ever
MACHINE = os.uname().machine
SYS_PIVOT_ROOT, SYS_KEYCTL = {"x86_64": 155}, {"x86_64": 250}
KEYCTL_JOIN_SESSION_KEYRING = 1
# What a user namespace may not clear from a mount that it inherited.
KEPT = (MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_NOATIME, MS_NODIRATIME, MS_RELATIME)
DEVICES = ("null", "zero", "random", "urandom")
MIB = 1 << 20
# UML's own, and a process of its for each of the guest's.
PROCESSES, PROCESSES_PER_MIB = 64, 4
FILES = 128
SIGNALS = 256
# What a process has for itself: guests' memory is a file. UML takes 4 MiB.
HEAP, STACK = 8 * MIB, MIB
# Most of it is room for pages of a guest that are in several places.
ADDRESSES = 4096 * MIB
# A file system in memory also costs what its files are called.
NAMES = 64


def call(what, *args):
    """A function of libc; OSError if it fails."""
    if what(*args) < 0:
        err = ctypes.get_errno()
        raise OSError(err, os.strerror(err), args[1] if len(args) > 1 else None)


def mount(source, target, kind=None, flags=0, data=None):
    call(LIBC.mount, *(a.encode() if a else None for a in (source, target, kind)),
         ctypes.c_ulong(flags), data.encode() if data else None)


def remount(target, flags):
    flags |= sum(f for f in KEPT if os.statvfs(target).f_flag & f)
    mount(None, target, None, MS_REMOUNT | MS_BIND | MS_NOSUID | flags)


def bind(source, target, rw):
    """A file or directory of the host as another of the new root."""
    if stat.S_ISDIR(os.stat(source).st_mode):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "wb"):
            pass
    mount(source, target, None, MS_BIND)
    remount(target, 0 if rw else MS_RDONLY)


def libraries(program):
    """What the dynamic linker would load, and itself."""
    out = subprocess.run(["ldd", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                         text=True, check=False).stdout
    return sorted({w for w in out.split() if w.startswith("/")})


def show_itself(proc):
    """/proc/self, by which UML opens files of its own anew; and what CPU it runs on.

    That is a directory of the host's, as that is there even where no other may be mounted. What
    runs in our place later is the same process.
    """
    target = f"{proc}/self"
    os.makedirs(target)
    mount("/proc/" + os.readlink("/proc/self"), target, None, MS_BIND)
    remount(target, MS_NODEV | MS_NOEXEC | MS_RDONLY)
    bind("/proc/cpuinfo", f"{proc}/cpuinfo", False)


def writable(target, uid, size, flags):
    """@size MiB in memory that are its own."""
    os.makedirs(target)
    mount("own", target, "tmpfs", MS_NOSUID | MS_NODEV | flags,
          f"mode=700,uid={max(uid, 0)},gid={max(uid, 0)},size={size}m,nr_inodes={NAMES}")


def build(args, program):
    """The new root: all that there is from now on."""
    root = args.root
    mount("jail", root, "tmpfs", MS_NOSUID, "size=1m,mode=755")
    for device in DEVICES:
        bind(f"/dev/{device}", f"{root}/dev/{device}", True)
    # UML's memory is a file that it maps executable.
    writable(f"{root}/dev/shm", args.uid, args.memory + 16, 0)
    writable(f"{root}/own", args.uid, args.own, MS_NOEXEC)
    show_itself(f"{root}/proc")
    for library in libraries(program):
        bind(os.path.realpath(library), root + library, False)
    for source, name, rw in args.binds:
        bind(source, f"{root}/{name}", rw)
    os.mkdir(f"{root}/old")


def enter(root):
    os.chdir(root)
    call(LIBC.syscall, ctypes.c_long(SYS_PIVOT_ROOT[MACHINE]), b".", b"old")
    os.chdir("/")
    call(LIBC.umount2, b"/old", MNT_DETACH)
    os.rmdir("/old")
    mount(None, "/", None, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID)
    os.chdir("/own")


def forget(libc):
    """What this host is called, and the keys of whoever started us."""
    name = b"localhost"
    call(libc.sethostname, name, ctypes.c_size_t(len(name)))
    call(libc.setdomainname, b"", ctypes.c_size_t(0))
    if libc.syscall(ctypes.c_long(SYS_KEYCTL[MACHINE]), KEYCTL_JOIN_SESSION_KEYRING, None) < 0 \
            and ctypes.get_errno() != errno.ENOSYS:
        raise OSError(ctypes.get_errno(), "no session keyring")


def drop_privileges(uid, kept=()):
    """@kept are capabilities that root's number goes on to give."""
    cap = 0
    while LIBC.prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0:
        if cap not in kept:
            call(LIBC.prctl, PR_CAPBSET_DROP, cap, 0, 0, 0)
        cap += 1
    if not kept:
        call(LIBC.prctl, PR_SET_SECUREBITS, SECURE_LOCKED, 0, 0, 0)
    call(LIBC.prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if uid >= 0:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)


def limit(args):
    """What it may take of the host. Each user number has its own count of processes."""
    limits = {
        resource.RLIMIT_NPROC: PROCESSES + PROCESSES_PER_MIB * args.memory,
        resource.RLIMIT_NOFILE: FILES,
        resource.RLIMIT_SIGPENDING: SIGNALS,
        resource.RLIMIT_FSIZE: max(args.memory + 1, args.own) * MIB,
        resource.RLIMIT_STACK: STACK,
        resource.RLIMIT_CORE: 0, resource.RLIMIT_MEMLOCK: 0, resource.RLIMIT_MSGQUEUE: 0}
    if not args.unlimited:
        limits[resource.RLIMIT_DATA] = HEAP
        limits[resource.RLIMIT_AS] = ADDRESSES + args.memory * MIB
    for what, most in limits.items():
        resource.setrlimit(what, (most, most))


def source(text):
    """SOURCE:NAME[:rw]"""
    where, name, *mode = text.split(":")
    return where, name, mode == ["rw"]


def parse(argv):
    at = argv.index("--") if "--" in argv else len(argv)
    p = argparse.ArgumentParser(description=__doc__,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--root", required=True)
    p.add_argument("--uid", type=int, default=-1)
    p.add_argument("--memory", type=int, default=64)
    p.add_argument("--own", type=int, default=16)
    p.add_argument("--unlimited", action="store_true")
    p.add_argument("binds", nargs="*", type=source)
    args = p.parse_args(argv[:at])
    args.command = argv[at + 1:]
    programs = [s for s, n, _ in args.binds if ["/" + n] == args.command[:1]]
    if not programs:
        p.error("which of its files is the program?")
    return args, programs[0]


def main():
    args, program = parse(sys.argv[1:])
    call(LIBC.unshare, CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET)
    mount(None, "/", None, MS_REC | MS_PRIVATE)
    forget(LIBC)
    os.umask(0o022)
    build(args, program)
    enter(args.root)
    # Its cables' other ends are of its group.
    os.umask(0o007)
    drop_privileges(args.uid)
    seccomp.confine(LIBC)
    # The last: an interpreter has more in its heap than UML may.
    limit(args)
    os.execve(args.command[0], args.command,
              {"PATH": "/", "HOME": "/own", "TMPDIR": "/dev/shm"})


if __name__ == "__main__":
    main()

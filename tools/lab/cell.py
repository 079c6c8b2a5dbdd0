#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Become the UML of a node without an image: the host's programs, and no power over it.

    cell.py --own DIR [--memory MIB] [--net-raw] [--show PATH[:rw|:dev|:null]]... -- PROGRAM ARGUMENT...

What runs there are programs of the host, which need its files; what it hears are
intruders. So its process keeps its user and loses the rest: every file is read-only,
directories where users and services keep theirs are empty, but for each PATH, read-only
unless it says rw, a device if it says dev, or nothing there is if it says null; of other
devices, of processes, networks and names there are none of the host's; it has no
capability, no way to one, and the system calls that UML makes. --net-raw leaves it the
network, CAP_NET_RAW and all calls, for a card that is a NIC of the host. It begins in
--own. --memory is the guest's.
"""

import argparse
import ctypes
import os
import stat
import sys

sys.dont_write_bytecode = True
import jail
import seccomp
from jail import LIBC, call

HIDDEN = ("/root", "/home", "/run", "/tmp", "/var/tmp", "/mnt", "/media")
CAP_NET_RAW = 13

# The same numbers on all machines.
SYS_OPEN_TREE, SYS_MOVE_MOUNT, SYS_MOUNT_SETATTR = 428, 429, 442
AT_FDCWD, AT_EMPTY_PATH, AT_RECURSIVE = -100, 0x1000, 0x8000
OPEN_TREE_CLONE, MOVE_MOUNT_F_EMPTY_PATH = 1, 4
ATTR_RDONLY, ATTR_NOSUID, ATTR_NODEV = 1, 2, 4


def system_call(number, *args):
    """Its result; OSError if it fails."""
    result = LIBC.syscall(*(a if isinstance(a, bytes) or a is None else ctypes.c_long(a)
                            for a in (number, *args)))
    if result < 0:
        err = ctypes.get_errno()
        raise OSError(err, os.strerror(err))
    return result


def take(path):
    """What is mounted there, from there on, to be put anywhere: nothing can cover it."""
    return path, system_call(SYS_OPEN_TREE, AT_FDCWD, path.encode(),
                             OPEN_TREE_CLONE | AT_RECURSIVE)


def put(taken, target):
    path, fd = taken
    if stat.S_ISDIR(os.stat(fd).st_mode):
        os.makedirs(target, exist_ok=True)
    elif not os.path.lexists(target):
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o600))
    system_call(SYS_MOVE_MOUNT, fd, b"", AT_FDCWD, target.encode(), MOVE_MOUNT_F_EMPTY_PATH)
    os.close(fd)


def restrict(fd, flags, path=b"", how=AT_EMPTY_PATH | AT_RECURSIVE):
    attr = (ctypes.c_uint64 * 4)(flags, 0, 0, 0)
    call(LIBC.syscall, ctypes.c_long(SYS_MOUNT_SETATTR), ctypes.c_long(fd), path,
         ctypes.c_long(how), ctypes.byref(attr), ctypes.c_long(ctypes.sizeof(attr)))


def empty(path):
    jail.mount("cell", path, "tmpfs", jail.MS_NOSUID, "size=1m,mode=755")


def seal(path):
    """Nothing more comes into it."""
    jail.mount(None, path, None, jail.MS_REMOUNT | jail.MS_BIND | jail.MS_RDONLY | jail.MS_NOSUID)


def furnish(memory):
    """Devices, memory and itself, in the places where the host has its own."""
    devices = [take(f"/dev/{d}") for d in jail.DEVICES]
    itself, cpu = take("/proc/" + os.readlink("/proc/self")), take("/proc/cpuinfo")
    for path in ("/dev", "/proc"):
        empty(path)
    for device in devices:
        put(device, device[0])
    jail.writable("/dev/shm", -1, memory + 16, 0)
    restrict(itself[1], ATTR_RDONLY | ATTR_NOSUID | ATTR_NODEV)
    put(itself, "/proc/self")
    put(cpu, "/proc/cpuinfo")
    return ["/dev", "/proc"]


def close_in(args):
    shown = [(take("/dev/null" if mode == "null" else path), path, mode)
             for path, mode in args.show]
    restrict(AT_FDCWD, ATTR_RDONLY | ATTR_NOSUID | ATTR_NODEV, b"/", AT_RECURSIVE)
    hidden = [p for p in HIDDEN if os.path.isdir(p) and not os.path.islink(p)]
    for path in hidden:
        empty(path)
    ours = furnish(args.memory)
    for taken, path, mode in shown:
        if mode != "null":
            restrict(taken[1], ATTR_NOSUID | (0 if mode == "dev" else ATTR_NODEV) |
                     (0 if mode == "rw" else ATTR_RDONLY))
        put(taken, path)
    for path in hidden + ours:
        seal(path)
    # Not where we came from, which may be hidden by now.
    os.chdir(args.own)


def shown_path(text):
    """PATH[:rw|:dev|:null]"""
    path, _, mode = text.partition(":")
    return path, mode


def parse(argv):
    at = argv.index("--") if "--" in argv else len(argv)
    p = argparse.ArgumentParser(description=__doc__,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--own", required=True)
    p.add_argument("--memory", type=int, default=128)
    p.add_argument("--net-raw", action="store_true")
    p.add_argument("--show", action="append", default=[], type=shown_path)
    args = p.parse_args(argv[:at])
    args.command = argv[at + 1:]
    if not args.command:
        p.error("which program?")
    return args


def main():
    args = parse(sys.argv[1:])
    call(LIBC.unshare, jail.CLONE_NEWNS | jail.CLONE_NEWUTS | jail.CLONE_NEWIPC |
         (0 if args.net_raw else jail.CLONE_NEWNET))
    jail.mount(None, "/", None, jail.MS_REC | jail.MS_PRIVATE)
    jail.forget(LIBC)
    mask = os.umask(0o022)
    close_in(args)
    os.umask(mask)
    jail.drop_privileges(-1, [CAP_NET_RAW] if args.net_raw else [])
    if not args.net_raw:
        seccomp.confine(LIBC, seccomp.HOSTFS)
    os.execve(args.command[0], args.command,
              {"PATH": "/usr/bin:/bin", "HOME": "/", "TMPDIR": "/dev/shm"})


if __name__ == "__main__":
    main()

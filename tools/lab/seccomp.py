# SPDX-License-Identifier: GPL-2.0-only
"""The system calls that a UML may make, as a filter of the host's kernel.

What UML, the C library under it and the processes that run a guest's programs ask
for is allowed; to them, this host's kernel has no other call. A guest's own system
calls never come here: ptrace takes them away before a filter sees them.

The numbers are those of x86-64. A call of another architecture ends the process.
"""

import ctypes
import errno
import struct
from types import MappingProxyType

ARCHITECTURE = 0xC000003E  # AUDIT_ARCH_X86_64
X32 = 0x40000000

FILES = {
    "read": 0, "write": 1, "open": 2, "openat": 257, "close": 3, "close_range": 436,
    "stat": 4, "fstat": 5, "lstat": 6, "newfstatat": 262, "statx": 332, "statfs": 137,
    "fstatfs": 138, "lseek": 8, "pread64": 17, "pwrite64": 18, "readv": 19, "writev": 20,
    "access": 21, "faccessat": 269, "faccessat2": 439, "fcntl": 72, "flock": 73, "fsync": 74,
    "fdatasync": 75, "ftruncate": 77, "fallocate": 285, "getdents64": 217, "getcwd": 79,
    "chdir": 80, "mkdir": 83, "mkdirat": 258, "rmdir": 84, "unlink": 87, "unlinkat": 263,
    "fchmod": 91, "pipe": 22, "pipe2": 293, "dup": 32, "dup2": 33, "dup3": 292}
WAITING = {
    "poll": 7, "ppoll": 271, "select": 23, "pselect6": 270, "eventfd": 284, "eventfd2": 290,
    "epoll_create": 213, "epoll_create1": 291, "epoll_ctl": 233, "epoll_wait": 232,
    "epoll_pwait": 281, "pause": 34, "nanosleep": 35, "clock_nanosleep": 230, "futex": 202,
    "restart_syscall": 219, "sched_yield": 24, "wait4": 61, "waitid": 247}
MEMORY = {"mprotect": 10, "munmap": 11, "mremap": 25, "madvise": 28, "brk": 12}
SIGNALS = {
    "rt_sigaction": 13, "rt_sigprocmask": 14, "rt_sigreturn": 15, "rt_sigsuspend": 130,
    "rt_sigpending": 127, "sigaltstack": 131, "kill": 62, "tkill": 200, "tgkill": 234}
TIME = {
    "clock_gettime": 228, "clock_getres": 229, "gettimeofday": 96, "time": 201,
    "timer_create": 222, "timer_settime": 223, "timer_gettime": 224, "timer_getoverrun": 225,
    "timer_delete": 226, "setitimer": 38}
PROCESSES = {
    "fork": 57, "vfork": 58, "execve": 59, "execveat": 322, "exit": 60, "exit_group": 231,
    "ptrace": 101, "getpid": 39, "getppid": 110, "gettid": 186, "getpgrp": 111, "getpgid": 121,
    "setsid": 112, "getuid": 102, "geteuid": 107, "getgid": 104, "getegid": 108, "uname": 63,
    "getrlimit": 97, "setrlimit": 160, "prlimit64": 302, "arch_prctl": 158, "getrandom": 318,
    "sched_getaffinity": 204, "set_tid_address": 218, "set_robust_list": 273, "rseq": 334}
SOCKETS = {
    "connect": 42, "accept": 43, "accept4": 288, "bind": 49, "listen": 50, "shutdown": 48,
    "sendto": 44, "recvfrom": 45, "sendmsg": 46, "recvmsg": 47, "setsockopt": 54,
    "getsockopt": 55, "getsockname": 51}
ALLOWED = {**FILES, **WAITING, **MEMORY, **SIGNALS, **TIME, **PROCESSES, **SOCKETS}
# What a kernel with hostfs makes besides; those of honeypots have none.
HOSTFS = {
    "chmod": 90, "fchmodat": 268, "chown": 92, "fchown": 93, "lchown": 94, "fchownat": 260,
    "link": 86, "linkat": 265, "symlink": 88, "symlinkat": 266, "mknod": 133, "mknodat": 259,
    "rename": 82, "renameat": 264, "renameat2": 316, "readlink": 89, "readlinkat": 267,
    "truncate": 76, "utimes": 235, "futimesat": 261, "utimensat": 280}

# Those that depend on an argument: number, which one, tests that refuse, errno. The
# tests: "any" of these bits, "all" of them, "but" these bits, "not" one of these.
AF_UNIX = 1
CLONE_NEW = 0x7E020000  # a namespace of any kind
MAP_SHARED_ANONYMOUS, MAP_GROWSDOWN_HUGETLB = 0x21, 0x40100  # no limit counts them
MFD_CLOEXEC_SEALING_EXEC = 0x13
PR_SET_PDEATHSIG, PR_SET_NAME, PR_SET_VMA = 1, 15, 0x53564D41
CONDITIONAL = {
    # First, as a guest's page faults are made of it.
    "mmap": (9, 3, (("all", MAP_SHARED_ANONYMOUS), ("any", MAP_GROWSDOWN_HUGETLB)), errno.EPERM),
    "clone": (56, 0, (("any", CLONE_NEW),), errno.EPERM),
    "memfd_create": (319, 1, (("but", MFD_CLOEXEC_SEALING_EXEC),), errno.EINVAL),
    "socket": (41, 0, (("not", AF_UNIX),), errno.EAFNOSUPPORT),
    "socketpair": (53, 0, (("not", AF_UNIX),), errno.EAFNOSUPPORT),
    "prctl": (157, 0, (("not", PR_SET_PDEATHSIG, PR_SET_NAME, PR_SET_VMA),), errno.EINVAL),
    # Nothing that it has is a terminal or a device that knows one.
    "ioctl": (16, 1, (("not",),), errno.ENOTTY),
}

# Instructions of classic BPF, and what a filter may return.
LOAD, EQUAL, AT_LEAST, ANY_BIT, AND, RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
ALLOW, ERRNO, KILL = 0x7FFF0000, 0x00050000, 0x80000000
NUMBER_AT, ARCHITECTURE_AT, ARGUMENTS_AT = 0, 4, 16

PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2


def one(code, k, yes=0, no=0):
    """An instruction; @yes and @no are how many to skip after a test."""
    return [struct.pack("=HBBI", code, yes, no, k)]


def test(kind, values, refusal):
    """Go on after @refusal, or run into it, with the argument loaded."""
    if kind == "any":
        return one(ANY_BIT, values[0], 0, 1) + refusal
    if kind == "but":
        return one(ANY_BIT, ~values[0] & 0xFFFFFFFF, 0, 1) + refusal
    if kind == "all":
        # The argument must be loaded anew: BPF has one accumulator.
        return one(AND, values[0]) + one(EQUAL, values[0], 0, 1) + refusal
    out = []
    for n, value in enumerate(values):
        out += one(EQUAL, value, len(values) - n, 0)
    return out + refusal


def conditional(number, argument, tests, err):
    body = []
    for kind, *values in tests:
        # The low half: the kernel looks at no more of any of these.
        body += one(LOAD, ARGUMENTS_AT + 8 * argument) + \
            test(kind, values, one(RETURN, ERRNO | err))
    body += one(RETURN, ALLOW)
    return one(EQUAL, number, 0, len(body)) + body


def program(more):
    """The filter, as the kernel reads it."""
    out = one(LOAD, ARCHITECTURE_AT) + one(EQUAL, ARCHITECTURE, 1, 0) + one(RETURN, KILL)
    out += one(LOAD, NUMBER_AT) + one(AT_LEAST, X32, 0, 1) + one(RETURN, ERRNO | errno.ENOSYS)
    for rule in CONDITIONAL.values():
        out += conditional(*rule)
    for number in (*ALLOWED.values(), *more.values()):
        out += one(EQUAL, number, 0, 1) + one(RETURN, ALLOW)
    return out + one(RETURN, ERRNO | errno.ENOSYS)


class Program(ctypes.Structure):
    """struct sock_fprog"""
    _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_char_p)]


def confine(libc, more=MappingProxyType({})):
    """From now on, for this process and all that come of it; it must have no_new_privs.

    @more are calls to allow, as HOSTFS.
    """
    code = program(more)
    filter_ = Program(len(code), b"".join(code))
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(filter_), 0, 0):
        err = ctypes.get_errno()
        raise OSError(err, "no system call filter")

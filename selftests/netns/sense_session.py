#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A session at a terminal, and whether the sensor has it byte for byte.

  sense_session.py run DIR          plays what sshd does: a shell at a pseudo terminal
  sense_session.py check DIR FILE   compares with the records of FILE

What went in and came out, as the master side saw it, is in DIR/input and DIR/output.
"""
import json
import os
import pty
import select
import sys

LIMIT = 60


class Session:
    """The master's side of a terminal, with a transcript of both ways."""

    def __init__(self, argv, where):
        self.pid, self.fd = pty.fork()
        if not self.pid:
            os.environ["PS1"] = "ready> "
            os.execvp(argv[0], argv)
        self.input, self.output = b"", b""
        self.where = where

    def wait(self, text):
        """Reads until the output has a text that it had not yet."""
        start = len(self.output)
        while text not in self.output[start:]:
            if not select.select([self.fd], [], [], LIMIT)[0]:
                sys.exit("session: no %r in %r" % (text, self.output[start:]))
            self.read()

    def read(self):
        data = os.read(self.fd, 1024)
        self.output += data
        return data

    def say(self, data):
        self.input += data
        while data:
            data = data[os.write(self.fd, data):]

    def end(self):
        while True:
            try:
                if not self.read():
                    break
            except OSError:
                break
        os.waitpid(self.pid, 0)
        for name, data in (("input", self.input), ("output", self.output)):
            with open(os.path.join(self.where, name), "wb") as f:
                f.write(data)
        with open(os.path.join(self.where, "pids"), "w", encoding="ascii") as f:
            f.write("%d %d" % (os.getpid(), self.pid))


def run(where):
    with open(os.path.join(where, "binary"), "wb") as f:
        f.write(bytes(range(256)) * 40)
    s = Session(["sh", "-i"], where)
    s.wait(b"ready> ")
    # Keys one by one, as they are typed, with one taken back.
    for c in b"echo hellp\x7fo\n":
        s.say(bytes([c]))
    s.wait(b"ready> ")
    s.say(b"cat %s/binary\n" % where.encode())
    s.wait(b"ready> ")
    s.say(b"read line && echo \"<$line>\"\n")
    s.say("Grüße, \x1b[31m\n".encode())
    s.wait(b"ready> ")
    s.say(b"stty size; exit\n")
    s.end()


def records(path):
    with open(path, encoding="ascii") as f:
        for line in f:
            if line.endswith("}\n"):
                yield json.loads(line)


def joined(recs):
    """Data of records that captured all of it, in order."""
    out = b""
    for r in recs:
        data = r["data"].encode("latin1")
        if len(data) != r["result"]:
            sys.exit("record %d has %d of %d bytes" % (r["seq"], len(data), r["result"]))
        out += data
    return out


def differ(what, want, have):
    if want == have:
        print("# %s: %d bytes" % (what, len(want)))
        return False
    at = next((i for i, (a, b) in enumerate(zip(want, have)) if a != b),
              min(len(want), len(have)))
    print("# %s: %d bytes, recorded %d, first difference at %d: %r, %r" %
          (what, len(want), len(have), at, want[at:at + 40], have[at:at + 40]))
    return True


def check(where, path):
    def read(name):
        with open(os.path.join(where, name), "rb") as f:
            return f.read()

    master, shell = (int(p) for p in read("pids").split())
    recs = [r for r in records(path) if r["rec"] in ("read", "write")]
    mine = [r for r in recs if r["pid"] == master and r["kind"] == "pty"]
    devs = {r["dev"] for r in mine}
    bad = differ("input at the master", read("input"), joined(r for r in mine if r["rec"] == "write"))
    bad |= differ("output at the master", read("output"), joined(r for r in mine if r["rec"] == "read"))
    # Both ends are one terminal by its device.
    shells = [r for r in recs if r["kind"] == "tty" and r["dev"] in devs]
    if len(devs) != 1 or not any(r["pid"] == shell for r in shells):
        print("# the shell's end is not joined to the master's: %r" % devs)
        bad = True
    # The terminal turns a new line into two characters for the master.
    out = joined(r for r in shells if r["rec"] == "write")
    bad |= differ("output of programs",
                  bytes(range(256)) * 40, out[out.find(b"\0\1\2"):][:256 * 40])
    sys.exit(bad)


if __name__ == "__main__":
    {"run": run, "check": check}[sys.argv[1]](*sys.argv[2:])

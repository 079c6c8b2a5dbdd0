#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Does collapsard have a session of sense_session.py byte for byte?

  collapsard_session.py DIR STORE SESSION

DIR has what went in and came out at the master's side, STORE what collapsard made of it.
"""
import json
import os
import sqlite3
import sys


def differ(what, want, have):
    if want == have:
        print("# %s: %d" % (what, len(want)))
        return False
    at = next((i for i, (a, b) in enumerate(zip(want, have)) if a != b),
              min(len(want), len(have)))
    print("# %s: %d, stored %d, first difference at %d: %r, %r" %
          (what, len(want), len(have), at, want[at:at + 40], have[at:at + 40]))
    return True


def text(data):
    """UTF-8, with U+FFFD for each byte that is none."""
    out = ""
    while data:
        for n in range(1, 5):
            try:
                out += data[:n].decode("utf-8")
                data = data[n:]
                break
            except UnicodeDecodeError:
                continue
        else:
            out += "\ufffd"
            data = data[1:]
    return out


def main(where, store, session):
    def read(name):
        with open(os.path.join(where, name), "rb") as f:
            return f.read()

    # Not by its -shm: a reader of a copy's rights is enough.
    db = sqlite3.connect("file:%s/collapsard.db?mode=ro" % store, uri=True, timeout=10)
    ttys = db.execute("SELECT id, master, rows FROM ttys WHERE session = ?", (session,)).fetchall()
    if len(ttys) != 1 or not ttys[0][1]:
        sys.exit("session %s has terminals %r" % (session, ttys))
    bad = False
    for code, name in ((1, "input"), (0, "output")):
        chunks = db.execute("SELECT data, missing FROM tty_chunks WHERE tty = ? AND code = ?"
                            " AND master ORDER BY id", (ttys[0][0], code)).fetchall()
        if any(missing for _, missing in chunks):
            sys.exit("not all of the %s was captured" % name)
        bad |= differ("bytes of %s" % name, read(name), b"".join(data for data, _ in chunks))
    with open("%s/casts/%s.cast" % (store, session), encoding="ascii") as f:
        head, *events = [json.loads(line) for line in f]
    if head["version"] != 2:
        sys.exit("no asciicast: %r" % head)
    times = [at for at, _, _ in events]
    if times != sorted(times):
        sys.exit("times fall")
    for code, name in (("i", "input"), ("o", "output")):
        bad |= differ("characters of %s in the cast" % name, text(read(name)),
                      "".join(data for _, c, data in events if c == code))
    ran = [args for (args,) in db.execute("SELECT args FROM commands WHERE session = ?", (session,))]
    if not any(a.startswith(b"cat\0") for a in ran) or not any(a.startswith(b"stty\0") for a in ran):
        print("# commands are %r" % ran)
        bad = True
    sys.exit(bad)


if __name__ == "__main__":
    main(*sys.argv[1:])

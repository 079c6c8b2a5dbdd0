#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Branches of kmod/lib that the unit tests took, from what "llvm-cov export" says of
them all together. Each condition must have been true once and false once. One that
cannot be says so, and why, on its line or on the line above:

    /* coverage: always true, as WHY */
    /* coverage: always false, as WHY */
"""
import json
import os
import re
import sys

EXCUSE = re.compile(r"/\* coverage: always (true|false), as \w")


def excuses(lines, line):
    """The sides of a condition on this line that its comment gives up."""
    found = set()
    for text in lines[max(line - 2, 0):line]:
        m = EXCUSE.search(text)
        if m:
            found.add(m.group(1) == "false")
    return found


def conditions(data):
    """{(file, where): [times true, times false]} over all programs."""
    out = {}
    for f in data["files"]:
        for b in f["branches"]:
            sides = out.setdefault((os.path.realpath(f["filename"]), tuple(b[:4])), [0, 0])
            sides[0] += b[4]
            sides[1] += b[5]
    return out


def judge(name, taken):
    """Lines about each side that was not taken."""
    with open(name, encoding="ascii") as f:
        lines = f.read().splitlines()
    for where, counts in sorted(taken.items()):
        line, column, _, end = where
        given_up = excuses(lines, line)
        for side, count in zip((True, False), counts):
            text = "%d: '%s'" % (line, lines[line - 1][column - 1:end - 1])
            if not count and side not in given_up:
                yield "%s was never %s" % (text, str(side).lower())
            if count and side in given_up:
                yield "%s was %s, unlike its comment" % (text, str(side).lower())


def has_code(name):
    if name.endswith(".c"):
        return True
    with open(name, encoding="ascii") as f:
        return name.endswith(".h") and "static inline" in f.read()


def main(folder):
    data = json.load(sys.stdin)["data"][0]
    names = sorted(n for n in os.listdir(folder) if has_code(os.path.join(folder, n)))
    taken = conditions(data)
    calls = {os.path.realpath(f["filename"]): f["summary"]["functions"] for f in data["files"]}
    failed = 0
    print("KTAP version 1\n1..%d" % len(names))
    for i, short in enumerate(names, 1):
        name = os.path.realpath(os.path.join(folder, short))
        mine = {where: n for (f, where), n in taken.items() if f == name}
        bad = list(judge(name, mine))
        if name not in calls:
            bad.append("no test links it")
        elif calls[name]["covered"] != calls[name]["count"]:
            bad.append("a function was never called")
        print(*("# %s:%s" % (short, b) for b in bad), sep="\n", end="\n" if bad else "")
        print("%sok %d %s: both sides of %d conditions" % ("not " if bad else "", i, short, len(mine)))
        failed += bool(bad)
    return 1 if failed else 0


sys.exit(main(sys.argv[1]))

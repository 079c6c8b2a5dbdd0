#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Is each of collapsarctl's JSON outputs valid, and does its text form say the same?

Reads lines "COUNT NAME": NAME.json and NAME.text hold the outputs of one command, run
on the same state; COUNT objects are expected, or any number of them when it is "+"."""
import json
import sys


def strict(text):
    def unique(pairs):
        keys = [k for k, _ in pairs]
        assert len(keys) == len(set(keys)), "a key twice: %s" % keys
        return dict(pairs)

    def constant(name):
        raise ValueError("no JSON: %s" % name)

    return json.loads(text, object_pairs_hook=unique, parse_constant=constant)


def words(obj):
    """What the text must hold for each value of an object."""
    for key, value in obj.items():
        if isinstance(value, dict):
            yield from words(value)
        elif value is True:
            yield key
        elif value is not False and key not in ("ifindex", "port", "uplink_ifindex"):
            yield str(value)


def same(objects, lines):
    assert len(objects) == len(lines), "%d objects, %d lines" % (len(objects), len(lines))
    for obj, line in zip(objects, lines):
        there = line.split()
        for w in words(obj):
            assert w in there, "%r of the JSON is not in %r" % (w, line)
            there.remove(w)


def check(count, name):
    with open(name + ".json", encoding="ascii") as f:
        text = f.read()
    assert text.endswith("\n"), "the last line is not ended"
    objects = strict(text)
    assert isinstance(objects, list), "not a list"
    assert all(isinstance(o, dict) and o for o in objects), "not a list of objects"
    if count == "+":
        assert objects, "empty"
    else:
        assert len(objects) == int(count), "%d objects, not %s" % (len(objects), count)
    with open(name + ".text", encoding="ascii") as f:
        same(objects, f.read().splitlines())


def main():
    bad = 0
    for line in sys.stdin:
        count, name = line.split()
        try:
            check(count, name)
        except (AssertionError, ValueError) as why:
            print("%s: %s" % (name, why))
            bad = 1
    return bad


if __name__ == "__main__":
    sys.exit(main())

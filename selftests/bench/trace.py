#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""What one packet executed, by function.

trace.py TRACE OUTPUT [LEAST]: TRACE is of trace_plugin.c, OUTPUT of trace.sh. Prints
each module's instructions, then each function's, without what it called; then the calls
as a tree, with what they called, down to LEAST instructions (100).
"""

import base64
import bisect
import collections
import gzip
import sys

USER = "user"


class Symbols:
    """Addresses to (function, module, whether it begins there)."""

    def __init__(self, kallsyms):
        found = {}
        for line in kallsyms.splitlines():
            words = line.split()
            module = words[2].strip("[]") if len(words) > 2 else "kernel"
            # Of several names for a place the first; no names that the assembler made.
            if not words[1].startswith((".", "__pfx_")):
                found.setdefault(int(words[0], 16), (words[1], module))
        self.addresses = sorted(found)
        self.found = found

    def at(self, address):
        if address < 1 << 63:
            return "packets", USER, False
        i = bisect.bisect_right(self.addresses, address) - 1
        start = self.addresses[i]
        return self.found[start] + (start == address,)


class Call:
    def __init__(self, name, module):
        self.name, self.module, self.own, self.callees = name, module, 0, []

    def total(self):
        return self.own + sum(c.total() for c in self.callees)


def calls_of(trace, symbols):
    """The tree of calls: a function that is entered at its beginning is called; code of
    another function elsewhere is where somebody returns to."""
    root = Call("packets", USER)
    stack = [root]
    for line in trace:
        address, insns = line.split()
        name, module, begins = symbols.at(int(address, 16))
        if name.startswith("__x86_"):
            # A retpoline is a part of whoever jumps.
            stack[-1].own += int(insns)
            continue
        if begins or all(c.name != name for c in stack):
            # A loop back to its own beginning is none.
            if not (stack[-1].name == name and begins and stack[-1].own):
                call = Call(name, module)
                stack[-1].callees.append(call)
                stack.append(call)
        else:
            while stack[-1].name != name:
                stack.pop()
        stack[-1].own += int(insns)
    return root


def walk(call):
    yield call
    for c in call.callees:
        yield from walk(c)


def print_flat(root):
    own, times, modules = (collections.Counter() for _ in range(3))
    for call in walk(root):
        own[call.name, call.module] += call.own
        times[call.name, call.module] += 1
        modules[call.module] += call.own
    print(f"{root.total():>8}  in all")
    for module, n in modules.most_common():
        print(f"{n:>8}  {module}")
    print(f"\n{'insn':>8} {'calls':>6}  function")
    for (name, module), n in own.most_common():
        print(f"{n:>8} {times[name, module]:>6}  {name}{'' if module == 'kernel' else f' [{module}]'}")


def print_tree(call, least, depth=0):
    total = call.total()
    if total < least:
        return
    print(f"{total:>8} {call.own:>6}  {'  ' * depth}{call.name}"
          f"{'' if call.module == 'kernel' else f' [{call.module}]'}")
    for callee in call.callees:
        print_tree(callee, least, depth + 1)


def main():
    least = int(sys.argv[3]) if len(sys.argv) > 3 else 100
    with open(sys.argv[2], encoding="ascii") as f:
        head, *rest = f.read().splitlines()
    if not head.startswith("packets "):
        sys.exit("\n".join([head] + rest[:20]))
    symbols = Symbols(gzip.decompress(base64.b64decode("".join(rest))).decode())
    with open(sys.argv[1], encoding="ascii") as f:
        root = calls_of(f, symbols)
    if not root.callees:
        sys.exit("trace: nothing was executed between two readings of the counter")
    print(f"{head.split()[1]:>8}  the median of 100 packets; one of them is what follows")
    print_flat(root)
    print(f"\n{'insn':>8} {'own':>6}  calls")
    print_tree(root, least)


if __name__ == "__main__":
    main()

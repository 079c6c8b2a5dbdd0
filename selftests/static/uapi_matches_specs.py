#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Compare a YNL spec with the UAPI header that it names."""
import os
import re
import subprocess
import sys

import yaml


def macro(name):
    return name.replace("-", "_").upper()


def spec_values(spec):
    """C name -> number, as the spec has it."""
    out = {}
    for d in spec.get("definitions", []):
        for i, entry in enumerate(d["entries"]):
            out[macro(d["name-prefix"] + entry)] = i
    for s in spec["attribute-sets"]:
        for i, attr in enumerate(s["attributes"], 1):
            out[macro(s["name-prefix"] + attr["name"])] = i
    for i, op in enumerate(spec["operations"]["list"], 1):
        out[macro(spec["operations"]["name-prefix"] + op["name"])] = i
    return out


def header_names(top, header, seen=None):
    """Enumerators of a header and of what it includes, in order."""
    base = os.path.join(top, "kmod/include/uapi/collapsar")
    seen = set() if seen is None else seen
    if header in seen:
        return []
    seen.add(header)
    with open(os.path.join(base, header), encoding="utf-8") as f:
        text = re.sub(r"/\*.*?\*/", "", f.read(), flags=re.S)
    names = []
    for inc in re.findall(r'#include "([a-z_]+\.h)"', text):
        names += header_names(top, inc, seen)
    for body in re.findall(r"enum\s+\w+\s*\{(.*?)\}", text, flags=re.S):
        names += re.findall(r"(?:^|,)\s*(\w+)", body)
    return [n for n in names if not n.startswith("__") and
            not re.search(r"_(UNSPEC|A_MAX|CMD_MAX)$", n)]


def evaluate(top, header, names, work):
    """The compiler's word on each name."""
    src = os.path.join(work, "values.c")
    with open(src, "w", encoding="utf-8") as f:
        f.write(f"#include <stdio.h>\n#include <collapsar/{header}>\nint main(void)\n{{\n")
        for n in names:
            f.write(f'printf("{n} %d\\n", (int){n});\n')
        f.write("return 0;\n}\n")
    exe = os.path.join(work, "values")
    subprocess.run([os.environ.get("CC", "cc"), "-I", os.path.join(top, "kmod/include/uapi"),
                    "-o", exe, src], check=True)
    out = subprocess.run([exe], check=True, capture_output=True, text=True).stdout
    return {k: int(v) for k, v in (line.split() for line in out.splitlines())}


def check_strings(spec, top, header):
    """Family name and event group are the header's."""
    path = os.path.join(top, "kmod/include/uapi/collapsar", header)
    with open(path, encoding="utf-8") as f:
        text = f.read()
    bad = []
    if not re.search(r'_GENL_NAME\s+"%s"' % re.escape(spec["name"]), text):
        bad.append(f"family name {spec['name']} is not in {header}")
    for g in spec.get("mcast-groups", {}).get("list", []):
        if not re.search(r'_MCGRP_\w+\s+"%s"' % re.escape(g["name"]), text):
            bad.append(f"group {g['name']} is not in {header}")
    return bad


def main():
    top, family, work = sys.argv[1:4]
    path = sys.argv[4] if len(sys.argv) > 4 else \
        os.path.join(top, "Documentation/netlink/specs", family + ".yaml")
    with open(path, encoding="utf-8") as f:
        spec = yaml.safe_load(f)
    header = os.path.basename(spec["uapi-header"])
    want = spec_values(spec)
    names = header_names(top, header)
    have = evaluate(top, header, names, work)
    bad = check_strings(spec, top, header)
    # Links are no part of the generic families: one spec describes them.
    if family != "collapsar":
        have = {k: v for k, v in have.items() if not k.startswith("COLLAPSAR_GRE_A_")}
    for n in sorted(set(want) | set(have)):
        if want.get(n) != have.get(n):
            bad.append(f"{n}: spec {want.get(n)}, header {have.get(n)}")
    if not have:
        bad.append("the header has no names")
    print("\n".join(bad))
    sys.exit(1 if bad else 0)


main()

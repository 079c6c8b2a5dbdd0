# SPDX-License-Identifier: GPL-2.0-only
"""build/bench.json, to which each half of the bench adds its figures."""

import fcntl
import json
import os

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PATH = os.environ.get("BENCH_JSON") or os.path.join(TOP, "build/bench.json")


def merge(metrics):
    """Write these figures into the file, and leave the others there."""
    os.makedirs(os.path.dirname(PATH), exist_ok=True)
    with open(PATH, "a+", encoding="utf-8") as f:
        fcntl.flock(f, fcntl.LOCK_EX)
        f.seek(0)
        try:
            all_of_them = json.load(f)["metrics"]
        except (ValueError, KeyError, TypeError):
            all_of_them = {}
        all_of_them.update(metrics)
        f.seek(0)
        f.truncate()
        json.dump({"metrics": dict(sorted(all_of_them.items()))}, f, indent=1)
        f.write("\n")

# SPDX-License-Identifier: GPL-2.0-only
"""The pure parts of selftests/bench: bench_figures.py CASE, exit code 0 if it holds."""

import json
import os
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../bench"))
import figures
import metrics


def refuses(function, *args):
    try:
        function(*args)
    except figures.Wrong:
        return True
    return False


def gbit():
    return figures.gbit("2500000000 2000000000\n") == 10 and \
        all(refuses(figures.gbit, t) for t in ("", "5", "0 100", "100 0", "a b", "-8 1"))


def percentile():
    hundred = list(range(100, 0, -1))
    return (figures.percentile(hundred, 50), figures.percentile(hundred, 99)) == (50, 99) and \
        figures.percentile([7], 1) == figures.percentile([7], 100) == 7 and \
        figures.percentile([3, 1, 2], 50) == 2


def round_trips():
    times = "\n".join(str(t * 1000) for t in range(1, 1000))
    return figures.round_trips("0\n" + times, 0) == (500, 990, 0) and \
        figures.round_trips("1\n" + times, 0.1) == (500, 990, 0.1) and \
        refuses(figures.round_trips, "2\n" + times, 0.1) and refuses(figures.round_trips, "1000\n", 100)


def flood():
    return figures.flood(1000, "2000\n", 900) == (450, 10) and \
        all(refuses(figures.flood, *a) for a in ((1000, "2000", 1001), (1000, "2000", 0),
                                                 (1000, "", 900), (1000, "0", 900)))


def frame_sizes():
    before, after = {"a": (10, 1000), "b": (0, 0)}, {"a": (12, 41000), "b": (1, 60)}
    return figures.frame_sizes(before, after) == {"a": 20000, "b": 60} and \
        refuses(figures.frame_sizes, before, {**after, "a": (10, 1000)})


def medians():
    turns = [{"a": 1, "b": 12345.6}, {"a": 9, "b": 12345.6}, {"a": 2}]
    return figures.medians(turns) == {"a": 2, "b": 12350}


def counts():
    text = "# ours\nours 64 there 9 8 7 6\nours 64 there 9 8 7 5\nours 64 back 1 2 3 x\nmv: 1 2 3 4 5\n"
    return figures.counts(text, 3) == {("ours", "64", "there"): [(9, 8, 7, 6), (9, 8, 7, 5)]} and \
        figures.counts("", 3) == {}


def repeated():
    runs = [(1000, 1020, 999, 5000), (1001, 1030, 999, 6000)]
    return figures.repeated("", runs) == figures.repeated("", runs, 0.03) == 1000 and \
        all(refuses(figures.repeated, "", *a) for a in (
            ([],), (runs[:1],), (runs + runs[:1],), ([runs[0], (1002, 1020, 999, 5000)],),
            ([(0, 0, 0, 0)] * 2,), (runs, 0.029)))


def wanted():
    found = {n: 1.5 for n in figures.WANTED}
    return not figures.missing(found) and figures.missing({}) == list(figures.WANTED) and \
        all(figures.missing({**found, "kpps_64": wrong}) == ["kpps_64"]
            for wrong in (0, -1, None, "8", True, float("nan"))) and \
        len(set(figures.WANTED)) == 19 and "ring_insn_per_packet" in figures.WANTED


def aims():
    found = {"tcp_gbit_ours": 4, "tcp_gbit_stock": 2}
    for size in (64, 1400):
        found |= {f"insn_per_packet_{size}_{c}": n
                  for c, n in (("direct", 1000), ("stock", 2000), ("ours", 1300))}
    return [a[4] for a in figures.aims(found)] == [True] * 3 and \
        [a[4] for a in figures.aims({**found, "insn_per_packet_64_ours": 1301})] == [False, True, True] and \
        [a[4] for a in figures.aims({**found, "insn_per_packet_1400_ours": 1301})] == [True, False, True] and \
        [a[4] for a in figures.aims({**found, "tcp_gbit_ours": 3.99})] == [True, True, False]


def merge():
    with tempfile.TemporaryDirectory() as where:
        metrics.PATH = os.path.join(where, "build", "bench.json")
        metrics.merge({"b": 2, "a": 1})
        metrics.merge({"a": 3})
        with open(metrics.PATH, encoding="utf-8") as f:
            first = json.load(f)
        with open(metrics.PATH, "w", encoding="utf-8") as f:
            f.write("{ half a")
        metrics.merge({"c": 4})
        with open(metrics.PATH, encoding="utf-8") as f:
            return first == {"metrics": {"a": 3, "b": 2}} and json.load(f) == {"metrics": {"c": 4}}


CASES = {c.__name__: c for c in (gbit, percentile, round_trips, flood, frame_sizes, medians, counts,
                                repeated, wanted, aims, merge)}
sys.exit(0 if CASES[sys.argv[1]]() else 1)

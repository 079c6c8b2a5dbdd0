# SPDX-License-Identifier: GPL-2.0-only
"""What the programs of selftests/bench print, as numbers; nothing here runs anything."""

import statistics


class Wrong(Exception):
    """What was printed is no measurement; the text says why."""


def numbers(text, least):
    """All words as numbers, at least so many."""
    try:
        found = [float(w) for w in text.split()]
    except ValueError:
        found = []
    if len(found) < least or any(n < 0 for n in found):
        raise Wrong(f"no measurement: {text.strip()[:200]!r}")
    return found


def gbit(text):
    """Of endpoint source: bytes and nanoseconds."""
    sent, took = numbers(text, 2)[:2]
    if not sent or not took:
        raise Wrong(f"nothing was sent: {text.strip()!r}")
    return sent * 8 / took


def percentile(values, percent):
    """The least value that so many per cent of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def round_trips(text, most_lost):
    """Of endpoint ask: p50 and p99 in microseconds, and per cent lost, which are few."""
    lost, *times = numbers(text, 2)
    percent = lost * 100 / (lost + len(times))
    if percent > most_lost:
        raise Wrong(f"{lost:.0f} of {lost + len(times):.0f} exchanges were lost")
    return percentile(times, 50) / 1000, percentile(times, 99) / 1000, percent


def flood(sent, text, arrived):
    """Of pktgen's microseconds and the receiver's counter: kpps that arrived, per cent lost."""
    took = numbers(text, 1)[0]
    if not took or not 0 < arrived <= sent:
        raise Wrong(f"{arrived} of {sent} packets in {took:.0f} us")
    return arrived * 1000 / took, (sent - arrived) * 100 / sent


def frame_sizes(before, after):
    """Two readings {hop: (packets, bytes)}: the mean length of a frame at each hop."""
    sizes = {}
    for hop, (packets, octets) in after.items():
        packets, octets = packets - before[hop][0], octets - before[hop][1]
        if packets <= 0:
            raise Wrong(f"nothing passed {hop}")
        sizes[hop] = round(octets / packets)
    return sizes


def medians(turns):
    """[{name: figure}] of all turns: {name: median}, rounded to what a median is worth."""
    names = {name for turn in turns for name in turn}
    return {n: float(f"{statistics.median(t[n] for t in turns if n in t):.4g}")
            for n in sorted(names)}


def counts(text, words):
    """Lines of so many words and four counts: {words: [(median, mean, min, max), ...]}"""
    found = {}
    for line in text.splitlines():
        parts = line.split()
        if len(parts) == words + 4 and all(p.isdecimal() for p in parts[words:]):
            found.setdefault(tuple(parts[:words]), []).append(tuple(int(p) for p in parts[words:]))
    return found


# Of a median that repeats: what alignment and the like may add.
HAIR = 0.001


def repeated(what, runs, now_and_then=None):
    """The median of something that was counted twice. Its mean also has what happens now and
    then, the timer or a refilled slab: that is at most so much of it, where it is asked."""
    if len(runs) != 2:
        raise Wrong(f"{what} was counted {len(runs)} times")
    first, again = runs
    if not first[0] or abs(first[0] - again[0]) > first[0] * HAIR:
        raise Wrong(f"{what}: {first[0]} instructions, then {again[0]}")
    if now_and_then is not None:
        for median, mean, *_ in runs:
            if mean > first[0] * (1 + now_and_then):
                raise Wrong(f"{what}: {median} instructions, but on average {mean}")
    return first[0]


# What the bench is there for, by the names that others look for.
WANTED = (*(f"insn_per_packet_{size}_{chain}" for size in (64, 1400)
            for chain in ("ours", "stock", "flower", "bpf", "direct")),
          "ring_insn_per_packet", "ring_insn_per_packet_1400", "tcp_gbit_ours", "tcp_gbit_stock",
          "rtt_us_p50", "rtt_us_p99", "rtt_back_us_p50", "rtt_back_us_p99", "kpps_64")


def aims(metrics):
    """(what, its value, at least or at most, that much, is it so) of what the bench aims at."""
    for size in (64, 1400):
        cost = {c: metrics[f"insn_per_packet_{size}_{c}"] for c in ("ours", "stock", "direct")}
        part = (cost["ours"] - cost["direct"]) / (cost["stock"] - cost["direct"])
        yield f"overhead of {size} bytes beside stock's", part, "at most", 0.30, part <= 0.30
    times = metrics["tcp_gbit_ours"] / metrics["tcp_gbit_stock"]
    yield "TCP beside stock's", times, "at least", 2, times >= 2


def missing(metrics):
    """Those of WANTED that are no figures."""
    return [n for n in WANTED if not isinstance(metrics.get(n), (int, float))
            or isinstance(metrics[n], bool) or not metrics[n] > 0]

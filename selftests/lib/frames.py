#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Raw frames for tests: send, listen, compare. Run inside a namespace, or as a server."""
import argparse
import contextlib
import ctypes
import errno
import fcntl
import io
import os
import select
import socket
import struct
import sys
import time

ETH_IP, ETH_ARP, ETH_ALL = 0x0800, 0x0806, 0x0003


def mac(text):
    return bytes(int(x, 16) for x in text.split(":"))


def text(raw):
    return ":".join("%02x" % b for b in raw)


def own_mac(dev):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        request = struct.pack("16s24x", dev.encode())
        return fcntl.ioctl(s, 0x8927, request)[18:24]       # SIOCGIFHWADDR


def packet_socket(dev, proto=ETH_ALL):
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(proto))
    s.bind((dev, proto))
    return s


def csum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ipv4(src, dst, proto, payload, ttl=64, tos=0, ident=0, flags=0, frag=0, options=b""):
    ihl = 5 + len(options) // 4
    head = struct.pack("!BBHHHBBH4s4s", 0x40 | ihl, tos, ihl * 4 + len(payload), ident,
                       flags << 13 | frag, ttl, proto, 0,
                       socket.inet_aton(src), socket.inet_aton(dst)) + options
    c = csum(head)
    return head[:10] + struct.pack("!H", c) + head[12:] + payload


def l4(src, dst, proto, head, at, data):
    """Transport header with its checksum at offset `at`, and data."""
    pseudo = socket.inet_aton(src) + socket.inet_aton(dst) + \
        struct.pack("!BBH", 0, proto, len(head) + len(data))
    c = csum(pseudo + head + data) or 0xFFFF
    return head[:at] + struct.pack("!H", c) + head[at + 2:] + data


def tcp(src, dst, sport, dport, flags, data=b"", options=b""):
    head = struct.pack("!HHIIBBHHH", sport, dport, 0x01020304, 0x05060708,
                       (5 + len(options) // 4) << 4, flags, 4321, 0, 0) + options
    return l4(src, dst, 6, head, 16, data)


def udp(src, dst, sport, dport, data):
    return l4(src, dst, 17, struct.pack("!HHHH", sport, dport, 8 + len(data), 0), 6, data)


def icmp_echo(kind, ident, seq, data):
    head = struct.pack("!BBHHH", kind, 0, 0, ident, seq)
    return struct.pack("!BBHHH", kind, 0, csum(head + data), ident, seq) + data


def icmp_error(kind, code, about):
    return struct.pack("!BBHI", kind, code, csum(struct.pack("!BBHI", kind, code, 0, 0) + about),
                       0) + about


def fragments(src, dst, proto, whole, size, ident):
    """The datagram, in fragments of size bytes."""
    return [ipv4(src, dst, proto, whole[i:i + size], ident=ident,
                 flags=1 if i + size < len(whole) else 0, frag=i // 8)
            for i in range(0, len(whole), size)]


def variety(src, dst, mirror=False):
    """Packets of every shape; with `mirror` those of the other direction."""
    a, b = (80, 40000) if mirror else (40000, 80)
    out = []

    def add(proto, payload, **kw):
        out.append(ipv4(src, dst, proto, payload, ident=len(out) + 0x1100, **kw))

    for ttl in (1, 2, 33, 64, 128, 255):
        add(6, tcp(src, dst, a, b, 0x12 if mirror else 0x02), ttl=ttl)
    for tos in (0x10, 0x28, 0xB8, 0x01, 0x02, 0x03):
        add(6, tcp(src, dst, a, b, 0x18, b"x" * 100), tos=tos, flags=2)
    opts = bytes.fromhex("020405b4" "0402080a" "0011223300000000" "01030307")
    add(6, tcp(src, dst, a, b, 0x12 if mirror else 0x02, b"", opts), flags=2)
    add(6, tcp(src, dst, a, b, 0x29, b"urgent"))
    add(17, udp(src, dst, a, b, b""))
    add(17, udp(src, dst, a, b, b"odd"))
    add(17, udp(src, dst, a, b, os.urandom(1472)), flags=2)
    add(1, icmp_echo(0 if mirror else 8, 77, 1, b"ping" * 14))
    # Record route and timestamp; router alert.
    add(17, udp(src, dst, a, b, b"rr"), options=bytes.fromhex("07070400000000" "00"))
    add(17, udp(src, dst, a, b, b"ra"), options=bytes.fromhex("94040000"))
    # Not evil at all: the reserved bit.
    add(17, udp(src, dst, a, b, b"evil"), flags=4)
    # One datagram in three fragments.
    return out + fragments(src, dst, 17, udp(src, dst, a, b, bytes(range(256)) * 12), 1480, 0x7777)


def receive(sock, seconds, want):
    """Frames for which want(frame) is true, until `seconds` are over or want returns None."""
    end = time.monotonic() + seconds
    while True:
        left = end - time.monotonic()
        if left <= 0 or not select.select([sock], [], [], left)[0]:
            return
        frame, addr = sock.recvfrom(65536)
        if addr[2] != socket.PACKET_OUTGOING and want(frame):
            yield frame


def arp_frame(op, sha, spa, tha, tpa, dst=b"\xff" * 6):
    return dst + sha + struct.pack("!HHHBBH", ETH_ARP, 1, ETH_IP, 6, 4, op) + \
        sha + socket.inet_aton(spa) + tha + socket.inet_aton(tpa)


def tagged(frame, vlan):
    """With an 802.1Q tag of priority 5, if there is a VLAN; 0 is none but the priority."""
    return frame if vlan is None else frame[:12] + struct.pack("!HH", 0x8100, 5 << 13 | vlan) + frame[12:]


def cmd_arp(o):
    """Send one ARP packet."""
    s = packet_socket(o.dev)
    sha = mac(o.sha) if o.sha else own_mac(o.dev)
    dst = mac(o.dst) if o.dst else b"\xff" * 6
    s.send(tagged(arp_frame(o.op, sha, o.spa, b"\0" * 6, o.tpa, dst), o.vlan))
    return 0


def ask(s, dev, spa, tpa, dst, seconds, vlan=None):
    """Who has tpa: (MAC in the answer, Ethernet source, µs), or None."""
    me = own_mac(dev)
    began = time.perf_counter()
    s.send(tagged(arp_frame(1, me, spa, b"\0" * 6, tpa, dst), vlan))
    v = socket.inet_aton(tpa)
    for f in receive(s, seconds, lambda f: f[12:14] == b"\x08\x06" and f[20:22] == b"\0\x02" and
                     f[28:32] == v and f[:6] == me):
        return text(f[22:28]), text(f[6:12]), (time.perf_counter() - began) * 1e6
    return None


def cmd_ask(o):
    """Print the MAC that answers for --tpa; exit 1 when none does."""
    s = packet_socket(o.dev, ETH_ARP)
    got = ask(s, o.dev, o.spa, o.tpa, mac(o.dst) if o.dst else b"\xff" * 6, o.seconds, o.vlan)
    if not got:
        return 1
    print(got[0], got[1])
    return 0


def cmd_senders(o):
    """Ask for --tpa and --other as each of --spa (a,b...); print who is answered, fail unless both agree."""
    s, me = packet_socket(o.dev, ETH_ARP), own_mac(o.dev)
    for spa in o.spa.split(","):
        for a in (o.tpa, o.other):
            s.send(arp_frame(1, me, spa, b"\0" * 6, a))
    told = {o.tpa: set(), o.other: set()}
    for f in receive(s, o.seconds, lambda f: f[:6] == me and f[20:22] == b"\0\x02"):
        told.setdefault(socket.inet_ntoa(f[28:32]), set()).add(socket.inet_ntoa(f[38:42]))
    print(*sorted(told[o.tpa]))
    if told[o.tpa] != told[o.other]:
        print("but", o.other, "answers", *sorted(told[o.other]))
    return 0 if told[o.tpa] == told[o.other] else 1


def at(t, percent):
    """A quantile of what is sorted."""
    return t[(len(t) - 1) * percent // 100]


def cmd_latency(o):
    """Answer times of two addresses, asked in turn: could those of --tpa be the other's?

    Compared are quantiles, so that one late answer widens nothing: as early as the other's
    earliest, in the middle no later than its late ones, late no later than its latest.
    """
    s = packet_socket(o.dev, ETH_ARP)
    times = {o.tpa: [], o.other: []}
    for i in range(o.count):
        for a in times:
            got = ask(s, o.dev, o.spa, a, b"\xff" * 6, 2)
            if not got:
                print("no answer from", a)
                return 1
            times[a].append(got[2])
    for a, t in times.items():
        t.sort()
        print("%s: us" % a, *("%d%% %.0f" % (q, at(t, q)) for q in (0, 5, 25, 50, 75, 95, 100)))
    v, real = times[o.tpa], times[o.other]
    return 0 if real[0] <= at(v, 5) and at(v, 50) <= at(real, 95) and at(v, 95) <= real[-1] else 1


def prefix(tpa):
    """The 254 host addresses of the /24 that tpa is in."""
    net = tpa.rsplit(".", 1)[0]
    return ["%s.%d" % (net, i) for i in range(1, 255)]


def cmd_scan(o):
    """Ask for every address of --tpa's /24; print who answers, and with which MAC."""
    s = packet_socket(o.dev, ETH_ARP)
    me = own_mac(o.dev)
    for a in prefix(o.tpa):
        s.send(arp_frame(1, me, o.spa, b"\0" * 6, a))
    seen = set()
    for f in receive(s, o.seconds, lambda f: f[12:14] == b"\x08\x06" and f[20:22] == b"\0\x02" and
                     f[:6] == me):
        seen.add((socket.inet_ntoa(f[28:32]), text(f[22:28])))
    for a, m in sorted(seen):
        print(a, m)
    return 0


def cmd_scan_ip(o):
    """Send UDP and a ping to --dst (a MAC) for every address of --tpa's /24 but those of --other."""
    s = packet_socket(o.dev)
    for a in prefix(o.tpa):
        if a in o.other.split(","):
            continue
        for p in (ipv4(o.spa, a, 17, udp(o.spa, a, 40000, 80, b"hello")),
                  ipv4(o.spa, a, 1, icmp_echo(8, 7, 1, b"hello"))):
            s.send(mac(o.dst) + own_mac(o.dev) + b"\x08\0" + p)
    return 0


def cmd_takeover(o):
    """Show --tpa in ARP; how long until --other's packets for it come here? Exit 0 under 1 s."""
    me, v = own_mac(o.dev), socket.inet_aton(o.tpa)
    arp, s = packet_socket(o.dev, ETH_ARP), packet_socket(o.dev, ETH_IP)
    began = time.monotonic()
    if o.kind == "probe":
        arp.send(arp_frame(1, me, "0.0.0.0", b"\0" * 6, o.tpa))
        # Nobody may say that the address is taken.
        for f in receive(arp, 0.3, lambda f: f[20:22] == b"\0\x02" and f[28:32] == v):
            print("defended by", text(f[22:28]))
            return 1
    if o.kind == "reply":
        arp.send(arp_frame(2, me, o.tpa, me, o.tpa))
    else:
        arp.send(arp_frame(1, me, o.tpa, b"\0" * 6, o.tpa))
    a = socket.inet_aton(o.other)
    for f in receive(s, o.seconds, lambda f: f[26:30] == a and f[30:34] == v):
        ms = (time.monotonic() - began) * 1e3
        print("%.0f ms" % ms)
        return 0 if ms < 1000 else 1
    print("no packet")
    return 1


def send(s, o):
    """Packets of --kind, to --dst (a MAC)."""
    kinds = {"variety": lambda: variety(o.spa, o.tpa, o.mirror),
             "udp": lambda: [ipv4(o.spa, o.tpa, 17, udp(o.spa, o.tpa, 40000, 80, b"hello"))],
             "ack": lambda: [ipv4(o.spa, o.tpa, 6, tcp(o.spa, o.tpa, 80, 40000, 0x10, b"more"))],
             "syn": lambda: [ipv4(o.spa, o.tpa, 6, tcp(o.spa, o.tpa, 40000, 80, 2))],
             # As nmap -f and -ff.
             "syn8": lambda: fragments(o.spa, o.tpa, 6, tcp(o.spa, o.tpa, 40000, 80, 2), 8, 8),
             "syn16": lambda: fragments(o.spa, o.tpa, 6, tcp(o.spa, o.tpa, 40000, 80, 2), 16, 16),
             "ack8": lambda: fragments(o.spa, o.tpa, 6, tcp(o.spa, o.tpa, 80, 40000, 0x10), 8, 8),
             # As nmap -sO, and a machine's answer to it.
             "bare": lambda: [ipv4(o.spa, o.tpa, 250, b"")],
             "unreachable": lambda: [ipv4(o.spa, o.tpa, 1, icmp_error(
                 3, 2, ipv4(o.tpa, o.spa, int(o.other), b"")))],
             "gre": lambda: [ipv4(o.spa, o.tpa, 47, bytes.fromhex(o.hex), tos=o.tos)]}
    src = mac(o.sha) if o.sha else own_mac(o.dev)
    for p in kinds[o.kind]():
        frame = mac(o.dst) + src + struct.pack("!H", ETH_IP) + p
        s.send(frame.ljust(60, b"\0"))


def cmd_send(o):
    """Send the variety, or one packet, to --dst (a MAC), or --count of them."""
    s = packet_socket(o.dev)
    for _ in range(o.count or 1):
        send(s, o)
    return 0


def cmd_raw(o):
    """Send --count frames to --dst (a MAC): --hex is the type and what follows it."""
    s = packet_socket(o.dev)
    for _ in range(o.count or 1):
        try:
            s.send((mac(o.dst) + own_mac(o.dev) + bytes.fromhex(o.hex)).ljust(60, b"\0"))
        except OSError as e:
            # The device, or who guards it, refuses: that may be what is tested.
            if e.errno != errno.ENOBUFS:
                raise
    return 0


def cmd_answer(o):
    """Send one packet, and print what --tpa answers: TCP's ports and flags, ICMP's type and code."""
    s = packet_socket(o.dev)
    send(s, o)
    a, b = socket.inet_aton(o.tpa), socket.inet_aton(o.spa)
    for f in receive(s, o.seconds, lambda f: f[12:14] == b"\x08\0" and
                     f[26:30] == a and f[30:34] == b):
        l4 = f[14 + (f[14] & 15) * 4:]
        if f[23] == 6:
            print("tcp %d %d 0x%02x" % (*struct.unpack("!HH", l4[:4]), l4[13]))
        elif f[23] == 1:
            print("icmp %d %d" % tuple(l4[:2]))
        return 0
    return 1


def cmd_offload(o):
    """Send a UDP reply that leaves its checksum to others: its sum from --start on is to
    be put --at, both counted from the IP header. Exit 2 if the own kernel refuses it."""
    s = packet_socket(o.dev)
    s.setsockopt(263, 15, 1)                                # SOL_PACKET, PACKET_VNET_HDR
    data = b"offload!" * 8
    pseudo = socket.inet_aton(o.spa) + socket.inet_aton(o.tpa) + \
        struct.pack("!BBH", 0, 17, 8 + len(data))
    datagram = struct.pack("!HHHH", 80, 40000, 8 + len(data), ~csum(pseudo) & 0xFFFF) + data
    frame = mac(o.dst) + own_mac(o.dev) + b"\x08\0" + ipv4(o.spa, o.tpa, 17, datagram)
    try:
        s.send(struct.pack("=BBHHHH", 1, 0, 0, 0, 14 + o.start, (o.at - o.start) & 0xFFFF) + frame)
    except OSError as e:
        print(e)
        return 2
    return 0


def forgeries(o):
    """Frames that no honest machine at --spa sends: (counts as spoofed, frame), without end."""
    import random
    rnd = random.Random(2004)
    me, gw, liar = own_mac(o.dev), mac(o.dst), mac("02:66:66:66:66:66")
    marked = udp("0.0.0.0", "0.0.0.0", 6666, 6666, b"forged" * 10)
    sources = [o.tpa, o.other, "10.1.0.1", "198.51.100.5", "0.0.0.0", "255.255.255.255",
               "127.0.0.1", "224.0.0.5"]
    targets = [o.tpa, o.other, o.spa, "198.51.100.5", "192.0.2.1"]
    while True:
        src = rnd.choice(sources + ["%d.%d.%d.%d" % tuple(rnd.randrange(1, 255) for _ in range(4))])
        dst = rnd.choice(targets)
        head = rnd.choice([gw, b"\xff" * 6, mac("01:00:5e:00:00:05"), me]) + rnd.choice([me, liar])
        packet = ipv4(src, dst, 17, marked)
        kind = rnd.randrange(20)
        if kind < 16:
            yield True, head + b"\x08\x00" + packet
        elif kind < 18:
            yield True, arp_frame(rnd.choice([1, 2]), liar, src if src != "0.0.0.0" else o.tpa,
                                  me, dst)
        elif kind == 18:
            yield False, head + struct.pack("!HHH", 0x8100, rnd.randrange(1, 4096), ETH_IP) + packet
        else:
            yield False, head + struct.pack("!H", rnd.choice([0x86dd, 0x88cc, 0x0027, 0x8847,
                                                              0x9000])) + os.urandom(60)


def cmd_forge(o):
    """Send --count forged frames; print how many count as spoofed, and the others."""
    s = packet_socket(o.dev)
    sent = {True: 0, False: 0}
    for spoofed, frame in forgeries(o):
        if sum(sent.values()) == o.count:
            break
        s.send(frame.ljust(60, b"\0"))
        sent[spoofed] += 1
    print(sent[True], sent[False])
    return 0


def cmd_listen(o):
    """Write hex IP packets from --spa to --tpa that come in, until --count or --seconds."""
    s = packet_socket(o.dev)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    print("ready", file=sys.stderr, flush=True)
    a, b = socket.inet_aton(o.spa), socket.inet_aton(o.tpa)
    n = 0
    for f in receive(s, o.seconds, lambda f: f[12:14] == b"\x08\0" and
                     f[26:30] == a and f[30:34] == b):
        end = 14 + struct.unpack("!H", f[16:18])[0]
        print(text(f[:6]), text(f[6:12]), f[14:end].hex(), f[end:].strip(b"\0").hex() or "-",
              flush=True)
        n += 1
        if n == o.count:
            return 0
    return 0 if not o.count else 1


def cmd_carry(o):
    """Send the variety in here, catch it in another namespace, and compare byte for byte."""
    with inside(o.ns):
        s = packet_socket(o.other)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    out = packet_socket(o.dev)
    src = mac(o.sha) if o.sha else own_mac(o.dev)
    sent = variety(o.spa, o.tpa, o.mirror)
    for p in sent:
        frame = (mac(o.dst) + src + struct.pack("!H", ETH_IP) + p).ljust(60, b"\0")
        out.send(tagged(frame, o.vlan))
    a, b = socket.inet_aton(o.spa), socket.inet_aton(o.tpa)
    got, sources = [], set()
    for f in receive(s, 3, lambda f: f[12:14] == b"\x08\0" and f[26:30] == a and f[30:34] == b):
        got.append(f[14:14 + struct.unpack("!H", f[16:18])[0]])
        sources.add(text(f[6:12]))
        if len(got) == len(sent):
            break
    bad = 0
    for p in sent:
        if p not in got:
            bad += 1
            print("changed or lost:", p[:60].hex())
    if got != sent:
        print("sent %d, came %d, %d missing; order kept: %s" %
              (len(sent), len(got), bad, [g for g in got if g in sent] == sent))
    if o.expect and sources != {o.expect}:
        print("Ethernet sources", sources, "instead of", o.expect)
        return 1
    return 0 if got == sent else 1


def gre_faults(packet):
    """What is wrong in an unfragmented IPv4 packet that carries IPv4 in GRE, and the inner length."""
    ihl = (packet[0] & 15) * 4
    gre = packet[ihl:struct.unpack("!H", packet[2:4])[0]]
    at = 4 + sum(4 for bit in (0x80, 0x20) if gre[0] & bit)
    inner = gre[at:]
    l4 = inner[(inner[0] & 15) * 4:]
    pseudo = b"" if inner[9] == 1 else \
        inner[12:20] + struct.pack("!BBH", 0, inner[9], len(l4))
    faults = {"ip": csum(packet[:ihl]), "gre": gre[0] & 0x80 and csum(gre),
              "inner": csum(inner[:(inner[0] & 15) * 4]), "l4": csum(pseudo + l4)}
    return [k for k, v in faults.items() if v], len(inner)


def pcap_frames(path):
    """The whole frames of a capture in this machine's byte order."""
    with open(path, "rb") as f:
        f.read(24)
        while True:
            head = f.read(16)
            if len(head) < 16:
                return
            kept, length = struct.unpack("=8xII", head)
            frame = f.read(kept)
            if kept == length == len(frame):
                yield frame


def cmd_gre(o):
    """Of the GRE in a capture (--file): packets, the longest inner one, and wrong checksums."""
    n, longest, wrong = 0, 0, {}
    for frame in pcap_frames(o.file):
        if frame[12:14] != b"\x08\0" or frame[23] != 47 or frame[20] & 0x3f or frame[21]:
            continue
        faults, length = gre_faults(frame[14:])
        n, longest = n + 1, max(longest, length)
        for k in faults:
            wrong[k] = wrong.get(k, 0) + 1
    print(n, longest, *("%s=%d" % f for f in sorted(wrong.items())))
    return 0


@contextlib.contextmanager
def inside(ns):
    """In the namespace called ns, and back: nothing here keeps one alive."""
    libc = ctypes.CDLL(None, use_errno=True)

    def enter(fd):
        if libc.setns(fd, 0x40000000):
            raise OSError(ctypes.get_errno(), "setns")

    here = os.open("/proc/self/ns/net", os.O_RDONLY)
    try:
        there = os.open("/run/netns/" + ns, os.O_RDONLY)
        enter(there)
        os.close(there)
        yield
    finally:
        enter(here)
        os.close(here)


def serve():
    """Each line of input is a namespace and arguments; its output ends with a line of EOT and status.
    What raises an exception ends the server: no test must take that for an answer."""
    for line in sys.stdin:
        ns, *args = line.split()
        out = io.StringIO()
        with contextlib.redirect_stdout(out), inside(ns):
            rc = run(args)
        sys.stdout.write("%s\x04%d\n" % (out.getvalue(), rc))
        sys.stdout.flush()


def run(args):
    p = argparse.ArgumentParser()
    p.add_argument("what", choices=[n[4:] for n in globals() if n.startswith("cmd_")])
    p.add_argument("--dev", default="eth0")
    p.add_argument("--op", type=int, default=1)
    p.add_argument("--sha")
    p.add_argument("--dst")
    p.add_argument("--spa", default="0.0.0.0")
    p.add_argument("--tpa", default="0.0.0.0")
    p.add_argument("--ns")
    p.add_argument("--other")
    p.add_argument("--expect")
    p.add_argument("--kind", default="udp")
    p.add_argument("--hex", default="")
    p.add_argument("--tos", type=int, default=0)
    p.add_argument("--vlan", type=int)
    p.add_argument("--file")
    p.add_argument("--start", type=int, default=20)
    p.add_argument("--at", type=int, default=26)
    p.add_argument("--mirror", action="store_true")
    p.add_argument("--seconds", type=float, default=1.0)
    p.add_argument("--count", type=int, default=0)
    o = p.parse_args(args)
    return globals()["cmd_" + o.what](o)


if __name__ == "__main__":
    sys.exit(serve() if sys.argv[1:] == ["serve"] else run(sys.argv[1:]))

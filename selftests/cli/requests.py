#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Decode requests with the YAML specs alone and compare with what was said.

Families, and the indexes of eth0 (2), c0 (4), c1 (5) and tap0 (6), are those
of fake_nl.c. Attribute numbers and types come from the specs only.
"""
import os
import shlex
import socket
import struct
import subprocess
import sys
import tempfile

import yaml

FAMILIES = {0x20: "collapsar", 0x21: "collapsar_redir", 0x22: "collapsar_front"}
REQUEST, ACK, DUMP, EXCL, CREATE = 1, 4, 0x300, 0x200, 0x400
RTM_NEWLINK, RTM_DELLINK = 16, 17

REDIRECT = {"addr": "10.0.0.5", "ifindex": 2}

# command, commands before it, (family, operation, flags, attributes)
CASES = [
    ("redirect add 10.0.0.5 dev eth0 uplink c0", [], "collapsar_redir", "new", ACK,
     {**REDIRECT, "uplink": {"ifindex": 4}}),
    ("redirect add 10.0.0.5 dev eth0 uplink c0 remote 192.0.2.1 key 0xffffffff ttl 9 "
     "peer-mac 02:00:00:00:00:09 mac 02:00:00:00:00:05 mode reserved outbound open quiet 5m "
     "probes 0 probe-interval 1s", [], "collapsar_redir", "new", ACK,
     {**REDIRECT, "uplink": {"ifindex": 4, "remote": "192.0.2.1", "key": 0xffffffff, "ttl": 9,
                             "peer-mac": "02:00:00:00:00:09"},
      "mac": "02:00:00:00:00:05", "mode": "reserved", "outbound": "open", "quiet": 300,
      "probes": 0, "probe-interval": 1000}),
    ("redirect set 10.0.0.5 dev eth0 mode opportunistic quiet 7 claim", ["BASE"],
     "collapsar_redir", "set", ACK,
     {**REDIRECT, "mode": "opportunistic", "quiet": 7, "state": "probing"}),
    ("redirect set 10.0.0.5 dev eth0 withdraw", ["BASE"], "collapsar_redir", "set", ACK,
     {**REDIRECT, "state": "withdrawn"}),
    ("redirect del 10.0.0.5 dev eth0", ["BASE"], "collapsar_redir", "del", ACK, REDIRECT),
    ("redirect show 10.0.0.5 dev eth0", ["BASE"], "collapsar_redir", "get", ACK, REDIRECT),
    ("redirect show", [], "collapsar_redir", "get", DUMP, {}),
    ("redirect show dev eth0", [], "collapsar_redir", "get", DUMP, {"ifindex": 2}),
    ("stats redir", [], "collapsar_redir", "stats-get", DUMP, {}),
    ("stats core", [], "collapsar", "stats-get", DUMP, {}),
    ("stats front", [], "collapsar_front", "stats-get", DUMP, {}),
    ("network add lan uplink c1 gateway-mac 02:00:00:00:00:01 outbound open flows 64", [],
     "collapsar_front", "network-new", ACK,
     {"name": "lan", "uplink": {"ifindex": 5}, "gateway-mac": "02:00:00:00:00:01",
      "outbound": "open", "flows": 64}),
    ("network set lan uplink c0 remote 2001:db8::1 key 0", ["BASE"],
     "collapsar_front", "network-set", ACK,
     {"name": "lan", "uplink": {"ifindex": 4, "remote": "2001:db8::1", "key": 0}}),
    ("network del lan", ["BASE"], "collapsar_front", "network-del", ACK, {"name": "lan"}),
    ("network show lan", ["BASE"], "collapsar_front", "network-get", ACK, {"name": "lan"}),
    ("network show", [], "collapsar_front", "network-get", DUMP, {}),
    ("honeypot add web network lan address 10.0.0.7 port tap0 mac 02:00:00:00:00:07", [],
     "collapsar_front", "honeypot-new", ACK,
     {"name": "web", "network": "lan", "addr": "10.0.0.7", "port": 6,
      "mac": "02:00:00:00:00:07"}),
    ("honeypot set web port eth0 mac 02:00:00:00:00:08", ["BASE"], "collapsar_front",
     "honeypot-set", ACK, {"name": "web", "port": 2, "mac": "02:00:00:00:00:08"}),
    ("honeypot add web network lan address 10.0.0.7 port tap0 sensor 65535 magic 0xd0d0d0d0", [],
     "collapsar_front", "honeypot-new", ACK,
     {"name": "web", "network": "lan", "addr": "10.0.0.7", "port": 6, "sensor-port": 65535,
      "sensor-magic": 0xd0d0d0d0}),
    ("honeypot set web sensor 1 magic 0", ["BASE"], "collapsar_front", "honeypot-set", ACK,
     {"name": "web", "sensor-port": 1, "sensor-magic": 0}),
    ("honeypot set web nosensor", ["BASE"], "collapsar_front", "honeypot-set", ACK,
     {"name": "web", "sensor-port": 0}),
    ("honeypot del web", ["BASE"], "collapsar_front", "honeypot-del", ACK, {"name": "web"}),
    ("honeypot show network lan", [], "collapsar_front", "honeypot-get", DUMP,
     {"network": "lan"}),
    ("uplink add c0 remote 192.0.2.1 local 192.0.2.2 key 7 dev eth0 ttl 1 tos 0xb8 csum "
     "keepalive 10 retries 255", [], "link", RTM_NEWLINK, ACK | CREATE | EXCL,
     {"ifname": "c0", "up": True, "kind": "clps_gre",
      "data": {"remote": "192.0.2.1", "local": "192.0.2.2", "key": 7, "ttl": 1, "tos": 0xb8,
               "csum": 1, "keepalive": 10, "retries": 255, "link": 2}}),
    ("uplink set c0 nocsum keepalive 1m", ["BASE"], "link", RTM_NEWLINK, ACK,
     {"ifname": "c0", "up": False, "kind": "clps_gre", "data": {"csum": 0, "keepalive": 60}}),
    ("uplink del c0", ["BASE"], "link", RTM_DELLINK, ACK, {"ifname": "c0", "up": False}),
]

BASE = """uplink add c0 remote 192.0.2.1
redirect add 10.0.0.5 dev eth0 uplink c0
network add lan uplink c1 gateway-mac 02:00:00:00:00:01
honeypot add web network lan address 10.0.0.7 port tap0
"""


def attrs(buf):
    """(type, payload) of each attribute; every byte must be accounted for."""
    out = []
    while buf:
        length, kind = struct.unpack_from("=HH", buf)
        if length < 4 or length > len(buf):
            raise ValueError(f"attribute of {length} bytes in {len(buf)}")
        pad = -length % 4
        if any(buf[length:length + pad]):
            raise ValueError("padding that is not zero")
        out.append((kind, buf[4:length]))
        buf = buf[length + pad:]
    return out


def value(spec, attr, kind, payload):
    """One attribute, by its type in the spec."""
    if (attr["type"] == "nest") != bool(kind & 0x8000):
        raise ValueError(f"{attr['name']}: nest flag and type disagree")
    if attr["type"] == "nest":
        return decode(spec, attr["nested-attributes"], payload)
    if attr["type"] == "string":
        if payload[-1:] != b"\0" or b"\0" in payload[:-1]:
            raise ValueError(f"{attr['name']}: not one string")
        return payload[:-1].decode()
    if attr["type"] == "binary":
        if attr["display-hint"] == "mac":
            return ":".join(f"{b:02x}" for b in payload)
        return socket.inet_ntop(socket.AF_INET if len(payload) == 4 else socket.AF_INET6, payload)
    size = {"u8": 1, "u16": 2, "u32": 4, "u64": 8}[attr["type"]]
    if len(payload) != size:
        raise ValueError(f"{attr['name']}: {len(payload)} bytes for a {attr['type']}")
    number = int.from_bytes(payload, sys.byteorder)
    if "enum" in attr:
        entries = next(d for d in spec["definitions"] if d["name"] == attr["enum"])["entries"]
        return entries[number]
    return number


def decode(spec, set_name, buf):
    table = next(s for s in spec["attribute-sets"] if s["name"] == set_name)["attributes"]
    out = {}
    for kind, payload in attrs(buf):
        attr = table[(kind & 0x3fff) - 1]
        if attr["name"] in out:
            raise ValueError(f"{attr['name']} twice")
        out[attr["name"]] = value(spec, attr, kind, payload)
    return out


def decode_link(spec, msg):
    _, _, _, _, flags, change = struct.unpack_from("=BBHiII", msg, 16)
    out = {"up": (flags, change) == (1, 1)}
    for kind, payload in attrs(msg[32:]):
        if kind == 3:
            out["ifname"] = payload.rstrip(b"\0").decode()
        elif kind & 0x3fff == 18:
            for k, p in attrs(payload):
                if k & 0x3fff == 1:
                    out["kind"] = p.rstrip(b"\0").decode()
                elif k & 0x3fff == 2:
                    out["data"] = decode(spec, "gre", p)
                else:
                    raise ValueError(f"IFLA_INFO {k}")
        else:
            raise ValueError(f"IFLA {kind}")
    return out


def decode_request(specs, line):
    """family, operation, flags, attributes of a logged request."""
    proto, text = line.split()
    msg = bytes.fromhex(text)
    length, kind, flags = struct.unpack_from("=IHH", msg)
    if length != len(msg) or not flags & REQUEST:
        raise ValueError("bad header")
    if proto == "0":
        return "link", kind, flags & ~REQUEST, decode_link(specs["collapsar"], msg)
    family = FAMILIES[kind]
    spec = specs[family]
    cmd, version, reserved = struct.unpack_from("=BBH", msg, 16)
    if version != 1 or reserved:
        raise ValueError("bad generic netlink header")
    op = spec["operations"]["list"][cmd - 1]
    way = op["dump" if flags & DUMP == DUMP else "do"]
    got = decode(spec, op["attribute-set"], msg[20:])
    extra = set(got) - set(way.get("request", {}).get("attributes", []))
    if extra:
        raise ValueError(f"{op['name']} does not take {sorted(extra)}")
    return family, op["name"], flags & ~REQUEST, got


def run(fake, specs, work, case):
    command, before, family, op, flags, want = case
    env = {**os.environ, "FAKE_NL_STATE": os.path.join(work, "state")}
    if os.path.exists(env["FAKE_NL_STATE"]):
        os.unlink(env["FAKE_NL_STATE"])
    if before:
        subprocess.run([fake, "apply", "-"], input=BASE, text=True, check=True, env=env)
    log = os.path.join(work, "log")
    if os.path.exists(log):
        os.unlink(log)
    env["FAKE_NL_LOG"] = log
    subprocess.run([fake, *shlex.split(command)], check=True, env=env, stdout=subprocess.DEVNULL)
    with open(log, encoding="ascii") as f:
        got = decode_request(specs, f.read().splitlines()[-1])
    if got != (family, op, flags, want):
        raise ValueError(f"want {(family, op, flags, want)}, got {got}")


def main():
    fake, where = sys.argv[1:]
    specs = {}
    for name in FAMILIES.values():
        with open(os.path.join(where, name + ".yaml"), encoding="utf-8") as f:
            specs[name] = yaml.safe_load(f)
    failed = 0
    print(f"KTAP version 1\n1..{len(CASES)}")
    with tempfile.TemporaryDirectory() as work:
        for i, case in enumerate(CASES, 1):
            try:
                run(fake, specs, work, case)
                print(f"ok {i} {case[0]}")
            except (ValueError, KeyError, IndexError, StopIteration, OSError,
                    subprocess.CalledProcessError) as e:
                failed += 1
                print(f"# {e!r}\nnot ok {i} {case[0]}")
    sys.exit(1 if failed else 0)


main()

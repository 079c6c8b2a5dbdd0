# SPDX-License-Identifier: GPL-2.0-only
"""The description of a laboratory: nodes, and the cables between them.

    nodes:
      center:                        # a node with the host's programs
        memory: 128M                 # default 128M
        kernel: fast                 # flavour of tools/build-uml, default fast
        modules: [collapsar, collapsar_front]
        setup: [center.sh, argument] # run at every boot; beside this file
        host_nics: {vec0: lan0}      # a NIC of the host, by raw socket
        host_taps: {vec1: tap0}      # a tap of the host, at its file
      web1:                          # a honeypot: an image, no file of the host
        image: honeypot
        identity: {hostname: web1, address: 10.1.0.9/24, gateway: 10.1.0.1,
                   mac: "02:00:00:00:00:09", root_password: "..."}
    cables:
      - center.ring0 web1.ring0    # the first listens; honeypots never do

Everything is checked before anything starts.
"""

import ipaddress
import os
import re
from dataclasses import dataclass, field

import yaml

NAME = re.compile(r"[a-z][a-z0-9-]{0,14}$")
MEMORY = re.compile(r"[1-9][0-9]*M$")
MAC = re.compile(r"([0-9a-f]{2}:){5}[0-9a-f]{2}$", re.I)
VECTOR = re.compile(r"vec[0-9]$")
INTERFACE = re.compile(r"[A-Za-z0-9._-]{1,15}$")
CARD = re.compile(r"ring([0-9]|[1-9][0-9]|1[0-9][0-9]|2[0-4][0-9]|25[0-5])$")
FLAVOURS = ("fast", "debug", "guest")
IDENTITY = ("hostname", "address", "gateway", "mac", "root_password")


class TopologyError(Exception):
    """The description is wrong; the text says where."""


@dataclass
class Node:
    """One UML. Those with an image are honeypots."""
    name: str
    kernel: str
    memory: str
    image: str | None = None
    identity: dict = field(default_factory=dict)
    modules: list = field(default_factory=list)
    setup: list = field(default_factory=list)
    host_nics: dict = field(default_factory=dict)
    host_taps: dict = field(default_factory=dict)
    cards: dict = field(default_factory=dict)  # ringN -> (role, cable number)


@dataclass
class Topology:
    """All of it."""
    path: str
    nodes: dict
    cables: int


def fail(path, where, why):
    raise TopologyError(f"{path}: {where}: {why}")


def strings(value):
    return isinstance(value, list) and all(isinstance(v, str) for v in value)


def parse_identity(path, where, given):
    if not isinstance(given, dict):
        fail(path, where, "identity must be a mapping")
    for key in given:
        if key not in IDENTITY:
            fail(path, where, f"identity knows no '{key}'")
    for key in IDENTITY:
        if not isinstance(given.get(key), str):
            fail(path, where, f"identity needs '{key}', a string")
    if not NAME.match(given["hostname"]):
        fail(path, where, f"bad hostname '{given['hostname']}'")
    if not MAC.match(given["mac"]):
        fail(path, where, f"bad mac '{given['mac']}'")
    try:
        net = ipaddress.ip_interface(given["address"])
        gateway = ipaddress.ip_address(given["gateway"])
    except ValueError as e:
        fail(path, where, str(e))
    if gateway not in net.network:
        fail(path, where, f"gateway {gateway} is not in {net.network}")
    return given


def parse_host_nics(path, where, given):
    if not isinstance(given, dict):
        fail(path, where, "host_nics must be a mapping")
    for card, nic in given.items():
        if not isinstance(card, str) or not VECTOR.match(card):
            fail(path, where, f"no card '{card}'; there are vec0 to vec9")
        if not isinstance(nic, str) or not INTERFACE.match(nic):
            fail(path, where, f"bad interface '{nic}'")
    return given


def parse_node(path, name, given):
    if not isinstance(name, str) or not NAME.match(name):
        fail(path, f"node '{name}'", "a name is up to 15 of a-z, 0-9 and -")
    where = f"node '{name}'"
    given = {} if given is None else given
    if not isinstance(given, dict):
        fail(path, where, "must be a mapping")
    image = given.pop("image", None)
    node = Node(name, given.pop("kernel", "guest" if image else "fast"),
                given.pop("memory", "64M" if image else "128M"), image)
    if node.kernel not in FLAVOURS:
        fail(path, where, f"no kernel '{node.kernel}'; there are {', '.join(FLAVOURS)}")
    if not isinstance(node.memory, str) or not MEMORY.match(node.memory):
        fail(path, where, f"bad memory '{node.memory}'; say 64M")
    if image is not None:
        if image != "honeypot":
            fail(path, where, f"no image '{image}'; there is honeypot")
        node.identity = parse_identity(path, where, given.pop("identity", None))
    else:
        node.modules = given.pop("modules", [])
        node.setup = given.pop("setup", [])
        node.host_nics = parse_host_nics(path, where, given.pop("host_nics", {}))
        node.host_taps = parse_host_nics(path, where, given.pop("host_taps", {}))
        for card in node.host_nics.keys() & node.host_taps.keys():
            fail(path, where, f"{card} is in host_nics and in host_taps")
        if not strings(node.modules) or not strings(node.setup):
            fail(path, where, "modules and setup are lists of strings")
        if node.setup:
            script = os.path.join(os.path.dirname(os.path.abspath(path)), node.setup[0])
            if not os.access(script, os.X_OK) or "/" in node.setup[0]:
                fail(path, where, f"setup '{node.setup[0]}' is no executable file beside it")
    if given:
        fail(path, where, f"unknown key '{next(iter(given))}'")
    return node


def connect(path, nodes, number, cable):
    where = f"cable {number + 1}"
    ends = cable.split() if isinstance(cable, str) else []
    if len(ends) != 2:
        fail(path, where, "say two ends, NODE.ringN NODE.ringN")
    for end, role in zip(ends, ("listen", "connect")):
        if end == "nobody" and role == "connect":
            continue  # the first end waits for a peer that is handed to it
        name, _, card = end.partition(".")
        if name not in nodes:
            fail(path, where, f"no node '{name}'")
        if not CARD.match(card):
            fail(path, where, f"no card '{card}'; there are ring0 to ring255")
        if role == "listen" and nodes[name].image:
            fail(path, where, f"{end} cannot listen: a honeypot's is the second end")
        if card in nodes[name].cards:
            fail(path, where, f"{end} has a cable already")
        nodes[name].cards[card] = (role, number)


def load(path):
    """Read the description; TopologyError if it is wrong."""
    try:
        with open(path, encoding="utf-8") as f:
            given = yaml.safe_load(f)
    except OSError as e:
        raise TopologyError(f"{path}: {e.strerror}") from e
    except yaml.YAMLError as e:
        raise TopologyError(f"{path}: {e}") from e
    if not isinstance(given, dict) or not isinstance(given.get("nodes"), dict):
        fail(path, "top", "needs a mapping 'nodes'")
    for key in given:
        if key not in ("nodes", "cables"):
            fail(path, "top", f"unknown key '{key}'")
    nodes = {n: parse_node(path, n, v) for n, v in given["nodes"].items()}
    cables = given.get("cables") or []
    if not isinstance(cables, list):
        fail(path, "top", "cables must be a list")
    for number, cable in enumerate(cables):
        connect(path, nodes, number, cable)
    return Topology(path, nodes, len(cables))

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""
rounds.py build KIND            the path of stage.py, with uplinks of KIND
rounds.py KIND switch           to uplinks of KIND, from any other
rounds.py KIND WHAT ROUNDS      WHAT goes and comes back, so many times; after each time
                                pings are answered again
"""
import os
import select
import sys
import time

from stage import Answers, ETH0, ETH0_5, LAN0, MODULES, P1, Stage, VLAN_V, WAN
from rtnl import insmod, ns_del, rmmod
from uplinks import FAR, UP0, WG0


def modules(stage, gone):
    """The last one goes first."""
    for m in reversed(gone):
        rmmod(m)
    for m in gone:
        insmod("%s/%s.ko" % (os.environ["CLPS_MODDIR"], m))
    if "collapsar" in gone:
        stage.uplink("H")
        stage.uplink("center")
    if "collapsar_redir" in gone:
        stage.redirects()
    if "collapsar_front" in gone:
        stage.front()


def until_gone(stage, ns, index):
    """A namespace ends when the kernel finds time: its cable's other end goes with it."""
    for _ in range(5000):
        if not stage.route(ns).is_there(index):
            return
        select.select([], [], [], 0.002)
    sys.exit("the namespace stays")


# What sees that it is gone: the other end of a cable.
SEEN = {"H": ("lan", LAN0), "center": ("guest", ETH0), "guest": ("center", P1)}


def namespace(stage, ns):
    stage.leave(ns)
    ns_del(ns)
    until_gone(stage, *SEEN[ns])
    stage.namespace(ns)


def nic(stage):
    stage.route("H").delete(ETH0)
    stage.nic()
    stage.vlan()
    stage.redirects()


def vlan(stage):
    stage.route("H").delete(ETH0_5)
    stage.vlan()
    stage.redirect(VLAN_V)


def wan(stage):
    stage.route("H").delete(WAN)
    stage.wan()


def remake(stage, ends):
    for ns in ends:
        stage.uplink(ns)
    if "H" in ends:
        stage.redirects()
    if "center" in ends:
        stage.network_again()


def uplink(stage, ns):
    stage.kind.delete(stage, ns)
    remake(stage, stage.kind.ends(ns))


def switch(stage):
    """Of the old kind nothing is known, but what it may have been called."""
    for ns in FAR:
        for index in (UP0, WG0, WAN):
            if stage.route(ns).is_there(index):
                stage.route(ns).delete(index)
    stage.wan()
    remake(stage, FAR)


def below(stage):
    """Both ends' WireGuard; the tunnels in it stay."""
    for ns in FAR:
        stage.route(ns).delete(WG0)
        stage.kind.make_below(stage, ns)


def peer_h(stage):
    stage.redirect_del()
    stage.redirect()


def peer_center(stage):
    stage.network_del()
    stage.front()


def port(stage):
    stage.route("center").delete(P1)
    stage.port()
    stage.honeypots_again()


WHAT = {
    "redir-module": lambda s: modules(s, ["collapsar_redir"]),
    "front-module": lambda s: modules(s, ["collapsar_front"]),
    "modules": lambda s: modules(s, MODULES),
    "nic": nic, "vlan": vlan, "wan": wan, "port": port,
    "uplink-h": lambda s: uplink(s, "H"), "uplink-center": lambda s: uplink(s, "center"),
    "below": below, "peer-h": peer_h, "peer-center": peer_center,
    "ns-h": lambda s: namespace(s, "H"),
    "ns-center": lambda s: namespace(s, "center"),
    "ns-guest": lambda s: namespace(s, "guest"),
}


def main(kind, what, rounds):
    stage, answers, began = Stage(kind), Answers(), time.monotonic()
    answers.resume()
    for ns in ("H", "center", "guest"):
        stage.route(ns)
    for _ in range(int(rounds)):
        WHAT[what](stage)
        answers.resume()
    print("%s rounds in %.1f s" % (rounds, time.monotonic() - began))


if __name__ == "__main__":
    if sys.argv[1] == "build":
        Stage(sys.argv[2]).build()
    elif sys.argv[2] == "switch":
        switch(Stage(sys.argv[1]))
    else:
        main(*sys.argv[1:])

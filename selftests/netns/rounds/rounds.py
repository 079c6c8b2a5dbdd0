#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""
rounds.py build KIND            the path of stage.py, with uplinks of KIND
rounds.py KIND WHAT ROUNDS      WHAT goes and comes back, so many times; after each time
                                pings are answered again
"""
import errno
import os
import select
import sys
import time

from stage import Answers, ETH0, ETH0_5, LAN0, MODULES, P1, Stage, UP0, VLAN_V, WAN
from rtnl import insmod, ns_del, rmmod


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
        try:
            stage.route(ns).up(index)
        except OSError as e:
            if e.errno != errno.ENODEV:
                raise
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


def uplink_h(stage):
    stage.route("H").delete(UP0)
    stage.uplink("H")
    stage.redirects()


def uplink_center(stage):
    stage.route("center").delete(UP0)
    stage.uplink("center")
    stage.network_again()


def uplinks(stage):
    uplink_h(stage)
    uplink_center(stage)


def port(stage):
    stage.route("center").delete(P1)
    stage.port()
    stage.honeypots_again()


WHAT = {
    "redir-module": lambda s: modules(s, ["collapsar_redir"]),
    "front-module": lambda s: modules(s, ["collapsar_front"]),
    "modules": lambda s: modules(s, MODULES),
    "nic": nic, "vlan": vlan, "wan": wan, "port": port,
    "uplink-h": uplink_h, "uplink-center": uplink_center, "uplinks": uplinks,
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
    else:
        main(*sys.argv[1:])

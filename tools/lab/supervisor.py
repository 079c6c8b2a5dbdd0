# SPDX-License-Identifier: GPL-2.0-only
"""The process that a laboratory lives in: it builds, boots, serves and ends."""

import asyncio
import ctypes
import fcntl
import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile

import topology
from node import NodeError, NodeRunner, remove

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BOOT_TIMEOUT = 60
PR_SET_PDEATHSIG = 1
# No distribution gives out users and groups from here on.
UIDS = 1_900_000_000


def die_with_parent():
    """Whoever started the laboratory takes it along, even by SIGKILL."""
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(2)


def tool(name, *args):
    """The last line that a tool prints; its progress goes to our stderr."""
    done = subprocess.run([os.path.join(TOP, "tools", name), *args], stdout=subprocess.PIPE,
                          text=True, check=False)
    if done.returncode:
        raise NodeError(f"tools/{name} failed")
    return done.stdout.strip().splitlines()[-1]


def build(topo):
    """Whatever the nodes boot from."""
    builds = {"top": TOP, "files": os.path.dirname(os.path.abspath(topo.path))}
    subprocess.run(["make", "-s", "-C", os.path.join(TOP, "userspace"), "all"],
                   stdout=subprocess.DEVNULL, check=True)
    for node in topo.nodes.values():
        key = ("kernel", node.kernel)
        if key not in builds:
            builds[key] = tool("build-uml", "--flavour", node.kernel)
        key = ("modules", node.kernel)
        if node.modules and key not in builds:
            builds[key] = tool("build-uml", "--flavour", node.kernel, "--modules")
        if node.image and "image" not in builds:
            builds["image"] = tool("build-image")
    return builds


def can_become(uid):
    """We are root, and not that of a user namespace which has no such user."""
    with open("/proc/self/uid_map", encoding="ascii") as f:
        ranges = [[int(w) for w in line.split()] for line in f]
    return os.geteuid() == 0 and any(0 <= uid - first < count for first, _, count in ranges)


def uid_of(node, index):
    """A number that nobody has: a honeypot's process owns nothing but what it is given."""
    if not node.image or not can_become(UIDS):
        return -1
    return UIDS + os.getpid() % 100000 * 1000 + index % 1000


def lock(rundir):
    """The directory, for as long as we live; NodeError if a laboratory has it."""
    fd = os.open(os.path.join(rundir, "lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as e:
        raise NodeError(f"a laboratory runs in '{rundir}'") from e


class Supervisor:
    """All nodes, and the socket over which they are asked for."""

    def __init__(self, topo, rundir, builds):
        cpus = sorted(os.sched_getaffinity(0))
        self.rundir = rundir
        self.cables = {}
        fellows = []
        for i, n in enumerate(topo.nodes.values()):
            fellows.append(NodeRunner(n, rundir, builds, cpus[i % len(cpus)], uid_of(n, i),
                                      self.cables, fellows))
        self.nodes = {r.node.name: r for r in fellows}
        for number in range(topo.cables):
            self.lay_cable(number)
        self.over = asyncio.Event()

    def ends(self, number):
        """The nodes at a cable, by role."""
        return {role: r for r in self.nodes.values()
                for role, cable in r.node.cards.values() if cable == number}

    def lay_cable(self, number):
        """A directory that its listener may write to, and its other end may look into.

        A honeypot's are below one that its jail has, so that it can be given others.
        """
        ends = self.ends(number)
        peer = ends.get("connect")
        path = os.path.join(peer.dir, "cables", str(number)) if peer and peer.node.image \
            else os.path.join(self.rundir, f"cable{number}")
        self.cables[number] = path
        remove(path)
        os.mkdir(path, 0o700)
        if os.geteuid() != 0:
            return
        uids = {role: max(r.uid, 0) for role, r in ends.items()}
        # Nodes may write beside it: what they put in its place is not followed.
        fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        os.fchown(fd, uids.get("listen", 0), uids.get("connect", 0))
        # Its group is that of what is made in it.
        os.fchmod(fd, 0o2710)
        os.close(fd)

    def recable(self, name, card, other):
        """A new cable from @name's card to @other, NODE.ringN; what UMLs must be told."""
        node = self.find(name)
        if node.node.cards.get(card, ("",))[0] != "connect":
            raise NodeError(f"{name} has no '{card}' that connects")
        other_name, _, other_card = other.partition(".")
        listener = self.find(other_name)
        if listener is node or listener.node.image or not topology.CARD.match(other_card):
            raise NodeError(f"'{other}' cannot listen: say NODE.ringN, of another that is no honeypot")
        if listener.node.cards.get(other_card, ("listen",))[0] != "listen":
            raise NodeError(f"{other} connects")
        number = max(self.cables, default=-1) + 1
        node.node.cards[card] = ("connect", number)
        listener.node.cards[other_card] = ("listen", number)
        self.lay_cable(number)
        for unused in [n for n in self.cables if not self.ends(n)]:
            remove(self.cables.pop(unused))
        return [{**self.where(r), "request": "config " + r.plug(c)}
                for r, c in ((listener, other_card), (node, card)) if r.state != "down"]

    @staticmethod
    def where(node):
        return {"node": node.node.name, "own": node.where(), "jailed": bool(node.node.image)}

    def find(self, name):
        if name not in self.nodes:
            raise NodeError(f"no node '{name}'")
        return self.nodes[name]

    async def serve(self, reader, writer):
        try:
            request = json.loads(await reader.readline())
            answer = await self.answer(request, reader, writer)
        except ConnectionError:
            answer = None
        except (NodeError, OSError) as e:
            answer = {"error": str(e)}
        except (ValueError, KeyError, TypeError):
            answer = {"error": "not a request"}
        if answer is not None:
            self.send(writer, answer)
        writer.close()

    @staticmethod
    def send(writer, answer):
        writer.write(json.dumps(answer).encode() + b"\n")

    async def answer(self, request, reader, writer):
        verb = request["verb"]
        if verb == "exec":
            return await self.execute(self.find(request["node"]), request["argv"], reader, writer)
        if verb == "kill":
            await self.find(request["node"]).kill()
            return {}
        if verb == "start":
            await self.find(request["node"]).start(BOOT_TIMEOUT)
            return {}
        if verb == "where":
            return self.where(self.find(request["node"]))
        if verb == "recable":
            return {"steps": self.recable(request["node"], request["card"], request["other"])}
        if verb == "status":
            return {"lines": [f"{n} {r.state} {r.dir}/console" for n, r in self.nodes.items()]}
        if verb == "down":
            self.over.set()
            return {}
        raise NodeError(f"no verb '{verb}'")

    async def execute(self, node, argv, reader, writer):
        command = argv[0] if len(argv) == 1 else shlex.join(argv)
        job = node.run(command)
        self.send(writer, {"output": node.output(job)})
        status = node.jobs[job]
        left = asyncio.ensure_future(reader.read(1))
        await asyncio.wait([status, left], return_when=asyncio.FIRST_COMPLETED)
        if not status.done():
            node.kill_job(job)  # nobody listens any more
            return None
        left.cancel()
        return {"status": status.result()}

    async def boot(self):
        booted = await asyncio.gather(*(n.start(BOOT_TIMEOUT) for n in self.nodes.values()),
                                      return_exceptions=True)
        failures = [e for e in booted if e is not None]
        if failures:
            raise failures[0]

    async def run(self):
        loop = asyncio.get_running_loop()
        for sig in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(sig, self.over.set)
        server = await asyncio.start_unix_server(self.serve, os.path.join(self.rundir, "control"))
        try:
            boot = asyncio.ensure_future(self.boot())
            over = asyncio.ensure_future(self.over.wait())
            await asyncio.wait([boot, over], return_when=asyncio.FIRST_COMPLETED)
            if boot.done():
                boot.result()
                print(f"up {self.rundir}", flush=True)
                await over
            else:
                boot.cancel()
        finally:
            server.close()
            await asyncio.gather(*(n.kill() for n in self.nodes.values()))


def main(path, rundir):
    """Bring the laboratory up and stay until told to go."""
    die_with_parent()
    made = rundir is None
    try:
        topo = topology.load(path)
        builds = build(topo)
        rundir = rundir or tempfile.mkdtemp(prefix="clps-lab.")
        os.makedirs(rundir, exist_ok=True)
        if len(rundir) > 70:
            raise NodeError(f"'{rundir}' is too long a path for sockets")
        lock(rundir)
        asyncio.run(Supervisor(topo, os.path.abspath(rundir), builds).run())
    except (topology.TopologyError, NodeError, subprocess.CalledProcessError) as e:
        print(f"lab: {e}", file=sys.stderr)
        return 2
    finally:
        if made and rundir and not os.environ.get("LAB_KEEP"):
            remove(rundir)
    return 0

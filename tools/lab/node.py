# SPDX-License-Identifier: GPL-2.0-only
"""One UML of the laboratory: its command line, its processes, its agent.

Every UML lives in a process namespace of its own, whose first process dies with
the supervisor: so nothing of it outlives either, whatever sessions and groups
its helpers make for themselves.
"""

import asyncio
import io
import os
import shlex
import socket
import tarfile

CONSOLE_MARK = b" login:"


class NodeError(Exception):
    """What was asked of a node cannot be had."""


class NodeRunner:
    """Starts, talks to and kills the UML of one topology.Node."""

    def __init__(self, node, rundir, builds, cpu):
        self.node = node
        self.dir = os.path.join(rundir, node.name)
        self.disk = os.path.join(self.dir, "disk")
        self.rundir = rundir
        self.builds = builds
        self.cpu = cpu
        self.process = None
        self.state = "down"
        self.jobs = {}
        self.next_job = 0
        self.channel = None
        self.ready = None
        self.tasks = []
        os.makedirs(os.path.join(self.dir, "jobs"), exist_ok=True)

    # Starting

    def containment(self):
        user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
        # The shell is the namespace's first process: signals that a first
        # process would not feel still reach UML.
        return (["setpriv", "--pdeathsig", "KILL", "unshare", *user, "--pid", "--fork",
                 "--kill-child=KILL", "sh", "-c", '"$@"; exit $?', "sh",
                 "taskset", "-c", str(self.cpu), "setarch", "-R"])

    def cards(self):
        mac = self.node.identity.get("mac")
        for card, (role, cable) in self.node.cards.items():
            arg = f"{card}={role}:{self.rundir}/cable{cable}"
            yield arg + (f",mac={mac}" if mac else "")
        for card, nic in self.node.host_nics.items():
            yield f"{card}:transport=raw,ifname={nic},depth=128"

    def arguments(self, agent_fd):
        kernel = self.builds["kernel", self.node.kernel]
        args = [os.path.join(kernel, "linux"), f"mem={self.node.memory}",
                f"uml_dir={self.rundir}/", f"umid={self.node.name}.id",
                "con=null", "con0=null,fd:1", "ssl=null", "panic=1",
                "random.trust_cpu=on", *self.cards()]
        if self.node.image:
            return args + [f"ubd0={self.disk},{self.builds['image']}",
                           f"ubd1r={self.dir}/identity.tar",
                           "root=/dev/ubda", "rootfstype=ext4", "rw", "init=/sbin/init"]
        return args + [f"ssl0=fd:{agent_fd}", "root=/dev/root", "rootfstype=hostfs",
                       "rootflags=/", "ro", f"init={self.builds['top']}/tools/lab/node-init",
                       f"LAB_ROOT={self.builds['top']}", f"LAB_DIR={self.dir}",
                       f"LAB_FILES={self.builds['files']}",
                       f"LAB_MODDIR={self.builds.get(('modules', self.node.kernel), '/nowhere')}"]

    def write_identity(self):
        """The second disk: a tar archive, as guests can read it without a file system."""
        lines = "".join(f"{k.upper()}={shlex.quote(v)}\n" for k, v in self.node.identity.items())
        lines += "DEVICE=" + shlex.quote(next(iter(self.node.cards), "ring0")) + "\n"
        data = lines.encode()
        info = tarfile.TarInfo("identity")
        info.size, info.mode = len(data), 0o600
        with tarfile.open(os.path.join(self.dir, "identity.tar"), "w") as tar:
            tar.addfile(info, io.BytesIO(data))

    async def start(self, timeout):
        if self.state != "down":
            raise NodeError(f"{self.node.name} is {self.state}")
        self.state = "booting"
        self.ready = asyncio.get_running_loop().create_future()
        try:
            await self.spawn()
            await asyncio.wait_for(self.ready, timeout)
            await self.set_up(timeout)
        except (OSError, asyncio.TimeoutError, NodeError) as e:
            await self.kill()
            why = "no sign of life" if isinstance(e, asyncio.TimeoutError) else str(e)
            raise NodeError(f"{self.node.name} did not come up: {why}\n{self.tail()}") from e
        self.state = "up"

    async def spawn(self):
        # A new machine each time: nothing that an intruder left comes back.
        if os.path.exists(self.disk):
            os.unlink(self.disk)
        if self.node.image:
            self.write_identity()
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        theirs.setblocking(False)
        try:
            self.process = await asyncio.create_subprocess_exec(
                *self.containment(), *self.arguments(theirs.fileno()),
                stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT, pass_fds=(theirs.fileno(),))
        finally:
            theirs.close()
        reader, self.channel = await asyncio.open_connection(sock=ours)
        self.tasks = [asyncio.ensure_future(self.follow_console()),
                      asyncio.ensure_future(self.follow_agent(reader))]

    async def set_up(self, timeout):
        if self.node.modules:
            await self.must("load modules",
                            "; ".join(f"insmod $CLPS_MODDIR/{shlex.quote(m)}.ko || exit 1"
                                      for m in self.node.modules), timeout)
        if self.node.setup:
            script, *args = self.node.setup
            await self.must("setup", shlex.join(["/run/clps/files/" + script, *args]), timeout)

    async def must(self, what, command, timeout):
        job = self.run(command)
        status = await asyncio.wait_for(self.jobs[job], timeout)
        if status != 0:
            with open(self.output(job), encoding="utf-8", errors="replace") as f:
                raise NodeError(f"{what} failed: {f.read().strip()}")

    # Watching

    async def follow_console(self):
        seen = b""
        with open(os.path.join(self.dir, "console"), "ab", buffering=0) as log:
            while data := await self.process.stdout.read(4096):
                log.write(data)
                seen = (seen + data)[-4096:]
                if self.node.image and CONSOLE_MARK in seen and not self.ready.done():
                    self.ready.set_result(True)
        await self.process.wait()
        self.gone()

    async def follow_agent(self, reader):
        try:
            while line := await reader.readline():
                self.agent_says(line.decode(errors="replace").split())
        except (OSError, ValueError):
            pass

    def agent_says(self, words):
        if words == ["ready"] and not self.ready.done():
            self.ready.set_result(True)
        elif len(words) == 3 and words[0] == "done" and words[1] in self.jobs:
            if not self.jobs[words[1]].done() and words[2].isdigit():
                self.jobs[words[1]].set_result(int(words[2]))

    def gone(self):
        self.state = "down"
        if not self.ready.done():
            self.ready.set_exception(NodeError("its kernel ended"))
        for job in self.jobs.values():
            if not job.done():
                job.set_result(125)
        self.channel.close()

    def tail(self):
        try:
            with open(os.path.join(self.dir, "console"), encoding="utf-8", errors="replace") as f:
                return "".join(f.readlines()[-8:])
        except OSError:
            return ""

    # Jobs

    def output(self, job):
        return os.path.join(self.dir, "jobs", job + ".out")

    def run(self, command):
        """Start a shell command; its status comes in self.jobs[the result]."""
        if self.node.image:
            raise NodeError(f"{self.node.name} is a honeypot: nothing runs there but what came by wire")
        if self.channel is None or self.state == "down":
            raise NodeError(f"{self.node.name} is down")
        self.next_job += 1
        job = str(self.next_job)
        with open(os.path.join(self.dir, "jobs", job + ".sh"), "w", encoding="utf-8") as f:
            # Its session is what ends it.
            f.write('echo $$ > "${0%.sh}.pid"; ' + command + "\n")
        self.jobs[job] = asyncio.get_running_loop().create_future()
        self.channel.write(f"run {job}\n".encode())
        return job

    def kill_job(self, job):
        if not self.jobs[job].done():
            self.channel.write(f"kill {job}\n".encode())

    # Ending

    def first_process(self):
        """The first process of the UML's namespace, or None."""
        pid = self.process.pid
        try:
            with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
                children = f.read().split()
        except OSError:
            return None
        return int(children[0]) if children else None

    async def kill(self):
        """SIGKILL to all of it; returns when nothing of it is left."""
        if self.process is None:
            return
        while self.process.returncode is None:
            first = self.first_process()
            try:
                os.kill(first or self.process.pid, 9)
            except ProcessLookupError:
                pass
            try:
                await asyncio.wait_for(self.process.wait(), 0.2)
            except asyncio.TimeoutError:
                continue
        await asyncio.gather(*self.tasks, return_exceptions=True)
        self.state = "down"

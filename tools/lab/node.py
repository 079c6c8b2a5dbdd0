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
import subprocess
import sys
import tarfile

import plain

CONSOLE_MARK = b" login:"
# Of a honeypot's console: who is root in it may write for ever.
CONSOLE_LIMIT, CONSOLE_PAUSE = 256 << 10, 0.05
# Of what a honeypot's process may write to, what is not its disk, in MiB.
OWN_SLACK = 8
HERE = os.path.dirname(os.path.abspath(__file__))


class NodeError(Exception):
    """What was asked of a node cannot be had."""


def remove(path):
    """Whatever is there, however deep; NodeError if it cannot be had away.

    By rm: Python's own way ends at the depth of its stack, or of its descriptors.
    """
    done = subprocess.run(["rm", "-rf", "--one-file-system", "--", path],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode or os.path.lexists(path):
        raise NodeError(f"cannot remove '{path}': {done.stdout.strip()[:200]}")


def make(path, text):
    """A file in a directory that a node writes to: what it put there is not followed."""
    try:
        fd = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    except OSError as e:
        raise NodeError(f"cannot make '{path}': {e.strerror}") from e
    with open(fd, "w", encoding="utf-8") as f:
        f.write(text)


def child_of(pid):
    """Its first child, or None."""
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
            children = f.read().split()
    except OSError:
        return None
    return int(children[0]) if children else None


class NodeRunner:
    """Starts, talks to and kills the UML of one topology.Node.

    Honeypots run in a jail (jail.py), as @uid if that is not -1, others in a cell
    (cell.py). @cables has the directory of each cable, by number; @fellows are all nodes.
    """

    def __init__(self, node, rundir, builds, cpu, uid, cables, fellows):
        self.node = node
        self.dir = os.path.join(rundir, node.name)
        self.own = os.path.join(self.dir, "own")
        self.uid = uid
        self.cables = cables
        self.fellows = fellows
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
        # Of an earlier laboratory in the same place nothing stays.
        remove(self.dir)
        os.makedirs(os.path.join(self.dir, "jobs"))
        if node.image:
            self.make_cables()

    def make_cables(self):
        """The directory of all cables that it will ever have: its jail is closed."""
        path = os.path.join(self.dir, "cables")
        os.mkdir(path, 0o710)
        if self.uid >= 0:
            os.chown(path, 0, self.uid)

    # Starting

    def containment(self):
        user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
        # The shell is the namespace's first process: signals that a first
        # process would not feel still reach UML.
        return (["taskset", "-c", str(self.cpu), "setpriv", "--pdeathsig", "KILL",
                 "unshare", *user, "--pid", "--fork", "--kill-child=KILL",
                 "sh", "-c", '"$@"; exit $?', "sh", "setarch", "-R"])

    def jail(self):
        kernel = self.builds["kernel", self.node.kernel]
        yield from (sys.executable, os.path.join(HERE, "jail.py"),
                    "--root", os.path.join(self.dir, "root"), f"--uid={self.uid}",
                    "--memory", self.node.memory.rstrip("M"), "--own", str(self.own_size()),
                    *(["--unlimited"] if self.node.kernel == "debug" else []),
                    f"{kernel}/linux:m/linux", f"{self.builds['image']}:m/image",
                    f"{self.dir}/identity.tar:m/identity", f"{self.dir}/cables:cables", "--")

    def own_size(self):
        """In MiB: room for all of the disk to be written, and for UML's files."""
        return (os.stat(self.builds["image"]).st_size >> 20) + OWN_SLACK

    def plug(self, card):
        """What its UML must be told of a card: its end of the cable."""
        role, cable = self.node.cards[card]
        path = f"/cables/{cable}" if self.node.image else self.cables[cable]
        return f"{card}={role}:{path}/socket"

    def cell(self):
        """What it sees of a machine whose other files it can only read."""
        yield from (sys.executable, os.path.join(HERE, "cell.py"), "--own", self.own,
                    "--memory", self.node.memory.rstrip("M"))
        if self.node.host_nics or self.node.host_taps:
            yield "--net-raw"
        modules = self.builds.get(("modules", self.node.kernel))
        shown = [self.builds["top"], self.builds["files"],
                 self.builds["kernel", self.node.kernel], *([modules] if modules else []),
                 # Sockets come and go here; but those of the laboratory's own orders.
                 f"{self.rundir}:rw", f"{self.rundir}/control:null",
                 *(f.dir for f in self.fellows),
                 *(f"{f.dir}/cables:rw" for f in self.fellows if f.node.image),
                 f"{self.own}:rw", f"{self.dir}/jobs:rw",
                 *(["/dev/net/tun:dev"] if self.node.host_taps else [])]
        for path in shown:
            yield from ("--show", path)
        yield "--"

    def cards(self):
        mac = self.node.identity.get("mac")
        for card in self.node.cards:
            yield self.plug(card) + (f",mac={mac}" if mac else "")
        for card, nic in self.node.host_nics.items():
            yield f"{card}:transport=raw,ifname={nic},depth=128,gro=1"
        for card, tap in self.node.host_taps.items():
            yield f"{card}:transport=tap,ifname={tap},depth=128,gro=1"

    def common(self, own):
        return [f"mem={self.node.memory}", f"uml_dir={own}/", "umid=uml", "con=null",
                "con0=null,fd:1", "ssl=null", "random.trust_cpu=on", *self.cards()]

    def honeypot(self):
        """In the jail: what the guest's /proc/cmdline shows says nothing of the host."""
        return [*self.jail(), "/m/linux", *self.common("/own"),
                "panic=1", "ubd0=/own/disk,/m/image", "ubd1r=/m/identity",
                "root=/dev/ubda", "rootfstype=ext4", "rw", "init=/sbin/init"]

    def arguments(self, agent_fd):
        kernel = self.builds["kernel", self.node.kernel]
        return [*self.cell(), os.path.join(kernel, "linux"), *self.common(self.own),
                       "panic=1", f"ssl0=fd:{agent_fd}", "root=/dev/root", "rootfstype=hostfs",
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
        path = os.path.join(self.dir, "identity.tar")
        with tarfile.open(path, "w") as tar:
            tar.addfile(info, io.BytesIO(data))
        os.chmod(path, 0o600)
        if self.uid >= 0:
            os.chown(path, self.uid, self.uid)

    async def start(self, timeout):
        if self.state != "down":
            raise NodeError(f"{self.node.name} is {self.state}")
        self.state = "booting"
        self.ready = asyncio.get_running_loop().create_future()
        try:
            await self.spawn()
            await asyncio.wait_for(self.ready, timeout)
            await self.set_up(timeout)
        except Exception as e:  # of whatever kind: it is down, and can be started again
            await self.kill()
            why = "no sign of life" if isinstance(e, asyncio.TimeoutError) else str(e)
            raise NodeError(f"{self.node.name} did not come up: {why}\n{self.tail()}") from e
        self.state = "up"

    def make_own(self):
        """A new machine each time; what a honeypot wrote went with its jail."""
        if self.node.image:
            os.makedirs(os.path.join(self.dir, "root"), exist_ok=True)
            return
        remove(self.own)
        os.mkdir(self.own, 0o700)

    def where(self):
        """The directory that its UML writes to, for who may look into a jail."""
        if self.state == "down":
            raise NodeError(f"{self.node.name} is down")
        if not self.node.image:
            return self.own
        first = self.first_process()
        uml = first and child_of(first)
        if not uml:
            raise NodeError(f"{self.node.name} is {self.state}")
        return f"/proc/{uml}/root/own"

    async def spawn(self):
        self.make_own()
        if self.node.image:
            self.write_identity()
            self.process = await self.launch(self.honeypot(), ())
            self.tasks = [asyncio.ensure_future(self.follow_console())]
            return
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        theirs.setblocking(False)
        try:
            self.process = await self.launch(self.arguments(theirs.fileno()),
                                             (theirs.fileno(),))
        finally:
            theirs.close()
        reader, self.channel = await asyncio.open_connection(sock=ours)
        self.tasks = [asyncio.ensure_future(self.follow_console()),
                      asyncio.ensure_future(self.follow_agent(reader))]

    async def launch(self, arguments, descriptors):
        # The umask: a cable's other end may be of its directory's group.
        return await asyncio.create_subprocess_exec(
            *self.containment(), *arguments, stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
            pass_fds=descriptors, umask=0o007)

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
            with open(os.open(self.output(job), os.O_RDONLY | os.O_NOFOLLOW),
                      encoding="utf-8", errors="replace") as f:
                raise NodeError(f"{what} failed: {f.read().strip()}")

    # Watching

    async def follow_console(self):
        seen = b""
        with open(os.path.join(self.dir, "console"), "ab", buffering=0) as log:
            while data := await self.process.stdout.read(4096):
                self.log_console(log, data)
                if self.node.image and log.tell() >= CONSOLE_LIMIT:
                    # Who goes on waits for us, not we for him.
                    await asyncio.sleep(CONSOLE_PAUSE)
                seen = (seen + data)[-4096:]
                if self.node.image and CONSOLE_MARK in seen and not self.ready.done():
                    self.ready.set_result(True)
        await self.process.wait()
        self.gone()

    def log_console(self, log, data):
        """What root in a honeypot writes is harmless to look at, and no more than so much."""
        if not self.node.image:
            log.write(data)
            return
        left = CONSOLE_LIMIT - log.tell()
        if left > 0:
            log.write(plain.clean(data[:left]))
            if len(data) >= left:
                log.write(b"\n(the console's log is full)\n")

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
        if self.channel:
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
        # Its session is what ends it.
        make(os.path.join(self.dir, "jobs", job + ".sh"),
             'echo $$ > "${0%.sh}.pid"; ' + command + "\n")
        # The reader must find the file that the node has yet to open.
        make(self.output(job), "")
        self.jobs[job] = asyncio.get_running_loop().create_future()
        self.channel.write(f"run {job}\n".encode())
        return job

    def kill_job(self, job):
        if not self.jobs[job].done():
            self.channel.write(f"kill {job}\n".encode())

    # Ending

    def first_process(self):
        """The first process of the UML's namespace, or None."""
        return child_of(self.process.pid)

    async def kill(self):
        """SIGKILL to all of it; returns when nothing of it is left."""
        while self.process and self.process.returncode is None:
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

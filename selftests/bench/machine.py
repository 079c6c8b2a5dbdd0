# SPDX-License-Identifier: GPL-2.0-only
"""The machine of selftests/bench/icount, for programs that read what its script prints."""

import os
import subprocess
import sys

import metrics

HERE = os.path.dirname(os.path.abspath(__file__))


def run(*words):
    """icount WORDS: what the script printed."""
    done = subprocess.run(["setpriv", "--pdeathsig", "TERM", os.path.join(HERE, "icount"), *words],
                          stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        give_up(done.stdout)
    return done.stdout


def give_up(printed):
    """There is less than was asked for."""
    sys.exit(f"{os.path.basename(sys.argv[0])}: the machine did not count all:\n{printed}")


def build(*targets):
    """Make these targets of userspace/."""
    subprocess.run(["make", "-s", "-C", os.path.join(metrics.TOP, "userspace"), *targets],
                   stdout=sys.stderr, check=True)

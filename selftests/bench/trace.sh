#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Runs in the machine of selftests/bench/icount --trace: packets of SIZE bytes over CHAIN
# in the direction WAY, then what is where in the kernel.
set -eu
# shellcheck source=selftests/bench/chains.bash
. /clps/chains.bash
sysctl -qw net.core.bpf_jit_kallsyms=1

chain_up "$CHAIN"
# shellcheck disable=SC2086
echo "packets $(packets "$SIZE" 100 intruder $INTRUDER guest $V ${WAY#there})"
# Code alone.
sed -nE 's/^([0-9a-f]+) [tTwW] /\1 /p' /proc/kallsyms | gzip | base64

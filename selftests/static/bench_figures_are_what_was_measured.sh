#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What the bench reads is what its programs printed, a measurement that failed is none,
# and each half of it adds its figures to those of the other.
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=selftests/lib/ktap.sh
. "$here/../lib/ktap.sh"

says() { python3 "$here/bench_figures.py" "$1"; }

ktap_start 11
ktap_check "bytes and nanoseconds make Gbit/s, nothing else does" says gbit
ktap_check "a percentile is a value that was there" says percentile
ktap_check "round trips are in microseconds, and few are lost" says round_trips
ktap_check "what was lost of a flood is not in its rate" says flood
ktap_check "a frame's mean length is that of what passed meanwhile" says frame_sizes
ktap_check "the median of the turns counts" says medians
ktap_check "counts are read where there are four" says counts
ktap_check "what does not repeat, or hides in the mean, is no count" says repeated
ktap_check "what the bench is there for is missed where it is no figure" says wanted
ktap_check "an aim is missed by a little, too" says aims
ktap_check "figures are added to those that are there" says merge
ktap_end

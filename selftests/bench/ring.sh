#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Runs in the machine of selftests/bench/icount: what the ring's driver takes of bursts of
# BURSTS packets, of each of SIZES, by the module ringcost. For each a line, twice:
#
#   SIZE BURST DOORBELLS SAMPLES MEDIAN MEAN MIN MAX
set -eu
figures=/sys/module/ringcost/parameters

# count SIZE BURST
count() {
	insmod /clps/ringcost.ko size="$1" burst="$2"
	echo "$1 $2 $(cat $figures/doorbells $figures/count $figures/costs | tr ',\n' '  ')"
	rmmod ringcost
}

for size in $SIZES; do
	for burst in $BURSTS; do
		echo "# $size bytes, $burst at once"
		count "$size" "$burst"
		count "$size" "$burst"
	done
done

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Runs in the machine of selftests/bench/icount: for each of CHAINS, each of SIZES and
# each direction a line, twice:
#
#   CHAIN SIZE there|back MEDIAN MEAN MIN MAX
set -eu
# shellcheck source=selftests/bench/chains.bash
. /clps/chains.bash

# count CHAIN SIZE WAY
count() {
	local figures

	# No word where there is none to say.
	# shellcheck disable=SC2086
	figures=$(packets "$2" "${COUNT:-2000}" intruder $INTRUDER guest $V ${3#there})
	echo "$1 $2 $3 $figures"
}

for chain in $CHAINS; do
	echo "# $chain"
	chain_up "$chain"
	for size in $SIZES; do
		for way in there back; do
			count "$chain" "$size" $way
			count "$chain" "$size" $way
		done
	done
	chain_down
done

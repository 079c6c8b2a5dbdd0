#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml stock
# TIMEOUT: 120
# Arguments that a program fills with more than the kernel looks at deceive nobody: upper
# halves of registers, and more buffers than anyone would follow with preemption off, of
# which the true length is recorded all the same. Topology: selftests/netns/sense.bash.
# shellcheck source=selftests/netns/sense.bash
. "$CLPS_ROOT/selftests/netns/sense.bash"

dir=${RECORDS%/*}

# did WAY: it says itself whether the kernel took it.
did() { timeout 20 senseways "$1" "$dir/file"; }

# A UML runs no 32-bit programs.
ia32=1
! grep -q 'User Mode Linux' /proc/cpuinfo || ia32=
# Of messages the first is looked at to its end, and no other.
claims=(
	"flags are recorded as those of 32 bits" 'has(.rec == "open" and .call == "open" and
		.path == "\($dir)/file" and .comm == "senseways" and .flags == 0)'
	"the number of bytes is recorded, and what a bounded look finds" 'has(.rec == "write" and
		.call == "sendmmsg" and .comm == "senseways" and .result > 1 and .data == "x")')
[ -z "$ia32" ] || claims+=(
	"the data of a 32-bit call is recorded" 'has(.rec == "write" and .comm == "senseways" and
		.result == 17 and .data == "with upper halves")')

ktap_start $((ia32 ? 7 : 5))
sense_load && sense_read || exit 1
echo data > "$dir/file"
ktap_check "flags of 64 bits open a file" did high_open
ktap_check "messages of 1024 buffers are sent" did empty_vectors
[ -z "$ia32" ] || ktap_check "a 32-bit call has upper halves" did high_ia32
sense_caught_up || exit 1
sense_claims "${claims[@]}"
ktap_check "nothing stays behind" check_leaks
ktap_end

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

# A UML runs no 32-bit programs.
ia32=1
! grep -q 'User Mode Linux' /proc/cpuinfo || ia32=

# did WAY: it says itself whether the kernel took it.
did() { timeout 20 senseways "$1" "$dir/file"; }

ktap_start $((ia32 ? 7 : 5))
sense_load && sense_read || exit 1
echo data > "$dir/file"
ktap_check "flags of 64 bits open a file" did high_open
ktap_check "and are recorded as those of 32" sense_said \
	".rec == \"open\" and .call == \"open\" and .path == \"$dir/file\" and .comm == \"senseways\" and .flags == 0"
ktap_check "messages of 1024 buffers are sent" did empty_vectors
# The first is looked at to its end, and no other.
ktap_check "their number of bytes is recorded, and what a bounded look finds" sense_said \
	'.rec == "write" and .call == "sendmmsg" and .comm == "senseways" and .result > 1 and .data == "x"'
if [ "$ia32" ]; then
	ktap_check "a 32-bit call has upper halves" did high_ia32
	ktap_check "and its data is recorded" sense_said \
		'.rec == "write" and .comm == "senseways" and .result == 17 and .data == "with upper halves"'
fi
ktap_check "nothing stays behind" check_leaks
ktap_end

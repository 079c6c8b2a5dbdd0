#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml stock
# TIMEOUT: 180
# A secret that is read by read(), pread(), readv(), preadv(), preadv2(), mmap(), splice(),
# sendfile(), copy_file_range(), io_uring or a 32-bit call leaves a record that names it,
# beside that of its being opened. Topology: selftests/netns/sense.bash.
# shellcheck source=selftests/netns/sense.bash
. "$CLPS_ROOT/selftests/netns/sense.bash"

dir=${RECORDS%/*}
ways="read pread64 readv preadv preadv2 mmap splice sendfile copy_file_range"
# Our UML has no io_uring, and runs no 32-bit programs. Debian's kernels have to.
more=0
if ! grep -q 'User Mode Linux' /proc/cpuinfo; then
	ways+=" io_uring io_uring_fixed io_uring_alone read_ia32 readv_ia32"
	more=1
fi

# names RECORD WAY [MORE]: that such a record has the secret's name is to be claimed.
names() { claims+=("$2 names the file" "has(.rec == \"$1\" and (.path // .in_path) == \"$dir/secret.$2\"${3:-})"); }

set -- $ways
ktap_start $((2 * $# + 2 + more))
sense_load && sense_read || exit 1
for way in $ways; do
	echo "the secret of $way" > "$dir/secret.$way"
	ktap_check "$way reads" timeout 20 senseways "$way" "$dir/secret.$way"
done
sense_caught_up || exit 1
claims=()
for way in $ways; do
	case $way in
	mmap) names mmap "$way" ;;
	splice|sendfile|copy_file_range) names copy "$way" " and .call == \"$way\"" ;;
	io_uring*) names uring_op "$way" ;;
	*) names read "$way" " and .call == \"${way%_ia32}\"" ;;
	esac
done
# Opened by io_uring, and read by a call.
[ $more = 0 ] || names read io_uring_alone
names read read " and .inode == $(stat -c %i "$dir/secret.read") and .dev == $(stat -c %d "$dir/secret.read") and
	.comm == \"senseways\" and .result == 16"
sense_claims "${claims[@]}"
ktap_check "nothing stays behind" check_leaks
ktap_end

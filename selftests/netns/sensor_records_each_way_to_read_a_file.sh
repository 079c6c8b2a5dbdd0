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
grep -q 'User Mode Linux' /proc/cpuinfo ||
	ways+=" io_uring io_uring_fixed io_uring_alone read_ia32 readv_ia32"

# names RECORD WAY [MORE]: such a record has the secret's name.
names() { sense_said ".rec == \"$1\" and (.path // .in_path) == \"$dir/secret.$2\"${3:-}"; }

# The same, told by its inode, device and by who it was.
as_stat_has_it() {
	local ino dev

	ino=$(stat -c %i "$dir/secret.read")
	dev=$(stat -c %d "$dir/secret.read")
	names read read " and .inode == $ino and .dev == $dev and .comm == \"senseways\" and .result == 16"
}

set -- $ways
ktap_start $((2 * $# + 2))
sense_load && sense_read || exit 1
for way in $ways; do
	echo "the secret of $way" > "$dir/secret.$way"
	ktap_check "$way reads" timeout 20 senseways "$way" "$dir/secret.$way"
	case $way in
	mmap) ktap_check "$way names the file" names mmap "$way" ;;
	splice|sendfile|copy_file_range)
		ktap_check "$way names the file" names copy "$way" " and .call == \"$way\"" ;;
	io_uring_alone)
		ktap_check "$way names the file twice" eval \
			"names uring_op $way && names read $way" ;;
	io_uring*) ktap_check "$way names the file" names uring_op "$way" ;;
	*) ktap_check "$way names the file" names read "$way" " and .call == \"${way%_ia32}\"" ;;
	esac
done
ktap_check "device, inode, length and program are right" as_stat_has_it
ktap_check "nothing stays behind" check_leaks
ktap_end

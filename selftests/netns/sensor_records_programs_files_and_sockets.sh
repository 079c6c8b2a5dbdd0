#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml stock
# TIMEOUT: 240
# Each thing that a program does leaves its record, with what it was done to: programs with
# their arguments, processes, files that are there and that are not, sockets with both
# addresses, modules, a terminal's size; not what nobody wants to know, and not what the
# reader does. Topology: selftests/netns/sense.bash.
# shellcheck source=selftests/netns/sense.bash
. "$CLPS_ROOT/selftests/netns/sense.bash"

dir=${RECORDS%/*}

# A child of a shell that ends with 7: whose child is known by fork() and exec().
known_child() {
	local child

	sense_said '.rec == "exit" and .code == 7 * 256 and .last == 1' || return 1
	child=$(sense_query 'first(records | select(.rec == "exit" and .code == 7 * 256) | .pid)')
	sense_has ".rec == \"fork\" and .child_pid == $child and .pid == $$" &&
		sense_has ".rec == \"exec\" and .pid == $child and .ppid == $$"
}

dull() {
	sense_caught_up || return 1
	sense_has '.rec == "exec" and .comm == "dd" and (.args | split("\u0000") | index("bs=1"))' || return 1
	! sense_has '(.rec == "read" or .rec == "write") and .comm == "dd" and .kind == "char"'
}

# The reader has read 100 records by now, and written files.
reader_is_not_there() { ! sense_has ".pid == $READER and .rec != \"fork\" and .rec != \"start\" and .seq > $first"; }

inet='.remote == "127.0.0.1:4711"'
ktap_start 19
sense_load && sense_read || exit 1
sense_caught_up
first=$(sense_counter sense "" records)

cat > "$dir/script" <<-'END'
	import ctypes, os, socket, sys, fcntl, termios, struct, pty
	d = sys.argv[1]
	s = socket.socket()
	s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
	s.bind(("127.0.0.1", 4711))
	s.listen(5)
	c = socket.create_connection(("127.0.0.1", 4711))
	a, _ = s.accept()
	c.sendmsg([b"sent ", b"message"])
	a.recv(100)
	d6 = socket.socket(socket.AF_INET6)
	try:
	    d6.connect(("::ffff:127.0.0.1", 4712))
	except OSError:
	    pass
	u = socket.socket(socket.AF_UNIX)
	u.bind(d + "/unix")
	u.listen(1)
	v = socket.socket(socket.AF_UNIX)
	v.connect(d + "/unix")
	w = socket.socket(socket.AF_UNIX)
	w.bind(b"\0abstract\0name")
	m, n = pty.openpty()
	fcntl.ioctl(n, termios.TIOCSWINSZ, struct.pack("4H", 33, 111, 0, 0))
	r, p = os.pipe()
	os.writev(p, [b"piece one,", b"piece two"])
	os.read(r, 100)
	# rmmod asks only for what is there.
	ctypes.CDLL(None).syscall(176, b"no_such_module", 0)
	os.chroot(d)
END
echo data > "$dir/file"
bash -c 'exec sh -c "exit 7" "an argument" "another one"'
cat "$dir/file" "$dir/missing" > "$dir/copy" 2> /dev/null
dd if=/dev/zero of=/dev/null bs=1 count=300 2> /dev/null
python3 "$dir/script" "$dir"

ktap_check "exec has its arguments" sense_said \
	'.rec == "exec" and (.args | endswith("exit 7\u0000an argument\u0000another one\u0000")) and .argc == 5 and .env_size > 0'
ktap_check "a child is known from fork to exit" known_child
ktap_check "a file that was opened has its path" sense_said \
	".rec == \"open\" and .path == \"$dir/file\" and .kind == \"regular\" and .result > 2"
ktap_check "one that was not is there as it was given" sense_said \
	".rec == \"open\" and .path == \"$dir/missing\" and .result == -2"
ktap_check "the first write to a file names it" sense_said \
	".rec == \"write\" and .path == \"$dir/file\" and .result == 5 and .data == \"\""
ktap_check "a copy within the kernel names both files" sense_said ".rec == \"copy\" and .result == 5 and
	.call == \"copy_file_range\" and .in_path == \"$dir/file\" and .out_path == \"$dir/copy\""
ktap_check "bind and listen have the address" eval "
	sense_said '.rec == \"bind\" and .local == \"127.0.0.1:4711\" and .result == 0' &&
	sense_said '.rec == \"listen\" and .local == \"127.0.0.1:4711\" and .backlog == 5'"
ktap_check "connect has both ends" sense_said \
	".rec == \"connect\" and $inet and (.local | startswith(\"127.0.0.1:\")) and .protocol == 6 and .result == 0"
ktap_check "accept has both ends" sense_said \
	'.rec == "accept" and .local == "127.0.0.1:4711" and (.remote | startswith("127.0.0.1:"))'
ktap_check "what failed to connect has whereto, IPv4 as IPv4" sense_said \
	'.rec == "connect" and .remote == "127.0.0.1:4712" and .result == -111'
ktap_check "Unix sockets have their paths" eval "
	sense_said '.rec == \"bind\" and .local == \"$dir/unix\"' &&
	sense_said '.rec == \"connect\" and .remote == \"$dir/unix\" and .result == 0' &&
	sense_said '.rec == \"bind\" and .local == \"\\u0000abstract\\u0000name\"'"
ktap_check "a message in pieces is whole" sense_said \
	'.rec == "write" and .call == "sendmsg" and .data == "sent message" and .result == 12'
ktap_check "and so it was read" sense_said \
	'.rec == "read" and .call == "recvfrom" and .kind == "socket" and .data == "sent message"'
ktap_check "a pipe has what went through, from a vector" eval "
	sense_said '.rec == \"write\" and .call == \"writev\" and .kind == \"pipe\" and .data == \"piece one,piece two\"' &&
	sense_said '.rec == \"read\" and .kind == \"pipe\" and .data == \"piece one,piece two\"'"
ktap_check "a terminal's size is told" sense_said '.rec == "winsize" and .rows == 33 and .columns == 111'
ktap_check "a module that somebody would remove is named" sense_said \
	'.rec == "module" and .call == "delete_module" and .name == "no_such_module" and .result < 0'
ktap_check "bytes of /dev/zero leave nothing" dull
ktap_check "what the reader does is not recorded" reader_is_not_there
ktap_check "nothing stays behind" check_leaks
ktap_end

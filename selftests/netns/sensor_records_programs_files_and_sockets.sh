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

sense_caught_up || exit 1
# The reader has read 100 records by now, and written files.
sense_claims \
	"exec has its arguments" 'has(.rec == "exec" and .argc == 5 and .env_size > 0 and
		(.args | endswith("exit 7\u0000an argument\u0000another one\u0000")))' \
	"a child is known from fork to exit" '
		[$all[] | select(.rec == "exit" and .code == 7 * 256 and .last == 1) | .pid][0] as $child |
		has(.rec == "fork" and .child_pid == $child and .pid == '$$') and
		has(.rec == "exec" and .pid == $child and .ppid == '$$')' \
	"a file that was opened has its path" 'has(.rec == "open" and .path == "\($dir)/file" and
		.kind == "regular" and .result > 2)' \
	"one that was not is there as it was given" 'has(.rec == "open" and
		.path == "\($dir)/missing" and .result == -2)' \
	"the first write to a file names it" 'has(.rec == "write" and .path == "\($dir)/file" and
		.result == 5 and .data == "")' \
	"a copy within the kernel names both files" 'has(.rec == "copy" and .result == 5 and
		.call == "copy_file_range" and .in_path == "\($dir)/file" and .out_path == "\($dir)/copy")' \
	"bind and listen have the address" '
		has(.rec == "bind" and .local == "127.0.0.1:4711" and .result == 0) and
		has(.rec == "listen" and .local == "127.0.0.1:4711" and .backlog == 5)' \
	"connect has both ends" 'has(.rec == "connect" and .remote == "127.0.0.1:4711" and
		(.local | startswith("127.0.0.1:")) and .protocol == 6 and .result == 0)' \
	"accept has both ends" 'has(.rec == "accept" and .local == "127.0.0.1:4711" and
		(.remote | startswith("127.0.0.1:")))' \
	"what failed to connect has whereto, IPv4 as IPv4" 'has(.rec == "connect" and
		.remote == "127.0.0.1:4712" and .result == -111)' \
	"Unix sockets have their paths" '
		has(.rec == "bind" and .local == "\($dir)/unix") and
		has(.rec == "connect" and .remote == "\($dir)/unix" and .result == 0) and
		has(.rec == "bind" and .local == "\u0000abstract\u0000name")' \
	"a message in pieces is whole" 'has(.rec == "write" and .call == "sendmsg" and
		.data == "sent message" and .result == 12)' \
	"and so it was read" 'has(.rec == "read" and .call == "recvfrom" and .kind == "socket" and
		.data == "sent message")' \
	"a pipe has what went through, from a vector" '
		has(.rec == "write" and .call == "writev" and .kind == "pipe" and .data == "piece one,piece two") and
		has(.rec == "read" and .kind == "pipe" and .data == "piece one,piece two")' \
	"a terminal's size is told" 'has(.rec == "winsize" and .rows == 33 and .columns == 111)' \
	"a module that somebody would remove is named" 'has(.rec == "module" and
		.call == "delete_module" and .name == "no_such_module" and .result < 0)' \
	"bytes of /dev/zero leave nothing" '
		has(.rec == "exec" and .comm == "dd" and (.args | split("\u0000") | index("bs=1"))) and
		(has((.rec == "read" or .rec == "write") and .comm == "dd" and .kind == "char") | not)' \
	"what the reader does is not recorded" 'has(.pid == '"$READER"' and .rec != "fork" and
		.rec != "start" and .seq > '"$first"') | not'
ktap_check "nothing stays behind" check_leaks
ktap_end

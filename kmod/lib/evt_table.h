/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a sensor in a guest may say: the one list of records and their fields, compiled into
 * the sensor and into every reader.
 *
 * Records live for years in databases, and guests are not updated with their center. So
 * the list only grows: a new record takes a new number, a new field goes behind the last of
 * its record, and nothing that is here is ever changed or taken away
 * (selftests/static/sensor_table_only_grows.sh). A reader passes over records and fields
 * that it does not know, and takes fields that an older sensor did not send for absent.
 *
 * CLPS_EVTS(X)           X(name, number, text)
 * CLPS_EVT_FIELDS_name(F)  F(record, name, type, text)
 *
 * Kinds and calls are numbers of &enum clps_evt_file_kind and &enum clps_evt_call. Results
 * are what the system call returned: a negative one is an errno, a length is the true one,
 * however much of the data was captured. Paths are as seen from the root of the process, device
 * and inode say which file it is.
 */
#ifndef CLPS_LIB_EVT_TABLE_H
#define CLPS_LIB_EVT_TABLE_H

#define CLPS_EVTS(X)								\
	X(start,	1,	"the sensor began; numbers count from here")	\
	X(gap,		2,	"records that the sensor could not keep")	\
	X(read,		3,	"read from a file, or from a regular one for the first time") \
	X(write,	4,	"written to a file, or to a regular one for the first time") \
	X(open,		5,	"a file was opened, or was not")		\
	X(exec,		6,	"a program was started")			\
	X(fork,		7,	"a process or thread was made")			\
	X(exit,		8,	"a process or thread ended")			\
	X(socket,	9,	"a socket was made")				\
	X(connect,	10,	"a socket was connected")			\
	X(accept,	11,	"a connection was accepted")			\
	X(bind,		12,	"a socket was given an address")		\
	X(listen,	13,	"a socket waits for connections")		\
	X(module,	14,	"a kernel module was loaded or removed")	\
	X(ptrace,	15,	"a process looked into another")		\
	X(bpf,		16,	"bpf() was called")				\
	X(uring_setup,	17,	"an io_uring was made")				\
	X(uring_op,	18,	"an io_uring was told to do something")		\
	X(mmap,		19,	"a file was mapped")				\
	X(copy,		20,	"data went from file to file within the kernel") \
	X(winsize,	21,	"a terminal has another size")			\
	X(message,	22,	"a message went to an address, or came from one")

#define CLPS_EVT_FIELDS_start(F)						\
	F(start, version,	U32,	"of the sensor")			\
	F(start, boot_id,	BYTES,	"16 bytes; which start of the sensor")	\
	F(start, release,	STR,	"of the guest's kernel")		\
	F(start, uptime,	U64,	"nanoseconds since the guest booted")		\
	F(start, data_limit,	U32,	"bytes captured of one call at most")

#define CLPS_EVT_FIELDS_gap(F)							\
	F(gap, first,		U64,	"number of the first that is missing")	\
	F(gap, count,		U64,	"how many")

/* Of both directions. */
#define CLPS_EVT_FIELDS_io(F, record)						\
	F(record, call,		U16,	"which system call")			\
	F(record, fd,		S32,	"descriptor")				\
	F(record, kind,		U8,	"of the file")				\
	F(record, dev,		U32,	"its device, or that of a tty")		\
	F(record, inode,	U64,	"its inode")				\
	F(record, result,	S64,	"bytes, or an error")			\
	F(record, data,		BYTES,	"what of them was captured")		\
	F(record, path,		STR,	"of a regular file")			\
	F(record, flags,	U32,	"MSG_* of a socket's")

#define CLPS_EVT_FIELDS_read(F)		CLPS_EVT_FIELDS_io(F, read)
#define CLPS_EVT_FIELDS_write(F)	CLPS_EVT_FIELDS_io(F, write)

#define CLPS_EVT_FIELDS_open(F)							\
	F(open, call,		U16,	"which system call")			\
	F(open, result,		S32,	"descriptor, or an error")		\
	F(open, flags,		U64,	"O_*")					\
	F(open, mode,		U32,	"permissions of a new file")		\
	F(open, kind,		U8,	"of the file")				\
	F(open, dev,		U32,	"its device")				\
	F(open, inode,		U64,	"its inode")				\
	F(open, path,		STR,	"resolved; as it was given, on an error")

#define CLPS_EVT_FIELDS_exec(F)							\
	F(exec, path,		STR,	"of the program")			\
	F(exec, dev,		U32,	"its device")				\
	F(exec, inode,		U64,	"its inode")				\
	F(exec, argc,		U32,	"number of arguments")			\
	F(exec, args_size,	U64,	"bytes of all arguments, with their NULs") \
	F(exec, args,		BYTES,	"what of them was captured, NUL behind each") \
	F(exec, env_size,	U64,	"bytes of the environment")		\
	F(exec, euid,		U32,	"effective user")

#define CLPS_EVT_FIELDS_fork(F)							\
	F(fork, child_pid,	U32,	"the child's process")			\
	F(fork, child_tid,	U32,	"its thread")				\
	F(fork, flags,		U64,	"CLONE_*")

#define CLPS_EVT_FIELDS_exit(F)							\
	F(exit, code,		S32,	"as wait() has it")			\
	F(exit, last,		U8,	"1 if no thread of the process is left")

#define CLPS_EVT_FIELDS_socket(F)						\
	F(socket, fd,		S32,	"descriptor, or an error")		\
	F(socket, family,	U32,	"AF_*")					\
	F(socket, type,		U32,	"SOCK_*")				\
	F(socket, protocol,	U32,	"within the family")			\
	F(socket, inode,	U64,	"of the socket")

#define CLPS_EVT_FIELDS_connect(F)						\
	F(connect, fd,		S32,	"descriptor")				\
	F(connect, inode,	U64,	"of the socket")			\
	F(connect, protocol,	U32,	"within the family")			\
	F(connect, result,	S32,	"0, or an error")			\
	F(connect, local,	ADDR,	"this end")				\
	F(connect, remote,	ADDR,	"the other")

#define CLPS_EVT_FIELDS_accept(F)						\
	F(accept, listen_fd,	S32,	"descriptor that waited")		\
	F(accept, fd,		S32,	"descriptor of the connection, or an error") \
	F(accept, inode,	U64,	"of the new socket")			\
	F(accept, protocol,	U32,	"within the family")			\
	F(accept, local,	ADDR,	"this end")				\
	F(accept, remote,	ADDR,	"the other")

#define CLPS_EVT_FIELDS_bind(F)							\
	F(bind, fd,		S32,	"descriptor")				\
	F(bind, inode,		U64,	"of the socket")			\
	F(bind, protocol,	U32,	"within the family")			\
	F(bind, result,		S32,	"0, or an error")			\
	F(bind, local,		ADDR,	"what it got; what was asked for, on an error")

#define CLPS_EVT_FIELDS_listen(F)						\
	F(listen, fd,		S32,	"descriptor")				\
	F(listen, inode,	U64,	"of the socket")			\
	F(listen, backlog,	S32,	"connections that may wait")		\
	F(listen, result,	S32,	"0, or an error")			\
	F(listen, local,	ADDR,	"where it listens")			\
	F(listen, protocol,	U32,	"within the family")

#define CLPS_EVT_FIELDS_module(F)						\
	F(module, call,		U16,	"which system call")			\
	F(module, result,	S32,	"0, or an error")			\
	F(module, size,		U64,	"of its image in memory")		\
	F(module, name,		STR,	"of the file, or of what was removed")	\
	F(module, args,		STR,	"its parameters")

#define CLPS_EVT_FIELDS_ptrace(F)						\
	F(ptrace, call,		U16,	"which system call")			\
	F(ptrace, request,	S64,	"PTRACE_*")				\
	F(ptrace, target,	U32,	"the other process")			\
	F(ptrace, result,	S64,	"what came of it")

#define CLPS_EVT_FIELDS_bpf(F)							\
	F(bpf, cmd,		U32,	"BPF_*")				\
	F(bpf, result,		S64,	"what came of it")

#define CLPS_EVT_FIELDS_uring_setup(F)						\
	F(uring_setup, fd,	S32,	"descriptor, or an error")		\
	F(uring_setup, entries,	U32,	"asked for")				\
	F(uring_setup, flags,	U32,	"IORING_SETUP_*")

#define CLPS_EVT_FIELDS_uring_op(F)						\
	F(uring_op, opcode,	U8,	"IORING_OP_*")				\
	F(uring_op, fd,		S32,	"descriptor, or index of a fixed file")	\
	F(uring_op, flags,	U8,	"IOSQE_*")				\
	F(uring_op, kind,	U8,	"of the file")				\
	F(uring_op, dev,	U32,	"its device")				\
	F(uring_op, inode,	U64,	"its inode")				\
	F(uring_op, len,	U32,	"bytes, or vectors")			\
	F(uring_op, offset,	U64,	"in the file")				\
	F(uring_op, path,	STR,	"of the file; of one to be opened, as given")

#define CLPS_EVT_FIELDS_mmap(F)							\
	F(mmap, fd,		S32,	"descriptor")				\
	F(mmap, kind,		U8,	"of the file")				\
	F(mmap, dev,		U32,	"its device")				\
	F(mmap, inode,		U64,	"its inode")				\
	F(mmap, prot,		U32,	"PROT_*")				\
	F(mmap, flags,		U32,	"MAP_*")				\
	F(mmap, len,		U64,	"bytes")				\
	F(mmap, offset,		U64,	"in the file")				\
	F(mmap, path,		STR,	"of the file")

#define CLPS_EVT_FIELDS_copy(F)							\
	F(copy, call,		U16,	"which system call")			\
	F(copy, in_fd,		S32,	"descriptor of the source")		\
	F(copy, in_kind,	U8,	"of the source")			\
	F(copy, in_dev,		U32,	"its device")				\
	F(copy, in_inode,	U64,	"its inode")				\
	F(copy, in_path,	STR,	"its path")				\
	F(copy, out_fd,		S32,	"descriptor of the destination")	\
	F(copy, out_kind,	U8,	"of the destination")			\
	F(copy, out_dev,	U32,	"its device")				\
	F(copy, out_inode,	U64,	"its inode")				\
	F(copy, out_path,	STR,	"its path")				\
	F(copy, result,		S64,	"bytes, or an error")

#define CLPS_EVT_FIELDS_winsize(F)						\
	F(winsize, fd,		S32,	"descriptor")				\
	F(winsize, dev,		U32,	"the tty")				\
	F(winsize, inode,	U64,	"its inode")				\
	F(winsize, rows,	U16,	"lines")				\
	F(winsize, columns,	U16,	"characters of a line")

#define CLPS_EVT_FIELDS_message(F)						\
	F(message, call,	U16,	"which system call")			\
	F(message, fd,		S32,	"descriptor")				\
	F(message, inode,	U64,	"of the socket")			\
	F(message, protocol,	U32,	"within the family")			\
	F(message, local,	ADDR,	"this end")				\
	F(message, remote,	ADDR,	"the other")

/* System calls, by numbers of our own: the kernel's differ between architectures. */
#define CLPS_EVT_CALLS(X)							\
	X(read, 1) X(pread64, 2) X(readv, 3) X(preadv, 4) X(preadv2, 5)		\
	X(write, 6) X(pwrite64, 7) X(writev, 8) X(pwritev, 9) X(pwritev2, 10)	\
	X(recvfrom, 11) X(recvmsg, 12) X(recvmmsg, 13)				\
	X(sendto, 14) X(sendmsg, 15) X(sendmmsg, 16)				\
	X(open, 17) X(openat, 18) X(openat2, 19) X(creat, 20)			\
	X(splice, 21) X(tee, 22) X(vmsplice, 23) X(sendfile, 24)		\
	X(copy_file_range, 25)							\
	X(init_module, 26) X(finit_module, 27) X(delete_module, 28)		\
	X(ptrace, 29) X(process_vm_readv, 30) X(process_vm_writev, 31)		\
	X(io_uring, 32) X(ioctl, 33) X(open_by_handle_at, 34)

enum clps_evt_call {
#define X(name, number) CLPS_CALL_##name = (number),
	CLPS_EVT_CALLS(X)
#undef X
};

#define CLPS_EVT_FILE_KINDS(X)							\
	X(none, 0) X(regular, 1) X(directory, 2) X(tty, 3) X(pty, 4) X(pipe, 5)	\
	X(socket, 6) X(char, 7) X(block, 8) X(other, 9)

enum clps_evt_file_kind {
#define X(name, number) CLPS_FILE_##name = (number),
	CLPS_EVT_FILE_KINDS(X)
#undef X
};

enum clps_evt_id {
#define X(name, number, text) CLPS_EVT_##name = (number),
	CLPS_EVTS(X)
#undef X
	CLPS_EVT_IDS	/* one more than the last */
};

/* CLPS_EVT_read_fd: the position of a field in its record; CLPS_EVT_read_NR: how many. */
#define F(record, name, type, text) CLPS_EVT_##record##_##name,
#define X(record, number, text) \
	enum clps_evt_##record##_field { CLPS_EVT_FIELDS_##record(F) CLPS_EVT_##record##_NR };
CLPS_EVTS(X)
#undef X
#undef F

#endif /* CLPS_LIB_EVT_TABLE_H */

// SPDX-License-Identifier: GPL-2.0-only
/* The same for 32-bit programs on x86-64, whose calls have other numbers and forms. */
#include <linux/net.h>
#include <linux/nospec.h>
#include <asm/unistd_32_ia32.h>

#include "sense.h"

/* Offsets are in pages. */
static void mmap2(const struct clps_sense_sys *s)
{
	struct clps_sense_sys t = *s;

	t.arg[5] <<= 12;
	clps_sense_mmap(&t);
}

/* The oldest one has its arguments in memory. */
static void old_mmap(const struct clps_sense_sys *s)
{
	struct clps_sense_sys t = *s;
	u32 arg[6];
	int i;

	if (!clps_sense_peek(arg, s->arg[0], sizeof(arg)))
		return;
	for (i = 0; i < ARRAY_SIZE(arg); i++)
		t.arg[i] = arg[i];
	clps_sense_mmap(&t);
}

/* By the multiplexer's number. */
static const struct clps_sense_call socketcalls[] = {
	[SYS_SOCKET] = { clps_sense_socket },
	[SYS_BIND] = { clps_sense_bind },
	[SYS_CONNECT] = { clps_sense_connect },
	[SYS_LISTEN] = { clps_sense_listen },
	[SYS_ACCEPT] = { clps_sense_accept },
	[SYS_ACCEPT4] = { clps_sense_accept },
	[SYS_SEND] = { clps_sense_write, CLPS_CALL_sendto },
	[SYS_SENDTO] = { clps_sense_write, CLPS_CALL_sendto },
	[SYS_SENDMSG] = { clps_sense_sendmsg, CLPS_CALL_sendmsg },
	[SYS_SENDMMSG] = { clps_sense_sendmmsg, CLPS_CALL_sendmmsg },
	[SYS_RECV] = { clps_sense_read, CLPS_CALL_recvfrom },
	[SYS_RECVFROM] = { clps_sense_read, CLPS_CALL_recvfrom },
	[SYS_RECVMSG] = { clps_sense_recvmsg, CLPS_CALL_recvmsg },
	[SYS_RECVMMSG] = { clps_sense_recvmmsg, CLPS_CALL_recvmmsg },
};

/* How many arguments each takes: another's memory begins behind them. */
static const u8 socketcall_args[ARRAY_SIZE(socketcalls)] = {
	[SYS_SOCKET] = 3, [SYS_BIND] = 3, [SYS_CONNECT] = 3, [SYS_LISTEN] = 2,
	[SYS_ACCEPT] = 3, [SYS_ACCEPT4] = 4, [SYS_SEND] = 4, [SYS_SENDTO] = 6,
	[SYS_SENDMSG] = 3, [SYS_SENDMMSG] = 4, [SYS_RECV] = 4, [SYS_RECVFROM] = 6,
	[SYS_RECVMSG] = 3, [SYS_RECVMMSG] = 5,
};

static void socketcall(const struct clps_sense_sys *s)
{
	const struct clps_sense_call *call;
	struct clps_sense_sys t = *s;
	u32 arg[6] = { };
	unsigned int nr;
	int i;

	if (s->arg[0] >= ARRAY_SIZE(socketcalls))
		return;
	nr = array_index_nospec(s->arg[0], ARRAY_SIZE(socketcalls));
	call = &socketcalls[nr];
	if (!call->fn || !clps_sense_peek(arg, s->arg[1], socketcall_args[nr] * sizeof(arg[0])))
		return;
	for (i = 0; i < ARRAY_SIZE(arg); i++)
		t.arg[i] = arg[i];
	t.call = call->call;
	call->fn(&t);
}

static const struct clps_sense_call calls[] = {
	[__NR_ia32_read] = { clps_sense_read, CLPS_CALL_read },
	[__NR_ia32_pread64] = { clps_sense_read, CLPS_CALL_pread64 },
	[__NR_ia32_readv] = { clps_sense_readv, CLPS_CALL_readv },
	[__NR_ia32_preadv] = { clps_sense_readv, CLPS_CALL_preadv },
	[__NR_ia32_preadv2] = { clps_sense_readv, CLPS_CALL_preadv2 },
	[__NR_ia32_write] = { clps_sense_write, CLPS_CALL_write },
	[__NR_ia32_pwrite64] = { clps_sense_write, CLPS_CALL_pwrite64 },
	[__NR_ia32_writev] = { clps_sense_writev, CLPS_CALL_writev },
	[__NR_ia32_pwritev] = { clps_sense_writev, CLPS_CALL_pwritev },
	[__NR_ia32_pwritev2] = { clps_sense_writev, CLPS_CALL_pwritev2 },
	[__NR_ia32_recvfrom] = { clps_sense_read, CLPS_CALL_recvfrom },
	[__NR_ia32_recvmsg] = { clps_sense_recvmsg, CLPS_CALL_recvmsg },
	[__NR_ia32_recvmmsg] = { clps_sense_recvmmsg, CLPS_CALL_recvmmsg },
	[__NR_ia32_recvmmsg_time64] = { clps_sense_recvmmsg, CLPS_CALL_recvmmsg },
	[__NR_ia32_sendto] = { clps_sense_write, CLPS_CALL_sendto },
	[__NR_ia32_sendmsg] = { clps_sense_sendmsg, CLPS_CALL_sendmsg },
	[__NR_ia32_sendmmsg] = { clps_sense_sendmmsg, CLPS_CALL_sendmmsg },
	[__NR_ia32_vmsplice] = { clps_sense_vmsplice, CLPS_CALL_vmsplice },
	[__NR_ia32_open] = { clps_sense_open, CLPS_CALL_open },
	[__NR_ia32_creat] = { clps_sense_creat, CLPS_CALL_creat },
	[__NR_ia32_openat] = { clps_sense_openat, CLPS_CALL_openat },
	[__NR_ia32_openat2] = { clps_sense_openat2, CLPS_CALL_openat2 },
	[__NR_ia32_open_by_handle_at] = { clps_sense_open_by_handle, CLPS_CALL_open_by_handle_at },
	[__NR_ia32_socket] = { clps_sense_socket },
	[__NR_ia32_connect] = { clps_sense_connect },
	[__NR_ia32_accept4] = { clps_sense_accept },
	[__NR_ia32_bind] = { clps_sense_bind },
	[__NR_ia32_listen] = { clps_sense_listen },
	[__NR_ia32_mmap] = { old_mmap },
	[__NR_ia32_mmap2] = { mmap2 },
	[__NR_ia32_splice] = { clps_sense_splice, CLPS_CALL_splice },
	[__NR_ia32_tee] = { clps_sense_tee, CLPS_CALL_tee },
	[__NR_ia32_sendfile] = { clps_sense_sendfile, CLPS_CALL_sendfile },
	[__NR_ia32_sendfile64] = { clps_sense_sendfile, CLPS_CALL_sendfile },
	[__NR_ia32_copy_file_range] = { clps_sense_copy_range, CLPS_CALL_copy_file_range },
	[__NR_ia32_init_module] = { clps_sense_init_module, CLPS_CALL_init_module },
	[__NR_ia32_finit_module] = { clps_sense_finit_module, CLPS_CALL_finit_module },
	[__NR_ia32_delete_module] = { clps_sense_delete_module, CLPS_CALL_delete_module },
	[__NR_ia32_ptrace] = { clps_sense_ptrace, CLPS_CALL_ptrace },
	[__NR_ia32_process_vm_readv] = { clps_sense_process_vm, CLPS_CALL_process_vm_readv },
	[__NR_ia32_process_vm_writev] = { clps_sense_process_vm, CLPS_CALL_process_vm_writev },
	[__NR_ia32_bpf] = { clps_sense_bpf },
	[__NR_ia32_io_uring_setup] = { clps_sense_uring_setup, CLPS_CALL_io_uring },
	[__NR_ia32_ioctl] = { clps_sense_ioctl, CLPS_CALL_ioctl },
	[__NR_ia32_socketcall] = { socketcall },
};

const struct clps_sense_call *clps_sense_call_ia32(unsigned int nr)
{
	if (nr >= ARRAY_SIZE(calls))
		return NULL;
	return &calls[array_index_nospec(nr, ARRAY_SIZE(calls))];
}

u64 clps_sense_clone_flags_ia32(unsigned int nr, unsigned long arg)
{
	switch (nr) {
	case __NR_ia32_clone:
		return (u32)arg & ~(u32)CSIGNAL;
	case __NR_ia32_clone3:
		return clps_sense_clone3_flags(arg);
	case __NR_ia32_vfork:
		return CLONE_VFORK | CLONE_VM;
	default:
		return 0;
	}
}

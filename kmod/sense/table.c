// SPDX-License-Identifier: GPL-2.0-only
/* System calls by number: who is not here costs a look at the table. */
#include <linux/nospec.h>
#include <asm/unistd.h>

#include "sense.h"

static const struct clps_sense_call calls[] = {
	[__NR_read] = { clps_sense_read, CLPS_CALL_read },
	[__NR_pread64] = { clps_sense_read, CLPS_CALL_pread64 },
	[__NR_readv] = { clps_sense_readv, CLPS_CALL_readv },
	[__NR_preadv] = { clps_sense_readv, CLPS_CALL_preadv },
	[__NR_preadv2] = { clps_sense_readv, CLPS_CALL_preadv2 },
	[__NR_write] = { clps_sense_write, CLPS_CALL_write },
	[__NR_pwrite64] = { clps_sense_write, CLPS_CALL_pwrite64 },
	[__NR_writev] = { clps_sense_writev, CLPS_CALL_writev },
	[__NR_pwritev] = { clps_sense_writev, CLPS_CALL_pwritev },
	[__NR_pwritev2] = { clps_sense_writev, CLPS_CALL_pwritev2 },
	[__NR_recvfrom] = { clps_sense_read, CLPS_CALL_recvfrom },
	[__NR_recvmsg] = { clps_sense_recvmsg, CLPS_CALL_recvmsg },
	[__NR_recvmmsg] = { clps_sense_recvmmsg, CLPS_CALL_recvmmsg },
	[__NR_sendto] = { clps_sense_write, CLPS_CALL_sendto },
	[__NR_sendmsg] = { clps_sense_sendmsg, CLPS_CALL_sendmsg },
	[__NR_sendmmsg] = { clps_sense_sendmmsg, CLPS_CALL_sendmmsg },
	[__NR_vmsplice] = { clps_sense_vmsplice, CLPS_CALL_vmsplice },
	[__NR_open] = { clps_sense_open, CLPS_CALL_open },
	[__NR_creat] = { clps_sense_creat, CLPS_CALL_creat },
	[__NR_openat] = { clps_sense_openat, CLPS_CALL_openat },
	[__NR_openat2] = { clps_sense_openat2, CLPS_CALL_openat2 },
	[__NR_open_by_handle_at] = { clps_sense_open_by_handle, CLPS_CALL_open_by_handle_at },
	[__NR_socket] = { clps_sense_socket },
	[__NR_connect] = { clps_sense_connect },
	[__NR_accept] = { clps_sense_accept },
	[__NR_accept4] = { clps_sense_accept },
	[__NR_bind] = { clps_sense_bind },
	[__NR_listen] = { clps_sense_listen },
	[__NR_mmap] = { clps_sense_mmap },
	[__NR_splice] = { clps_sense_splice, CLPS_CALL_splice },
	[__NR_tee] = { clps_sense_tee, CLPS_CALL_tee },
	[__NR_sendfile] = { clps_sense_sendfile, CLPS_CALL_sendfile },
	[__NR_copy_file_range] = { clps_sense_copy_range, CLPS_CALL_copy_file_range },
	[__NR_init_module] = { clps_sense_init_module, CLPS_CALL_init_module },
	[__NR_finit_module] = { clps_sense_finit_module, CLPS_CALL_finit_module },
	[__NR_delete_module] = { clps_sense_delete_module, CLPS_CALL_delete_module },
	[__NR_ptrace] = { clps_sense_ptrace, CLPS_CALL_ptrace },
	[__NR_process_vm_readv] = { clps_sense_process_vm, CLPS_CALL_process_vm_readv },
	[__NR_process_vm_writev] = { clps_sense_process_vm, CLPS_CALL_process_vm_writev },
	[__NR_bpf] = { clps_sense_bpf },
	[__NR_io_uring_setup] = { clps_sense_uring_setup, CLPS_CALL_io_uring },
	[__NR_ioctl] = { clps_sense_ioctl, CLPS_CALL_ioctl },
};

const struct clps_sense_call *clps_sense_call(unsigned int nr)
{
	if (nr >= ARRAY_SIZE(calls))
		return NULL;
	return &calls[array_index_nospec(nr, ARRAY_SIZE(calls))];
}

/* The low byte of what clone() is given is a signal, and the upper half nothing. */
u64 clps_sense_clone_flags(unsigned int nr, unsigned long arg)
{
	switch (nr) {
	case __NR_clone:
		return (u32)arg & ~(u32)CSIGNAL;
	case __NR_clone3:
		return clps_sense_clone3_flags(arg);
	case __NR_vfork:
		return CLONE_VFORK | CLONE_VM;
	default:
		return 0;
	}
}

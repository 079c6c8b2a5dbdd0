/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CLPS_COMPAT_SYSCALL_H
#define CLPS_COMPAT_SYSCALL_H

#include <linux/thread_info.h>
#include <asm/syscall.h>

/* Is the system call that the current thread is in one of a 32-bit program's on x86-64? */
static inline bool clps_compat_in_ia32_syscall(void)
{
#if defined(CONFIG_X86_64) && defined(CONFIG_IA32_EMULATION) && !defined(CONFIG_UML)
	return in_ia32_syscall();
#else
	return false;
#endif
}

#endif /* CLPS_COMPAT_SYSCALL_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One source for Debian's 6.1 and 6.12: the only place that knows what differs
 * between them. Force-included into every file of every module.
 */
#ifndef CLPS_COMPAT_H
#define CLPS_COMPAT_H

#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0) || \
	LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
#error "Collapsar supports Linux 6.1 to 6.12"
#endif

/* Words of 64 bits are read and written at once by those who share them without a lock. */
#ifndef CONFIG_64BIT
#error "Collapsar supports 64-bit kernels alone"
#endif

/*
 * For what is written whole before it is read, on the hot path: the kernel would zero it
 * (CONFIG_INIT_STACK_ALL_ZERO) for each packet.
 */
#if __has_attribute(__uninitialized__)
#define clps_compat_uninit __attribute__((__uninitialized__))
#else
#define clps_compat_uninit
#endif

#endif /* CLPS_COMPAT_H */

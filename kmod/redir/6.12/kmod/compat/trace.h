/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CLPS_COMPAT_TRACE_H
#define CLPS_COMPAT_TRACE_H

/* __assign_str() lost its second argument in 6.10. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
#define clps_compat_assign_str(dst, src) __assign_str(dst)
#else
#define clps_compat_assign_str(dst, src) __assign_str(dst, src)
#endif

#endif /* CLPS_COMPAT_TRACE_H */

/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CLPS_COMPAT_GSO_H
#define CLPS_COMPAT_GSO_H

/* <net/gso.h> was split off in 6.5. */
#if __has_include(<net/gso.h>)
#include <net/gso.h>
#else
#include <linux/skbuff.h>
#endif

#endif /* CLPS_COMPAT_GSO_H */

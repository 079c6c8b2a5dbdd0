/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CLPS_COMPAT_GSO_H
#define CLPS_COMPAT_GSO_H

/* Split off <linux/skbuff.h> and <linux/netdevice.h> in 6.5. */
#ifdef CLPS_HAVE_NET_GSO_H
#include <net/gso.h>
#else
#include <linux/skbuff.h>
#endif

#endif /* CLPS_COMPAT_GSO_H */

/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CLPS_COMPAT_GENL_H
#define CLPS_COMPAT_GENL_H

#include <net/genetlink.h>

/* The parsed attributes of a dump request. */
static inline struct nlattr **clps_compat_dump_attrs(struct netlink_callback *cb)
{
#ifdef CLPS_HAVE_GENL_INFO_DUMP
	return genl_info_dump(cb)->attrs;
#else
	return genl_dumpit_info(cb)->attrs;
#endif
}

#endif /* CLPS_COMPAT_GENL_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* A counter in a netlink message: of the sensor as well, which depends on no other module. */
#ifndef _COLLAPSAR_PUT_H
#define _COLLAPSAR_PUT_H

#include <net/netlink.h>
#include <uapi/collapsar/stats.h>

/**
 * clps_stats_put_one() - append one more COLLAPSAR_STATS_A_COUNTER nest
 * @msg: message
 * @name: what userspace sees
 * @value: its value
 *
 * Return: 0 or -EMSGSIZE.
 */
static inline int clps_stats_put_one(struct sk_buff *msg, const char *name, u64 value)
{
	struct nlattr *nest = nla_nest_start(msg, COLLAPSAR_STATS_A_COUNTER);

	if (!nest || nla_put_string(msg, COLLAPSAR_COUNTER_A_NAME, name) ||
	    nla_put_u64_64bit(msg, COLLAPSAR_COUNTER_A_VALUE, value, COLLAPSAR_COUNTER_A_PAD))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

#endif /* _COLLAPSAR_PUT_H */

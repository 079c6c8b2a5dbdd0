/* SPDX-License-Identifier: GPL-2.0-only */
/* The hash of tables that are keyed by an address. */
#ifndef _COLLAPSAR_ADDR_HASH_H
#define _COLLAPSAR_ADDR_HASH_H

#include <linux/hash.h>

#include "../../lib/addr.h"

/**
 * clps_addr_hash() - of an address and the number of what it belongs to
 * @addr: address
 * @scope: number of a NIC, an uplink, a network, or a tunnel's key
 * @seed: the table's
 *
 * For tables that an operator fills: whoever sends packets chooses what is looked
 * for, and not what is there.
 *
 * Return: hash.
 */
static inline u32 clps_addr_hash(const struct clps_addr *addr, u32 scope, u32 seed)
{
	u64 h = (u64)(__force u32)addr->w[3] << 32 | (scope ^ seed);

	h ^= (__force u32)(addr->w[0] ^ addr->w[1] ^ addr->w[2]);
	h *= GOLDEN_RATIO_64;
	h ^= h >> 32;
	h *= GOLDEN_RATIO_64;
	return h >> 32;
}

#endif /* _COLLAPSAR_ADDR_HASH_H */

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One address type for both families. IPv4 is stored v4-mapped
 * (::ffff:a.b.c.d, RFC 4291), so every table and key is ready for IPv6.
 */
#ifndef CLPS_LIB_ADDR_H
#define CLPS_LIB_ADDR_H

#include "port.h"

/**
 * struct clps_addr - an IPv4 (v4-mapped) or IPv6 address
 * @w: the 128 bits in network byte order
 */
struct clps_addr {
	__be32 w[4];
};

static inline struct clps_addr clps_addr_v4(__be32 v4)
{
	struct clps_addr a = { .w = { 0, 0, cpu_to_be32(0xffff), v4 } };

	return a;
}

static inline bool clps_addr_is_v4(const struct clps_addr *a)
{
	return !a->w[0] && !a->w[1] && a->w[2] == cpu_to_be32(0xffff);
}

/* Only meaningful when clps_addr_is_v4(). */
static inline __be32 clps_addr_get_v4(const struct clps_addr *a)
{
	return a->w[3];
}

static inline bool clps_addr_eq(const struct clps_addr *a,
				const struct clps_addr *b)
{
	return !(((__force u32)a->w[0] ^ (__force u32)b->w[0]) |
		 ((__force u32)a->w[1] ^ (__force u32)b->w[1]) |
		 ((__force u32)a->w[2] ^ (__force u32)b->w[2]) |
		 ((__force u32)a->w[3] ^ (__force u32)b->w[3]));
}

#endif /* CLPS_LIB_ADDR_H */

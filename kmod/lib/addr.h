/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One address type for both families. IPv4 is stored v4-mapped
 * (::ffff:a.b.c.d, RFC 4291), so every table and key is ready for IPv6.
 */
#ifndef CLPS_LIB_ADDR_H
#define CLPS_LIB_ADDR_H

#include "port.h"

/* Eight bytes of an object, in whatever order: to compare and to hash. */
static inline u64 clps_get_8(const void *object, size_t offset)
{
	u64 v;

	memcpy(&v, (const u8 *)object + offset, sizeof(v));
	return v;
}

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
	return !clps_get_8(a, 0) && a->w[2] == cpu_to_be32(0xffff);
}

/* Only meaningful when clps_addr_is_v4(). */
static inline __be32 clps_addr_get_v4(const struct clps_addr *a)
{
	return a->w[3];
}

static inline bool clps_addr_eq(const struct clps_addr *a,
				const struct clps_addr *b)
{
	return !((clps_get_8(a, 0) ^ clps_get_8(b, 0)) |
		 (clps_get_8(a, 8) ^ clps_get_8(b, 8)));
}

#endif /* CLPS_LIB_ADDR_H */

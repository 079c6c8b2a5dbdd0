/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A MAC in one word, so that it changes in one step under readers. A guest's is learned
 * by whichever CPU its ARP comes to, unless the operator gave it: that bit is in the
 * same word, or a learner that looked at it just before would overwrite what he gave.
 */
#ifndef CLPS_MAC_H
#define CLPS_MAC_H

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/if_ether.h>
#include <linux/string.h>
#include <asm/byteorder.h>

/* Its first six bytes are the MAC, its last one says this. */
#define CLPS_MAC_GIVEN	((__force u64)cpu_to_le64(BIT_ULL(63)))

static inline u64 clps_mac_word(const u8 *in)
{
	u64 v = 0;

	memcpy(&v, in, ETH_ALEN);
	return v;
}

/* False while there is none. */
static inline bool clps_mac_load(const u64 *mac, u8 *out)
{
	u64 v = READ_ONCE(*mac);

	memcpy(out, &v, ETH_ALEN);
	return v;
}

/* What nobody learns. */
static inline void clps_mac_store(u64 *mac, const u8 *in)
{
	WRITE_ONCE(*mac, clps_mac_word(in));
}

/* From now on nobody learns it. */
static inline void clps_mac_give(u64 *mac, const u8 *in)
{
	WRITE_ONCE(*mac, clps_mac_word(in) | CLPS_MAC_GIVEN);
}

/* Whoever was faster has seen as young a packet, or is the operator. */
static inline void clps_mac_learn(u64 *mac, const u8 *in)
{
	u64 old = READ_ONCE(*mac), new = clps_mac_word(in);

	if (!(old & CLPS_MAC_GIVEN) && old != new)
		cmpxchg64(mac, old, new);
}

/* Unless the operator gave it. Return: true when it is unknown from now on. */
static inline bool clps_mac_forget(u64 *mac)
{
	u64 old;

	do {
		old = READ_ONCE(*mac);
		if (old & CLPS_MAC_GIVEN)
			return false;
	} while (cmpxchg64(mac, old, 0) != old);
	return true;
}

#endif /* CLPS_MAC_H */

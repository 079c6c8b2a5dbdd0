// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "gre.h"

#define IPPROTO_NR_GRE	47

/* Bits that a receiver of RFC 2784/2890 must not see set, but K and S. */
#define GRE_MUST_BE_ZERO	0x4c00

int clps_gre_parse(struct clps_gre *gre, const void *data, size_t len)
{
	const u8 *b = data;
	unsigned int off = 4;
	u16 flags;

	if (len < CLPS_GRE_MIN_LEN)
		return -EMSGSIZE;
	flags = clps_get_be16(b);
	if (flags & (GRE_MUST_BE_ZERO | CLPS_GRE_VERSION))
		return -EPROTONOSUPPORT;
	flags &= CLPS_GRE_F_CSUM | CLPS_GRE_F_KEY | CLPS_GRE_F_SEQ;

	gre->flags = flags;
	gre->hlen = (u8)clps_gre_hlen(flags);
	if (len < gre->hlen)
		return -EMSGSIZE;
	gre->proto = clps_get_be16(b + 2);
	gre->key = 0;
	gre->seq = 0;
	if (flags & CLPS_GRE_F_CSUM)
		off += 4;
	if (flags & CLPS_GRE_F_KEY) {
		gre->key = clps_get_be32(b + off);
		off += 4;
	}
	if (flags & CLPS_GRE_F_SEQ)
		gre->seq = clps_get_be32(b + off);
	return 0;
}

unsigned int clps_gre_build(u8 buf[CLPS_GRE_MAX_LEN], const struct clps_gre *gre)
{
	u16 flags = gre->flags & (CLPS_GRE_F_CSUM | CLPS_GRE_F_KEY | CLPS_GRE_F_SEQ);
	unsigned int off = 4;

	clps_put_be16(buf, flags);
	clps_put_be16(buf + 2, gre->proto);
	if (flags & CLPS_GRE_F_CSUM) {
		clps_put_be32(buf + off, 0);
		off += 4;
	}
	if (flags & CLPS_GRE_F_KEY) {
		clps_put_be32(buf + off, gre->key);
		off += 4;
	}
	if (flags & CLPS_GRE_F_SEQ) {
		clps_put_be32(buf + off, gre->seq);
		off += 4;
	}
	return off;
}

unsigned int clps_gre_is_keepalive(const void *data, size_t len,
				   __be32 local, __be32 remote)
{
	const u8 *b = data;
	unsigned int hlen, tot;
	struct clps_gre gre;
	__be32 src, dst;

	if (len < 24 || (b[0] >> 4) != 4)
		return 0;
	hlen = (b[0] & 15) * 4u;
	tot = clps_get_be16(b + 2);
	/* No options: it goes out again, and who forges one would choose its route. */
	if (hlen != 20 || tot < hlen + CLPS_GRE_MIN_LEN || tot > len)
		return 0;
	if (b[9] != IPPROTO_NR_GRE || (clps_get_be16(b + 6) & 0x3fff))
		return 0;
	memcpy(&src, b + 12, 4);
	memcpy(&dst, b + 16, 4);
	if (src != local || dst != remote)
		return 0;
	if (clps_gre_parse(&gre, b + hlen, tot - hlen) || gre.proto)
		return 0;
	return tot;
}

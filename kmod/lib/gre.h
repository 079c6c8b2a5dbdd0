/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* GRE headers (RFC 2784, RFC 2890) and Cisco-style keepalives. */
#ifndef CLPS_LIB_GRE_H
#define CLPS_LIB_GRE_H

#include "addr.h"

#define CLPS_GRE_MIN_LEN	4
#define CLPS_GRE_MAX_LEN	16

#define CLPS_GRE_F_CSUM		0x8000
#define CLPS_GRE_F_ROUTING	0x4000
#define CLPS_GRE_F_KEY		0x2000
#define CLPS_GRE_F_SEQ		0x1000
#define CLPS_GRE_VERSION	0x0007

/**
 * struct clps_gre - one decoded GRE header
 * @key: valid with CLPS_GRE_F_KEY, host order
 * @seq: valid with CLPS_GRE_F_SEQ, host order
 * @flags: CLPS_GRE_F_CSUM, _KEY, _SEQ bits that were set
 * @proto: Ethertype of the payload, host order (0: keepalive answer)
 * @hlen: bytes of the header, 4 to 16
 */
struct clps_gre {
	u32 key;
	u32 seq;
	u16 flags;
	u16 proto;
	u8 hlen;
};

/**
 * clps_gre_parse() - decode a GRE header
 * @gre: filled in on success
 * @data: bytes from the GRE header on
 * @len: bytes readable
 *
 * Return: 0; -EMSGSIZE when truncated; -EPROTONOSUPPORT for a version other
 * than 0 or for bits 1, 4 and 5 (RFC 1701 routing, strict source route),
 * which RFC 2784 tells to discard. The checksum is not verified here.
 */
int clps_gre_parse(struct clps_gre *gre, const void *data, size_t len);

/**
 * clps_gre_build() - encode a GRE header; the checksum field is left zero
 * @buf: at least CLPS_GRE_MAX_LEN bytes
 * @gre: flags, proto, key and seq to encode (hlen is ignored)
 *
 * Return: bytes written.
 */
unsigned int clps_gre_build(u8 buf[CLPS_GRE_MAX_LEN], const struct clps_gre *gre);

static inline unsigned int clps_gre_hlen(u16 flags)
{
	return 4 + (flags & CLPS_GRE_F_CSUM ? 4u : 0) +
	       (flags & CLPS_GRE_F_KEY ? 4u : 0) + (flags & CLPS_GRE_F_SEQ ? 4u : 0);
}

/**
 * clps_gre_is_keepalive() - is a decapsulated packet a Cisco-style keepalive?
 * @data: bytes from the inner IPv4 header on
 * @len: bytes readable
 * @local: our outer address (the keepalive's inner source)
 * @remote: the peer's outer address (its inner destination)
 *
 * A keepalive is an IPv4 packet from us to the peer, protocol GRE, whose GRE
 * header has protocol type 0, without options in its IPv4 header. The receiver
 * sends the inner packet back as is.
 *
 * Return: length in bytes of the inner packet to send back, or 0.
 */
unsigned int clps_gre_is_keepalive(const void *data, size_t len,
				   __be32 local, __be32 remote);

#endif /* CLPS_LIB_GRE_H */

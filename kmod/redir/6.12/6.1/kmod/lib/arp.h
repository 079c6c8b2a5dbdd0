/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* ARP for IPv4 over Ethernet (RFC 826, RFC 5227): parse and build. */
#ifndef CLPS_LIB_ARP_H
#define CLPS_LIB_ARP_H

#include "port.h"

#define CLPS_ARP_LEN	28	/* an ARP packet for IPv4 over Ethernet */
#define CLPS_ETH_ALEN	6

enum clps_arp_op {
	CLPS_ARP_REQUEST	= 1,
	CLPS_ARP_REPLY		= 2,
};

/**
 * struct clps_arp - one decoded ARP packet
 * @spa: sender protocol address
 * @tpa: target protocol address
 * @op: enum clps_arp_op
 * @sha: sender hardware address
 * @tha: target hardware address
 */
struct clps_arp {
	__be32 spa;
	__be32 tpa;
	u16 op;
	u8 sha[CLPS_ETH_ALEN];
	u8 tha[CLPS_ETH_ALEN];
};

/**
 * clps_arp_parse() - decode an ARP packet
 * @arp: filled in on success
 * @data: bytes from the ARP header on (after the Ethernet header)
 * @len: bytes readable; padding after the packet is ignored
 *
 * Return: 0; -EMSGSIZE when truncated; -EPROTONOSUPPORT when it is not IPv4
 * over Ethernet; -EINVAL for another opcode than request or reply, or a
 * multicast/zero sender hardware address.
 */
int clps_arp_parse(struct clps_arp *arp, const void *data, size_t len);

/* RFC 5227: a request with sender address zero asks whether an address is free. */
static inline bool clps_arp_is_probe(const struct clps_arp *arp)
{
	return arp->op == CLPS_ARP_REQUEST && !arp->spa;
}

/* An announcement (gratuitous ARP): sender and target address are the same. */
static inline bool clps_arp_is_announcement(const struct clps_arp *arp)
{
	return arp->spa && arp->spa == arp->tpa;
}

/**
 * clps_arp_build() - encode an ARP packet
 * @buf: at least CLPS_ARP_LEN bytes
 * @arp: what to encode
 */
void clps_arp_build(u8 buf[CLPS_ARP_LEN], const struct clps_arp *arp);

#endif /* CLPS_LIB_ARP_H */

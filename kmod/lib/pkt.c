// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "pkt.h"

enum { P_ICMP = 1, P_TCP = 6, P_UDP = 17, P_DCCP = 33, P_SCTP = 132, P_UDPLITE = 136 };

/* What an IPv4 header says, with nothing behind it looked at. */
struct ip4 {
	const u8 *l4;
	u32 tot_len;
	u16 hlen;
	u16 frag;
	u8 proto;
};

static __always_inline int ip4_header(struct ip4 *ip, const u8 *b, size_t len)
{
	if (len < 20)
		return -EMSGSIZE;
	if ((b[0] >> 4) != 4)
		return -EINVAL;
	ip->hlen = (u16)((b[0] & 15) * 4);
	ip->tot_len = clps_get_be16(b + 2);
	ip->frag = clps_get_be16(b + 6);
	ip->proto = b[9];
	ip->l4 = b + ip->hlen;
	if (ip->hlen < 20)
		return -EINVAL;
	return len < ip->hlen ? -EMSGSIZE : 0;
}

/* Does the packet go where its destination field does not say? (RFC 791, 3.1) */
static bool source_routed(const u8 *opt, size_t len)
{
	while (len) {
		if (opt[0] == 0)
			return false;
		if (opt[0] == 1) {
			opt++;
			len--;
			continue;
		}
		if (opt[0] == 131 || opt[0] == 137)
			return true;
		if (len < 2 || opt[1] < 2 || opt[1] > len)
			return true;
		len -= opt[1];
		opt += opt[1];
	}
	return false;
}

static bool has_ports(u8 proto)
{
	return proto == P_TCP || proto == P_UDP || proto == P_DCCP ||
	       proto == P_SCTP || proto == P_UDPLITE;
}

/* RFC 792, RFC 950, RFC 1256: queries carry an identifier, and have an answer. */
static u16 icmp_class(u8 type)
{
	switch (type) {
	case 8: case 13: case 15: case 17:
		return CLPS_PKT_ICMP_QUERY;
	case 0: case 14: case 16: case 18:
		return CLPS_PKT_ICMP_QUERY | CLPS_PKT_ICMP_REPLY;
	case 3: case 4: case 5: case 11: case 12:
		return CLPS_PKT_ICMP_ERROR;
	default:
		return 0;
	}
}

/* Of at least eight bytes: icmp() has seen to that. */
static int icmp_error(struct clps_pkt *pkt, const u8 *b, size_t len)
{
	__be32 addr;
	struct ip4 ip;
	size_t left;
	int err;

	err = ip4_header(&ip, b + 8, len - 8);
	if (err)
		return err;
	left = len - 8 - ip.hlen;
	pkt->err_sport = 0;
	pkt->err_dport = 0;
	memcpy(&addr, b + 8 + 12, 4);
	pkt->err_src = clps_addr_v4(addr);
	memcpy(&addr, b + 8 + 16, 4);
	pkt->err_dst = clps_addr_v4(addr);
	pkt->err_proto = ip.proto;
	if (ip.frag & 0x1fff)
		return 0;
	if (left < 8)
		return has_ports(ip.proto) || ip.proto == P_ICMP ? -EMSGSIZE : 0;
	if (has_ports(ip.proto)) {
		pkt->err_sport = clps_get_be16(ip.l4);
		pkt->err_dport = clps_get_be16(ip.l4 + 2);
		pkt->flags |= CLPS_PKT_ERR_PORTS;
	} else if (ip.proto == P_ICMP && (icmp_class(ip.l4[0]) & CLPS_PKT_ICMP_QUERY)) {
		pkt->err_sport = clps_get_be16(ip.l4 + 4);
		pkt->err_dport = pkt->err_sport;
		pkt->flags |= CLPS_PKT_ERR_PORTS;
	}
	return 0;
}

static int icmp(struct clps_pkt *pkt, const u8 *b, size_t len)
{
	if (len < 8)
		return -EMSGSIZE;
	pkt->icmp_type = b[0];
	pkt->flags |= icmp_class(b[0]);
	if (pkt->flags & CLPS_PKT_ICMP_QUERY) {
		pkt->sport = clps_get_be16(b + 4);
		pkt->dport = pkt->sport;
		pkt->flags |= CLPS_PKT_PORTS;
	}
	if (pkt->flags & CLPS_PKT_ICMP_ERROR)
		return icmp_error(pkt, b, len);
	return 0;
}

static u16 tcp_flags(u8 bits)
{
	u16 flags = 0;

	if ((bits & 0x12) == 0x02)
		flags |= CLPS_PKT_TCP_SYN;
	if (bits & 0x04)
		flags |= CLPS_PKT_TCP_RST;
	if (bits & 0x01)
		flags |= CLPS_PKT_TCP_FIN;
	if (bits & 0x10)
		flags |= CLPS_PKT_TCP_ACK;
	return flags;
}

/* The rest of the header may be in the next fragment: any host puts it together. */
static int tcp(struct clps_pkt *pkt, const u8 *b, size_t len)
{
	if (len < 20) {
		if (!(pkt->flags & CLPS_PKT_FRAG_FIRST))
			return -EMSGSIZE;
		pkt->flags |= CLPS_PKT_FRAG_TINY;
	}
	if (len > 13)
		pkt->flags |= tcp_flags(b[13]);
	return 0;
}

static int transport(struct clps_pkt *pkt, const u8 *b, size_t len)
{
	if (unlikely(pkt->proto == P_ICMP))
		return icmp(pkt, b, len);
	if (unlikely(!has_ports(pkt->proto)))
		return 0;
	if (len < 8)
		return -EMSGSIZE;
	pkt->sport = clps_get_be16(b);
	pkt->dport = clps_get_be16(b + 2);
	pkt->flags |= CLPS_PKT_PORTS;
	return pkt->proto == P_TCP ? tcp(pkt, b, len) : 0;
}

/* What the fixed part of the header says. */
static void fixed(struct clps_pkt *pkt, const struct ip4 *ip, const u8 *b)
{
	__be32 addr;

	memcpy(&addr, b + 12, 4);
	pkt->src = clps_addr_v4(addr);
	memcpy(&addr, b + 16, 4);
	pkt->dst = clps_addr_v4(addr);
	pkt->tot_len = ip->tot_len;
	pkt->l3_len = ip->hlen;
	pkt->flags = ip->frag & 0x4000 ? CLPS_PKT_DF : 0;
	pkt->sport = 0;
	pkt->dport = 0;
	pkt->proto = ip->proto;
	pkt->ttl = b[8];
	pkt->tos = b[1];
	pkt->icmp_type = 0;
}

int clps_pkt_parse4(struct clps_pkt *pkt, const void *data, size_t len,
		    size_t wire_len)
{
	const u8 *b = data;
	size_t end = len;
	struct ip4 ip;
	int err;

	err = ip4_header(&ip, b, len);
	if (err)
		return err;
	/* A GSO packet (wire_len 0) is longer than its header can say. */
	if (wire_len) {
		if (ip.tot_len < ip.hlen || ip.tot_len > wire_len)
			return -EINVAL;
		end = ip.tot_len < len ? ip.tot_len : len;
	}

	fixed(pkt, &ip, b);
	if (ip.hlen > 20) {
		pkt->flags |= CLPS_PKT_OPTIONS;
		if (source_routed(b + 20, ip.hlen - 20u))
			pkt->flags |= CLPS_PKT_SOURCE_ROUTE;
	}
	if (ip.frag & 0x1fff) {
		pkt->flags |= CLPS_PKT_FRAG_LATER;
		if (ip.proto == P_TCP && (ip.frag & 0x1fff) == 1)
			pkt->flags |= CLPS_PKT_FRAG_TINY;
		return 0;
	}
	if (ip.frag & 0x2000)
		pkt->flags |= CLPS_PKT_FRAG_FIRST;
	return transport(pkt, ip.l4, end - ip.hlen);
}

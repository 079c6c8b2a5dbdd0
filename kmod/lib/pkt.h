/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* IP and transport header walk: hostile bytes in, a checked summary out. */
#ifndef CLPS_LIB_PKT_H
#define CLPS_LIB_PKT_H

#include "addr.h"

/*
 * Bytes from the IP header on that are enough for every question asked of a
 * packet: IPv4 header (60) + ICMP error header (8) + embedded IPv4 header (60)
 * + the 8 transport bytes that RFC 792 promises.
 */
#define CLPS_PKT_PEEK	136

enum clps_pkt_flag {
	CLPS_PKT_FRAG_FIRST	= 1 << 0, /* offset 0 with more fragments to come */
	CLPS_PKT_FRAG_LATER	= 1 << 1, /* offset > 0: no transport header */
	CLPS_PKT_OPTIONS	= 1 << 2, /* the IP header carries options */
	CLPS_PKT_DF		= 1 << 3,
	CLPS_PKT_PORTS		= 1 << 4, /* sport and dport are valid */
	CLPS_PKT_ICMP_QUERY	= 1 << 5, /* echo/timestamp/...: sport = dport = id, is_reply tells direction */
	CLPS_PKT_ICMP_ERROR	= 1 << 6, /* err_* describe the embedded packet */
	CLPS_PKT_ICMP_REPLY	= 1 << 7, /* an ICMP query's answer */
	CLPS_PKT_TCP_SYN	= 1 << 8, /* SYN without ACK: opens a connection */
	CLPS_PKT_TCP_RST	= 1 << 9,
	CLPS_PKT_TCP_FIN	= 1 << 10,
	CLPS_PKT_TCP_ACK	= 1 << 11,
	CLPS_PKT_SOURCE_ROUTE	= 1 << 12, /* LSRR or SSRR, or options that do not parse */
	CLPS_PKT_FRAG_TINY	= 1 << 13, /* TCP's header is not whole in the first, or this overlaps it (RFC 3128) */
	CLPS_PKT_ERR_PORTS	= 1 << 14, /* err_sport and err_dport are valid */
};

/**
 * struct clps_pkt - what the header walk found
 * @src: source address
 * @dst: destination address
 * @tot_len: length of the whole IP packet in bytes by its own header
 * @l3_len: length of the IP header in bytes
 * @flags: bits of enum clps_pkt_flag
 * @sport: source port in host order, or the ICMP query id
 * @dport: destination port in host order, or the ICMP query id
 * @proto: IP protocol
 * @ttl: time to live
 * @tos: DSCP and ECN
 * @icmp_type: valid for ICMP when not a later fragment
 * @err_proto: protocol of the packet embedded in an ICMP error; this and what follows is
 *             written for CLPS_PKT_ICMP_ERROR alone
 * @err_src: its source address
 * @err_dst: its destination address
 * @err_sport: its source port or ICMP query id (0 when it has none)
 * @err_dport: its destination port or ICMP query id
 */
struct clps_pkt {
	struct clps_addr src;
	struct clps_addr dst;
	u32 tot_len;
	u16 l3_len;
	u16 flags;
	u16 sport;
	u16 dport;
	u8 proto;
	u8 ttl;
	u8 tos;
	u8 icmp_type;
	u8 err_proto;
	struct clps_addr err_src;
	struct clps_addr err_dst;
	u16 err_sport;
	u16 err_dport;
};

/**
 * clps_pkt_parse4() - walk an IPv4 packet's headers
 * @pkt: filled in on success
 * @data: bytes from the IPv4 header on; may be a prefix of the packet
 * @len: bytes readable at @data (the first min(packet, CLPS_PKT_PEEK) suffice)
 * @wire_len: length of the whole packet in bytes as received, >= @len.
 *            Pass tot_len unchecked for GSO packets by passing 0.
 *
 * Accepts trailing link-layer padding. A transport header that is cut short is
 * an error unless the packet is a later fragment; a protocol without ports is
 * not. A first fragment of TCP needs 8 bytes for the ports, and has those flags
 * alone that it shows. The embedded packet of an ICMP error must be whole up to
 * its first 8 transport bytes (RFC 792) if its protocol has ports or is ICMP,
 * else up to the end of its header.
 *
 * Context: any; pure.
 * Return: 0, or -EINVAL for a malformed header (bad version, header length,
 * total length), or -EMSGSIZE when headers are truncated.
 */
int clps_pkt_parse4(struct clps_pkt *pkt, const void *data, size_t len,
		    size_t wire_len);

#endif /* CLPS_LIB_PKT_H */

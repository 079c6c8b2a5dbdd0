/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/*
 * An uplink as other objects name it, and the rtnetlink attributes of the
 * "clps_gre" link kind, our own GRE (RFC 2784, RFC 2890) device.
 */
#ifndef _UAPI_COLLAPSAR_UPLINK_H
#define _UAPI_COLLAPSAR_UPLINK_H

/* A reference to an uplink; nested in redirect and network objects. */
enum collapsar_uplink_attr {
	COLLAPSAR_UPLINK_A_UNSPEC,
	COLLAPSAR_UPLINK_A_IFINDEX,	/* u32, required */
	COLLAPSAR_UPLINK_A_IFNAME,	/* string, replies only */
	COLLAPSAR_UPLINK_A_REMOTE,	/* binary, 4 or 16 bytes: a peer of a collect-metadata tunnel device */
	COLLAPSAR_UPLINK_A_KEY,		/* u32: its tunnel key; requires _REMOTE */
	COLLAPSAR_UPLINK_A_TTL,		/* u8, 1..255: outer TTL; requires _REMOTE; default 64 */
	COLLAPSAR_UPLINK_A_PEER_MAC,	/* binary 6: next hop on an Ethernet uplink; default broadcast */

	__COLLAPSAR_UPLINK_A_MAX,
	COLLAPSAR_UPLINK_A_MAX = __COLLAPSAR_UPLINK_A_MAX - 1
};

#define COLLAPSAR_GRE_KIND	"clps_gre"

/* IFLA_INFO_DATA of a link of kind "clps_gre". */
enum collapsar_gre_attr {
	COLLAPSAR_GRE_A_UNSPEC,
	COLLAPSAR_GRE_A_REMOTE,		/* binary, 4 (or 16, not yet supported) bytes, required, unicast */
	COLLAPSAR_GRE_A_LOCAL,		/* binary, 4 or 16 bytes; absent: any, source chosen by the route */
	COLLAPSAR_GRE_A_KEY,		/* u32; absent: no key in either direction */
	COLLAPSAR_GRE_A_TTL,		/* u8, 1..255, default 64 */
	COLLAPSAR_GRE_A_TOS,		/* u8, DSCP of the outer packet (low two bits refused); default 0; ECN always by RFC 6040 */
	COLLAPSAR_GRE_A_CSUM,		/* flag as u8 0/1: send GRE checksums; a received one is always verified */
	COLLAPSAR_GRE_A_KEEPALIVE,	/* u32, seconds between Cisco-style keepalives, 0 = none (default), <= 3600 */
	COLLAPSAR_GRE_A_RETRIES,	/* u8, unanswered keepalives until the carrier goes, 1..255, default 3 */
	COLLAPSAR_GRE_A_LINK,		/* u32, ifindex of the only netdev that its packets may come and go by; absent: any */

	__COLLAPSAR_GRE_A_MAX,
	COLLAPSAR_GRE_A_MAX = __COLLAPSAR_GRE_A_MAX - 1
};

/* Whether honeypots may begin flows towards the outside. */
enum collapsar_outbound {
	COLLAPSAR_OUTBOUND_REPLIES = 0,	/* default: only within flows that the outside began */
	COLLAPSAR_OUTBOUND_OPEN = 1,
};

#endif /* _UAPI_COLLAPSAR_UPLINK_H */

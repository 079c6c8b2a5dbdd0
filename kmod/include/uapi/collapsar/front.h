/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/*
 * collapsar_front: production networks and honeypots at the center.
 *
 * A network is one uplink, a gateway MAC and a containment policy; a honeypot
 * binds (network, address) to a port, the netdev whose other end is the guest. What the
 * guest's sensor sends goes to the collectors of stream.h.
 */
#ifndef _UAPI_COLLAPSAR_FRONT_H
#define _UAPI_COLLAPSAR_FRONT_H

#include "stats.h"
#include "stream.h"
#include "uplink.h"

#define COLLAPSAR_FRONT_GENL_NAME	"collapsar_front"
#define COLLAPSAR_FRONT_GENL_VERSION	1
#define COLLAPSAR_FRONT_MCGRP_EVENTS	"events"
#define COLLAPSAR_FRONT_NAMSIZ		32	/* with the NUL; names are [A-Za-z0-9_.:-]+ */

enum collapsar_front_cmd {
	COLLAPSAR_FRONT_CMD_UNSPEC,
	COLLAPSAR_FRONT_CMD_NETWORK_NEW,	/* do, admin */
	COLLAPSAR_FRONT_CMD_NETWORK_SET,	/* do, admin: all or none */
	COLLAPSAR_FRONT_CMD_NETWORK_DEL,	/* do, admin: refused while it has honeypots */
	COLLAPSAR_FRONT_CMD_NETWORK_GET,	/* do (_NAME) or dump */
	COLLAPSAR_FRONT_CMD_HONEYPOT_NEW,	/* do, admin */
	COLLAPSAR_FRONT_CMD_HONEYPOT_SET,	/* do, admin: all or none */
	COLLAPSAR_FRONT_CMD_HONEYPOT_DEL,	/* do, admin */
	COLLAPSAR_FRONT_CMD_HONEYPOT_GET,	/* do (_NAME) or dump (optionally of one _NETWORK) */
	COLLAPSAR_FRONT_CMD_STATS_GET,		/* dump: collapsar_stats_attr, scopes "network" and "stream" */
	COLLAPSAR_FRONT_CMD_NETWORK_EVENT,	/* notification: network attributes with _EVENT */
	COLLAPSAR_FRONT_CMD_HONEYPOT_EVENT,	/* notification: honeypot attributes with _EVENT */
	COLLAPSAR_FRONT_CMD_STREAM_SUBSCRIBE,	/* do, admin: collapsar_stream_attr; see stream.h */
	COLLAPSAR_FRONT_CMD_STREAM_ACK,		/* do, admin, from the reader's socket */
	COLLAPSAR_FRONT_CMD_STREAM_FORGET,	/* do, admin: a collector, and what it has not read */
	COLLAPSAR_FRONT_CMD_STREAM_ENTRIES,	/* notification to the reader */

	__COLLAPSAR_FRONT_CMD_MAX,
	COLLAPSAR_FRONT_CMD_MAX = __COLLAPSAR_FRONT_CMD_MAX - 1
};

enum collapsar_front_event {
	COLLAPSAR_FRONT_EVENT_ADDED = 0,
	COLLAPSAR_FRONT_EVENT_CHANGED = 1,
	COLLAPSAR_FRONT_EVENT_DELETED = 2,
	COLLAPSAR_FRONT_EVENT_DETACHED = 3,	/* its netdev went away; the object stays and drops */
	COLLAPSAR_FRONT_EVENT_ATTACHED = 4,	/* SET gave it a netdev again */
};

enum collapsar_network_attr {
	COLLAPSAR_NETWORK_A_UNSPEC,
	COLLAPSAR_NETWORK_A_NAME,	/* string < COLLAPSAR_FRONT_NAMSIZ */
	COLLAPSAR_NETWORK_A_UPLINK,	/* nest of collapsar_uplink_attr */
	COLLAPSAR_NETWORK_A_GATEWAY_MAC, /* binary 6, unicast; required in NEW */
	COLLAPSAR_NETWORK_A_OUTBOUND,	/* u32 collapsar_outbound; default replies */
	COLLAPSAR_NETWORK_A_FLOWS,	/* u32: flow table entries, 64..1048576, power of two, default 8192; NEW only */
	COLLAPSAR_NETWORK_A_HONEYPOTS,	/* u32: how many, replies only */
	COLLAPSAR_NETWORK_A_EVENT,	/* u32 collapsar_front_event, notifications only */
	COLLAPSAR_NETWORK_A_PAD,

	__COLLAPSAR_NETWORK_A_MAX,
	COLLAPSAR_NETWORK_A_MAX = __COLLAPSAR_NETWORK_A_MAX - 1
};

enum collapsar_honeypot_attr {
	COLLAPSAR_HONEYPOT_A_UNSPEC,
	COLLAPSAR_HONEYPOT_A_NAME,	/* string < COLLAPSAR_FRONT_NAMSIZ */
	COLLAPSAR_HONEYPOT_A_NETWORK,	/* string: the network's name */
	COLLAPSAR_HONEYPOT_A_ADDR,	/* binary, 4 (or 16, not yet supported) bytes: V */
	COLLAPSAR_HONEYPOT_A_PORT,	/* u32: ifindex of the port; several V's of one network may share it */
	COLLAPSAR_HONEYPOT_A_PORT_NAME,	/* string, replies only */
	COLLAPSAR_HONEYPOT_A_MAC,	/* binary 6, unicast: the guest's; absent: learned from the guest's ARP */
	COLLAPSAR_HONEYPOT_A_EVENT,	/* u32 collapsar_front_event, notifications only */
	COLLAPSAR_HONEYPOT_A_RX_PACKETS, /* u64: delivered to the guest; replies only */
	COLLAPSAR_HONEYPOT_A_RX_BYTES,	/* u64 */
	COLLAPSAR_HONEYPOT_A_TX_PACKETS, /* u64: accepted from the guest */
	COLLAPSAR_HONEYPOT_A_TX_BYTES,	/* u64 */
	COLLAPSAR_HONEYPOT_A_PAD,
	COLLAPSAR_HONEYPOT_A_SENSOR_PORT, /* u16: UDP port that its sensor sends to; in SET 0: it has none */
	COLLAPSAR_HONEYPOT_A_SENSOR_MAGIC, /* u32: first four bytes of what it sends there; both or none */

	__COLLAPSAR_HONEYPOT_A_MAX,
	COLLAPSAR_HONEYPOT_A_MAX = __COLLAPSAR_HONEYPOT_A_MAX - 1
};

#endif /* _UAPI_COLLAPSAR_FRONT_H */

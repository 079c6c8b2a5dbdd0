/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/*
 * collapsar_redir: redirected addresses (V's) of one network namespace.
 *
 * A V is named by (_ADDR, _IFINDEX). NEW begins probing (RFC 5227) and claims
 * the address when nobody answers; another machine that shows the address
 * withdraws the V, with an event.
 */
#ifndef _UAPI_COLLAPSAR_REDIR_H
#define _UAPI_COLLAPSAR_REDIR_H

#include "stats.h"
#include "uplink.h"

#define COLLAPSAR_REDIR_GENL_NAME	"collapsar_redir"
#define COLLAPSAR_REDIR_GENL_VERSION	1
#define COLLAPSAR_REDIR_MCGRP_EVENTS	"events"

enum collapsar_redir_cmd {
	COLLAPSAR_REDIR_CMD_UNSPEC,
	COLLAPSAR_REDIR_CMD_NEW,	/* do, admin */
	COLLAPSAR_REDIR_CMD_SET,	/* do, admin: attributes present are changed, all or none */
	COLLAPSAR_REDIR_CMD_DEL,	/* do, admin */
	COLLAPSAR_REDIR_CMD_GET,	/* do (_ADDR, _IFINDEX) or dump (optionally of one _IFINDEX) */
	COLLAPSAR_REDIR_CMD_STATS_GET,	/* dump: collapsar_stats_attr, scope "redir" */
	COLLAPSAR_REDIR_CMD_EVENT,	/* notification: a V's full attributes with _STATE and _REASON */

	__COLLAPSAR_REDIR_CMD_MAX,
	COLLAPSAR_REDIR_CMD_MAX = __COLLAPSAR_REDIR_CMD_MAX - 1
};

enum collapsar_redir_mode {
	/* Yields to any newcomer at once; never answers probes. */
	COLLAPSAR_REDIR_MODE_OPPORTUNISTIC = 0,
	/*
	 * The operator owns the address: probes are answered, one conflict in
	 * 10 s is defended, a second one yields.
	 */
	COLLAPSAR_REDIR_MODE_RESERVED = 1,
};

enum collapsar_redir_state {
	COLLAPSAR_REDIR_STATE_PROBING = 0,
	COLLAPSAR_REDIR_STATE_CLAIMED = 1,
	COLLAPSAR_REDIR_STATE_WITHDRAWN = 2,
};

enum collapsar_redir_reason {
	COLLAPSAR_REDIR_REASON_ADDED = 0,	/* by the operator */
	COLLAPSAR_REDIR_REASON_PROBED = 1,	/* nobody answered the probes: claimed */
	COLLAPSAR_REDIR_REASON_CONFLICT = 2,	/* another machine's ARP shows the address */
	COLLAPSAR_REDIR_REASON_FOREIGN_PROBE = 3, /* another machine asks for the address (RFC 5227 probe) */
	COLLAPSAR_REDIR_REASON_OPERATOR = 4,	/* told to claim or to withdraw */
	COLLAPSAR_REDIR_REASON_QUIET = 5,	/* quiet time over: probing again */
	COLLAPSAR_REDIR_REASON_LOCAL = 6,	/* the redirector host itself took the address */
	COLLAPSAR_REDIR_REASON_LINK = 7,	/* NIC down, or up again: probing starts over */
	COLLAPSAR_REDIR_REASON_DEFENDED = 8,	/* reserved mode: conflict answered, state unchanged */
	COLLAPSAR_REDIR_REASON_DELETED = 9,	/* by the operator, or with its NIC or uplink */
};

enum collapsar_redir_attr {
	COLLAPSAR_REDIR_A_UNSPEC,
	COLLAPSAR_REDIR_A_ADDR,		/* binary, 4 (or 16, not yet supported) bytes: V */
	COLLAPSAR_REDIR_A_IFINDEX,	/* u32: production NIC */
	COLLAPSAR_REDIR_A_IFNAME,	/* string, replies only */
	COLLAPSAR_REDIR_A_UPLINK,	/* nest of collapsar_uplink_attr */
	COLLAPSAR_REDIR_A_MAC,		/* binary 6, unicast: answer with this instead of the NIC's own */
	COLLAPSAR_REDIR_A_MODE,		/* u32 collapsar_redir_mode */
	COLLAPSAR_REDIR_A_OUTBOUND,	/* u32 collapsar_outbound */
	COLLAPSAR_REDIR_A_QUIET,	/* u32 seconds after a withdrawal until probing starts again, 0 = never (default), <= 86400 */
	COLLAPSAR_REDIR_A_PROBES,	/* u32 probes before claiming, 0..10, default 3; 0 claims at once */
	COLLAPSAR_REDIR_A_PROBE_INTERVAL, /* u32 ms between probes, 10..10000; default 1000 to 2000 at random (RFC 5227) */
	COLLAPSAR_REDIR_A_STATE,	/* u32 collapsar_redir_state; in SET: PROBING = claim again, WITHDRAWN = withdraw */
	COLLAPSAR_REDIR_A_REASON,	/* u32 collapsar_redir_reason of the last change, replies only */
	COLLAPSAR_REDIR_A_FOREIGN_MAC,	/* binary 6: who showed the address, replies only */
	COLLAPSAR_REDIR_A_RX_PACKETS,	/* u64: captured, towards the center; replies only */
	COLLAPSAR_REDIR_A_RX_BYTES,	/* u64 */
	COLLAPSAR_REDIR_A_TX_PACKETS,	/* u64: put on the LAN */
	COLLAPSAR_REDIR_A_TX_BYTES,	/* u64 */
	COLLAPSAR_REDIR_A_PAD,
	COLLAPSAR_REDIR_A_HOLD,		/* u32 seconds, what _QUIET has grown to: it doubles each time the address is lost within an hour, up to an hour; absent: not contested; replies only */

	__COLLAPSAR_REDIR_A_MAX,
	COLLAPSAR_REDIR_A_MAX = __COLLAPSAR_REDIR_A_MAX - 1
};

#endif /* _UAPI_COLLAPSAR_REDIR_H */

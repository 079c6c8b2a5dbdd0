// SPDX-License-Identifier: GPL-2.0-only
#include <collapsar/redir.h>

#include "ctl.h"

#define A(x) COLLAPSAR_REDIR_A_##x
#define U(x) COLLAPSAR_UPLINK_A_##x, .nest = true

static const char * const modes[] = { "opportunistic", "reserved", NULL };
static const char * const outbounds[] = { "replies", "open", NULL };
static const char * const states[] = { "probing", "claimed", "withdrawn", NULL };
static const char * const reasons[] = {
	"added", "probed", "conflict", "foreign-probe", "operator", "quiet", "local", "link",
	"defended", "deleted", NULL
};

static const struct field fields[] = {
	{ .kw = "ADDR", .pos = true, .key = "addr", .type = T_ADDR, .attr = A(ADDR),
	  .verbs = ALL, .required = ADD | SET | DEL, .help = "the redirected address" },
	{ .kw = "dev", .meta = "NIC", .key = "ifindex", .type = T_DEV, .attr = A(IFINDEX),
	  .name_attr = A(IFNAME), .verbs = ALL, .required = ADD | SET | DEL,
	  .help = "production NIC" },
	{ .kw = "uplink", .meta = "DEV", .key = "ifindex", .type = T_DEV, .attr = U(IFINDEX),
	  .name_attr = COLLAPSAR_UPLINK_A_IFNAME, .verbs = ADD, .required = ADD,
	  .help = "netdev towards the center" },
	{ .kw = "remote", .meta = "ADDR", .key = "remote", .type = T_ADDR, .attr = U(REMOTE),
	  .verbs = ADD, .needs = "uplink", .help = "peer of a collect-metadata tunnel device" },
	{ .kw = "key", .meta = "N", .key = "key", .type = T_U32, .attr = U(KEY),
	  .verbs = ADD, .needs = "remote", .help = "its tunnel key" },
	{ .kw = "ttl", .meta = "N", .key = "ttl", .type = T_U8, .attr = U(TTL), .min = 1, .max = 255,
	  .verbs = ADD, .needs = "remote", .help = "outer TTL, default 64" },
	{ .kw = "peer-mac", .meta = "MAC", .key = "peer_mac", .type = T_MAC, .attr = U(PEER_MAC),
	  .verbs = ADD, .needs = "uplink", .help = "next hop on an Ethernet uplink" },
	{ .kw = "mac", .meta = "MAC", .key = "mac", .type = T_MAC, .attr = A(MAC),
	  .verbs = ADD | SET, .help = "answer with this MAC instead of the NIC's" },
	{ .kw = "mode", .meta = "MODE", .key = "mode", .type = T_ENUM, .attr = A(MODE),
	  .names = modes, .verbs = ADD | SET, .help = "what a newcomer with the address meets" },
	{ .kw = "outbound", .meta = "POLICY", .key = "outbound", .type = T_ENUM,
	  .attr = A(OUTBOUND), .names = outbounds, .verbs = ADD | SET,
	  .help = "whether the honeypot may begin flows" },
	{ .kw = "quiet", .meta = "SEC", .key = "quiet", .type = T_SEC, .attr = A(QUIET),
	  .max = 86400, .verbs = ADD | SET,
	  .help = "seconds from a withdrawal to new probes, 0 = never (default)" },
	{ .kw = "probes", .meta = "N", .key = "probes", .type = T_U32, .attr = A(PROBES),
	  .max = 10, .verbs = ADD | SET, .help = "ARP probes before the claim, default 3" },
	{ .kw = "probe-interval", .meta = "MS", .key = "probe_interval", .type = T_MSEC,
	  .attr = A(PROBE_INTERVAL), .min = 10, .max = 10000, .verbs = ADD | SET,
	  .help = "milliseconds between probes, default 1000 to 2000 at random" },
	{ .kw = "claim", .type = T_CONST32, .attr = A(STATE), .min = COLLAPSAR_REDIR_STATE_PROBING,
	  .verbs = SET, .help = "probe and claim again" },
	{ .kw = "withdraw", .type = T_CONST32, .attr = A(STATE),
	  .min = COLLAPSAR_REDIR_STATE_WITHDRAWN, .verbs = SET, .help = "give the address up" },
	{ .key = "state", .type = T_ENUM, .attr = A(STATE), .names = states },
	{ .key = "reason", .type = T_ENUM, .attr = A(REASON), .names = reasons },
	{ .key = "foreign_mac", .type = T_MAC, .attr = A(FOREIGN_MAC) },
	{ .key = "hold", .type = T_SEC, .attr = A(HOLD) },
	{ .key = "rx_packets", .type = T_U64, .attr = A(RX_PACKETS) },
	{ .key = "rx_bytes", .type = T_U64, .attr = A(RX_BYTES) },
	{ .key = "tx_packets", .type = T_U64, .attr = A(TX_PACKETS) },
	{ .key = "tx_bytes", .type = T_U64, .attr = A(TX_BYTES) },
	{ }
};

const struct object obj_redirect = {
	.name = "redirect",
	.help = "unused addresses of a production network, sent to the center",
	.family = COLLAPSAR_REDIR_GENL_NAME,
	.module = "collapsar_redir",
	.cmd = { COLLAPSAR_REDIR_CMD_NEW, COLLAPSAR_REDIR_CMD_SET, COLLAPSAR_REDIR_CMD_DEL,
		 COLLAPSAR_REDIR_CMD_GET },
	.event_cmd = COLLAPSAR_REDIR_CMD_EVENT,
	.max_attr = COLLAPSAR_REDIR_A_MAX,
	.nest = COLLAPSAR_REDIR_A_UPLINK,
	.nest_max = COLLAPSAR_UPLINK_A_MAX,
	.nest_key = "uplink",
	.fields = fields,
};

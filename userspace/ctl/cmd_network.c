// SPDX-License-Identifier: GPL-2.0-only
#include <collapsar/front.h>

#include "ctl.h"

#define A(x) COLLAPSAR_NETWORK_A_##x
#define U(x) COLLAPSAR_UPLINK_A_##x, .nest = true

static const char * const outbounds[] = { "replies", "open", NULL };
static const char * const events[] = {
	"added", "changed", "deleted", "detached", "attached", NULL
};

static const struct field fields[] = {
	{ .key = "event", .type = T_ENUM, .attr = A(EVENT), .names = events },
	{ .kw = "NAME", .pos = true, .key = "name", .type = T_NAME, .attr = A(NAME),
	  .verbs = ALL, .required = ADD | SET | DEL, .help = "name of the network" },
	{ .kw = "uplink", .meta = "DEV", .key = "ifindex", .type = T_DEV, .attr = U(IFINDEX),
	  .name_attr = COLLAPSAR_UPLINK_A_IFNAME, .verbs = ADD | SET, .required = ADD,
	  .help = "netdev towards its redirector" },
	{ .kw = "remote", .meta = "ADDR", .key = "remote", .type = T_ADDR, .attr = U(REMOTE),
	  .verbs = ADD | SET, .needs = "uplink",
	  .help = "peer of a collect-metadata tunnel device" },
	{ .kw = "key", .meta = "N", .key = "key", .type = T_U32, .attr = U(KEY),
	  .verbs = ADD | SET, .needs = "remote", .help = "its tunnel key" },
	{ .kw = "ttl", .meta = "N", .key = "ttl", .type = T_U8, .attr = U(TTL), .min = 1, .max = 255,
	  .verbs = ADD | SET, .needs = "remote", .help = "outer TTL, default 64" },
	{ .kw = "peer-mac", .meta = "MAC", .key = "peer_mac", .type = T_MAC, .attr = U(PEER_MAC),
	  .verbs = ADD | SET, .needs = "uplink", .help = "next hop on an Ethernet uplink" },
	{ .kw = "gateway-mac", .meta = "MAC", .key = "gateway_mac", .type = T_MAC,
	  .attr = A(GATEWAY_MAC), .verbs = ADD | SET, .required = ADD,
	  .help = "MAC that the honeypots see as their gateway" },
	{ .kw = "outbound", .meta = "POLICY", .key = "outbound", .type = T_ENUM,
	  .attr = A(OUTBOUND), .names = outbounds, .verbs = ADD | SET,
	  .help = "whether honeypots may begin flows" },
	{ .kw = "flows", .meta = "N", .key = "flows", .type = T_U32, .attr = A(FLOWS),
	  .min = 64, .max = 1048576, .power_of_two = true, .verbs = ADD,
	  .help = "entries of the flow table, a power of two, default 8192" },
	{ .key = "honeypots", .type = T_U32, .attr = A(HONEYPOTS) },
	{ }
};

const struct object obj_network = {
	.name = "network",
	.help = "production networks that the center plays a part of",
	.family = COLLAPSAR_FRONT_GENL_NAME,
	.module = "collapsar_front",
	.cmd = { COLLAPSAR_FRONT_CMD_NETWORK_NEW, COLLAPSAR_FRONT_CMD_NETWORK_SET,
		 COLLAPSAR_FRONT_CMD_NETWORK_DEL, COLLAPSAR_FRONT_CMD_NETWORK_GET },
	.event_cmd = COLLAPSAR_FRONT_CMD_NETWORK_EVENT,
	.max_attr = COLLAPSAR_NETWORK_A_MAX,
	.nest = COLLAPSAR_NETWORK_A_UPLINK,
	.nest_max = COLLAPSAR_UPLINK_A_MAX,
	.nest_key = "uplink",
	.fields = fields,
};

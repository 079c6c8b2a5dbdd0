// SPDX-License-Identifier: GPL-2.0-only
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <collapsar/core.h>
#include <collapsar/uplink.h>

#include "ctl.h"

#define A(x) COLLAPSAR_GRE_A_##x, .nest = true

static const struct field fields[] = {
	{ .kw = "NAME", .pos = true, .key = "ifname", .type = T_LINK, .attr = IFLA_IFNAME,
	  .verbs = ALL, .required = ADD | SET | DEL, .help = "name of the link" },
	{ .key = "ifindex", .type = T_INDEX },
	{ .kw = "remote", .meta = "ADDR", .key = "remote", .type = T_ADDR, .attr = A(REMOTE),
	  .verbs = ADD, .required = ADD, .help = "the other end of the tunnel" },
	{ .kw = "local", .meta = "ADDR", .key = "local", .type = T_ADDR, .attr = A(LOCAL),
	  .verbs = ADD, .help = "this end; otherwise chosen by the route" },
	{ .kw = "key", .meta = "N", .key = "key", .type = T_U32, .attr = A(KEY),
	  .verbs = ADD, .help = "GRE key of both directions" },
	{ .kw = "dev", .meta = "NIC", .key = "link", .type = T_DEV, .attr = A(LINK),
	  .verbs = ADD, .help = "the only netdev that its packets come and go by" },
	{ .kw = "ttl", .meta = "N", .key = "ttl", .type = T_U8, .attr = A(TTL), .min = 1, .max = 255,
	  .verbs = ADD | SET, .help = "outer TTL, default 64" },
	{ .kw = "tos", .meta = "N", .key = "tos", .type = T_U8, .attr = A(TOS), .max = 255,
	  .verbs = ADD | SET, .help = "outer DSCP << 2; ECN follows RFC 6040" },
	{ .key = "csum", .type = T_BOOL8, .attr = A(CSUM) },
	{ .kw = "csum", .type = T_CONST8, .attr = A(CSUM), .min = 1,
	  .verbs = ADD | SET, .help = "send GRE checksums" },
	{ .kw = "nocsum", .type = T_CONST8, .attr = A(CSUM), .min = 0,
	  .verbs = ADD | SET, .help = "send none (default)" },
	{ .kw = "keepalive", .meta = "SEC", .key = "keepalive", .type = T_SEC,
	  .attr = A(KEEPALIVE), .max = 3600, .verbs = ADD | SET,
	  .help = "seconds between keepalives, 0 = none (default)" },
	{ .kw = "retries", .meta = "N", .key = "retries", .type = T_U8, .attr = A(RETRIES),
	  .min = 1, .max = 255, .verbs = ADD | SET,
	  .help = "unanswered keepalives until the carrier goes, default 3" },
	{ }
};

const struct object obj_uplink = {
	.name = "uplink",
	.help = "GRE tunnels between a redirector and the center (links of kind clps_gre)",
	.family = COLLAPSAR_GENL_NAME,
	.module = "collapsar",
	.link = true,
	.kind = COLLAPSAR_GRE_KIND,
	.cmd = { RTM_NEWLINK, RTM_NEWLINK, RTM_DELLINK, RTM_GETLINK },
	.max_attr = IFLA_MAX,
	.nest = IFLA_INFO_DATA,
	.nest_max = COLLAPSAR_GRE_A_MAX,
	.fields = fields,
};

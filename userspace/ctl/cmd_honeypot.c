// SPDX-License-Identifier: GPL-2.0-only
#include <collapsar/front.h>

#include "ctl.h"

#define A(x) COLLAPSAR_HONEYPOT_A_##x

static const char * const events[] = {
	"added", "changed", "deleted", "detached", "attached", NULL
};

static const struct field fields[] = {
	{ .key = "event", .type = T_ENUM, .attr = A(EVENT), .names = events },
	{ .kw = "NAME", .pos = true, .key = "name", .type = T_NAME, .attr = A(NAME),
	  .verbs = ALL, .required = ADD | SET | DEL, .help = "name of the honeypot" },
	{ .kw = "network", .meta = "NET", .key = "network", .type = T_NAME, .attr = A(NETWORK),
	  .verbs = ADD | SHOW, .required = ADD, .help = "network that it lives in" },
	{ .kw = "address", .meta = "ADDR", .key = "addr", .type = T_ADDR, .attr = A(ADDR),
	  .verbs = ADD, .required = ADD, .help = "its address in that network" },
	{ .kw = "port", .meta = "DEV", .key = "port", .type = T_DEV, .attr = A(PORT),
	  .name_attr = A(PORT_NAME), .verbs = ADD | SET, .required = ADD,
	  .help = "netdev whose other end is the guest" },
	{ .kw = "mac", .meta = "MAC", .key = "mac", .type = T_MAC, .attr = A(MAC),
	  .verbs = ADD | SET, .help = "the guest's MAC; otherwise learned from its ARP" },
	{ .kw = "sensor", .meta = "N", .key = "sensor_port", .type = T_U16, .attr = A(SENSOR_PORT),
	  .verbs = ADD | SET, .min = 1, .max = 65535, .needs = "magic",
	  .help = "UDP port that its sensor sends to: taken off for the collectors" },
	{ .kw = "magic", .meta = "N", .key = "sensor_magic", .type = T_U32,
	  .attr = A(SENSOR_MAGIC), .verbs = ADD | SET, .needs = "sensor",
	  .help = "number that what it sends there begins with" },
	{ .kw = "nosensor", .type = T_CONST16, .attr = A(SENSOR_PORT), .verbs = SET,
	  .help = "it has no sensor: nothing is taken off" },
	{ .key = "rx_packets", .type = T_U64, .attr = A(RX_PACKETS) },
	{ .key = "rx_bytes", .type = T_U64, .attr = A(RX_BYTES) },
	{ .key = "tx_packets", .type = T_U64, .attr = A(TX_PACKETS) },
	{ .key = "tx_bytes", .type = T_U64, .attr = A(TX_BYTES) },
	{ }
};

const struct object obj_honeypot = {
	.name = "honeypot",
	.help = "guests behind ports",
	.family = COLLAPSAR_FRONT_GENL_NAME,
	.module = "collapsar_front",
	.cmd = { COLLAPSAR_FRONT_CMD_HONEYPOT_NEW, COLLAPSAR_FRONT_CMD_HONEYPOT_SET,
		 COLLAPSAR_FRONT_CMD_HONEYPOT_DEL, COLLAPSAR_FRONT_CMD_HONEYPOT_GET },
	.event_cmd = COLLAPSAR_FRONT_CMD_HONEYPOT_EVENT,
	.max_attr = COLLAPSAR_HONEYPOT_A_MAX,
	.fields = fields,
};

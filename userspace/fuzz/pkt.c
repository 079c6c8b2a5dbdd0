// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any bytes as an IPv4 packet: no read outside, and what is accepted makes
 * sense; whatever it says, the flow table admits no packet of a flow that the
 * outside did not begin.
 * FUZZ_SRCS: kmod/lib/pkt.c kmod/lib/flow.c
 * FUZZ_RUNS: 1500000
 */
#include <stdlib.h>

#include "flow.h"
#include "pkt.h"

#define MUST(cond) do { if (!(cond)) abort(); } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void flows(const struct clps_pkt *p)
{
	struct clps_flow_set set = { };
	struct clps_flow_key in, out;

	if (!clps_flow_key_outbound(&out, p))
		MUST(!clps_flow_note_outbound(&set, &out, p->flags, 5, &clps_flow_default_timeouts));
	if (clps_flow_key_inbound(&in, p))
		return;
	clps_flow_note_inbound(&set, &in, p->flags, 5, &clps_flow_default_timeouts);
	if (p->flags & CLPS_PKT_TCP_RST) {
		MUST(!clps_flow_count(&set, 5, &clps_flow_default_timeouts));
		return;
	}
	MUST(clps_flow_count(&set, 5, &clps_flow_default_timeouts) == 1);
	MUST(clps_flow_note_outbound(&set, &in, 0, 6, &clps_flow_default_timeouts));
}

/* Nothing of TCP leaves whose flags nobody saw: by the bytes, not by what was parsed. */
static void flags_are_seen(const struct clps_pkt *p, const uint8_t *data, size_t size)
{
	size_t hlen = (data[0] & 15) * 4u, tot_len = data[2] << 8 | data[3];
	unsigned int offset = (data[6] & 31) << 8 | data[7];
	struct clps_flow_key key;

	if (data[9] != 6 || clps_flow_key_outbound(&key, p))
		return;
	MUST(offset != 1);
	MUST(offset || (tot_len >= hlen + 20 && size >= hlen + 20));
	MUST(offset || (data[hlen + 13] & 0x12) != 0x02);
}

/* An ICMP error leaves only within the flow of the packet that its bytes hold. */
static void errors_name_their_flow(const struct clps_pkt *p, const uint8_t *data)
{
	const uint8_t *ip = data + (data[0] & 15) * 4 + 8, *l4;
	struct clps_flow_key key;
	uint8_t proto;

	if (!(p->flags & CLPS_PKT_ICMP_ERROR) || clps_flow_key_outbound(&key, p))
		return;
	l4 = ip + (ip[0] & 15) * 4;
	proto = ip[9];
	MUST(data[9] == 1 && key.proto == proto);
	MUST(!memcmp(ip + 12, data + 16, 4) && !memcmp(ip + 16, data + 12, 4));
	if ((ip[6] & 31) || ip[7])
		MUST(key.kind == CLPS_FLOW_PAIR);
	else if (proto == 6 || proto == 17 || proto == 33 || proto == 132 || proto == 136)
		MUST(key.kind == CLPS_FLOW_PORTS && key.out_port == (l4[0] << 8 | l4[1]) &&
		     key.in_port == (l4[2] << 8 | l4[3]));
	else if (proto == 1 && l4[0] == 8)
		MUST(key.kind == CLPS_FLOW_PORTS && key.in_port == (l4[4] << 8 | l4[5]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t peek = size < CLPS_PKT_PEEK ? size : CLPS_PKT_PEEK;
	struct clps_pkt p, whole;
	int err;

	/* What it need not write is compared as well. */
	memset(&p, 0, sizeof(p));
	memset(&whole, 0, sizeof(whole));
	err = clps_pkt_parse4(&p, data, peek, size);
	/* The peek says what the whole packet would. */
	if (size) {
		MUST(err == clps_pkt_parse4(&whole, data, size, size));
		MUST(err || !memcmp(&p, &whole, sizeof(p)));
	}
	if (err)
		return 0;
	MUST(p.l3_len >= 20 && p.l3_len <= 60);
	MUST(!size || (p.tot_len >= p.l3_len && p.tot_len <= size));
	MUST(clps_addr_is_v4(&p.src) && clps_addr_is_v4(&p.dst));
	MUST(!(p.flags & CLPS_PKT_FRAG_LATER) || !(p.flags & CLPS_PKT_PORTS));
	flows(&p);
	flags_are_seen(&p, data, size);
	errors_name_their_flow(&p, data);
	return 0;
}

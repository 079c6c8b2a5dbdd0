// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any bytes as GRE and as ARP: no read outside, and what is accepted encodes
 * to the bytes that it came from.
 * FUZZ_SRCS: kmod/lib/gre.c kmod/lib/arp.c
 * FUZZ_RUNS: 2000000
 */
#include <stdlib.h>

#include "arp.h"
#include "gre.h"

#define MUST(cond) do { if (!(cond)) abort(); } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	u8 buf[CLPS_ARP_LEN];
	struct clps_gre g, again;
	struct clps_arp arp;
	unsigned int n;
	__be32 us, peer;

	if (!clps_gre_parse(&g, data, size)) {
		MUST(g.hlen <= size);
		n = clps_gre_build(buf, &g);
		MUST(n == g.hlen && !clps_gre_parse(&again, buf, n));
		MUST(again.key == g.key && again.seq == g.seq && again.proto == g.proto);
	}
	if (!clps_arp_parse(&arp, data, size)) {
		clps_arp_build(buf, &arp);
		MUST(!memcmp(buf, data, CLPS_ARP_LEN));
	}
	if (size < 20)
		return 0;
	memcpy(&us, data + 12, 4);
	memcpy(&peer, data + 16, 4);
	n = clps_gre_is_keepalive(data, size, us, peer);
	MUST(n <= size && (!n || (n >= 24 && data[0] == 0x45)));
	return 0;
}

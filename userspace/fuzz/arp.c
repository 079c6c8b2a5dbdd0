// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any bytes as ARP: no read outside, padding says nothing, what is accepted
 * names a machine, and encodes to the bytes that it came from.
 * FUZZ_SRCS: kmod/lib/arp.c
 * FUZZ_RUNS: 2000000
 */
#include <stdlib.h>

#include "arp.h"

#define MUST(cond) do { if (!(cond)) abort(); } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const u8 nobody[CLPS_ETH_ALEN];
	struct clps_arp arp, again;
	u8 buf[CLPS_ARP_LEN];
	int err;

	err = clps_arp_parse(&arp, data, size);
	MUST((size < CLPS_ARP_LEN) == (err == -EMSGSIZE));
	if (size > CLPS_ARP_LEN)
		MUST(clps_arp_parse(&again, data, CLPS_ARP_LEN) == err);
	if (err)
		return 0;
	MUST(arp.op == CLPS_ARP_REQUEST || arp.op == CLPS_ARP_REPLY);
	MUST(!(arp.sha[0] & 1) && memcmp(arp.sha, nobody, CLPS_ETH_ALEN));
	MUST(!clps_arp_is_probe(&arp) || !clps_arp_is_announcement(&arp));
	clps_arp_build(buf, &arp);
	MUST(!memcmp(buf, data, CLPS_ARP_LEN));
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "arp.h"

#define ARP_HRD_ETHER	1
#define ARP_PRO_IPV4	0x0800

static bool mac_is_host(const u8 *mac)
{
	u8 any = 0;
	int i;

	for (i = 0; i < CLPS_ETH_ALEN; i++)
		any |= mac[i];
	return any && !(mac[0] & 1);
}

int clps_arp_parse(struct clps_arp *arp, const void *data, size_t len)
{
	const u8 *b = data;

	if (len < CLPS_ARP_LEN)
		return -EMSGSIZE;
	if (clps_get_be16(b) != ARP_HRD_ETHER ||
	    clps_get_be16(b + 2) != ARP_PRO_IPV4 ||
	    b[4] != CLPS_ETH_ALEN || b[5] != 4)
		return -EPROTONOSUPPORT;

	arp->op = clps_get_be16(b + 6);
	if (arp->op != CLPS_ARP_REQUEST && arp->op != CLPS_ARP_REPLY)
		return -EINVAL;
	memcpy(arp->sha, b + 8, CLPS_ETH_ALEN);
	memcpy(&arp->spa, b + 14, 4);
	memcpy(arp->tha, b + 18, CLPS_ETH_ALEN);
	memcpy(&arp->tpa, b + 24, 4);
	return mac_is_host(arp->sha) ? 0 : -EINVAL;
}

void clps_arp_build(u8 buf[CLPS_ARP_LEN], const struct clps_arp *arp)
{
	clps_put_be16(buf, ARP_HRD_ETHER);
	clps_put_be16(buf + 2, ARP_PRO_IPV4);
	buf[4] = CLPS_ETH_ALEN;
	buf[5] = 4;
	clps_put_be16(buf + 6, arp->op);
	memcpy(buf + 8, arp->sha, CLPS_ETH_ALEN);
	memcpy(buf + 14, &arp->spa, 4);
	memcpy(buf + 18, arp->tha, CLPS_ETH_ALEN);
	memcpy(buf + 24, &arp->tpa, 4);
}

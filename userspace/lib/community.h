/* SPDX-License-Identifier: GPL-2.0-only */
/* Community ID, version 1 with seed 0: a flow's name, the same whoever saw it. */
#ifndef CLPS_COMMUNITY_H
#define CLPS_COMMUNITY_H

#include <stddef.h>
#include <stdint.h>

#define COMMUNITY_LEN	32	/* with its NUL */

/* @len: of each address, 4 or 16. Ports in host order. Of TCP, UDP and SCTP. */
void community_id(char out[COMMUNITY_LEN], const uint8_t *src, const uint8_t *dst, size_t len,
		  uint16_t sport, uint16_t dport, uint8_t protocol);

#endif

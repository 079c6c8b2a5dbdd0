/* SPDX-License-Identifier: GPL-2.0-only */
/* The other end of a UML's ring, in a test of its own; see peer.c. */
#ifndef SELFTESTS_RING_PEER_H
#define SELFTESTS_RING_PEER_H

#include "ring.h"

/* What a kernel with every checker on, on a busy machine, may take. */
#define PATIENCE_MS	10000

enum role { LISTENER = 1, CONNECTER = 2, EITHER = 3 };

/* A connection with the UML, and the memory once there is some. */
struct cable {
	int sock, memfd;
	u32 log2;
	u8 *mem;
	struct clps_ring tx, rx;
};

double now(void);
bool readable(struct cable *c);
bool map_memory(struct cable *c, enum role role);
bool hello_is(const struct clps_ring_hello *h, u16 kind, u32 log2);
int connect_to(const char *path, int flags);
bool take_offer(struct cable *c);

#endif

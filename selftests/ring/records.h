/* SPDX-License-Identifier: GPL-2.0-only */
/* Records that a hostile peer sends, and what is to become of each; see records.c. */
#ifndef SELFTESTS_RING_RECORDS_H
#define SELFTESTS_RING_RECORDS_H

#include "peer.h"

/* Which counter has it; FRAMES are of any of the first three. */
enum fate { RECEIVED, BAD_HEADER, TOO_LONG, UNKNOWN, FRAMES, FATES };

/* How many records were sent to which fate. */
struct sent {
	unsigned long to[FATES];
};

u32 rnd(void);
bool put_rubbish(struct clps_ring *tx, struct sent *sent);
bool put_unknown(struct clps_ring *tx, struct sent *sent);
bool put_lying_segments(struct clps_ring *tx, struct sent *sent);
bool put_malformed(struct clps_ring *tx, struct sent *sent);
void print_sent(const struct sent *sent);

#endif

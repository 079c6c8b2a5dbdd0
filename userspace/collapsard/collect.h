/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From entries of streams to rows, lines and casts. Entries come between collect_begin() and
 * collect_commit(); when that returns 0 they are on the disk, and may be acknowledged. When
 * it does not, nothing of them is there, and they are to be given again: nothing that is
 * remembered in memory is more than what the database has.
 */
#ifndef CLPS_COLLECT_H
#define CLPS_COLLECT_H

#include <stdbool.h>
#include <stdint.h>

#include "evt.h"

struct collect;
struct config;

enum entry_type {
	ENTRY_SEBEK = 0,	/* what a datagram of a sensor's had in it */
	ENTRY_RECORDS = 1,	/* whole records, one after the other */
	ENTRY_GAP = 2,		/* entries of this honeypot are missing */
};

/**
 * struct entry - what a stream has to say at once
 * @seq: its number in the stream
 * @time: when it came to the center, nanoseconds since 1970
 * @network: name
 * @honeypot: name
 * @address: V as text
 * @type: &enum entry_type, or one of a later kernel's
 * @data: hostile bytes
 * @len: how many
 * @count: of a gap, entries that are missing
 * @since: of a gap, time of the first of them
 */
struct entry {
	u64 seq;
	u64 time;
	const char *network;
	const char *honeypot;
	const char *address;
	u32 type;
	const u8 *data;
	size_t len;
	u64 count;
	u64 since;
};

/**
 * struct stream - where entries come from, and up to where they are stored
 * @name: key in the database
 * @epoch: of the numbers that come now; with another one they begin anew
 * @seq: the last that is stored, or was given since collect_begin()
 * @given: the last that came since it was opened, never after @seq: what may be acknowledged
 *         to a kernel that has to send again what is stored
 * @local: entries have no numbers, but their records, all of one honeypot, do
 * @loaded: the database was asked
 */
struct stream {
	const char *name;
	u64 epoch;
	u64 seq;
	u64 given;
	bool local;
	bool loaded;
};

/* NULL: it was said why. */
struct collect *collect_open(const struct config *cfg);
void collect_close(struct collect *c);

/* All return 0 or a negative errno. */
int collect_begin(struct collect *c);
int collect_commit(struct collect *c);

void collect_entry(struct collect *c, struct stream *st, const struct entry *e);

/*
 * @alive is called now and then, at most once a second, while entries are given and while
 * they are committed: each of both may take long.
 */
void collect_tick(struct collect *c, void (*alive)(void *arg), void *arg);

/* Words about what the last collect_begin() or collect_commit() did not do. */
const char *collect_why(const struct collect *c);
/* Something that is no guest's doing, for the EVE file: within a transaction. */
void collect_say(struct collect *c, const char *event, const char *text);
/* The same when there can be no transaction: as far as there is room for a line. */
void collect_cry(struct collect *c, const char *event, const char *text);

#endif

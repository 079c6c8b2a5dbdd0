// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is missing is said as well as what is there. A guest chooses how often something is
 * missing: a gap is a row that it fills its quota with, and past that the count in one that
 * is there already, so that there are no more rows than causes.
 */
#include "eve.h"
#include "model.h"

/* A guest says what its sensor lost, and a sum has to stay a number. */
static u64 sane(u64 count)
{
	return min(count, (u64)INT64_MAX);
}

static void put(struct collect *c, struct honeypot *hp, const char *cause, const char *unit,
		u64 first, u64 count, u64 since, u64 now)
{
	store_run(&c->store, ST_GAP, "ninttni", hp ? hp->id : 0, (int64_t)now, (int64_t)since, cause, unit,
		  (int64_t)first, (int64_t)count);
	eve_gap(c, hp, cause, unit, first, count, now);
	if (hp)
		honeypot_charge(c, hp, COST_RECORD);
}

void gap_add(struct collect *c, struct honeypot *hp, const char *cause, const char *unit,
	     u64 first, u64 count, u64 since, u64 now)
{
	if (hp && honeypot_full(c, hp))
		gap_more(c, hp, cause, unit, count, now);
	else
		put(c, hp, cause, unit, first, sane(count), since, now);
}

void gap_more(struct collect *c, struct honeypot *hp, const char *cause, const char *unit,
	      u64 count, u64 now)
{
	struct store *s = &c->store;

	count = sane(count);
	if (store_row(s, ST_GAP_MORE, "ittii", hp->id, cause, unit, (int64_t)count, (int64_t)now)) {
		while (store_next(s, ST_GAP_MORE))
			;
		return;
	}
	put(c, hp, cause, unit, 0, count, now, now);
}

// SPDX-License-Identifier: GPL-2.0-only
/* What is missing is said as well as what is there. */
#include "eve.h"
#include "model.h"

void gap_add(struct collect *c, struct honeypot *hp, const char *cause, const char *unit,
	     u64 first, u64 count, u64 since, u64 now)
{
	store_run(&c->store, ST_GAP, "ninttni", hp ? hp->id : 0, (int64_t)now, (int64_t)since, cause, unit,
		  (int64_t)first, (int64_t)count);
	eve_gap(c, hp, cause, unit, first, count, now);
}

void gap_more(struct collect *c, struct honeypot *hp, const char *cause, const char *unit, u64 now)
{
	struct store *s = &c->store;

	if (store_row(s, ST_GAP_MORE, "iti", hp->id, cause, (int64_t)now)) {
		while (store_next(s, ST_GAP_MORE))
			;
		return;
	}
	gap_add(c, hp, cause, unit, 0, 1, now, now);
}

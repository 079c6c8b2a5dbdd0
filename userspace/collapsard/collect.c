// SPDX-License-Identifier: GPL-2.0-only
/* Entries become records, and records what record.c makes of them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "eve.h"
#include "model.h"
#include "say.h"

struct collect *collect_open(const struct config *cfg)
{
	struct collect *c = calloc(1, sizeof(*c));
	char path[CONFIG_PATH + 32];
	int err;

	if (!c) {
		say("no memory");
		return NULL;
	}
	c->cfg = cfg;
	snprintf(path, sizeof(path), "%s/collapsard.db", cfg->directory);
	err = store_open(&c->store, path, cfg->max_bytes);
	if (err) {
		say("%s: %s", path, c->store.why[0] ? c->store.why : strerror(-err));
		free(c);
		return NULL;
	}
	if (cfg->eve_bytes) {
		c->eve = eve_open(c);
		if (!c->eve) {
			collect_close(c);
			return NULL;
		}
	}
	casts_open(c);
	return c;
}

void collect_close(struct collect *c)
{
	if (!c)
		return;
	honeypots_forget(c);
	eve_close(c->eve);
	store_close(&c->store);
	free(c->touched);
	free(c);
}

const char *collect_why(const struct collect *c)
{
	return c->why;
}

static int fail(struct collect *c, int err, const char *what)
{
	snprintf(c->why, sizeof(c->why), "%s: %s", what,
		 c->store.why[0] ? c->store.why : strerror(-err));
	return err;
}

int collect_begin(struct collect *c)
{
	int err = eve_ready(c);

	c->store.why[0] = '\0';
	if (err)
		return fail(c, err, "eve.json");
	err = store_begin(&c->store);
	return err ? fail(c, err, "database") : 0;
}

void collect_tick(struct collect *c, void (*alive)(void *arg), void *arg)
{
	c->alive = alive;
	c->alive_arg = arg;
	c->alive_at = 0;
}

void still_alive(struct collect *c)
{
	s64 now = (s64)time(NULL);

	if (!c->alive || now == c->alive_at)
		return;
	c->alive_at = now;
	c->alive(c->alive_arg);
}

void collect_say(struct collect *c, const char *event, const char *text)
{
	eve_own(c, event, text);
}

static void load_stream(struct collect *c, struct stream *st)
{
	struct store *s = &c->store;

	st->seq = 0;
	if (store_row(s, ST_STREAM, "t", st->name)) {
		if ((u64)store_int(s, ST_STREAM, 0) == st->epoch)
			st->seq = (u64)store_int(s, ST_STREAM, 1);
		store_done(s, ST_STREAM);
	}
	st->loaded = !s->err;
}

void collect_cry(struct collect *c, const char *event, const char *text)
{
	if (eve_ready(c))
		return;
	eve_own(c, event, text);
	eve_alone(c);
}

/* To be saved when all of its entries were taken. */
static void stream_moves(struct collect *c, struct stream *st)
{
	unsigned int i;

	for (i = 0; i < c->streams_len; i++)
		if (c->streams[i] == st)
			return;
	if (c->streams_len == STREAMS)
		c->store.err = c->store.err ? c->store.err : -E2BIG;
	else
		c->streams[c->streams_len++] = st;
}

static void streams_save(struct collect *c)
{
	unsigned int i;

	for (i = 0; i < c->streams_len; i++)
		store_run(&c->store, ST_STREAM_SET, "tii", c->streams[i]->name,
			  (int64_t)c->streams[i]->epoch, (int64_t)c->streams[i]->seq);
}

static void streams_forget(struct collect *c)
{
	unsigned int i;

	for (i = 0; i < c->streams_len; i++)
		c->streams[i]->loaded = false;
}

/* There may be no more of this one, which takes nothing from the others. */
static bool over_quota(struct collect *c, struct honeypot *hp, u64 now)
{
	if (!honeypot_full(c, hp))
		return false;
	gap_more(c, hp, "quota", "records", 1, now);
	return true;
}

static void take(struct collect *c, struct honeypot *hp, const struct clps_evt *e, u64 now)
{
	struct rec r = { .c = c, .hp = hp, .e = e, .arrived = now };

	hp->records++;
	if (over_quota(c, hp, now))
		return;
	honeypot_charge(c, hp, e->len + COST_RECORD);
	record_take(&r);
}

static void take_sebek(struct collect *c, struct honeypot *hp, const struct entry *e)
{
	struct clps_sebek_got got;
	int n = clps_sebek_join(&hp->join, e->data, e->len, &got);

	/* Set back to what it was: a sensor that begins says itself whether its kernel does. */
	if (got.restarted && !(n > 0 && got.evt.id == CLPS_EVT_start))
		honeypot_anew(c, hp, e->time);
	if (got.lost)
		gap_add(c, hp, "lost", "pdus", 0, got.lost, 0, e->time);
	if (n > 0) {
		if (got.missing)
			gap_add(c, hp, "lost", "records", got.first, got.missing, 0, e->time);
		take(c, hp, &got.evt, e->time);
	} else if (n < 0 && n != -ESTALE) {
		gap_more(c, hp, "damaged", "pdus", 1, e->time);
	}
}

/* What the sensor numbered and nobody brought. Returns false for what came before. */
static bool in_turn(struct collect *c, struct honeypot *hp, const struct clps_evt *e,
		    const struct entry *entry, bool local)
{
	u64 seq = e->who.seq, next = hp->number + 1, missing;

	if (e->id == CLPS_EVT_start) {
		const u8 *id;
		u32 len;

		id = clps_evt_get(e, CLPS_EVT_start_boot_id, &len);
		/* Once more the one that is known? */
		if (local && hp->numbered && len == sizeof(hp->boot_id) && seq <= hp->number &&
		    !memcmp(id, hp->boot_id, len))
			return false;
	} else if (hp->numbered && seq >= next) {
		missing = seq - next;
		if (e->id == CLPS_EVT_gap &&
		    seq - (u64)clps_evt_get_int(e, CLPS_EVT_gap_count) ==
		    (u64)clps_evt_get_int(e, CLPS_EVT_gap_first))
			missing -= min(missing, (u64)clps_evt_get_int(e, CLPS_EVT_gap_count));
		if (missing)
			gap_add(c, hp, "lost", "records", next, missing, 0, entry->time);
	} else if (local && hp->numbered && e->who.time <= hp->saved_seen) {
		return false;
	}
	hp->number = seq;
	hp->numbered = true;
	return true;
}

static void take_records(struct collect *c, struct honeypot *hp, const struct entry *e,
			 struct stream *st)
{
	const u8 *p = e->data;
	size_t left = e->len;
	struct clps_evt evt;
	int n;

	for (; left; p += n, left -= (size_t)n) {
		n = clps_evt_parse(&evt, p, left);
		if (n < 0) {
			gap_add(c, hp, "damaged", "bytes", 0, left, 0, e->time);
			return;
		}
		if (in_turn(c, hp, &evt, e, st->local))
			take(c, hp, &evt, e->time);
		/* To its own sensor a record's number is what an entry's is to the front-end. */
		if (st->local) {
			st->given = evt.who.seq;
			st->seq = hp->number;
		}
	}
}

static void dispatch(struct collect *c, struct stream *st, const struct entry *e)
{
	struct honeypot *hp = NULL;

	if (e->honeypot && e->network) {
		hp = honeypot_get(c, e);
		if (!hp)
			return;
	}
	switch (e->type) {
	case ENTRY_SEBEK:
		if (hp)
			take_sebek(c, hp, e);
		break;
	case ENTRY_RECORDS:
		if (hp)
			take_records(c, hp, e, st);
		break;
	case ENTRY_GAP:
		gap_add(c, hp, "collector", "entries", 0, e->count, e->since, e->time);
		break;
	default:
		gap_add(c, hp, "unknown", "entries", 0, 1, 0, e->time);
	}
}

void collect_entry(struct collect *c, struct stream *st, const struct entry *e)
{
	still_alive(c);
	/* After a transaction that was not done, what was stored is asked again. */
	if (!st->loaded)
		load_stream(c, st);
	if (c->store.err)
		return;
	if (!st->local) {
		st->given = e->seq;
		/* It came again, as it was stored and not acknowledged. */
		if (e->seq <= st->seq)
			return;
		if (e->seq != st->seq + 1)
			gap_add(c, NULL, "stream", "entries", st->seq + 1, e->seq - st->seq - 1,
				0, e->time);
		st->seq = e->seq;
		stream_moves(c, st);
	}
	dispatch(c, st, e);
}

int collect_commit(struct collect *c)
{
	int err;

	honeypots_save(c);
	streams_save(c);
	casts_write(c);
	eve_save(c);
	err = store_commit(&c->store);
	c->touched_len = 0;
	if (err) {
		/* What is remembered tells of rows that are not there. */
		streams_forget(c);
		c->streams_len = 0;
		honeypots_forget(c);
		eve_drop(c);
		casts_forget(c);
		return fail(c, err, "database");
	}
	c->streams_len = 0;
	honeypots_tell(c);
	honeypots_trim(c);
	eve_write(c);
	return 0;
}

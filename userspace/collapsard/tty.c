// SPDX-License-Identifier: GPL-2.0-only
/*
 * Terminals. A device has another terminal each time that it is opened anew, which the
 * opening of its master tells; where that was not seen, that another session has it.
 */
#include <string.h>

#include "eve.h"
#include "model.h"

static struct tty *cached(struct honeypot *hp, u32 dev)
{
	return &hp->ttys[dev % TTYS];
}

static bool find(struct rec *r, u32 dev, struct tty *t)
{
	struct store *s = &r->c->store;

	*t = *cached(r->hp, dev);
	if (t->id && t->dev == dev)
		return true;
	memset(t, 0, sizeof(*t));
	if (!store_row(s, ST_TTY, "ii", r->hp->id, (int64_t)dev))
		return false;
	t->dev = dev;
	t->id = store_int(s, ST_TTY, 0);
	t->session = store_int(s, ST_TTY, 1);
	t->master = store_int(s, ST_TTY, 2);
	store_done(s, ST_TTY);
	*cached(r->hp, dev) = *t;
	return true;
}

static void end(struct rec *r, const struct tty *t)
{
	store_run(&r->c->store, ST_TTY_END, "ii", t->id, (int64_t)r->arrived);
	memset(cached(r->hp, t->dev), 0, sizeof(*t));
}

static void bound(struct rec *r)
{
	struct store *s = &r->c->store;
	s64 live = 0, most = (s64)r->c->cfg->ttys;

	if (store_row(s, ST_TTYS_LIVE, "i", r->hp->id)) {
		live = store_int(s, ST_TTYS_LIVE, 0);
		store_done(s, ST_TTYS_LIVE);
	}
	if (live <= most)
		return;
	store_run(s, ST_TTYS_TRIM, "iii", r->hp->id, (int64_t)r->arrived, live - most);
	memset(r->hp->ttys, 0, sizeof(r->hp->ttys));
}

static struct tty make(struct rec *r, u32 dev, bool master)
{
	struct tty t = { .dev = dev, .master = master };

	t.session = session_of(r);
	if (!t.session)
		t.session = session_make(r);
	t.id = store_run(&r->c->store, ST_TTY_NEW, "iiiii", r->hp->id, t.session, (int64_t)dev,
			 (int64_t)master, (int64_t)r->arrived);
	*cached(r->hp, dev) = t;
	honeypot_charge(r->c, r->hp, COST_TTY);
	bound(r);
	return t;
}

static bool lives(struct rec *r, s64 session)
{
	struct store *s = &r->c->store;
	bool yes = false;

	if (store_row(s, ST_SESSION_LIVES, "i", session)) {
		yes = store_int(s, ST_SESSION_LIVES, 0);
		store_done(s, ST_SESSION_LIVES);
	}
	return yes;
}

/* Is it another terminal by now? Anybody may write to a terminal, but one has its master. */
static bool is_over(struct rec *r, const struct tty *t, bool master)
{
	s64 mine = session_of(r);

	if (mine == t->session)
		return false;
	if (master && mine)
		return true;
	return !(t->master && !master) && !lives(r, t->session);
}

struct tty tty_of(struct rec *r, u32 dev, bool master)
{
	struct tty t;

	if (find(r, dev, &t)) {
		if (!is_over(r, &t, master)) {
			if (master && !t.master) {
				store_run(&r->c->store, ST_TTY_MASTER, "i", t.id);
				t.master = true;
				*cached(r->hp, dev) = t;
			}
			return t;
		}
		end(r, &t);
	}
	return make(r, dev, master);
}

void tty_fresh(struct rec *r, u32 dev)
{
	struct tty t;

	if (find(r, dev, &t))
		end(r, &t);
	make(r, dev, true);
}

static void put_chunk(struct rec *r, const struct tty *t, int code, bool master)
{
	const struct clps_evt *e = r->e;
	s64 result, missing;
	const u8 *data;
	u32 len;

	data = clps_evt_get(e, CLPS_EVT_read_data, &len);
	result = clps_evt_get_int(e, CLPS_EVT_read_result);
	missing = result > (s64)len ? result - (s64)len : 0;
	if (!len && !missing)
		return;
	store_run(&r->c->store, ST_TTY_CHUNK, "iiiiiiibinn", t->id, r->proc.id,
		  (int64_t)e->who.seq, (int64_t)e->who.time, (int64_t)r->arrived, (int64_t)code,
		  (int64_t)master, (const void *)data, (size_t)len, missing, (int64_t)0,
		  (int64_t)0);
	honeypot_charge(r->c, r->hp, (u64)len * COST_CAST);
	cast_touch(r->c, t->id);
	eve_tty(r, t, code, data, len, (u64)missing);
}

/*
 * What goes through the master is what the visitor typed and saw. What programs read and
 * write at the other end is the same once more, and kept where nobody has seen a master.
 */
void take_tty(struct rec *r, bool master)
{
	struct tty t = tty_of(r, field_u32(r->e, CLPS_EVT_read_dev), master);
	bool reads = r->e->id == CLPS_EVT_read;

	if (t.master == master)
		put_chunk(r, &t, master == reads ? 0 : 1, master);
}

void take_winsize(struct rec *r)
{
	s64 rows = clps_evt_get_int(r->e, CLPS_EVT_winsize_rows);
	s64 columns = clps_evt_get_int(r->e, CLPS_EVT_winsize_columns);
	struct tty t = tty_of(r, field_u32(r->e, CLPS_EVT_winsize_dev), false);

	store_run(&r->c->store, ST_TTY_SIZE, "iii", t.id, rows, columns);
	store_run(&r->c->store, ST_TTY_CHUNK, "iiiiiiibinn", t.id, r->proc.id,
		  (int64_t)r->e->who.seq, (int64_t)r->e->who.time, (int64_t)r->arrived,
		  (int64_t)2, (int64_t)t.master, (const void *)"", (size_t)0, (int64_t)0, rows,
		  columns);
	cast_touch(r->c, t.id);
}

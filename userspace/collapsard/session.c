// SPDX-License-Identifier: GPL-2.0-only
/*
 * A session is what one visitor does: all that descends from the process that began to
 * serve his connection, or that sat down at a terminal. It is made when there is something to
 * it, a program other than the server's or a terminal, so that a port scan leaves none, and
 * ends with that process.
 */
#include <string.h>

#include "eve.h"
#include "model.h"

s64 session_of(struct rec *r)
{
	struct store *s = &r->c->store;
	struct proc *p = &r->proc;

	if (p->session || !p->leader)
		return p->session;
	if (store_row(s, ST_SESSION_OF, "ii", r->hp->id, p->leader)) {
		p->session = store_int(s, ST_SESSION_OF, 0);
		store_done(s, ST_SESSION_OF);
		proc_save(r->c, r->hp, p);
	}
	return p->session;
}

static void bound(struct rec *r)
{
	struct store *s = &r->c->store;
	s64 live = 0, most = (s64)r->c->cfg->sessions;

	if (store_row(s, ST_SESSIONS_LIVE, "i", r->hp->id)) {
		live = store_int(s, ST_SESSIONS_LIVE, 0);
		store_done(s, ST_SESSIONS_LIVE);
	}
	if (live > most)
		store_run(s, ST_SESSIONS_TRIM, "iii", r->hp->id, (int64_t)r->arrived, live - most);
}

s64 session_make(struct rec *r)
{
	const char *kind = "network";
	struct proc *p = &r->proc;

	if (!p->leader) {
		kind = p->pid == 1 ? "console" : "terminal";
		p->leader = p->id;
	}
	p->session = store_run(&r->c->store, ST_SESSION_NEW, "itibin", r->hp->id, kind, p->leader,
			       (const void *)p->comm, strnlen(p->comm, sizeof(p->comm)),
			       (int64_t)r->arrived, p->connection);
	if (p->connection)
		store_run(&r->c->store, ST_SESSION_CONN, "ii", p->connection, p->session);
	proc_save(r->c, r->hp, p);
	eve_session(r, p->session, "begin");
	bound(r);
	return p->session;
}

void session_led_by(struct rec *r, s64 leader)
{
	struct store *s = &r->c->store;
	s64 id = 0;

	if (store_row(s, ST_SESSION_END, "iii", r->hp->id, leader, (int64_t)r->arrived)) {
		id = store_int(s, ST_SESSION_END, 0);
		while (store_next(s, ST_SESSION_END))
			;
	}
	if (id)
		eve_session(r, id, "end");
}

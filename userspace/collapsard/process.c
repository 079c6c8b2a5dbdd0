// SPDX-License-Identifier: GPL-2.0-only
/* Processes as a tree, and what they inherit. */
#include <string.h>

#include "eve.h"
#include "model.h"

#define COUNT_EACH	1024u	/* processes that are made between two counts */
#define INIT		1u

static struct proc *cached(struct honeypot *hp, u32 pid)
{
	return &hp->procs[pid % PROCS];
}

bool proc_find(struct collect *c, struct honeypot *hp, u32 pid, struct proc *p)
{
	struct store *s = &c->store;
	const void *comm;
	size_t len;

	*p = *cached(hp, pid);
	if (p->id && p->pid == pid)
		return true;
	memset(p, 0, sizeof(*p));
	if (!store_row(s, ST_PROC, "ii", hp->id, (int64_t)pid))
		return false;
	p->pid = pid;
	p->id = store_int(s, ST_PROC, 0);
	p->session = store_int(s, ST_PROC, 1);
	p->accepted = store_int(s, ST_PROC, 2);
	p->connection = store_int(s, ST_PROC, 3);
	p->leader = store_int(s, ST_PROC, 4);
	comm = store_bytes(s, ST_PROC, 5, &len);
	memcpy(p->comm, comm ? comm : "", len < sizeof(p->comm) ? len : sizeof(p->comm));
	store_done(s, ST_PROC);
	*cached(hp, pid) = *p;
	return true;
}

void proc_save(struct collect *c, struct honeypot *hp, const struct proc *p)
{
	store_run(&c->store, ST_PROC_SET, "innnn", p->id, p->session, p->accepted, p->connection,
		  p->leader);
	*cached(hp, p->pid) = *p;
}

/* Somebody who makes processes without end loses sight of the oldest. */
static void bound(struct rec *r)
{
	struct store *s = &r->c->store;
	s64 live = 0, most = (s64)r->c->cfg->processes;

	if (++r->hp->made % COUNT_EACH)
		return;
	if (store_row(s, ST_PROCS_LIVE, "i", r->hp->id)) {
		live = store_int(s, ST_PROCS_LIVE, 0);
		store_done(s, ST_PROCS_LIVE);
	}
	if (live <= most)
		return;
	store_run(s, ST_PROCS_TRIM, "iii", r->hp->id, (int64_t)r->arrived, live - most);
	memset(r->hp->procs, 0, sizeof(r->hp->procs));
}

/* @p has number and name, and what it inherits. */
static void make(struct rec *r, struct proc *p, s64 parent)
{
	p->id = store_run(&r->c->store, ST_PROC_NEW, "iinibinnn", r->hp->id, (int64_t)p->pid,
			  parent, (int64_t)r->e->who.uid, (const void *)p->comm,
			  strnlen(p->comm, sizeof(p->comm)), (int64_t)r->arrived, p->session,
			  p->connection, p->leader);
	*cached(r->hp, p->pid) = *p;
	bound(r);
}

/* What init does, everybody would have done who is left without a parent. */
static void inherit(struct proc *p, const struct proc *parent)
{
	if (parent->pid == INIT)
		return;
	p->session = parent->session;
	p->connection = parent->connection;
	p->leader = parent->leader;
}

void proc_of(struct rec *r)
{
	const struct clps_evt_who *who = &r->e->who;
	struct proc parent;
	bool known;

	if (proc_find(r->c, r->hp, who->pid, &r->proc))
		return;
	known = who->ppid != who->pid && proc_find(r->c, r->hp, who->ppid, &parent);
	memset(&r->proc, 0, sizeof(r->proc));
	r->proc.pid = who->pid;
	memcpy(r->proc.comm, who->comm, sizeof(r->proc.comm));
	if (known)
		inherit(&r->proc, &parent);
	make(r, &r->proc, known ? parent.id : 0);
}

/*
 * A child of who has accepted a connection serves it, unless somebody does already: that
 * is how sshd, dropbear and inetd work.
 */
void take_fork(struct rec *r)
{
	u32 pid = field_u32(r->e, CLPS_EVT_fork_child_pid);
	struct proc child, *p = &r->proc;
	s64 accepted = p->accepted;

	/* A thread. */
	if (pid == p->pid)
		return;
	if (proc_find(r->c, r->hp, pid, &child))
		store_run(&r->c->store, ST_PROC_END, "iin", child.id, (int64_t)r->arrived,
			  (int64_t)0);
	memset(&child, 0, sizeof(child));
	child.pid = pid;
	memcpy(child.comm, r->e->who.comm, sizeof(child.comm));
	inherit(&child, p);
	if (accepted) {
		child.session = 0;
		child.leader = 0;
		child.connection = accepted;
		p->accepted = 0;
		proc_save(r->c, r->hp, p);
	}
	make(r, &child, p->id);
	if (accepted && child.id) {
		child.leader = child.id;
		proc_save(r->c, r->hp, &child);
	}
}

/* The server itself, begun anew, as sshd does, or a part of it ("sshd-session")? */
static bool same_program(const struct proc *p, const u8 *path, u32 len)
{
	size_t n = strnlen(p->comm, sizeof(p->comm) - 1);
	const u8 *slash = len ? memrchr(path, '/', len) : NULL;
	const u8 *base = slash ? slash + 1 : path;
	size_t rest = len - (size_t)(base - path);

	if (!n || rest < n || memcmp(base, p->comm, n))
		return false;
	/* A name of 15 bytes is cut short. */
	return rest == n || base[n] == '-' || n == sizeof(p->comm) - 1;
}

void take_exec(struct rec *r)
{
	const struct clps_evt *e = r->e;
	struct proc *p = &r->proc;
	const u8 *path, *args;
	u32 path_len, args_len;

	path = clps_evt_get(e, CLPS_EVT_exec_path, &path_len);
	args = clps_evt_get(e, CLPS_EVT_exec_args, &args_len);
	if (!same_program(p, path, path_len)) {
		/* Who accepted becomes another: its own child in all but number. */
		if (p->accepted) {
			p->connection = p->accepted;
			p->leader = p->id;
			p->session = 0;
			p->accepted = 0;
		}
		if (p->leader && !session_of(r))
			session_make(r);
	}
	memcpy(p->comm, e->who.comm, sizeof(p->comm));
	store_run(&r->c->store, ST_PROC_EXEC, "ibbi", p->id, (const void *)p->comm,
		  strnlen(p->comm, sizeof(p->comm)), (const void *)path, (size_t)path_len,
		  (int64_t)e->who.uid);
	proc_save(r->c, r->hp, p);
	store_run(&r->c->store, ST_COMMAND, "iniiiibibiiii", r->hp->id, p->session, p->id,
		  (int64_t)e->who.seq, (int64_t)e->who.time, (int64_t)r->arrived,
		  (const void *)path, (size_t)path_len,
		  clps_evt_get_int(e, CLPS_EVT_exec_argc), (const void *)args, (size_t)args_len,
		  clps_evt_get_int(e, CLPS_EVT_exec_args_size),
		  clps_evt_get_int(e, CLPS_EVT_exec_env_size), (int64_t)e->who.uid,
		  clps_evt_get_int(e, CLPS_EVT_exec_euid));
}

void take_exit(struct rec *r)
{
	struct proc *p = &r->proc;

	if (clps_evt_get_int(r->e, CLPS_EVT_exit_last) != 1)
		return;
	store_run(&r->c->store, ST_PROC_END, "iii", p->id, (int64_t)r->arrived,
		  clps_evt_get_int(r->e, CLPS_EVT_exit_code));
	if (p->leader == p->id)
		session_led_by(r, p->id);
	memset(cached(r->hp, p->pid), 0, sizeof(*p));
}

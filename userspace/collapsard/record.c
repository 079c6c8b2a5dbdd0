// SPDX-License-Identifier: GPL-2.0-only
/* What each kind of record becomes. */
#include <arpa/inet.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "community.h"
#include "eve.h"
#include "model.h"

#define TCP	6
#define UDP	17
#define SCTP	132

/* One end of a socket as the database has it. */
struct end {
	struct clps_evt_addr addr;
	char text[64];
	const void *p;
	size_t len;
};

static void end_get(struct end *end, const struct clps_evt *e, unsigned int field)
{
	const u8 *p;
	__be32 v4;
	u32 len;

	memset(end, 0, sizeof(*end));
	end->p = "";
	if (field >= e->nr)
		return;
	p = clps_evt_get(e, field, &len);
	if (clps_evt_addr_get(&end->addr, p, len))
		return;
	if (end->addr.family == CLPS_EVT_AF_INET) {
		v4 = clps_addr_get_v4(&end->addr.addr);
		inet_ntop(AF_INET, &v4, end->text, sizeof(end->text));
	} else if (end->addr.family == CLPS_EVT_AF_INET6) {
		inet_ntop(AF_INET6, end->addr.addr.w, end->text, sizeof(end->text));
	}
	if (end->addr.family == CLPS_EVT_AF_UNIX) {
		end->p = end->addr.path;
		end->len = end->addr.path_len;
	} else {
		end->p = end->text;
		end->len = strlen(end->text);
	}
}

static const char *flow_name(char *buf, const struct end *a, const struct end *b, s64 protocol)
{
	bool v4 = a->addr.family == CLPS_EVT_AF_INET;
	size_t skip = v4 ? 12 : 0;

	if (a->addr.family != b->addr.family || (!v4 && a->addr.family != CLPS_EVT_AF_INET6))
		return NULL;
	if (protocol != TCP && protocol != UDP && protocol != SCTP)
		return NULL;
	community_id(buf, (const u8 *)a->addr.addr.w + skip, (const u8 *)b->addr.addr.w + skip,
		     16 - skip, a->addr.port, b->addr.port, (u8)protocol);
	return buf;
}

#define NONE	CLPS_EVT_MAX_FIELDS	/* a field that the record has not */

static s64 put_socket(struct rec *r, unsigned int protocol, unsigned int local,
		      unsigned int remote, unsigned int result, unsigned int inode)
{
	s64 proto = clps_evt_get_int(r->e, protocol);
	char flow[COMMUNITY_LEN];
	struct end near, far;

	end_get(&near, r->e, local);
	end_get(&far, r->e, remote);
	return store_run(&r->c->store, ST_SOCKET, "iniiiitibibniit", r->hp->id,
			 session_of(r), r->proc.id, (int64_t)r->e->who.seq,
			 (int64_t)r->e->who.time, (int64_t)r->arrived, r->e->desc->name, proto,
			 near.p, near.len, (int64_t)near.addr.port, far.p, far.len,
			 (int64_t)far.addr.port, clps_evt_get_int(r->e, result),
			 clps_evt_get_int(r->e, inode), flow_name(flow, &near, &far, proto));
}

/* Of the guest's own, by which no visitor comes. */
static bool is_unix(const struct clps_evt *e, unsigned int field)
{
	struct end end;

	end_get(&end, e, field);
	return end.addr.family == CLPS_EVT_AF_UNIX;
}

static void on_accept(struct rec *r)
{
	s64 id = put_socket(r, CLPS_EVT_accept_protocol, CLPS_EVT_accept_local,
			    CLPS_EVT_accept_remote, CLPS_EVT_accept_fd, CLPS_EVT_accept_inode);

	if (clps_evt_get_int(r->e, CLPS_EVT_accept_fd) < 0 ||
	    is_unix(r->e, CLPS_EVT_accept_local))
		return;
	r->proc.accepted = id;
	proc_save(r->c, r->hp, &r->proc);
}

static void on_socket(struct rec *r)
{
	switch (r->e->id) {
	case CLPS_EVT_socket:
		put_socket(r, CLPS_EVT_socket_protocol, NONE, NONE, CLPS_EVT_socket_fd,
			   CLPS_EVT_socket_inode);
		break;
	case CLPS_EVT_connect:
		put_socket(r, CLPS_EVT_connect_protocol, CLPS_EVT_connect_local,
			   CLPS_EVT_connect_remote, CLPS_EVT_connect_result,
			   CLPS_EVT_connect_inode);
		break;
	case CLPS_EVT_bind:
		put_socket(r, CLPS_EVT_bind_protocol, CLPS_EVT_bind_local, NONE,
			   CLPS_EVT_bind_result, CLPS_EVT_bind_inode);
		break;
	case CLPS_EVT_listen:
		put_socket(r, CLPS_EVT_listen_protocol, CLPS_EVT_listen_local, NONE,
			   CLPS_EVT_listen_result, CLPS_EVT_listen_inode);
		break;
	default:
		put_socket(r, CLPS_EVT_message_protocol, CLPS_EVT_message_local,
			   CLPS_EVT_message_remote, NONE, CLPS_EVT_message_inode);
	}
}

/* @act: what was done to the file. */
static void put_file(struct rec *r, const char *act, unsigned int path, unsigned int other,
		     unsigned int dev, unsigned int inode, unsigned int flags, unsigned int result)
{
	const u8 *p, *q;
	u32 len, more;

	p = clps_evt_get(r->e, path, &len);
	q = clps_evt_get(r->e, other, &more);
	store_run(&r->c->store, ST_FILE, "iniiiitbbiiii", r->hp->id, session_of(r), r->proc.id,
		  (int64_t)r->e->who.seq, (int64_t)r->e->who.time, (int64_t)r->arrived, act,
		  (const void *)p, (size_t)len, (const void *)q, (size_t)more,
		  clps_evt_get_int(r->e, dev), clps_evt_get_int(r->e, inode),
		  clps_evt_get_int(r->e, flags), clps_evt_get_int(r->e, result));
}

static void on_open(struct rec *r)
{
	s64 kind = clps_evt_get_int(r->e, CLPS_EVT_open_kind);

	if (kind == CLPS_FILE_pty && clps_evt_get_int(r->e, CLPS_EVT_open_result) >= 0)
		tty_fresh(r, field_u32(r->e, CLPS_EVT_open_dev));
	put_file(r, "open", CLPS_EVT_open_path, NONE, CLPS_EVT_open_dev, CLPS_EVT_open_inode,
		 CLPS_EVT_open_flags, CLPS_EVT_open_result);
	eve_record(r);
}

static void put_transfer(struct rec *r, s64 kind)
{
	const struct clps_evt *e = r->e;
	s64 result = clps_evt_get_int(e, CLPS_EVT_read_result), missing;
	const u8 *p;
	u32 len;

	p = clps_evt_get(e, CLPS_EVT_read_data, &len);
	missing = result > (s64)len ? result - (s64)len : 0;
	store_run(&r->c->store, ST_TRANSFER, "iniiiitiiiibi", r->hp->id, session_of(r),
		  r->proc.id, (int64_t)e->who.seq, (int64_t)e->who.time, (int64_t)r->arrived,
		  clps_evt_kind_name((unsigned int)kind), (int64_t)(e->id == CLPS_EVT_write),
		  clps_evt_get_int(e, CLPS_EVT_read_fd), clps_evt_get_int(e, CLPS_EVT_read_dev),
		  clps_evt_get_int(e, CLPS_EVT_read_inode), (const void *)p, (size_t)len, missing);
}

static void on_io(struct rec *r)
{
	s64 kind = clps_evt_get_int(r->e, CLPS_EVT_read_kind);

	switch (kind) {
	case CLPS_FILE_tty:
	case CLPS_FILE_pty:
		take_tty(r, kind == CLPS_FILE_pty);
		break;
	case CLPS_FILE_regular:
	case CLPS_FILE_block:
		put_file(r, r->e->desc->name, CLPS_EVT_read_path, NONE, CLPS_EVT_read_dev,
			 CLPS_EVT_read_inode, CLPS_EVT_read_flags, CLPS_EVT_read_result);
		eve_record(r);
		break;
	default:
		put_transfer(r, kind);
	}
}

/* Its fields as JSON; of one that the table does not know, all of it. */
static void put_other(struct rec *r)
{
	const struct clps_evt *e = r->e;
	json_t *json = e->desc ? eve_fields(e) : NULL;
	char *text = json ? json_dumps(json, JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;

	if (e->desc && !text)
		r->c->store.err = r->c->store.err ? r->c->store.err : -ENOMEM;
	store_run(&r->c->store, ST_OTHER, "iniiiittb", r->hp->id, session_of(r), r->proc.id,
		  (int64_t)e->who.seq, (int64_t)e->who.time, (int64_t)r->arrived,
		  e->desc ? e->desc->name : "unknown", text, (const void *)e->data,
		  e->desc ? 0 : (size_t)e->len);
	honeypot_charge(r->c, r->hp, text ? strlen(text) : 0);
	free(text);
	json_decref(json);
}

#define NSEC	UINT64_C(1000000000)
#define SAME	(5 * NSEC)	/* by so much a clock may be set right */

/* A sensor that begins in a kernel that ran before sees the same processes. */
static void on_start(struct rec *r)
{
	u64 up = (u64)clps_evt_get_int(r->e, CLPS_EVT_start_uptime), now = r->e->who.time, booted;
	struct honeypot *hp = r->hp;
	const u8 *id, *release;
	u32 len, release_len;

	booted = now > up ? now - up : 0;
	if (!hp->booted || booted > hp->booted + SAME || booted + SAME < hp->booted)
		honeypot_anew(r->c, hp, r->arrived);
	hp->booted = booted ? booted : 1;
	id = clps_evt_get(r->e, CLPS_EVT_start_boot_id, &len);
	memset(hp->boot_id, 0, sizeof(hp->boot_id));
	memcpy(hp->boot_id, id, min(len, (u32)sizeof(hp->boot_id)));
	release = clps_evt_get(r->e, CLPS_EVT_start_release, &release_len);
	store_run(&r->c->store, ST_HONEYPOT_START, "ibbi", hp->id, (const void *)release,
		  (size_t)release_len, (const void *)hp->boot_id, sizeof(hp->boot_id),
		  (int64_t)hp->booted);
	eve_record(r);
}

static void on_gap(struct rec *r)
{
	gap_add(r->c, r->hp, "sensor", "records", (u64)clps_evt_get_int(r->e, CLPS_EVT_gap_first),
		(u64)clps_evt_get_int(r->e, CLPS_EVT_gap_count), 0, r->arrived);
}

static void take_process(struct rec *r)
{
	switch (r->e->id) {
	case CLPS_EVT_exec:
		take_exec(r);
		break;
	case CLPS_EVT_fork:
		take_fork(r);
		break;
	default:
		take_exit(r);
	}
	eve_record(r);
}

static void take_socket(struct rec *r)
{
	if (r->e->id == CLPS_EVT_accept)
		on_accept(r);
	else
		on_socket(r);
	eve_record(r);
}

static void take_copy(struct rec *r)
{
	if (r->e->id == CLPS_EVT_mmap)
		put_file(r, "mmap", CLPS_EVT_mmap_path, NONE, CLPS_EVT_mmap_dev,
			 CLPS_EVT_mmap_inode, CLPS_EVT_mmap_flags, NONE);
	else
		put_file(r, "copy", CLPS_EVT_copy_in_path, CLPS_EVT_copy_out_path,
			 CLPS_EVT_copy_in_dev, CLPS_EVT_copy_in_inode, NONE, CLPS_EVT_copy_result);
	eve_record(r);
}

void record_take(struct rec *r)
{
	/* Of no process. */
	if (r->e->id == CLPS_EVT_start) {
		on_start(r);
		return;
	}
	if (r->e->id == CLPS_EVT_gap) {
		on_gap(r);
		return;
	}
	proc_of(r);
	switch (r->e->id) {
	case CLPS_EVT_read:
	case CLPS_EVT_write:
		on_io(r);
		break;
	case CLPS_EVT_open:
		on_open(r);
		break;
	case CLPS_EVT_exec:
	case CLPS_EVT_fork:
	case CLPS_EVT_exit:
		take_process(r);
		break;
	case CLPS_EVT_socket:
	case CLPS_EVT_connect:
	case CLPS_EVT_accept:
	case CLPS_EVT_bind:
	case CLPS_EVT_listen:
	case CLPS_EVT_message:
		take_socket(r);
		break;
	case CLPS_EVT_mmap:
	case CLPS_EVT_copy:
		take_copy(r);
		break;
	case CLPS_EVT_winsize:
		take_winsize(r);
		eve_record(r);
		break;
	default:
		put_other(r);
		eve_record(r);
	}
}

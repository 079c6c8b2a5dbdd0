// SPDX-License-Identifier: GPL-2.0-only
/* What the lines of the EVE file say. */
#include <arpa/inet.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "eve.h"

#define NSEC	1000000000u

static const char *stamp(u64 ns, char *buf, size_t size)
{
	time_t sec = (time_t)(ns / NSEC);
	char day[32];
	struct tm tm;

	gmtime_r(&sec, &tm);
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(buf, size, "%s.%06u+0000", day, (unsigned int)(ns % NSEC / 1000));
	return buf;
}

json_t *eve_bytes(const void *data, size_t len)
{
	const u8 *p = data, *end = p + len;
	struct text t = { 0 };
	json_t *json = NULL;
	uint32_t cp;
	int n;

	/* What jansson takes is UTF-8; it makes ASCII of it when it writes. */
	while (p < end) {
		n = utf8_next(p, (size_t)(end - p), &cp);
		if (n <= 0)
			text_printf(&t, "\\x%02x", *p++);
		else if (cp == '\\')
			text_add(&t, "\\\\", 2);
		else
			text_add(&t, p, (size_t)n);
		p += n > 0 ? n : 0;
	}
	if (!t.failed)
		json = json_stringn_nocheck(t.s ? t.s : "", t.len);
	text_free(&t);
	return json;
}

static json_t *addr_json(const u8 *p, u32 len)
{
	struct clps_evt_addr a;
	char text[64];
	__be32 v4;

	if (clps_evt_addr_get(&a, p, len))
		return json_null();
	switch (a.family) {
	case CLPS_EVT_AF_INET:
		v4 = clps_addr_get_v4(&a.addr);
		return json_pack("{s:s, s:i}", "address", inet_ntop(AF_INET, &v4, text, sizeof(text)),
				 "port", (int)a.port);
	case CLPS_EVT_AF_INET6:
		return json_pack("{s:s, s:i}", "address",
				 inet_ntop(AF_INET6, a.addr.w, text, sizeof(text)), "port",
				 (int)a.port);
	case CLPS_EVT_AF_UNIX:
		return json_pack("{s:o}", "path", eve_bytes(a.path, a.path_len));
	case CLPS_EVT_AF_OTHER:
		return json_pack("{s:i}", "family", (int)a.other);
	default:
		return json_null();
	}
}

/* Those of exec: each ends with NUL, but perhaps the last. */
static json_t *args_json(const u8 *p, u32 len)
{
	json_t *list = json_array();
	u32 n;

	while (len) {
		n = (u32)strnlen((const char *)p, len);
		json_array_append_new(list, eve_bytes(p, n));
		n = n < len ? n + 1 : n;
		p += n;
		len -= n;
	}
	return list;
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && !strcmp(s + n - m, end);
}

static json_t *int_json(const struct clps_evt *e, unsigned int i)
{
	const struct clps_evt_field *f = &e->desc->field[i];
	s64 v = clps_evt_get_int(e, i);
	char text[24];

	if (!strcmp(f->name, "call"))
		return json_string(clps_evt_call_name((unsigned int)v));
	if (ends_with(f->name, "kind"))
		return json_string(clps_evt_kind_name((unsigned int)v));
	/* JSON's integers are jansson's, which have a sign. */
	if (f->type == CLPS_EVT_T_U64 && v < 0) {
		snprintf(text, sizeof(text), "%llu", (unsigned long long)v);
		return json_string(text);
	}
	return json_integer(v);
}

static json_t *hex_json(const u8 *p, u32 len)
{
	struct text t = { 0 };
	json_t *json;

	while (len--)
		text_printf(&t, "%02x", *p++);
	json = t.failed ? NULL : json_string(t.s ? t.s : "");
	text_free(&t);
	return json;
}

static json_t *field_json(const struct clps_evt *e, unsigned int i)
{
	const u8 *p;
	u32 len;

	p = clps_evt_get(e, i, &len);
	switch (e->desc->field[i].type) {
	case CLPS_EVT_T_ADDR:
		return addr_json(p, len);
	case CLPS_EVT_T_BYTES:
		if (e->id == CLPS_EVT_exec)
			return args_json(p, len);
		if (e->id == CLPS_EVT_start)
			return hex_json(p, len);
		/* fall through */
	case CLPS_EVT_T_STR:
		return eve_bytes(p, len);
	default:
		return int_json(e, i);
	}
}

json_t *eve_fields(const struct clps_evt *e)
{
	json_t *o = json_object();
	unsigned int i;

	for (i = 0; e->desc && i < e->nr && i < e->desc->nr; i++)
		json_object_set_new(o, e->desc->field[i].name, field_json(e, i));
	return o;
}

static void add_who(json_t *o, const struct rec *r)
{
	const struct clps_evt_who *w = &r->e->who;
	char guest[64];

	json_object_set_new(o, "number", json_integer((json_int_t)w->seq));
	json_object_set_new(o, "guest_time", json_string(stamp(w->time, guest, sizeof(guest))));
	if (r->proc.session)
		json_object_set_new(o, "session_id", json_integer(r->proc.session));
	json_object_set_new(o, "process", json_pack("{s:I, s:I, s:I, s:I, s:o}",
			    "pid", (json_int_t)w->pid, "tid", (json_int_t)w->tid,
			    "ppid", (json_int_t)w->ppid, "uid", (json_int_t)w->uid,
			    "comm", eve_bytes(w->comm, strnlen(w->comm, sizeof(w->comm)))));
}

void eve_line(struct collect *c, const struct honeypot *hp, const char *type, u64 now,
	      json_t *body, struct rec *r)
{
	struct text *t = c->eve ? eve_lines(c->eve) : NULL;
	char time[64], *line;
	json_t *o;

	if (!t) {
		json_decref(body);
		return;
	}
	o = json_pack("{s:s, s:s}", "timestamp", stamp(now, time, sizeof(time)), "event_type", type);
	if (hp) {
		json_object_set_new(o, "network", eve_bytes(hp->network, strlen(hp->network)));
		json_object_set_new(o, "honeypot", eve_bytes(hp->name, strlen(hp->name)));
		json_object_set_new(o, "address", eve_bytes(hp->address, strlen(hp->address)));
	}
	if (r)
		add_who(o, r);
	json_object_set_new(o, type, body);
	line = o ? json_dumps(o, JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;
	json_decref(o);
	if (line) {
		text_json_ascii(t, line);
		text_add(t, "\n", 1);
	}
	if (!line || t->failed)
		c->store.err = c->store.err ? c->store.err : -ENOMEM;
	free(line);
}

void eve_record(struct rec *r)
{
	if (r->c->eve && r->e->desc)
		eve_line(r->c, r->hp, r->e->desc->name, r->arrived, eve_fields(r->e), r);
}

void eve_tty(struct rec *r, const struct tty *t, int code, const u8 *data, u32 len, u64 missing)
{
	json_t *body;

	if (!r->c->eve)
		return;
	body = json_pack("{s:I, s:s, s:o}", "id", (json_int_t)t->id, "direction",
			 code ? "input" : "output", "data", eve_bytes(data, len));
	if (missing)
		json_object_set_new(body, "missing", json_integer((json_int_t)missing));
	eve_line(r->c, r->hp, "tty", r->arrived, body, r);
}

static json_t *end_json(struct store *s, int col)
{
	size_t len;
	const void *p = store_bytes(s, ST_SESSION_SHOW, col, &len);

	return p ? json_pack("{s:o, s:I}", "address", eve_bytes(p, len), "port",
			     (json_int_t)store_int(s, ST_SESSION_SHOW, col + 1)) : json_null();
}

void eve_session(struct rec *r, s64 session, const char *state)
{
	struct store *s = &r->c->store;
	const void *p;
	json_t *body;
	size_t len;

	if (!r->c->eve || !store_row(s, ST_SESSION_SHOW, "i", session))
		return;
	body = json_pack("{s:I, s:s}", "id", (json_int_t)session, "state", state);
	p = store_bytes(s, ST_SESSION_SHOW, 0, &len);
	json_object_set_new(body, "kind", eve_bytes(p, len));
	p = store_bytes(s, ST_SESSION_SHOW, 1, &len);
	json_object_set_new(body, "program", eve_bytes(p, len));
	json_object_set_new(body, "local", end_json(s, 2));
	json_object_set_new(body, "remote", end_json(s, 4));
	p = store_bytes(s, ST_SESSION_SHOW, 6, &len);
	if (p)
		json_object_set_new(body, "community_id", eve_bytes(p, len));
	store_done(s, ST_SESSION_SHOW);
	eve_line(r->c, r->hp, "session", r->arrived, body, r);
}

void eve_gap(struct collect *c, const struct honeypot *hp, const char *cause, const char *unit,
	     u64 first, u64 count, u64 now)
{
	json_t *body;

	if (!c->eve)
		return;
	body = json_pack("{s:s, s:s, s:I}", "cause", cause, "unit", unit, "count",
			 (json_int_t)count);
	if (first)
		json_object_set_new(body, "first", json_integer((json_int_t)first));
	eve_line(c, hp, "gap", now, body, NULL);
}

void eve_own(struct collect *c, const char *event, const char *text)
{
	struct timespec ts;

	if (!c->eve)
		return;
	clock_gettime(CLOCK_REALTIME, &ts);
	eve_line(c, NULL, "collector", (u64)ts.tv_sec * NSEC + (u64)ts.tv_nsec,
		 json_pack("{s:s, s:o}", "event", event, "text", eve_bytes(text, strlen(text))),
		 NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* The table of honeypots: as many in memory as may be, all in the database. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eve.h"
#include "model.h"
#include "say.h"

#define FILLED	"%s/%s has filled its honeypot-bytes: what follows is only counted"

/* The state of a joiner as the same program reads it again; another one begins anew. */
struct saved_join {
	u32 size;
	struct clps_sebek_join join;
};

static struct honeypot **slot(struct collect *c, const char *network, const char *name)
{
	struct honeypot **at;
	u32 h = 2166136261;
	const char *p;

	for (p = network; *p; p++)
		h = (h ^ (u8)*p) * 16777619;
	h = (h ^ '/') * 16777619;
	for (p = name; *p; p++)
		h = (h ^ (u8)*p) * 16777619;
	for (at = &c->table[h % HASH]; *at; at = &(*at)->next)
		if (!strcmp((*at)->network, network) && !strcmp((*at)->name, name))
			break;
	return at;
}

static bool is_client(const struct config *cfg, const char *name)
{
	unsigned int i;

	for (i = 0; i < cfg->clients; i++)
		if (!strcmp(cfg->client[i], name))
			return true;
	return false;
}

/* Was it saved by this program, and can it be? */
static bool join_ok(const struct saved_join *s, size_t len)
{
	const struct clps_sebek_join *j = &s->join;

	if (s->size != sizeof(*s))
		return false;
	if (!j->native)
		return len == sizeof(*s);
	return j->native <= CLPS_EVT_MAX_LEN && j->data_len <= CLPS_EVT_MAX_LEN - j->native &&
	       j->have <= j->native && j->data_have <= j->data_len &&
	       j->data_at <= j->native && len == sizeof(*s) + j->native + j->data_len;
}

static void load_join(struct honeypot *hp, const u8 *p, size_t len)
{
	enum clps_sebek_from from = (enum clps_sebek_from)hp->join.from;
	struct saved_join s;

	if (len < sizeof(s))
		return;
	memcpy(&s, p, sizeof(s));
	if (!join_ok(&s, len) || s.join.from != from)
		return;
	hp->join = s.join;
	hp->join.mem = hp->mem;
	memcpy(hp->mem, p + sizeof(s), len - sizeof(s));
}

static void load(struct collect *c, struct honeypot *hp, const struct entry *e)
{
	struct store *s = &c->store;
	const void *p;
	size_t len;

	if (!store_row(s, ST_HONEYPOT, "tt", hp->network, hp->name)) {
		hp->id = store_run(s, ST_HONEYPOT_NEW, "ttti", hp->network, hp->name, e->address,
				   (int64_t)e->time);
		return;
	}
	hp->id = store_int(s, ST_HONEYPOT, 0);
	hp->number = (u64)store_int(s, ST_HONEYPOT, 1);
	hp->numbered = hp->number;
	p = store_bytes(s, ST_HONEYPOT, 2, &len);
	if (len == sizeof(hp->boot_id))
		memcpy(hp->boot_id, p, len);
	hp->booted = (u64)store_int(s, ST_HONEYPOT, 3);
	hp->bytes = (u64)store_int(s, ST_HONEYPOT, 4);
	hp->saved_seen = (u64)store_int(s, ST_HONEYPOT, 6);
	p = store_bytes(s, ST_HONEYPOT, 5, &len);
	if (p)
		load_join(hp, p, len);
	store_done(s, ST_HONEYPOT);
}

static struct honeypot *make(struct collect *c, const struct entry *e)
{
	struct honeypot *hp = calloc(1, sizeof(*hp));

	if (!hp)
		return NULL;
	hp->mem = malloc(CLPS_EVT_MAX_LEN);
	if (!hp->mem) {
		free(hp);
		return NULL;
	}
	snprintf(hp->network, sizeof(hp->network), "%s", e->network);
	snprintf(hp->name, sizeof(hp->name), "%s", e->honeypot);
	clps_sebek_join_init(&hp->join, hp->mem, is_client(c->cfg, hp->name) ?
			     CLPS_SEBEK_FROM_CLIENT : CLPS_SEBEK_FROM_SENSOR);
	load(c, hp, e);
	return hp;
}

struct honeypot *honeypot_get(struct collect *c, const struct entry *e)
{
	char network[CONFIG_NAME], name[CONFIG_NAME];
	struct honeypot **at;

	snprintf(network, sizeof(network), "%s", e->network);
	snprintf(name, sizeof(name), "%s", e->honeypot);
	at = slot(c, network, name);
	if (!*at) {
		*at = make(c, e);
		if (!*at) {
			c->store.err = c->store.err ? c->store.err : -ENOMEM;
			return NULL;
		}
		c->honeypots++;
	}
	snprintf((*at)->address, sizeof((*at)->address), "%s", e->address);
	(*at)->seen = e->time;
	(*at)->used = ++c->clock;
	(*at)->dirty = true;
	return *at;
}

static void save(struct collect *c, struct honeypot *hp)
{
	size_t len = hp->join.native ? hp->join.native + hp->join.data_len : 0;
	static u8 bytes[sizeof(struct saved_join) + CLPS_EVT_MAX_LEN];
	struct saved_join s;

	memset(&s, 0, sizeof(s));
	s.size = sizeof(s);
	s.join = hp->join;
	s.join.mem = NULL;
	memcpy(bytes, &s, sizeof(s));
	memcpy(bytes + sizeof(s), hp->mem, len);
	store_run(&c->store, ST_HONEYPOT_SEEN, "itiniib", hp->id, hp->address, (int64_t)hp->seen,
		  (int64_t)(hp->numbered ? hp->number : 0), (int64_t)hp->records,
		  (int64_t)hp->bytes, (const void *)bytes, sizeof(s) + len);
	hp->saved_seen = hp->seen;
	hp->records = 0;
	hp->dirty = false;
}

void honeypots_save(struct collect *c)
{
	struct honeypot *hp;
	unsigned int i;

	for (i = 0; i < HASH; i++)
		for (hp = c->table[i]; hp; hp = hp->next)
			if (hp->dirty)
				save(c, hp);
}

static void drop(struct collect *c, struct honeypot **at)
{
	struct honeypot *hp = *at;

	*at = hp->next;
	free(hp->mem);
	free(hp);
	c->honeypots--;
}

void honeypots_forget(struct collect *c)
{
	unsigned int i;

	for (i = 0; i < HASH; i++)
		while (c->table[i])
			drop(c, &c->table[i]);
}

static struct honeypot **oldest(struct collect *c)
{
	struct honeypot **at, **old = NULL;
	unsigned int i;

	for (i = 0; i < HASH; i++)
		for (at = &c->table[i]; *at; at = &(*at)->next)
			if (!old || (*at)->used < (*old)->used)
				old = at;
	return old;
}

void honeypots_trim(struct collect *c)
{
	while (c->honeypots > c->cfg->honeypots)
		drop(c, oldest(c));
}

bool honeypot_full(const struct collect *c, const struct honeypot *hp)
{
	return c->cfg->honeypot_bytes && hp->bytes >= c->cfg->honeypot_bytes;
}

void honeypot_charge(struct collect *c, struct honeypot *hp, u64 bytes)
{
	bool was = honeypot_full(c, hp);
	char text[2 * CONFIG_NAME + 80];

	hp->bytes += bytes;
	if (was || !honeypot_full(c, hp))
		return;
	hp->filled = true;
	snprintf(text, sizeof(text), FILLED, hp->network, hp->name);
	eve_own(c, "quota", text);
}

void honeypots_tell(struct collect *c)
{
	struct honeypot *hp;
	unsigned int i;

	for (i = 0; i < HASH; i++)
		for (hp = c->table[i]; hp; hp = hp->next) {
			if (hp->filled)
				say(FILLED, hp->network, hp->name);
			hp->filled = false;
		}
}

void honeypot_anew(struct collect *c, struct honeypot *hp, u64 now)
{
	store_run(&c->store, ST_PROCS_END, "ii", hp->id, (int64_t)now);
	store_run(&c->store, ST_SESSIONS_END, "ii", hp->id, (int64_t)now);
	store_run(&c->store, ST_TTYS_END, "ii", hp->id, (int64_t)now);
	memset(hp->procs, 0, sizeof(hp->procs));
	memset(hp->ttys, 0, sizeof(hp->ttys));
}

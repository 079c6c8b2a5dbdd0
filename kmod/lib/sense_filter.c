// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "sense_filter.h"

#define HAS_PROGRAM	0x01
#define HAS_FILE	0x02
#define HAS_PORT	0x04
#define HAS_ADDR	0x08
#define HAS_UID		0x10
#define HAS_CHILDREN	0x20

#if CLPS_FILTER_RULES > 32
#error "a rule has no bit in what is followed"
#endif

/* A word of the text. */
struct word {
	const char *p;
	u32 len;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* The next word of this rule, which may be none. */
static struct word next_word(const char **text)
{
	struct word w;

	while (is_blank(**text))
		(*text)++;
	w.p = *text;
	while (**text && **text != ';' && !is_blank(**text))
		(*text)++;
	w.len = (u32)(*text - w.p);
	return w;
}

static bool is_word(const struct word *w, const char *s)
{
	return w->len == strlen(s) && !memcmp(w->p, s, w->len);
}

/* Takes "key=" off. */
static bool take(struct word *w, const char *key)
{
	u32 len = (u32)strlen(key);

	if (w->len < len || memcmp(w->p, key, len))
		return false;
	w->p += len;
	w->len -= len;
	return true;
}

/* Digits at the beginning, up to @max. */
static bool take_number(struct word *w, u32 max, u32 *n)
{
	u64 v = 0;
	u32 i;

	for (i = 0; i < w->len && w->p[i] >= '0' && w->p[i] <= '9'; i++) {
		v = v * 10 + (u64)(w->p[i] - '0');
		if (v > max)
			return false;
	}
	w->p += i;
	w->len -= i;
	*n = (u32)v;
	return i > 0;
}

static bool parse_range(struct word *w, u32 max, u32 range[2])
{
	if (!take_number(w, max, &range[0]))
		return false;
	range[1] = range[0];
	if (take(w, "-") && !take_number(w, max, &range[1]))
		return false;
	return !w->len && range[0] <= range[1];
}

static bool parse_net(struct word *w, struct clps_filter_rule *r)
{
	u32 i, n, len = 32;

	r->net = 0;
	for (i = 0; i < 4; i++) {
		if ((i && !take(w, ".")) || !take_number(w, 255, &n))
			return false;
		r->net = r->net << 8 | n;
	}
	if (take(w, "/") && !take_number(w, 32, &len))
		return false;
	r->mask = len ? ~0u << (32 - len) : 0;
	/* An address that is none of its network's is a mistake. */
	return !w->len && !(r->net & ~r->mask);
}

static bool parse_program(struct word *w, struct clps_filter_rule *r)
{
	if (w->len && w->p[w->len - 1] == '*') {
		r->name_is_prefix = true;
		w->len--;
	}
	if (w->len >= CLPS_EVT_COMM || (!w->len && !r->name_is_prefix))
		return false;
	memcpy(r->name, w->p, w->len);
	r->name_len = (u8)w->len;
	return true;
}

static bool parse_file(struct word *w, struct clps_filter_rule *r)
{
	if (!w->len || w->len > CLPS_FILTER_PATH || w->p[0] != '/')
		return false;
	while (w->len && w->p[w->len - 1] == '/')
		w->len--;
	memcpy(r->path, w->p, w->len);
	r->path_len = (u8)w->len;
	return true;
}

static bool parse_match(struct word w, struct clps_filter_rule *r)
{
	u8 had = r->has;
	bool ok;

	if (take(&w, "program=")) {
		r->has |= HAS_PROGRAM;
		ok = parse_program(&w, r);
	} else if (take(&w, "file=")) {
		r->has |= HAS_FILE;
		ok = parse_file(&w, r);
	} else if (take(&w, "port=")) {
		r->has |= HAS_PORT;
		ok = parse_range(&w, 65535, r->port);
	} else if (take(&w, "addr=")) {
		r->has |= HAS_ADDR;
		ok = parse_net(&w, r);
	} else if (take(&w, "uid=")) {
		r->has |= HAS_UID;
		ok = parse_range(&w, 0xffffffff, r->uid);
	} else if (is_word(&w, "children")) {
		r->has |= HAS_CHILDREN;
		ok = had & (HAS_PROGRAM | HAS_UID);
	} else {
		return false;
	}
	/* Twice the same could never both hold, or would say nothing. */
	return ok && r->has != had;
}

static bool parse_action(const struct word *w, struct clps_filter_rule *r)
{
	if (is_word(w, "ignore"))
		r->action = CLPS_FILTER_IGNORE;
	else if (is_word(w, "full"))
		r->action = CLPS_FILTER_FULL;
	else if (is_word(w, "keystrokes"))
		r->action = CLPS_FILTER_KEYSTROKES;
	else
		return false;
	return true;
}

int clps_filter_parse(struct clps_filter *f, const char *text, u32 *at)
{
	const char *p = text;
	struct word w;

	memset(f, 0, sizeof(*f));
	do {
		w = next_word(&p);
		*at = (u32)(w.p - text);
		/* Between semicolons there may be nothing. */
		if (!w.len)
			continue;
		if (f->nr == CLPS_FILTER_RULES)
			return -E2BIG;
		if (!parse_action(&w, &f->rule[f->nr]))
			return -EINVAL;
		for (w = next_word(&p); w.len; w = next_word(&p)) {
			*at = (u32)(w.p - text);
			if (!parse_match(w, &f->rule[f->nr]))
				return -EINVAL;
		}
		f->nr++;
	} while (*p++);
	return 0;
}

static bool program_is(const struct clps_filter_rule *r, const char *comm)
{
	if (memcmp(comm, r->name, r->name_len))
		return false;
	/* Names are at most 15 bytes long, NUL behind them. */
	return r->name_is_prefix || !comm[r->name_len];
}

static bool file_is(const struct clps_filter_rule *r, const char *path, u32 len)
{
	if (!path || len < r->path_len || memcmp(path, r->path, r->path_len))
		return false;
	return len == r->path_len || path[r->path_len] == '/';
}

static bool is_inet(const struct clps_evt_addr *a)
{
	return a && (a->family == CLPS_EVT_AF_INET || a->family == CLPS_EVT_AF_INET6);
}

static bool port_is(const struct clps_filter_rule *r, const struct clps_evt_addr *a)
{
	return is_inet(a) && a->port >= r->port[0] && a->port <= r->port[1];
}

static bool addr_is(const struct clps_filter_rule *r, const struct clps_evt_addr *a)
{
	return a && a->family == CLPS_EVT_AF_INET &&
	       (be32_to_cpu(clps_addr_get_v4(&a->addr)) & r->mask) == r->net;
}

static bool process_is(const struct clps_filter_rule *r, const struct clps_filter_subject *s)
{
	if (r->has & HAS_PROGRAM && !program_is(r, s->comm))
		return false;
	return !(r->has & HAS_UID) || (s->uid >= r->uid[0] && s->uid <= r->uid[1]);
}

static bool matches(const struct clps_filter *f, u32 i, const struct clps_filter_subject *s)
{
	const struct clps_filter_rule *r = &f->rule[i];

	if (!(s->follows & 1u << i) && !process_is(r, s))
		return false;
	if (r->has & HAS_FILE && !file_is(r, s->path[0], s->path_len[0]) &&
	    !file_is(r, s->path[1], s->path_len[1]))
		return false;
	if (r->has & HAS_PORT && !port_is(r, s->end[0]) && !port_is(r, s->end[1]))
		return false;
	return !(r->has & HAS_ADDR) || addr_is(r, s->end[0]) || addr_is(r, s->end[1]);
}

enum clps_filter_action clps_filter_decide(const struct clps_filter *f,
					   const struct clps_filter_subject *s)
{
	u32 i;

	for (i = 0; i < f->nr; i++)
		if (matches(f, i, s))
			return f->rule[i].action;
	return CLPS_FILTER_FULL;
}

u32 clps_filter_follows(const struct clps_filter *f, const struct clps_filter_subject *s)
{
	u32 i, follows = s->follows;

	for (i = 0; i < f->nr; i++)
		if (f->rule[i].has & HAS_CHILDREN && process_is(&f->rule[i], s))
			follows |= 1u << i;
	return follows;
}

bool clps_filter_has_children(const struct clps_filter *f)
{
	u32 i;

	for (i = 0; i < f->nr; i++)
		if (f->rule[i].has & HAS_CHILDREN)
			return true;
	return false;
}

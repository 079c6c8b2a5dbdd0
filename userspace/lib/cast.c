// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <string.h>

#include "cast.h"

#define NSEC	UINT64_C(1000000000)
#define SLACK	(60 * NSEC)	/* a guest's clock may be ahead of what arrives by so much */

void cast_header(struct text *t, unsigned int columns, unsigned int rows, uint64_t time,
		 const void *title, size_t title_len)
{
	text_printf(t, "{\"version\": 2, \"width\": %u, \"height\": %u, \"timestamp\": %" PRIu64
		    ", \"title\": ", columns ? columns : 80, rows ? rows : 24, time / NSEC);
	text_json(t, title, title_len, JSON_EXACT);
	text_str(t, "}\n");
}

/*
 * The guest's clock knows best how long it took, as records arrive in batches. It is the
 * guest's: where it runs back, or ahead of the center's, the center's is taken.
 */
uint64_t cast_move(struct cast *c, const struct cast_chunk *k)
{
	uint64_t here = k->arrived > c->arrived ? k->arrived - c->arrived : 0, step = here;

	if (c->begun && k->guest >= c->guest && k->guest - c->guest <= here + SLACK)
		step = k->guest - c->guest;
	if (c->begun)
		c->at += step;
	c->begun = 1;
	c->guest = k->guest;
	c->arrived = k->arrived;
	return c->at;
}

static void open_event(const struct cast *c, struct text *t, char code)
{
	text_printf(t, "[%" PRIu64 ".%06" PRIu64 ", \"%c\", ", c->at / NSEC, c->at % NSEC / 1000,
		    code);
}

static void flow(struct cast *c, struct text *t, const struct cast_chunk *k)
{
	uint8_t *part = c->part[k->code];
	struct text whole = { 0 };
	size_t left;

	text_add(&whole, part, c->part_len[k->code]);
	text_add(&whole, k->data, k->len);
	if (whole.failed) {
		t->failed = true;
		return;
	}
	/* Behind what was not captured nothing goes on. */
	left = k->missing ? 0 : utf8_tail((const uint8_t *)whole.s, whole.len);
	c->part_len[k->code] = (uint8_t)left;
	memcpy(part, whole.s + whole.len - left, left);
	if (whole.len > left) {
		open_event(c, t, k->code == CAST_OUTPUT ? 'o' : 'i');
		text_json(t, whole.s, whole.len - left, JSON_EXACT);
		text_str(t, "]\n");
	}
	text_free(&whole);
}

void cast_event(struct cast *c, struct text *t, const struct cast_chunk *k)
{
	cast_move(c, k);
	if (k->code == CAST_SIZE) {
		open_event(c, t, 'r');
		text_printf(t, "\"%ux%u\"]\n", k->columns, k->rows);
		return;
	}
	flow(c, t, k);
	if (k->missing) {
		open_event(c, t, 'm');
		text_printf(t, "\"%" PRIu64 " bytes of %s were not captured\"]\n", k->missing,
			    k->code == CAST_OUTPUT ? "output" : "input");
	}
}

void cast_end(struct cast *c, struct text *t)
{
	int code;

	for (code = 0; code < CAST_SIZE; code++) {
		if (!c->part_len[code])
			continue;
		open_event(c, t, code == CAST_OUTPUT ? 'o' : 'i');
		text_json(t, c->part[code], c->part_len[code], JSON_EXACT);
		text_str(t, "]\n");
		c->part_len[code] = 0;
	}
}

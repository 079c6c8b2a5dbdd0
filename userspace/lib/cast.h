/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A terminal's session as asciicast v2: a header, then an event a line, [time, code, data],
 * with "o" for output, "i" input, "r" a new size, "m" a mark. The caller writes the lines
 * where it likes, and may stop and go on later: all that is to be remembered is in struct cast.
 */
#ifndef CLPS_CAST_H
#define CLPS_CAST_H

#include "text.h"

enum cast_code {
	CAST_OUTPUT,
	CAST_INPUT,
	CAST_SIZE,
	CAST_CODES
};

/**
 * struct cast - what must be known to go on
 * @at: nanoseconds of the last event since the first
 * @guest: of the last event, by the guest's clock
 * @arrived: of the last event, by the center's
 * @part: of output and input, a character that is not whole yet
 * @part_len: its bytes
 * @begun: there was an event
 */
struct cast {
	uint64_t at, guest, arrived;
	uint8_t part[CAST_SIZE][4];
	uint8_t part_len[CAST_SIZE];
	uint8_t begun;
};

/**
 * struct cast_chunk - what went over a terminal at once
 * @code: what it is
 * @guest: when, by the guest's clock
 * @arrived: when the center had it
 * @data: bytes, of output or input
 * @len: how many
 * @missing: how many more there were, that the sensor did not capture
 * @rows: of a new size
 * @columns: of a new size
 */
struct cast_chunk {
	enum cast_code code;
	uint64_t guest, arrived;
	const uint8_t *data;
	size_t len;
	uint64_t missing;
	unsigned int rows, columns;
};

/* @time: nanoseconds since 1970. @title: hostile bytes. */
void cast_header(struct text *t, unsigned int columns, unsigned int rows, uint64_t time,
		 const void *title, size_t title_len);
/* When it was, in nanoseconds since the first; cast_event() does that. */
uint64_t cast_move(struct cast *c, const struct cast_chunk *k);
void cast_event(struct cast *c, struct text *t, const struct cast_chunk *k);
/* The end: what is left of characters is shown. */
void cast_end(struct cast *c, struct text *t);

#endif

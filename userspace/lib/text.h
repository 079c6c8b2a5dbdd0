/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bytes that strangers chose, on their way to people and files. Nothing here believes
 * that they are text.
 */
#ifndef CLPS_TEXT_H
#define CLPS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Grows as it is added to. After @failed, for want of memory, it takes no more. */
struct text {
	char *s;
	size_t len, size;
	bool failed;
};

void text_add(struct text *t, const void *p, size_t len);
void text_str(struct text *t, const char *s);
void text_printf(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Empty again; the memory stays. */
void text_clear(struct text *t);
void text_free(struct text *t);

/*
 * The UTF-8 character that begins at @p. Returns its bytes, with *@cp set; 0 if there is
 * none; -1 if one begins and @len cuts it short. Surrogates and overlong forms are none.
 */
int utf8_next(const uint8_t *p, size_t len, uint32_t *cp);

/* How many bytes at the end begin a character that they do not complete. */
size_t utf8_tail(const uint8_t *p, size_t len);

enum text_mode {
	TEXT_WORD,	/* on one line */
	TEXT_LINES,	/* new lines and tabs stay what they are, and a return before one goes */
	TEXT_AGAIN,	/* on one line; it was JSON_SHOWN, and its backslashes are two already */
};

/*
 * For a terminal: no control character, nothing that turns the direction of writing, and no
 * byte that is not UTF-8 is left. Controls become ^X, other bytes \xNN, other characters
 * \u{NNNN}, a backslash two, so that it can be told what was there.
 */
void text_shown(struct text *t, const void *p, size_t len, enum text_mode mode);

enum json_mode {
	JSON_SHOWN,	/* bytes that are not UTF-8 are \xNN, a backslash is two of them */
	JSON_EXACT,	/* characters as they are; such bytes are U+FFFD */
};

/* A JSON string with its quotes, in ASCII. */
void text_json(struct text *t, const void *p, size_t len, enum json_mode mode);

/* JSON of jansson's, made with JSON_ENSURE_ASCII, which leaves the one control in ASCII's end. */
void text_json_ascii(struct text *t, const char *json);

#endif

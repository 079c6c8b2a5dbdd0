/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One print interface for text and JSON. Text is "label value label value" on
 * a line per object; JSON is valid by construction.
 */
#ifndef CLPS_OUT_H
#define CLPS_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum out_colour { OUT_PLAIN, OUT_NAME, OUT_GOOD, OUT_WARN, OUT_BAD };

/* Before the first output. @colour: -1 when stdout is a terminal, else 0 or 1. */
void out_setup(bool json, bool pretty, int colour);
bool out_is_json(void);

void out_array(const char *key);
void out_array_end(void);
void out_object(const char *key);
void out_object_end(void);
/* The end of a top-level value or of a text line. */
void out_end(void);

/* @label: the word in text, NULL for none; @key: the JSON key. */
void out_str(const char *label, const char *key, enum out_colour colour, const char *s);
/* What strangers wrote: no byte of it can do anything to a terminal, see text.h. */
void out_bytes(const char *label, const char *key, const void *p, size_t len);
void out_u64(const char *label, const char *key, uint64_t val);
void out_bool(const char *label, const char *key, bool val);
/* In text only. */
void out_text(const char *s);

/* 0, or the errno of a failed write. */
int out_flush(void);

#endif

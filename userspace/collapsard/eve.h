/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events as lines of JSON, as Suricata's EVE has them: "timestamp", "event_type", and what
 * the type has to say below its own name. Lines are gathered while a transaction is open and
 * written when it is done; each is then in the file once, whatever happens in between.
 */
#ifndef CLPS_EVE_H
#define CLPS_EVE_H

#include "model.h"

struct json_t;

/* NULL: it was said why. @c has its store, within no transaction. */
struct eve *eve_open(struct collect *c);
void eve_close(struct eve *v);

/* The record with all of its fields. */
void eve_record(struct rec *r);
void eve_tty(struct rec *r, const struct tty *t, int code, const u8 *data, u32 len, u64 missing);
/* @state: begin or end. */
void eve_session(struct rec *r, s64 session, const char *state);
void eve_gap(struct collect *c, const struct honeypot *hp, const char *cause, const char *unit,
	     u64 first, u64 count, u64 now);
void eve_own(struct collect *c, const char *event, const char *text);

/* A line. Takes @body, which is shown below the name of @type; NULL: there was no memory. */
void eve_line(struct collect *c, const struct honeypot *hp, const char *type, u64 now,
	      struct json_t *body, struct rec *r);
/* Bytes as JSON text, as JSON_SHOWN has them. */
struct json_t *eve_bytes(const void *p, size_t len);
/* What the table says of a record. */
struct json_t *eve_fields(const struct clps_evt *e);

/* eve_file.c. Into the transaction: the lines, and where they will be. */
void eve_save(struct collect *c);
/* The transaction is done: write them. */
void eve_write(struct collect *c);
/* Have those of the last one been written? 0 or a negative errno: then none may begin. */
int eve_ready(struct collect *c);
/* It is not: forget them. */
void eve_drop(struct collect *c);
/* A line of no transaction: it is written whole, or not. */
void eve_alone(struct collect *c);
/* Gathered lines. */
struct text *eve_lines(struct eve *v);

#endif

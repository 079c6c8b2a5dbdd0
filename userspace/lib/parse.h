/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CLPS_PARSE_H
#define CLPS_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PARSE_LINE_TOKENS 64

/* A word of the command line (line 0) or of a file. */
struct tok {
	const char *s;
	unsigned int line, col;
};

bool parse_u64(const char *s, uint64_t *val);
/* 4 or 16 bytes to @addr; returns the length, 0 when @s is no address. */
size_t parse_addr(const char *s, uint8_t addr[16]);
bool parse_mac(const char *s, uint8_t mac[6]);
/* A number with an optional unit ms, s, m, h; without one, @unit_ms is meant. */
bool parse_duration(const char *s, unsigned int unit_ms, uint64_t *units);
bool parse_ifname(const char *s);
/* A name of a network or honeypot: [A-Za-z0-9_.:-]+, shorter than @size. */
bool parse_name(const char *s, size_t size);

/*
 * Split @line in place into at most PARSE_LINE_TOKENS words: blanks separate,
 * '...' and "..." quote, a backslash outside '...' quotes one character, # begins a comment.
 * Returns their number, or -1 with *@why and *@col set.
 */
int parse_split(char *line, unsigned int lineno, struct tok *toks, const char **why,
		unsigned int *col);

#endif

// SPDX-License-Identifier: GPL-2.0-only
/* Words to values. No locale, no silent truncation, no octal. */
#include <arpa/inet.h>
#include <ctype.h>
#include <net/if.h>
#include <string.h>

#include "parse.h"

static int digit(char c, unsigned int base)
{
	int d;

	if (c >= '0' && c <= '9')
		d = c - '0';
	else if (c >= 'a' && c <= 'f')
		d = c - 'a' + 10;
	else if (c >= 'A' && c <= 'F')
		d = c - 'A' + 10;
	else
		return -1;
	return (unsigned int)d < base ? d : -1;
}

/* Returns where the number ends, NULL when there is none or it overflows. */
static const char *number(const char *s, uint64_t *val)
{
	unsigned int base = 10;
	uint64_t v = 0;
	const char *p;
	int d;

	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X')) {
		base = 16;
		s += 2;
	}
	for (p = s; (d = digit(*p, base)) >= 0; p++) {
		if (v > (UINT64_MAX - d) / base)
			return NULL;
		v = v * base + d;
	}
	if (p == s)
		return NULL;
	*val = v;
	return p;
}

bool parse_u64(const char *s, uint64_t *val)
{
	const char *end = number(s, val);

	return end && !*end;
}

size_t parse_addr(const char *s, uint8_t addr[16])
{
	if (inet_pton(AF_INET, s, addr) == 1)
		return 4;
	if (inet_pton(AF_INET6, s, addr) == 1)
		return 16;
	return 0;
}

bool parse_mac(const char *s, uint8_t mac[6])
{
	int i, hi, lo;

	for (i = 0; i < 6; i++) {
		hi = digit(s[0], 16);
		lo = hi < 0 ? -1 : digit(s[1], 16);
		if (lo < 0)
			return false;
		mac[i] = hi << 4 | lo;
		s += 2;
		if (*s != (i < 5 ? ':' : '\0'))
			return false;
		s++;
	}
	return true;
}

bool parse_duration(const char *s, unsigned int unit_ms, uint64_t *units)
{
	static const struct { const char *name; unsigned int ms; } known[] = {
		{ "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 },
	};
	unsigned int ms = unit_ms;
	const char *end;
	uint64_t v;
	size_t i;

	end = number(s, &v);
	if (!end)
		return false;
	if (*end) {
		for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			if (!strcmp(end, known[i].name))
				break;
		if (i == sizeof(known) / sizeof(known[0]))
			return false;
		ms = known[i].ms;
	}
	/* 1500ms is not a number of seconds. */
	if (v > UINT64_MAX / ms || (v * ms) % unit_ms)
		return false;
	*units = v * ms / unit_ms;
	return true;
}

bool parse_ifname(const char *s)
{
	size_t len = strlen(s);

	if (!len || len >= IF_NAMESIZE || !strcmp(s, ".") || !strcmp(s, ".."))
		return false;
	for (; *s; s++)
		if (*s == '/' || *s == ':' || isspace((unsigned char)*s))
			return false;
	return true;
}

bool parse_name(const char *s, size_t size)
{
	size_t len = strlen(s);

	return len && len < size &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:-") == len;
}

/* Where the word at @p ends; with @out, its unquoted text goes there. NULL: it has no good end. */
static char *word_end(char *p, char *out, const char **why)
{
	char quote = 0;

	for (; *p && (quote || (*p != ' ' && *p != '\t')); p++) {
		if (quote ? *p == quote : *p == '\'' || *p == '"') {
			quote = quote ? 0 : *p;
			continue;
		}
		if (*p == '\\' && quote != '\'' && !*++p) {
			*why = "nothing after the backslash";
			return NULL;
		}
		if (out)
			*out++ = *p;
	}
	if (quote) {
		*why = "quote without an end";
		return NULL;
	}
	/* The blank is needed no more, and *out may be that very byte. */
	if (*p)
		p++;
	if (out)
		*out = '\0';
	return p;
}

/* One word, unquoted in place, untouched when it is bad. */
static char *word(char *p, const char **why)
{
	return word_end(p, NULL, why) ? word_end(p, p, why) : NULL;
}

int parse_split(char *line, unsigned int lineno, struct tok *toks, const char **why,
		unsigned int *col)
{
	char *p = line;
	int n = 0;

	for (;;) {
		p += strspn(p, " \t");
		if (!*p || *p == '#')
			return n;
		*col = p - line + 1;
		if (n == PARSE_LINE_TOKENS) {
			*why = "too many words";
			return -1;
		}
		toks[n].s = p;
		toks[n].line = lineno;
		toks[n++].col = *col;
		p = word(p, why);
		if (!p)
			return -1;
	}
}

// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

#define FIRST_SIZE	256

static bool grow(struct text *t, size_t more)
{
	size_t size = t->size ? t->size : FIRST_SIZE;
	char *s;

	if (t->failed)
		return false;
	while (size - t->len <= more)
		size *= 2;
	if (size == t->size)
		return true;
	s = realloc(t->s, size);
	if (!s) {
		t->failed = true;
		return false;
	}
	t->s = s;
	t->size = size;
	return true;
}

void text_add(struct text *t, const void *p, size_t len)
{
	if (!grow(t, len))
		return;
	if (len)
		memcpy(t->s + t->len, p, len);
	t->len += len;
	t->s[t->len] = '\0';
}

void text_str(struct text *t, const char *s)
{
	text_add(t, s, strlen(s));
}

void text_printf(struct text *t, const char *fmt, ...)
{
	char buf[256];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(buf))
		t->failed = true;
	else
		text_add(t, buf, (size_t)n);
}

void text_clear(struct text *t)
{
	t->len = 0;
	t->failed = false;
	if (t->s)
		t->s[0] = '\0';
}

void text_free(struct text *t)
{
	free(t->s);
	memset(t, 0, sizeof(*t));
}

/* How many bytes a first byte says, and its bits of the character. */
static int utf8_length(uint8_t c, uint32_t *cp)
{
	if (c < 0x80) {
		*cp = c;
		return 1;
	}
	if (c >= 0xc2 && c <= 0xdf) {
		*cp = c & 0x1f;
		return 2;
	}
	if (c >= 0xe0 && c <= 0xef) {
		*cp = c & 0x0f;
		return 3;
	}
	if (c >= 0xf0 && c <= 0xf4) {
		*cp = c & 0x07;
		return 4;
	}
	return 0;
}

/* May the second byte follow the first? Overlong forms, surrogates, what is past U+10FFFF. */
static bool utf8_second(uint8_t first, uint8_t second)
{
	switch (first) {
	case 0xe0:
		return second >= 0xa0;
	case 0xed:
		return second <= 0x9f;
	case 0xf0:
		return second >= 0x90;
	case 0xf4:
		return second <= 0x8f;
	default:
		return true;
	}
}

int utf8_next(const uint8_t *p, size_t len, uint32_t *cp)
{
	int n, i;

	if (!len)
		return -1;
	n = utf8_length(p[0], cp);
	for (i = 1; i < n; i++) {
		if ((size_t)i >= len)
			return -1;
		if ((p[i] & 0xc0) != 0x80 || (i == 1 && !utf8_second(p[0], p[1])))
			return 0;
		*cp = *cp << 6 | (p[i] & 0x3f);
	}
	return n;
}

size_t utf8_tail(const uint8_t *p, size_t len)
{
	size_t i;
	uint32_t cp;

	for (i = len > 3 ? len - 3 : 0; i < len; i++)
		if (p[i] >= 0xc2 && utf8_next(p + i, len - i, &cp) < 0)
			return len - i;
	return 0;
}

/* Characters that change how others are shown, or where. */
static bool is_unseen(uint32_t cp)
{
	return (cp >= 0x80 && cp < 0xa0) || cp == 0xad || cp == 0x61c || cp == 0x180e ||
	       (cp >= 0x200b && cp <= 0x200f) || (cp >= 0x2028 && cp <= 0x202e) ||
	       (cp >= 0x2060 && cp <= 0x206f) || cp == 0xfeff || (cp >= 0xfff9 && cp <= 0xfffb) ||
	       (cp >= 0xe0000 && cp <= 0xe0fff);
}

static void show_ascii(struct text *t, uint32_t cp, enum text_mode mode)
{
	char c = (char)cp;

	if (mode == TEXT_LINES && (cp == '\n' || cp == '\t'))
		text_add(t, &c, 1);
	else if (cp < 0x20 || cp == 0x7f)
		text_printf(t, "^%c", (int)(cp ^ 0x40));
	else if (cp == '\\' && mode != TEXT_AGAIN)
		text_str(t, "\\\\");
	else
		text_add(t, &c, 1);
}

void text_shown(struct text *t, const void *data, size_t len, enum text_mode mode)
{
	const uint8_t *p = data, *end = p + len;
	uint32_t cp;
	int n;

	while (p < end) {
		n = utf8_next(p, (size_t)(end - p), &cp);
		if (n <= 0) {
			text_printf(t, "\\x%02x", *p++);
			continue;
		}
		if (mode == TEXT_LINES && cp == '\r' && p + 1 < end && p[1] == '\n') {
			p++;
			continue;
		}
		if (cp < 0x80)
			show_ascii(t, cp, mode);
		else if (is_unseen(cp))
			text_printf(t, "\\u{%x}", cp);
		else
			text_add(t, p, (size_t)n);
		p += n;
	}
}

static void json_char(struct text *t, uint32_t cp, enum json_mode mode)
{
	char c = (char)cp;

	if (cp == '\\' && mode == JSON_SHOWN)
		text_str(t, "\\\\\\\\");
	else if (cp == '"' || cp == '\\')
		text_printf(t, "\\%c", c);
	else if (cp >= 0x20 && cp < 0x7f)
		text_add(t, &c, 1);
	else if (cp < 0x10000)
		text_printf(t, "\\u%04x", cp);
	else
		text_printf(t, "\\u%04x\\u%04x", 0xd800 + ((cp - 0x10000) >> 10),
			    0xdc00 + ((cp - 0x10000) & 0x3ff));
}

void text_json(struct text *t, const void *data, size_t len, enum json_mode mode)
{
	const uint8_t *p = data, *end = p + len;
	uint32_t cp;
	int n;

	text_add(t, "\"", 1);
	while (p < end) {
		n = utf8_next(p, (size_t)(end - p), &cp);
		if (n > 0) {
			json_char(t, cp, mode);
			p += n;
		} else {
			if (mode == JSON_EXACT)
				text_str(t, "\\ufffd");
			else
				text_printf(t, "\\\\x%02x", *p);
			p++;
		}
	}
	text_add(t, "\"", 1);
}

void text_json_ascii(struct text *t, const char *json)
{
	size_t n;

	for (; *json; json += n) {
		n = strcspn(json, "\x7f");
		text_add(t, json, n);
		if (!json[n])
			break;
		text_str(t, "\\u007f");
		n++;
	}
}

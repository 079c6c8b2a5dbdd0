// SPDX-License-Identifier: GPL-2.0-only
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "out.h"
#include "text.h"

#define DEPTH 8

static struct {
	bool json, pretty, colour;
	int depth;
	bool more[DEPTH];	/* something was printed at this depth already */
	bool line;		/* text: within a line */
} out;

void out_setup(bool json, bool pretty, int colour)
{
	const char *no = getenv("NO_COLOR");

	out.json = json;
	out.pretty = pretty;
	if (colour < 0)
		colour = isatty(STDOUT_FILENO) && !(no && *no);
	out.colour = colour && !json;
}

bool out_is_json(void)
{
	return out.json;
}

static void json_string(const char *s)
{
	putchar('"');
	for (; *s; s++) {
		unsigned char c = *s;

		if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (c < 0x20 || c >= 0x7f)	/* names are ASCII: others are shown as bytes */
			printf("\\u%04x", c);
		else
			putchar(c);
	}
	putchar('"');
}

static void newline_indent(void)
{
	if (out.pretty)
		printf("\n%*s", 4 * out.depth, "");
}

static void json_lead(const char *key)
{
	if (out.more[out.depth])
		putchar(',');
	out.more[out.depth] = true;
	if (out.depth)
		newline_indent();
	if (key) {
		json_string(key);
		fputs(out.pretty ? ": " : ":", stdout);
	}
}

static void json_open(const char *key, char c)
{
	json_lead(key);
	putchar(c);
	assert(out.depth + 1 < DEPTH);
	out.more[++out.depth] = false;
}

static void json_close(char c)
{
	bool more = out.more[out.depth];

	assert(out.depth);
	out.depth--;
	if (more)
		newline_indent();
	putchar(c);
}

void out_array(const char *key)
{
	if (out.json)
		json_open(key, '[');
}

void out_array_end(void)
{
	if (out.json)
		json_close(']');
}

void out_object(const char *key)
{
	if (out.json)
		json_open(key, '{');
}

void out_object_end(void)
{
	if (out.json)
		json_close('}');
}

void out_end(void)
{
	if (!out.json && !out.line)
		return;
	if (out.json && out.depth)
		return;
	putchar('\n');
	out.line = false;
	out.more[0] = false;
}

void out_text(const char *s)
{
	if (out.json)
		return;
	if (out.line)
		putchar(' ');
	for (; *s; s++)
		putchar((unsigned char)*s < 0x20 || (unsigned char)*s == 0x7f ? '?' : *s);
	out.line = true;
}

static void text_value(enum out_colour colour, const char *s)
{
	static const char * const code[] = {
		[OUT_NAME] = "\033[36m", [OUT_GOOD] = "\033[32m",
		[OUT_WARN] = "\033[33m", [OUT_BAD] = "\033[31m",
	};

	if (!out.colour || colour == OUT_PLAIN) {
		out_text(s);
		return;
	}
	if (out.line)
		putchar(' ');
	out.line = false;
	fputs(code[colour], stdout);
	out_text(s);
	fputs("\033[0m", stdout);
	out.line = true;
}

void out_str(const char *label, const char *key, enum out_colour colour, const char *s)
{
	if (out.json) {
		json_lead(key);
		json_string(s);
		return;
	}
	if (label)
		out_text(label);
	text_value(colour, s);
}

void out_bytes(const char *label, const char *key, const void *p, size_t len)
{
	struct text t = { 0 };

	if (out.json) {
		json_lead(key);
		text_json(&t, p, len, JSON_SHOWN);
	} else {
		if (label)
			out_text(label);
		if (out.line)
			putchar(' ');
		text_shown(&t, p, len, TEXT_WORD);
		out.line = true;
	}
	/* Half of it would be another's words. */
	if (t.failed)
		abort();
	if (t.s)
		fputs(t.s, stdout);
	text_free(&t);
}

void out_u64(const char *label, const char *key, uint64_t val)
{
	char buf[24];

	if (out.json) {
		json_lead(key);
		printf("%" PRIu64, val);
		return;
	}
	if (label)
		out_text(label);
	snprintf(buf, sizeof(buf), "%" PRIu64, val);
	out_text(buf);
}

void out_bool(const char *label, const char *key, bool val)
{
	if (out.json) {
		json_lead(key);
		fputs(val ? "true" : "false", stdout);
		return;
	}
	/* In text only what is there is said. */
	if (val)
		out_text(label);
}

int out_flush(void)
{
	errno = 0;
	if (fflush(stdout) || ferror(stdout))
		return errno ? errno : EIO;
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * TEST_SRCS: userspace/lib/text.c userspace/lib/cast.c userspace/lib/community.c
 * TEST_LIBS: -ljansson
 */
#include <jansson.h>
#include <string.h>

#include "cast.h"
#include "community.h"
#include "text.h"
#include "unit.h"

static struct text t;

static bool shown(const char *in, size_t len, enum text_mode mode, const char *want)
{
	text_clear(&t);
	text_shown(&t, in, len, mode);
	if (t.len == strlen(want) && !memcmp(t.s, want, t.len))
		return true;
	printf("# '%s' instead of '%s'\n", t.s, want);
	return false;
}

#define SHOWN(in, want)	CHECK(shown(in, sizeof(in) - 1, TEXT_WORD, want))

static void what_is_harmless_stays(void)
{
	SHOWN("ls -l /tmp", "ls -l /tmp");
	SHOWN("Gr\xc3\xbc\xc3\x9f" "e \xe2\x82\xac \xf0\x9f\x98\x80", "Gr\xc3\xbc\xc3\x9f" "e \xe2\x82\xac \xf0\x9f\x98\x80");
	SHOWN("", "");
	CHECK(shown("a\tb\r\nc\rd\n", 9, TEXT_LINES, "a\tb\nc^Md\n"));
}

static void controls_are_named(void)
{
	SHOWN("\x1b[31m\a\r\n", "^[[31m^G^M^J");
	SHOWN("a\0b\x7f", "a^@b^?");
	/* C1 controls, as characters and as bytes. */
	SHOWN("\xc2\x9b" "31m\x9b", "\\u{9b}31m\\x9b");
	/* What turns the direction of writing, and what is not seen. */
	SHOWN("\xe2\x80\xae" "gpj.exe\xe2\x81\xa6\xef\xbb\xbf\xe2\x80\x8b", "\\u{202e}gpj.exe\\u{2066}\\u{feff}\\u{200b}");
	SHOWN("a\\x1b", "a\\\\x1b");
	CHECK(shown("a\\x1b\x1b", 6, TEXT_AGAIN, "a\\x1b^["));
}

static void what_is_no_utf8_is_bytes(void)
{
	SHOWN("\xff\xfe", "\\xff\\xfe");
	SHOWN("\xc0\x80", "\\xc0\\x80");		/* overlong */
	SHOWN("\xe0\x80\xaf", "\\xe0\\x80\\xaf");
	SHOWN("\xed\xa0\x80", "\\xed\\xa0\\x80");	/* a surrogate */
	SHOWN("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");	/* past U+10FFFF */
	SHOWN("\xe2\x82", "\\xe2\\x82");		/* cut short */
	SHOWN("\xe2\x82" "a", "\\xe2\\x82a");
	SHOWN("\xf0\x8f\xbf\xbf", "\\xf0\\x8f\\xbf\\xbf");
}

/* Whatever the bytes, no control and no broken character comes out, and JSON is JSON. */
static void no_bytes_get_through(void)
{
	uint32_t rnd = 2463534242, cp;
	unsigned char in[64];
	json_t *json;
	size_t i, len;
	int round, n;

	for (round = 0; round < 20000; round++) {
		len = round % sizeof(in);
		for (i = 0; i < len; i++) {
			rnd ^= rnd << 13;
			rnd ^= rnd >> 17;
			rnd ^= rnd << 5;
			/* Beginnings of characters, and what follows, more often than by chance. */
			in[i] = rnd & 0x100 ? (unsigned char)(0x80 | (rnd & 0x7f)) : (unsigned char)rnd;
		}
		text_clear(&t);
		text_shown(&t, in, len, TEXT_WORD);
		for (i = 0; i < t.len; i += (size_t)n) {
			n = utf8_next((uint8_t *)t.s + i, t.len - i, &cp);
			CHECK(n > 0 && cp >= 0x20 && cp != 0x7f && (cp < 0x80 || cp >= 0xa0));
			if (n <= 0)
				return;
		}
		for (n = 0; n < 2; n++) {
			text_clear(&t);
			text_json(&t, in, len, n ? JSON_EXACT : JSON_SHOWN);
			json = json_loadb(t.s, t.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
			CHECK(json_is_string(json));
			json_decref(json);
			for (i = 0; i < t.len; i++)
				CHECK(t.s[i] >= 0x20 && t.s[i] < 0x7f);
		}
	}
}

/* What was there can be told: JSON_SHOWN back to bytes. */
static void json_can_be_told_apart(void)
{
	static const char in[] = "\\xff\xff\"\xc3\xa9\x1b\0\xf0\x9f\x98\x80";

	text_clear(&t);
	text_json(&t, in, sizeof(in) - 1, JSON_SHOWN);
	CHECK(!strcmp(t.s, "\"\\\\\\\\xff\\\\xff\\\"\\u00e9\\u001b\\u0000\\ud83d\\ude00\""));
	text_clear(&t);
	text_json(&t, in, sizeof(in) - 1, JSON_EXACT);
	CHECK(!strcmp(t.s, "\"\\\\xff\\ufffd\\\"\\u00e9\\u001b\\u0000\\ud83d\\ude00\""));
}

#define MS	1000000ull

static struct cast cast;

static void flow(enum cast_code code, uint64_t guest, uint64_t arrived, const char *data)
{
	struct cast_chunk k = { .code = code, .guest = guest * MS, .arrived = arrived * MS,
				.data = (const uint8_t *)data, .len = strlen(data) };

	cast_event(&cast, &t, &k);
}

static void last_control_is_escaped(void)
{
	text_clear(&t);
	text_json_ascii(&t, "[\"a\x7f\x7f" "b\x7f\"]");
	CHECK(!strcmp(t.s, "[\"a\\u007f\\u007fb\\u007f\"]"));
}

static void cast_is_as_players_have_it(void)
{
	struct cast_chunk size = { .code = CAST_SIZE, .guest = 3000 * MS, .arrived = 2050 * MS,
				   .rows = 50, .columns = 132 };
	struct cast_chunk cut = { .code = CAST_OUTPUT, .guest = 3500 * MS, .arrived = 2600 * MS,
				  .data = (const uint8_t *)"abc\xc3", .len = 4, .missing = 96 };

	memset(&cast, 0, sizeof(cast));
	text_clear(&t);
	cast_header(&t, 80, 25, 1764600000123ull * MS, "lan/\"web\"\x1b", 10);
	flow(CAST_OUTPUT, 1000, 100, "$ ");
	flow(CAST_INPUT, 2500, 1600, "l\x03");
	cast_event(&cast, &t, &size);
	cast_event(&cast, &t, &cut);
	CHECK(!strcmp(t.s,
	      "{\"version\": 2, \"width\": 80, \"height\": 25, \"timestamp\": 1764600000, "
	      "\"title\": \"lan/\\\"web\\\"\\u001b\"}\n"
	      "[0.000000, \"o\", \"$ \"]\n"
	      "[1.500000, \"i\", \"l\\u0003\"]\n"
	      "[2.000000, \"r\", \"132x50\"]\n"
	      "[2.500000, \"o\", \"abc\\ufffd\"]\n"
	      "[2.500000, \"m\", \"96 bytes of output were not captured\"]\n"));
}

static void characters_in_pieces_are_whole(void)
{
	memset(&cast, 0, sizeof(cast));
	text_clear(&t);
	flow(CAST_OUTPUT, 0, 0, "a\xe2");
	flow(CAST_INPUT, 0, 0, "\xc3");
	flow(CAST_OUTPUT, 0, 0, "\x82");
	flow(CAST_OUTPUT, 0, 0, "\xac.\xf0\x9f");
	flow(CAST_INPUT, 0, 0, "\xa4");
	flow(CAST_OUTPUT, 0, 0, "x\xc3");
	cast_end(&cast, &t);
	CHECK(!strcmp(t.s, "[0.000000, \"o\", \"a\"]\n[0.000000, \"o\", \"\\u20ac.\"]\n"
		      "[0.000000, \"i\", \"\\u00e4\"]\n[0.000000, \"o\", \"\\ufffd\\ufffdx\"]\n"
		      "[0.000000, \"o\", \"\\ufffd\"]\n"));
}

/* The clock is the guest's, and so is what it says. */
static void time_never_falls(void)
{
	static const uint64_t guest[] = { 1000, 1500, 100, 0, UINT64_MAX / MS, 7, 5000, 5100 };
	uint64_t last = 0, at;
	size_t i;

	memset(&cast, 0, sizeof(cast));
	for (i = 0; i < sizeof(guest) / sizeof(guest[0]); i++) {
		struct cast_chunk k = { .guest = guest[i] * MS, .arrived = (1000 + 10 * i) * MS };

		at = cast_move(&cast, &k);
		CHECK(at >= last && at - last <= 60000 * MS + 10 * MS);
		last = at;
	}
	/* And where the center's went back, too. */
	{
		struct cast_chunk k = { .guest = 0, .arrived = 0 };

		CHECK(cast_move(&cast, &k) == last);
	}
}

static bool flow_is(const uint8_t *a, const uint8_t *b, size_t len, uint16_t sport, uint16_t dport,
		    uint8_t proto, const char *want)
{
	char id[COMMUNITY_LEN], back[COMMUNITY_LEN];

	community_id(id, a, b, len, sport, dport, proto);
	community_id(back, b, a, len, dport, sport, proto);
	if (!strcmp(id, want) && !strcmp(back, want))
		return true;
	printf("# %s instead of %s\n", id, want);
	return false;
}

/* Those of the specification's baseline. */
static void flows_have_their_names(void)
{
	static const uint8_t v4a[] = { 128, 232, 110, 120 }, v4b[] = { 66, 35, 250, 204 };
	static const uint8_t v4c[] = { 192, 168, 1, 52 }, v4d[] = { 8, 8, 8, 8 };

	CHECK(flow_is(v4a, v4b, 4, 34855, 80, 6, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="));
	CHECK(flow_is(v4c, v4d, 4, 54585, 53, 17, "1:d/FP5EW3wiY1vCndhwleRRKHowQ="));
}

int main(void)
{
	unit_begin(10);
	unit_run("what is harmless stays", what_is_harmless_stays);
	unit_run("controls are named, not done", controls_are_named);
	unit_run("what is no UTF-8 is shown as bytes", what_is_no_utf8_is_bytes);
	unit_run("no bytes get through to a terminal, and JSON is valid", no_bytes_get_through);
	unit_run("bytes can be told from JSON", json_can_be_told_apart);
	unit_run("of jansson's JSON no control is left", last_control_is_escaped);
	unit_run("a cast is as players have it", cast_is_as_players_have_it);
	unit_run("characters that come in pieces are whole in a cast", characters_in_pieces_are_whole);
	unit_run("time never falls in a cast", time_never_falls);
	unit_run("a flow has the name that others give it", flows_have_their_names);
	text_free(&t);
	return unit_end();
}

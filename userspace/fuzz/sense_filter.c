// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any text as a sensor's filter: no access outside, a mistake is within the text, and what
 * is accepted decides about any record.
 * FUZZ_SRCS: kmod/lib/sense_filter.c
 * FUZZ_RUNS: 100000
 */
#include <stdlib.h>

#include "sense_filter.h"

#define MUST(cond) do { if (!(cond)) abort(); } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void decide(const struct clps_filter *f, const char *text, u32 len)
{
	struct clps_evt_addr end = { .family = CLPS_EVT_AF_INET, .port = (u16)len };
	struct clps_filter_subject s = { .uid = len, .path = { text }, .path_len = { len },
					 .end = { &end } };
	char comm[CLPS_EVT_COMM] = "";

	memcpy(comm, text, min(len, CLPS_EVT_COMM - 1));
	s.comm = comm;
	MUST(clps_filter_decide(f, &s) <= CLPS_FILTER_KEYSTROKES);
	/* What is followed stays so, and nothing is that no rule asks for. */
	s.follows = clps_filter_follows(f, &s);
	MUST(clps_filter_has_children(f) || !s.follows);
	MUST(clps_filter_follows(f, &s) == s.follows && s.follows >> f->nr / 2 >> (f->nr + 1) / 2 == 0);
	MUST(clps_filter_decide(f, &s) <= CLPS_FILTER_KEYSTROKES);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct clps_filter f;
	char *text = malloc(size + 1);
	u32 at, i;

	memcpy(text, data, size);
	text[size] = 0;
	if (!clps_filter_parse(&f, text, &at)) {
		MUST(f.nr <= CLPS_FILTER_RULES);
		for (i = 0; i < f.nr; i++)
			MUST(f.rule[i].name_len < CLPS_EVT_COMM);
		decide(&f, text, (u32)strlen(text));
	} else {
		MUST(at <= strlen(text));
	}
	free(text);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* KTAP for C unit tests. A program runs its cases and returns unit_end(). */
#ifndef UNIT_H
#define UNIT_H

#include <stdio.h>
#include <stdlib.h>

static int unit_cases, unit_failed, unit_bad;

#define CHECK(cond) do {							\
	if (!(cond)) {								\
		printf("# %s:%d: %s\n", __FILE__, __LINE__, #cond);		\
		unit_bad++;							\
	}									\
} while (0)

static void unit_begin(int plan)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("KTAP version 1\n1..%d\n", plan);
}

static void unit_run(const char *claim, void (*fn)(void))
{
	unit_bad = 0;
	fn();
	unit_cases++;
	unit_failed += !!unit_bad;
	printf("%sok %d %s\n", unit_bad ? "not " : "", unit_cases, claim);
}

static int unit_end(void)
{
	return unit_failed ? 1 : 0;
}

#endif

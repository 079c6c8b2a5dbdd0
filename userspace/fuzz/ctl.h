/* SPDX-License-Identifier: GPL-2.0-only */
/* collapsarctl as a function, whose output is a string. */
#ifndef FUZZ_CTL_H
#define FUZZ_CTL_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define main ctl_main
#include "../ctl/main.c"
#undef main
/* For its state: a process ends after one command, this one does not. */
#define json_string quoted	/* jansson has one as well */
#include "../lib/out.c"
#undef json_string

#define MUST(cond) do { if (!(cond)) abort(); } while (0)

/* What it writes to standard output, for the caller to free. Return: the exit code. */
static int run_ctl(char **argv, char **text, size_t *len)
{
	static FILE *nowhere, *real;
	int argc = 0, err;
	FILE *mem;

	if (!nowhere) {
		nowhere = fopen("/dev/null", "we");
		real = stdout;
		stderr = nowhere;
	}
	while (argv[argc])
		argc++;
	memset(&out, 0, sizeof(out));
	memset(&ctl, 0, sizeof(ctl));
	/* Families stay known, and whoever knows them does not open this again. */
	MUST(!ctl_genl());
	optind = 0;
	mem = open_memstream(text, len);
	stdout = mem;
	err = ctl_main(argc, argv);
	stdout = real;
	fclose(mem);
	return err;
}

#endif

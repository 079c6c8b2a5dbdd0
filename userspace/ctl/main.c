// SPDX-License-Identifier: GPL-2.0-only
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

#ifndef COLLAPSAR_VERSION
#define COLLAPSAR_VERSION "0.1"
#endif

struct ctl ctl;

static void say(const struct tok *tok, const char *fmt, va_list ap)
{
	fflush(stdout);
	if (ctl.file && tok)
		fprintf(stderr, "%s:%u:%u: ", ctl.file, tok->line, tok->col);
	else
		fputs("collapsarctl: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
}

void err_at(const struct tok *tok, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(tok, fmt, ap);
	va_end(ap);
}

void err_say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(NULL, fmt, ap);
	va_end(ap);
}

static const struct special {
	const char *name, *args, *help;
	int (*run)(const struct tok *toks, int n);
	void (*more)(void);	/* instead of these words of help */
} specials[] = {
	{ "stats", "[core|redir|front]", "counters, drops by cause", cmd_stats, NULL },
	{ "monitor", "", "events as they happen, one a line", cmd_monitor, NULL },
	{ "apply", "FILE|-", "run the commands of a file, all or none", cmd_apply, NULL },
	{ "session", NULL, NULL, cmd_session, session_help },
	{ "events", NULL, NULL, cmd_events, events_help },
};

#define SPECIALS (sizeof(specials) / sizeof(specials[0]))

static const struct option_help {
	struct option opt;
	const char *arg, *help;
} options[] = {
	{ { "json", no_argument, NULL, 'j' }, "", "JSON; one object a line in monitor and events" },
	{ { "pretty", no_argument, NULL, 'p' }, "", "JSON with line breaks" },
	{ { "timestamp", no_argument, NULL, 't' }, "", "time of each event of monitor, UTC" },
	{ { "color", optional_argument, NULL, 'c' }, "[=auto|always|never]", "colour of text" },
	{ { "version", no_argument, NULL, 'V' }, "", "version" },
	{ { "help", no_argument, NULL, 'h' }, "", "this text" },
};

#define OPTIONS (sizeof(options) / sizeof(options[0]))

static void special_help(const struct special *s)
{
	if (s->more) {
		putchar('\n');
		s->more();
		return;
	}
	printf("%s: %s\n  collapsarctl %s%s%s\n", s->name, s->help, s->name, *s->args ? " " : "",
	       s->args);
}

static void help(void)
{
	size_t i;

	puts("usage: collapsarctl [OPTIONS] OBJECT [add|set|del|show] [ARGUMENTS]\n\nOptions:");
	for (i = 0; i < OPTIONS; i++) {
		char word[48];

		snprintf(word, sizeof(word), "-%c, --%s%s", options[i].opt.val,
			 options[i].opt.name, options[i].arg);
		printf("  %-32s %s\n", word, options[i].help);
	}
	putchar('\n');
	for (i = 0; objects[i]; i++) {
		object_help(objects[i]);
		putchar('\n');
	}
	for (i = 0; i < SPECIALS; i++)
		special_help(&specials[i]);
	puts("\nExit status: 0 done, 1 usage, 2 refused by the kernel, 3 module not loaded.");
}

static int run(const struct tok *toks, int n)
{
	const struct object *obj = object_find(toks[0].s);
	struct command cmd;
	size_t i;
	int err;

	if (!strcmp(toks[0].s, "help")) {
		help();
		return EXIT_DONE;
	}
	for (i = 0; !obj && i < SPECIALS; i++) {
		if (strcmp(specials[i].name, toks[0].s))
			continue;
		if (n == 2 && !strcmp(toks[1].s, "help")) {
			special_help(&specials[i]);
			return EXIT_DONE;
		}
		return specials[i].run(toks + 1, n - 1);
	}
	if (!obj) {
		err_at(&toks[0], "no such object '%s', see collapsarctl --help", toks[0].s);
		return EXIT_USAGE;
	}
	if (n == 2 && !strcmp(toks[1].s, "help")) {
		object_help(obj);
		return EXIT_DONE;
	}
	err = command_parse(&cmd, toks, n);
	return err ? err : command_run(&cmd);
}

static int colour_arg(const char *arg, int *colour)
{
	if (!arg || !strcmp(arg, "always"))
		*colour = 1;
	else if (!strcmp(arg, "auto"))
		*colour = -1;
	else if (!strcmp(arg, "never"))
		*colour = 0;
	else
		return EXIT_USAGE;
	return EXIT_DONE;
}

/* Returns an exit code, or -1 to go on with the words after the options. */
static int parse_options(int argc, char **argv)
{
	bool json = false, pretty = false;
	struct option longs[OPTIONS + 1] = { };
	int c, colour = -1;
	size_t i;

	for (i = 0; i < OPTIONS; i++)
		longs[i] = options[i].opt;
	while ((c = getopt_long(argc, argv, "+jptc::Vh", longs, NULL)) != -1) {
		switch (c) {
		case 'j':
			json = true;
			break;
		case 'p':
			json = pretty = true;
			break;
		case 't':
			ctl.stamps = true;
			break;
		case 'c':
			if (colour_arg(optarg, &colour)) {
				err_say("color is auto, always or never, not '%s'", optarg);
				return EXIT_USAGE;
			}
			break;
		case 'V':
			puts("collapsarctl " COLLAPSAR_VERSION);
			return EXIT_DONE;
		case 'h':
			help();
			return EXIT_DONE;
		default:
			return EXIT_USAGE;
		}
	}
	out_setup(json, pretty, colour);
	return -1;
}

int main(int argc, char **argv)
{
	struct tok *toks;
	int i, n, err;

	err = parse_options(argc, argv);
	if (err >= 0)
		goto out;
	n = argc - optind;
	if (!n) {
		err_say("nothing to do, see collapsarctl --help");
		return EXIT_USAGE;
	}
	toks = calloc(n, sizeof(*toks));
	if (!toks)
		return EXIT_REFUSED;
	for (i = 0; i < n; i++)
		toks[i].s = argv[optind + i];
	err = run(toks, n);
	free(toks);
	if (ctl.have_route)
		nl_close(&ctl.route);
	if (ctl.have_genl)
		nl_close(&ctl.genl);
out:
	/* Output that nobody got is no success. */
	if (out_flush() && !err) {
		err_say("cannot write the output");
		err = EXIT_REFUSED;
	}
	return err;
}

// SPDX-License-Identifier: GPL-2.0-only
/* collapsard: settings, sockets, and two processes. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "reader.h"
#include "sandbox.h"
#include "say.h"

#ifndef COLLAPSAR_VERSION
#define COLLAPSAR_VERSION "0.1"
#endif

enum { EXIT_OK, EXIT_WRONG, EXIT_CONFIG, EXIT_MODULE };

static struct config cfg;

static const struct {
	struct option opt;
	const char *arg, *help;
} options[] = {
	{ { "config", required_argument, NULL, 'f' }, " FILE", "settings, default " CONFIG_FILE },
	{ { "set", required_argument, NULL, 's' }, " WORD=VALUE", "a setting, instead of the file's" },
	{ { "check", no_argument, NULL, 'c' }, "", "look at the settings and end" },
	{ { "version", no_argument, NULL, 'V' }, "", "version" },
	{ { "help", no_argument, NULL, 'h' }, "", "this text" },
};

#define OPTIONS (sizeof(options) / sizeof(options[0]))

static void help(void)
{
	char word[48];
	size_t i;

	puts("usage: collapsard [OPTIONS]\n\n"
	     "Stores what the sensors of honeypots say: collapsard.db, eve.json and casts/ in its\n"
	     "directory. Settings are those of collapsard(8).\n\nOptions:");
	for (i = 0; i < OPTIONS; i++) {
		snprintf(word, sizeof(word), "-%c, --%s%s", options[i].opt.val,
			 options[i].opt.name, options[i].arg);
		printf("  %-26s %s\n", word, options[i].help);
	}
	puts("\nExit status: 0 ended when it was told to, 1 something is wrong, 2 settings,\n"
	     "3 a module is not loaded.");
}

static int set(char *word)
{
	char *value = strchr(word, '=');
	const char *why = "has no '='";

	if (value) {
		*value++ = '\0';
		why = config_set(&cfg, word, value);
	}
	if (why && (!value || !strcmp(why, CONFIG_NO_SETTING)))
		say("--set: '%s' %s", word, why);
	else if (why)
		say("--set %s: '%s' %s", word, value, why);
	return why ? -1 : 0;
}

/* The words of --set, after the file. */
static int settings(const char *path, bool named, char **words, int n)
{
	int i;

	config_default(&cfg);
	if (named && access(path, R_OK)) {
		say("%s: %s", path, strerror(errno));
		return -1;
	}
	if (config_read(&cfg, path))
		return -1;
	for (i = 0; i < n; i++)
		if (set(words[i]))
			return -1;
	if (!cfg.collector[0] && !cfg.local[0]) {
		say("neither 'collector' nor 'local' is set: there is nothing to collect");
		return -1;
	}
	return 0;
}

/* Returns an exit code, or -1 to go on. */
static int parse_options(int argc, char **argv)
{
	struct option longs[OPTIONS + 1] = { };
	const char *path = CONFIG_FILE;
	char *words[64];
	bool check = false, named = false;
	int c, n = 0;
	size_t i;

	for (i = 0; i < OPTIONS; i++)
		longs[i] = options[i].opt;
	while ((c = getopt_long(argc, argv, "f:s:cVh", longs, NULL)) != -1) {
		switch (c) {
		case 'f':
			path = optarg;
			named = true;
			break;
		case 's':
			if (n == (int)(sizeof(words) / sizeof(words[0]))) {
				say("too many --set");
				return EXIT_CONFIG;
			}
			words[n++] = optarg;
			break;
		case 'c':
			check = true;
			break;
		case 'V':
			puts("collapsard " COLLAPSAR_VERSION);
			return EXIT_OK;
		case 'h':
			help();
			return EXIT_OK;
		default:
			return EXIT_CONFIG;
		}
	}
	if (optind < argc) {
		say("unexpected '%s'", argv[optind]);
		return EXIT_CONFIG;
	}
	if (settings(path, named, words, n))
		return EXIT_CONFIG;
	return check ? EXIT_OK : -1;
}

static int open_sources(struct ends *ends)
{
	int err = 0;

	if (cfg.collector[0])
		err = source_open(&ends->sources[ends->nr++], &cfg, false);
	if (!err && cfg.local[0])
		err = source_open(&ends->sources[ends->nr++], &cfg, true);
	return !err ? -1 : err == -ENOENT ? EXIT_MODULE : EXIT_WRONG;
}

static int open_ends(struct ends *ends, int stop[2])
{
	ends->cfg = &cfg;
	ends->shared = mmap(NULL, sizeof(*ends->shared), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ends->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (ends->shared == MAP_FAILED || ends->bell < 0 || pipe2(stop, O_CLOEXEC)) {
		say("%s", strerror(errno));
		return EXIT_WRONG;
	}
	ends->stop = stop[0];
	return open_sources(ends);
}

int main(int argc, char **argv)
{
	static struct ends ends;
	int stop[2], code, pid;
	sigset_t set_;

	code = parse_options(argc, argv);
	if (code >= 0)
		return code;
	code = open_ends(&ends, stop);
	if (code >= 0)
		return code;
	if (sandbox_user(&cfg))
		return EXIT_WRONG;
	/* They come by a descriptor; a reader that is told by the terminal still ends in order. */
	sigemptyset(&set_);
	sigaddset(&set_, SIGTERM);
	sigaddset(&set_, SIGINT);
	sigaddset(&set_, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set_, NULL);
	pid = fork();
	if (pid < 0) {
		say("%s", strerror(errno));
		return EXIT_WRONG;
	}
	if (!pid) {
		close(stop[1]);
		return reader_run(&ends);
	}
	close(stop[0]);
	return keeper_run(&ends, pid, stop[1]);
}

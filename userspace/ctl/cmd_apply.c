// SPDX-License-Identifier: GPL-2.0-only
/* A file of commands, all or none. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

#define FILE_MAX	(16u << 20)

struct batch {
	struct command *cmds;
	struct tok *toks;	/* of all lines; commands point into it */
	size_t n;
};

static char *slurp(const char *name, size_t *len)
{
	FILE *f = strcmp(name, "-") ? fopen(name, "re") : stdin;
	size_t size = 65536, got;
	char *buf = f ? malloc(size) : NULL, *more;

	*len = 0;
	if (!f) {
		err_say("apply: cannot open '%s': %s", name, strerror(errno));
		return NULL;
	}
	while (buf && (got = fread(buf + *len, 1, size - *len - 1, f))) {
		*len += got;
		if (*len + 1 < size)
			continue;
		size *= 2;
		more = size > FILE_MAX ? NULL : realloc(buf, size);
		if (!more)
			free(buf);
		buf = more;
	}
	if (!buf) {
		err_say("apply: '%s' is too long", name);
	} else if (ferror(f)) {
		err_say("apply: cannot read '%s': %s", name, strerror(errno));
		free(buf);
		buf = NULL;
	} else {
		buf[*len] = '\0';
	}
	if (f != stdin)
		fclose(f);
	return buf;
}

static int parse_line(struct command *cmd, const struct tok *toks, int n)
{
	const struct object *obj = object_find(toks[0].s);

	if (!obj) {
		err_at(&toks[0], "no such object '%s'", toks[0].s);
		return EXIT_USAGE;
	}
	if (n < 2) {
		err_at(&toks[0], "a verb is missing after '%s'", toks[0].s);
		return EXIT_USAGE;
	}
	if (verb_find(toks[1].s) == VERB_SHOW) {
		err_at(&toks[1], "apply takes add, set and del, not '%s'", toks[1].s);
		return EXIT_USAGE;
	}
	return command_parse(cmd, toks, n);
}

/* Says every error, not only the first. */
static int parse_all(struct batch *b, char *text, size_t len)
{
	char *line = text, *end = text + len, *next, *stop;
	unsigned int lineno = 1, col;
	struct tok *toks = b->toks;
	int n, err = EXIT_DONE;
	const char *why;

	for (; line < end; line = next, lineno++) {
		struct tok at = { .line = lineno, .col = 1 };

		next = memchr(line, '\n', end - line);
		stop = next ? next : end;
		next = stop + 1;
		*stop = '\0';
		if (stop > line && stop[-1] == '\r')
			*--stop = '\0';
		if (strlen(line) != (size_t)(stop - line)) {
			at.col = strlen(line) + 1;
			err_at(&at, "a NUL byte after '%.40s'", line);
			err = EXIT_USAGE;
			continue;
		}
		n = parse_split(line, lineno, toks, &why, &col);
		if (n < 0) {
			at.col = col;
			err_at(&at, "%s: '%.40s'", why, line + col - 1);
			err = EXIT_USAGE;
		} else if (n) {
			if (parse_line(&b->cmds[b->n++], toks, n))
				err = EXIT_USAGE;
			toks += n;
		}
	}
	return err;
}

static const int stops[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

#define STOPS	(sizeof(stops) / sizeof(stops[0]))

/* Who wants it to stop gets nothing half done either: signals wait. */
static void hold_signals(sigset_t *old)
{
	struct sigaction sa;
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	/* Perhaps nobody reads what is said before the undoing. */
	sigaddset(&set, SIGPIPE);
	for (i = 0; i < STOPS; i++)
		if (!sigaction(stops[i], NULL, &sa) && sa.sa_handler != SIG_IGN)
			sigaddset(&set, stops[i]);
	sigprocmask(SIG_BLOCK, &set, old);
}

/* The signal that waits, or 0. */
static int stopped(void)
{
	sigset_t set;
	size_t i;

	sigpending(&set);
	for (i = 0; i < STOPS; i++)
		if (sigismember(&set, stops[i]) == 1)
			return stops[i];
	return 0;
}

static int run_one(struct undo *u, struct command *cmd)
{
	int err, sig;

	err = undo_prepare(u, cmd);
	if (!err)
		err = command_run(cmd);
	if (err)
		return err;
	undo_commit(u);
	sig = stopped();
	if (!sig)
		return EXIT_DONE;
	err_at(cmd->at, "SIG%s, undoing this command and those before it", sigabbrev_np(sig));
	return EXIT_SIGNAL + sig;
}

static int run_all(struct batch *b)
{
	struct undo *u = undo_new();
	int err = EXIT_DONE;
	sigset_t old;
	size_t i;

	if (!u)
		return EXIT_REFUSED;
	for (i = 0; i < b->n && !err; i++)
		err = object_ready(b->cmds[i].obj);
	if (err) {
		undo_free(u);
		return err;
	}
	hold_signals(&old);
	for (i = 0; i < b->n && !err; i++)
		err = run_one(u, &b->cmds[i]);
	if (err && undo_run(u)) {
		err_at(b->cmds[i - 1].at, "not all of the commands before this one could be undone");
		err = EXIT_REFUSED;
	}
	undo_free(u);
	/* Whoever waits for us shall see what ended us: all is undone, it may come now. */
	if (err > EXIT_SIGNAL)
		sigprocmask(SIG_SETMASK, &old, NULL);
	return err;
}

int cmd_apply(const struct tok *toks, int n)
{
	struct batch b = { };
	size_t len, lines = 1, i;
	char *text;
	int err;

	if (n != 1) {
		if (n)
			err_at(&toks[1], "apply: unexpected '%s'", toks[1].s);
		else
			err_say("apply: FILE is missing after 'apply'");
		return EXIT_USAGE;
	}
	text = slurp(toks[0].s, &len);
	if (!text)
		return EXIT_USAGE;
	for (i = 0; i < len; i++)
		lines += text[i] == '\n';
	/* No line has more words than half its bytes, rounded up. */
	b.cmds = calloc(lines, sizeof(*b.cmds));
	b.toks = calloc(len / 2 + lines + PARSE_LINE_TOKENS, sizeof(*b.toks));
	ctl.file = strcmp(toks[0].s, "-") ? toks[0].s : "stdin";
	if (!b.cmds || !b.toks) {
		err_say("apply: out of memory");
		err = EXIT_REFUSED;
	} else {
		err = parse_all(&b, text, len);
		if (!err)
			err = run_all(&b);
	}
	free(b.cmds);
	free(b.toks);
	free(text);
	return err;
}

// SPDX-License-Identifier: GPL-2.0-only
/* A file of commands, all or none. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

#define FILE_MAX	(1u << 30)

struct text {
	char *at, *end;
	unsigned int line;	/* of what was taken last */
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

/* The next line, NULL at the end, and its length without its end. */
static char *next_line(struct text *t, size_t *len)
{
	char *line = t->at, *stop;

	if (line >= t->end)
		return NULL;
	stop = memchr(line, '\n', t->end - line);
	if (!stop)
		stop = t->end;
	t->at = stop + 1;
	t->line++;
	*len = stop - line;
	if (*len && line[*len - 1] == '\r')
		--*len;
	return line;
}

static int check_line(char *line, size_t len, unsigned int lineno, const struct object **obj)
{
	struct tok at = { .line = lineno, .col = 1 }, toks[PARSE_LINE_TOKENS];
	struct command cmd;
	unsigned int col;
	const char *why;
	int n, err;

	if (strlen(line) != len) {
		at.col = strlen(line) + 1;
		err_at(&at, "a NUL byte after '%.40s'", line);
		return EXIT_USAGE;
	}
	n = parse_split(line, lineno, toks, &why, &col);
	if (n < 0) {
		at.col = col;
		err_at(&at, "%s: '%.40s'", why, line + col - 1);
		return EXIT_USAGE;
	}
	if (!n)
		return EXIT_DONE;
	err = parse_line(&cmd, toks, n);
	if (!err)
		*obj = cmd.obj;
	return err;
}

struct uses {
	const struct object *obj[8];	/* in the order in which the text names them */
	size_t n;
};

static void note_use(struct uses *uses, const struct object *obj)
{
	size_t i;

	for (i = 0; i < uses->n; i++)
		if (uses->obj[i] == obj)
			return;
	if (uses->n < sizeof(uses->obj) / sizeof(uses->obj[0]))
		uses->obj[uses->n++] = obj;
}

/* Says every error, not only the first; changes a copy of each line, and not the text. */
static int check_all(struct text t, struct uses *uses)
{
	char *copy = NULL, *line, *more;
	int err = EXIT_DONE;
	size_t len, size = 0;

	while ((line = next_line(&t, &len))) {
		const struct object *obj = NULL;

		if (len + 1 > size) {
			size = 2 * (len + 1);
			more = realloc(copy, size);
			if (!more) {
				err_say("apply: out of memory");
				err = EXIT_REFUSED;
				break;
			}
			copy = more;
		}
		memcpy(copy, line, len);
		copy[len] = '\0';
		if (check_line(copy, len, t.line, &obj))
			err = EXIT_USAGE;
		if (obj)
			note_use(uses, obj);
	}
	free(copy);
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

int ctl_stopped(void)
{
	sigset_t set;
	size_t i;

	sigpending(&set);
	for (i = 0; i < STOPS; i++)
		if (sigismember(&set, stops[i]) == 1)
			return stops[i];
	return 0;
}

/* The text was checked: its lines are split where they are. */
static int run_lines(struct batch *b, struct text *t)
{
	unsigned int col;
	const char *why;
	int err = EXIT_DONE, n;
	char *line;
	size_t len;

	while (!err && (line = next_line(t, &len))) {
		line[len] = '\0';
		n = parse_split(line, t->line, batch_words(b), &why, &col);
		if (n <= 0)
			continue;
		err = batch_take(b, n);
	}
	return err ? err : batch_finish(b);
}

static int run_all(struct text *t, const struct uses *uses)
{
	struct undo *u = undo_new();
	struct batch *b = batch_new(u);
	int err = u && b ? EXIT_DONE : EXIT_REFUSED;
	sigset_t old;
	size_t i;

	for (i = 0; i < uses->n && !err; i++)
		err = object_ready(uses->obj[i]);
	if (err)
		goto out;
	hold_signals(&old);
	err = run_lines(b, t);
	if (err && undo_run(u)) {
		err_say("apply: not all of the commands could be undone");
		err = EXIT_REFUSED;
	}
	/* Whoever waits for us shall see what ended us: all is undone, it may come now. */
	if (err > EXIT_SIGNAL)
		sigprocmask(SIG_SETMASK, &old, NULL);
out:
	batch_free(b);
	undo_free(u);
	return err;
}

int cmd_apply(const struct tok *toks, int n)
{
	struct uses uses = { };
	struct text t;
	char *text;
	size_t len;
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
	ctl.file = strcmp(toks[0].s, "-") ? toks[0].s : "stdin";
	t = (struct text){ .at = text, .end = text + len };
	err = check_all(t, &uses);
	if (!err)
		err = run_all(&t, &uses);
	free(text);
	return err;
}

// SPDX-License-Identifier: GPL-2.0-only
/* The lines of collapsard's EVE file, as they are or as they come. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <libgen.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db.h"
#include "text.h"

#define LINE_MAX_BYTES	(4u << 20)	/* a record has 32 KiB, of which each may become six */
#define NO_INOTIFY_MS	1000
#define ABSENT_MS	100	/* between two files there is none, for a moment */
#define FILES		1000u	/* that collapsard may keep */

static const struct {
	const char *name, *meta, *help;
} opts[] = {
	{ "--follow", NULL, "wait for more, across rotation, until interrupted" },
	{ "--begin", NULL, "with --follow: what is there already, too" },
	{ "--file", "FILE", "instead of " EVE_FILE },
};

#define OPTS (sizeof(opts) / sizeof(opts[0]))

void events_help(void)
{
	size_t i;

	fputs("events: what collapsard tells of, one event a line\n  collapsarctl events", stdout);
	for (i = 0; i < OPTS; i++)
		printf(" [%s%s%s]", opts[i].name, opts[i].meta ? " " : "",
		       opts[i].meta ? opts[i].meta : "");
	putchar('\n');
	for (i = 0; i < OPTS; i++)
		printf("    %-16s %s\n", opts[i].name, opts[i].help);
}

struct events {
	const char *path;
	bool follow, begin;
	int fd;
	struct text line;	/* not whole yet */
	unsigned long bad;
};

/* A string of the file's, on a line: what it escaped stays so. */
static void text_value(struct text *t, const json_t *v)
{
	size_t i;
	json_t *e;

	if (json_is_string(v)) {
		text_shown(t, json_string_value(v), json_string_length(v), TEXT_AGAIN);
	} else if (json_is_integer(v)) {
		text_printf(t, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
	} else if (json_is_array(v)) {
		json_array_foreach(v, i, e) {
			if (i)
				text_str(t, " ");
			text_value(t, e);
		}
	} else if (json_is_object(v)) {
		text_value(t, json_object_get(v, json_object_get(v, "path") ? "path" : "address"));
		if (json_object_get(v, "port"))
			text_str(t, " port ");
		text_value(t, json_object_get(v, "port"));
	} else if (json_is_boolean(v)) {
		text_str(t, json_is_true(v) ? "true" : "false");
	}
}

static void text_field(struct text *t, const char *label, const json_t *v)
{
	if (!v)
		return;
	text_str(t, t->len ? " " : "");
	if (label) {
		text_shown(t, label, strlen(label), TEXT_WORD);
		text_str(t, " ");
	}
	text_value(t, v);
}

/* In text: when, where, who, and the fields of the event itself. */
static void print_text(json_t *o)
{
	const char *type = json_string_value(json_object_get(o, "event_type")), *key;
	json_t *who = json_object_get(o, "process"), *v;
	struct text t = { 0 };

	text_field(&t, NULL, json_object_get(o, "timestamp"));
	text_field(&t, "network", json_object_get(o, "network"));
	text_field(&t, "honeypot", json_object_get(o, "honeypot"));
	text_field(&t, "session", json_object_get(o, "session_id"));
	text_field(&t, "pid", json_object_get(who, "pid"));
	text_field(&t, NULL, json_object_get(who, "comm"));
	text_field(&t, NULL, json_object_get(o, "event_type"));
	json_object_foreach(json_object_get(o, type ? type : ""), key, v)
		text_field(&t, key, v);
	text_str(&t, "\n");
	if (t.failed)
		abort();
	fputs(t.s, stdout);
	text_free(&t);
}

/* The file may be anybody's by now: a line that is no JSON is not passed on. */
static void print_line(struct events *ev, const char *line, size_t len)
{
	json_t *o = json_loadb(line, len, JSON_ALLOW_NUL, NULL);
	struct text t = { 0 };
	char *s;

	if (!json_is_object(o)) {
		json_decref(o);
		ev->bad++;
		return;
	}
	if (out_is_json()) {
		s = json_dumps(o, JSON_COMPACT | JSON_ENSURE_ASCII);
		if (s)
			text_json_ascii(&t, s);
		if (!s || t.failed)
			abort();
		puts(t.s);
		text_free(&t);
		free(s);
	} else {
		print_text(o);
	}
	json_decref(o);
}

static void take(struct events *ev, const char *p, size_t len)
{
	const char *nl;

	while ((nl = memchr(p, '\n', len))) {
		text_add(&ev->line, p, (size_t)(nl - p));
		if (ev->line.failed)
			abort();
		/* One that was too long is marked by its length. */
		if (ev->line.len <= LINE_MAX_BYTES)
			print_line(ev, ev->line.s, ev->line.len);
		else
			ev->bad++;
		text_clear(&ev->line);
		len -= (size_t)(nl - p) + 1;
		p = nl + 1;
	}
	if (ev->line.len <= LINE_MAX_BYTES)
		text_add(&ev->line, p, len);
}

/* To the end of the file. */
static int read_rest(struct events *ev)
{
	static char buf[65536];
	ssize_t n;

	while ((n = read(ev->fd, buf, sizeof(buf))) > 0)
		take(ev, buf, (size_t)n);
	if (n < 0) {
		err_say("%s: %s", ev->path, strerror(errno));
		return EXIT_REFUSED;
	}
	return EXIT_DONE;
}

static bool same_file(int fd, const char *path)
{
	struct stat mine, now;

	return !fstat(fd, &mine) && !stat(path, &now) && mine.st_ino == now.st_ino &&
	       mine.st_dev == now.st_dev;
}

static void name_of(const struct events *ev, unsigned int nr, char *buf, size_t size)
{
	if (nr)
		snprintf(buf, size, "%s.%u", ev->path, nr);
	else
		snprintf(buf, size, "%s", ev->path);
}

/* How often was ours renamed? FILES: it is gone. */
static unsigned int renamed(const struct events *ev)
{
	char path[4096];
	unsigned int nr;

	for (nr = 0; nr < FILES; nr++) {
		name_of(ev, nr, path, sizeof(path));
		if (same_file(ev->fd, path))
			break;
	}
	return nr;
}

/* One more than the oldest that was written to after ours, as if ours were that. */
static unsigned int oldest_left(const struct events *ev)
{
	struct stat mine, other;
	char path[4096];
	unsigned int nr;

	if (fstat(ev->fd, &mine))
		return 1;
	for (nr = 1; nr < FILES; nr++) {
		name_of(ev, nr, path, sizeof(path));
		if (stat(path, &other) || other.st_mtim.tv_sec < mine.st_mtim.tv_sec ||
		    (other.st_mtim.tv_sec == mine.st_mtim.tv_sec &&
		     other.st_mtim.tv_nsec <= mine.st_mtim.tv_nsec))
			break;
	}
	return nr;
}

/* The one that was begun after ours, which has been read. False: one looks again. */
static bool next_file(struct events *ev)
{
	unsigned int nr = renamed(ev);
	char path[4096];
	bool gone = nr == FILES;
	int fd;

	if (gone)
		nr = oldest_left(ev);
	name_of(ev, nr - 1, path, sizeof(path));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	/* Between two it is not there, or another is. */
	if (fd < 0 || (renamed(ev) != nr && renamed(ev) != FILES)) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	if (gone)
		err_say("%s: files went before they were read", ev->path);
	close(ev->fd);
	ev->fd = fd;
	text_clear(&ev->line);
	return true;
}

static int watch(const char *path)
{
	char *copy = strdup(path);
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	if (fd >= 0 && copy &&
	    inotify_add_watch(fd, dirname(copy), IN_MODIFY | IN_CREATE | IN_MOVED_TO) < 0) {
		close(fd);
		fd = -1;
	}
	free(copy);
	return fd;
}

static int follow(struct events *ev, int notify, int signals)
{
	struct pollfd fds[2] = {
		{ .fd = signals, .events = POLLIN }, { .fd = notify, .events = POLLIN },
	};
	char buf[4096];
	int err, n;

	for (;;) {
		/* Before it is read to its end: later there may be more in it. */
		bool old = !same_file(ev->fd, ev->path), next;

		err = read_rest(ev);
		next = !err && old && next_file(ev);
		if (err || out_flush())
			return err;
		/* Who cannot be told looks, and so does who would be told of others' files. */
		if (next)
			n = poll(fds, 1, 0);
		else if (old || notify < 0)
			n = poll(fds, 1, old ? ABSENT_MS : NO_INOTIFY_MS);
		else
			n = poll(fds, 2, -1);
		if (n < 0 && errno != EINTR)
			return EXIT_REFUSED;
		if (fds[0].revents)
			return EXIT_DONE;
		while (notify >= 0 && read(notify, buf, sizeof(buf)) > 0)
			;
	}
}

static int run_follow(struct events *ev)
{
	int notify, signals, err;

	signals = end_signals();
	if (signals < 0)
		return EXIT_REFUSED;
	/* Before the first look: what comes after it is told. */
	notify = watch(ev->path);
	if (!ev->begin && lseek(ev->fd, 0, SEEK_END) < 0) {
		err_say("%s: %s", ev->path, strerror(errno));
		return EXIT_REFUSED;
	}
	err = follow(ev, notify, signals);
	close(signals);
	if (notify >= 0)
		close(notify);
	return err;
}

static int parse(struct events *ev, const struct tok *toks, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		if (!strcmp(toks[i].s, "--follow")) {
			ev->follow = true;
		} else if (!strcmp(toks[i].s, "--begin")) {
			ev->begin = true;
		} else if (!strcmp(toks[i].s, "--file") && i + 1 < n) {
			ev->path = toks[++i].s;
		} else {
			err_at(&toks[i], strcmp(toks[i].s, "--file") ?
			       "events does not know '%s'" : "events: '%s' needs FILE", toks[i].s);
			return EXIT_USAGE;
		}
	}
	return EXIT_DONE;
}

int cmd_events(const struct tok *toks, int n)
{
	struct events ev = { .path = EVE_FILE };
	int err = parse(&ev, toks, n);

	if (err)
		return err;
	ev.fd = open(ev.path, O_RDONLY | O_CLOEXEC);
	if (ev.fd < 0) {
		err_say("%s: %s", ev.path, strerror(errno));
		return EXIT_REFUSED;
	}
	err = ev.follow ? run_follow(&ev) : read_rest(&ev);
	if (ev.bad) {
		err_say("%s: %lu lines are no JSON", ev.path, ev.bad);
		err = err ? err : EXIT_REFUSED;
	}
	close(ev.fd);
	text_free(&ev.line);
	return err;
}

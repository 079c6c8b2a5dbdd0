// SPDX-License-Identifier: GPL-2.0-only
/* Messages from the sockets to the disk. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "model.h"
#include "reader.h"
#include "sandbox.h"
#include "say.h"

#define RETRY_MS	1000
#define BEAT_MS		5000

struct reader {
	struct ends *ends;
	struct collect *c;
	struct batch *batch;
	unsigned int first;	/* source, which the batch has room for in any case */
	bool in_trouble;	/* storing failed, and that was said */
	bool out_trouble;	/* the same of EVE file and casts */
};

static void ring(void *arg)
{
	struct reader *r = arg;
	u64 one = 1;

	__atomic_add_fetch(&r->ends->shared->beats, 1, __ATOMIC_RELAXED);
	/* It is full when it was rung: that is enough. */
	if (write(r->ends->bell, &one, sizeof(one)) < 0 && errno != EAGAIN)
		say("bell: %s", strerror(errno));
}

static void tell_stored(struct reader *r)
{
	unsigned int i;

	for (i = 0; i < r->ends->nr; i++)
		__atomic_store_n(&r->ends->shared->stored[i], r->ends->sources[i].stream.given,
				 __ATOMIC_RELEASE);
	ring(r);
}

/* Once, not each second. */
static void tell_trouble(struct reader *r)
{
	char text[320];

	if (r->in_trouble)
		return;
	r->in_trouble = true;
	snprintf(text, sizeof(text), "nothing is stored or acknowledged: %s", collect_why(r->c));
	say("%s", text);
	collect_cry(r->c, "stopped", text);
}

static void tell_outputs(struct reader *r)
{
	int err = r->c->out_err;

	if (err && !r->out_trouble)
		say("EVE file or casts wait, the database has all: %s", strerror(-err));
	r->out_trouble = err;
	r->c->out_err = 0;
}

/* All of the batch, or nothing. */
static int store(struct reader *r)
{
	int err = collect_begin(r->c);

	if (err)
		return err;
	if (r->in_trouble)
		collect_say(r->c, "resumed", "entries are stored again");
	batch_give(r->batch, r->c);
	err = collect_commit(r->c);
	if (err)
		return err;
	if (r->in_trouble)
		say("entries are stored again");
	r->in_trouble = false;
	batch_clear(r->batch);
	tell_stored(r);
	tell_outputs(r);
	return 0;
}

/* Until there is something to read, or to end for: 1, or an error. */
static int wait_for(struct reader *r, bool retry)
{
	struct pollfd fds[SOURCES + 1] = { { .fd = r->ends->stop, .events = POLLIN } };
	unsigned int i;
	int n;

	for (i = 0; i < r->ends->nr; i++) {
		fds[i + 1].fd = source_fd(&r->ends->sources[i]);
		fds[i + 1].events = POLLIN;
	}
	/* What cannot be stored is not made more. */
	n = poll(fds, retry ? 1 : r->ends->nr + 1, retry ? RETRY_MS : BEAT_MS);
	if (n < 0 && errno != EINTR)
		return -errno;
	return n > 0 && fds[0].revents;
}

static int read_all(struct reader *r)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < r->ends->nr && !err; i++)
		err = source_read(&r->ends->sources[(r->first + i) % r->ends->nr], r->batch);
	r->first = (r->first + 1) % r->ends->nr;
	return err;
}

static int loop(struct reader *r)
{
	bool retry = false;
	int n;

	for (;;) {
		n = wait_for(r, retry);
		if (n < 0)
			return 1;
		/* What was read and could not be stored is the kernel's still. */
		if (n > 0)
			return 0;
		if (!retry && read_all(r))
			return 1;
		retry = !batch_empty(r->batch) && store(r);
		if (retry)
			tell_trouble(r);
		ring(r);
	}
}

static int subscribe(struct reader *r)
{
	unsigned int i;

	for (i = 0; i < r->ends->nr; i++)
		if (source_subscribe(&r->ends->sources[i], r->batch))
			return -1;
	return 0;
}

int reader_run(struct ends *ends)
{
	struct reader r = { .ends = ends };
	int code = 1;

	signal(SIGPIPE, SIG_IGN);
	r.batch = batch_new();
	if (!r.batch || sandbox_caps(true) || subscribe(&r) || sandbox_caps(false) || sandbox_reader())
		return 1;
	r.c = collect_open(ends->cfg);
	if (!r.c)
		return 1;
	collect_tick(r.c, ring, &r);
	__atomic_store_n(&ends->shared->ready, 1, __ATOMIC_RELEASE);
	ring(&r);
	code = loop(&r);
	collect_close(r.c);
	batch_free(r.batch);
	return code;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands of a file on their way to the kernel. A request and its answer cost more
 * than what the kernel does for it: as long as commands only add, or only delete, and
 * no link is concerned, many go at once. The kernel carries out all of them even if it
 * refuses one, so what came after that one is undone as well.
 */
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

/* As many answers as surely find room in the socket. */
#define BATCH_MAX	64

struct batch {
	struct undo *undo;
	unsigned int n;
	struct command cmd[BATCH_MAX];
	struct tok toks[BATCH_MAX][PARSE_LINE_TOKENS];
	size_t offset[BATCH_MAX];
	char req[BATCH_MAX * NL_REQ_MAX] __attribute__((aligned(8)));
};

struct batch *batch_new(struct undo *u)
{
	struct batch *b = calloc(1, sizeof(*b));

	if (b)
		b->undo = u;
	return b;
}

void batch_free(struct batch *b)
{
	free(b);
}

struct tok *batch_words(struct batch *b)
{
	return b->toks[b->n];
}

/* A set depends on what is there, and a link on its name's other users. */
static bool goes_with_others(const struct command *cmd)
{
	return !cmd->obj->link && (cmd->verb == VERB_ADD || cmd->verb == VERB_DEL);
}

static int run_alone(struct batch *b)
{
	static const int no_errs[1];
	int err = undo_prepare(b->undo, &b->cmd[0], 0);

	if (!err)
		err = command_run(&b->cmd[0]);
	undo_commit(b->undo, err ? NULL : no_errs);
	return err;
}

/* Requests one after the other, and what undoes them. */
static int encode(struct batch *b)
{
	size_t len = 0;
	unsigned int i;
	int err;

	for (i = 0; i < b->n; i++) {
		err = undo_prepare(b->undo, &b->cmd[i], i);
		if (!err)
			err = command_encode(&b->cmd[i], b->req + len);
		if (err)
			return err;
		b->offset[i] = len;
		len += NLMSG_ALIGN(((struct nlmsghdr *)(b->req + len))->nlmsg_len);
	}
	return EXIT_DONE;
}

static int run_together(struct batch *b)
{
	const struct nl *nl = object_nl(b->cmd[0].obj);
	int errs[BATCH_MAX], err;
	unsigned int i;

	err = encode(b);
	if (err) {
		undo_commit(b->undo, NULL);
		return err;
	}
	err = nl_many(&ctl.genl, b->req, b->n, errs);
	if (err) {
		undo_commit(b->undo, NULL);
		err_at(b->cmd[0].at, "the kernel's answers were lost, this command and the %u "
		       "after it are not undone: %s", b->n - 1, strerror(-err));
		return EXIT_REFUSED;
	}
	undo_commit(b->undo, errs);
	for (i = 0; i < b->n; i++)
		if (errs[i])
			return kernel_error(&b->cmd[i], nl, (void *)(b->req + b->offset[i]),
					    errs[i]);
	return EXIT_DONE;
}

int batch_finish(struct batch *b)
{
	int err = EXIT_DONE, sig;

	/* Devices may have come or gone since the last time. */
	nl_ifindex_forget();
	if (b->n == 1)
		err = run_alone(b);
	else if (b->n)
		err = run_together(b);
	sig = err || !b->n ? 0 : ctl_stopped();
	if (sig) {
		err_at(b->cmd[b->n - 1].at, "SIG%s, undoing this command and those before it",
		       sigabbrev_np(sig));
		err = EXIT_SIGNAL + sig;
	}
	b->n = 0;
	return err;
}

int batch_take(struct batch *b, int n)
{
	struct tok *toks = batch_words(b);
	struct command *cmd = &b->cmd[b->n];
	int err;

	err = command_parse(cmd, toks, n);
	if (!err && b->n && (cmd->verb != b->cmd[0].verb || !goes_with_others(cmd))) {
		err = batch_finish(b);
		/* It is the first now. */
		memcpy(b->toks[0], toks, n * sizeof(*toks));
		cmd = &b->cmd[0];
		if (!err)
			err = command_parse(cmd, b->toks[0], n);
	}
	if (err)
		return err;
	b->n++;
	return b->n == BATCH_MAX || !goes_with_others(cmd) ? batch_finish(b) : EXIT_DONE;
}

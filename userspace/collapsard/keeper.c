// SPDX-License-Identifier: GPL-2.0-only
/* Acknowledges, and watches over the reader. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <netlink/socket.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "reader.h"
#include "sandbox.h"
#include "say.h"

struct keeper {
	struct ends *ends;
	u64 acked[SOURCES];
	u64 beats;
	int reader;
	int stop;
	int signals;
	struct nl_sock *families;
	bool ready;
};

#define MODULE_GONE	3	/* an exit code, as if it had never been there */

/* Before sd_notify(), which asks it, is in a sandbox. */
static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGCHLD);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static int acknowledge(struct keeper *k)
{
	unsigned int i;
	u64 stored;

	for (i = 0; i < k->ends->nr; i++) {
		stored = __atomic_load_n(&k->ends->shared->stored[i], __ATOMIC_ACQUIRE);
		if (stored == k->acked[i])
			continue;
		if (source_ack(&k->ends->sources[i], stored))
			return -1;
		k->acked[i] = stored;
	}
	return 0;
}

static void tell_supervisor(struct keeper *k)
{
	u64 beats = __atomic_load_n(&k->ends->shared->beats, __ATOMIC_RELAXED);

	if (!k->ready && __atomic_load_n(&k->ends->shared->ready, __ATOMIC_ACQUIRE)) {
		k->ready = true;
		sd_notify(0, "READY=1");
	}
	if (beats != k->beats)
		sd_notify(0, "WATCHDOG=1");
	k->beats = beats;
}

static void on_bell(struct keeper *k)
{
	u64 n;

	if (read(k->ends->bell, &n, sizeof(n)) < 0 && errno != EAGAIN)
		say("bell: %s", strerror(errno));
	tell_supervisor(k);
}

/* How the reader ended, or -1 if it has not. */
static int ended(struct keeper *k)
{
	int status;

	if (waitpid(k->reader, &status, WNOHANG) != k->reader)
		return -1;
	if (WIFSIGNALED(status)) {
		say("the reader was ended by signal %d%s", WTERMSIG(status),
		    WTERMSIG(status) == SIGSYS ? ": a system call that it has no use for" : "");
		return 1;
	}
	return WEXITSTATUS(status);
}

static int on_signal(struct keeper *k)
{
	struct signalfd_siginfo info;

	if (read(k->signals, &info, sizeof(info)) != (ssize_t)sizeof(info))
		return -1;
	if (info.ssi_signo != SIGCHLD) {
		sd_notify(0, "STOPPING=1");
		if (k->stop >= 0)
			close(k->stop);
		k->stop = -1;
		return -1;
	}
	return ended(k);
}

static int loop(struct keeper *k)
{
	struct pollfd fds[3] = {
		{ .fd = k->signals, .events = POLLIN },
		{ .fd = k->ends->bell, .events = POLLIN },
		{ .fd = nl_socket_get_fd(k->families), .events = POLLIN },
	};
	int code = -1;

	while (code < 0) {
		if (poll(fds, 3, -1) < 0 && errno != EINTR)
			return 1;
		if (fds[2].revents && family_gone(k->families, k->ends->sources, k->ends->nr))
			return MODULE_GONE;
		if (fds[1].revents)
			on_bell(k);
		if (acknowledge(k))
			code = 1;
		if (fds[0].revents && code < 0)
			code = on_signal(k);
	}
	/* The last that it stored before it ended. */
	acknowledge(k);
	return code;
}

int keeper_run(struct ends *ends, int reader, int stop)
{
	struct keeper k = { .ends = ends, .reader = reader, .stop = stop };

	k.signals = open_signals();
	k.families = family_watch();
	if (k.signals < 0 || !k.families || sandbox_caps(true) || sandbox_keeper())
		return 1;
	return loop(&k);
}

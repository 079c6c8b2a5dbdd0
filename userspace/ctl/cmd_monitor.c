// SPDX-License-Identifier: GPL-2.0-only
/* Events, one a line. What was lost is said, never hidden. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <collapsar/front.h>
#include <collapsar/redir.h>

#include "ctl.h"

static struct nl_family redir, front;

static void begin(const char *object, const char *event)
{
	char stamp[48];
	struct timespec ts;
	struct tm tm;
	size_t len;

	out_object(NULL);
	if (ctl.stamps) {
		clock_gettime(CLOCK_REALTIME, &ts);
		gmtime_r(&ts.tv_sec, &tm);
		len = strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S", &tm);
		snprintf(stamp + len, sizeof(stamp) - len, ".%06ldZ", ts.tv_nsec / 1000);
		out_str(NULL, "time", OUT_PLAIN, stamp);
	}
	out_str(NULL, "object", OUT_PLAIN, object);
	if (event)
		out_str(NULL, "event", OUT_PLAIN, event);
}

static void own_event(const char *event)
{
	begin("monitor", event);
	out_object_end();
	out_end();
}

static int event(const struct nlmsghdr *nlh, void *data)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	int i;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*genl))
		return 0;
	for (i = 0; objects[i]; i++) {
		const struct nl_family *family = objects[i]->module &&
			!strcmp(objects[i]->module, "collapsar_redir") ? &redir : &front;

		if (objects[i]->link || nlh->nlmsg_type != family->id ||
		    genl->cmd != objects[i]->event_cmd)
			continue;
		/* A redirect's event is its state; the others name theirs. */
		begin(objects[i]->name, family == &redir ? "state" : NULL);
		object_print(objects[i], nlh, objects[i]->name);
	}
	return out_flush() ? -EPIPE : 0;
}

static int join(struct nl *nl, const struct nl_family *family, const char *module)
{
	int err;

	if (!family->id)
		return EXIT_DONE;
	if (!family->events) {
		err_say("monitor: module %s has no events", module);
		return EXIT_REFUSED;
	}
	err = nl_join(nl, family->events);
	if (!err)
		return EXIT_DONE;
	err_say("monitor: cannot listen to %s: %s (%s)", module, strerror(-err),
		strerrorname_np(-err));
	return EXIT_REFUSED;
}

static int loop(struct nl *nl, int sigfd)
{
	struct pollfd fds[2] = {
		{ .fd = nl_fd(nl), .events = POLLIN },
		{ .fd = sigfd, .events = POLLIN },
	};
	int err;

	for (;;) {
		if (out_flush())
			return EXIT_DONE;	/* nobody reads any more */
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return EXIT_REFUSED;
		if (fds[1].revents)
			return EXIT_DONE;
		if (!fds[0].revents)
			continue;
		err = nl_receive(nl, event, NULL);
		if (err == -EPIPE)
			return EXIT_DONE;
		if (err == -ENOBUFS) {
			own_event("lost");
		} else if (err && err != -EINTR && err != -EAGAIN) {
			err_say("monitor: %s (%s)", strerror(-err), strerrorname_np(-err));
			return EXIT_REFUSED;
		}
	}
}

int cmd_monitor(const struct tok *toks, int n)
{
	struct nl nl;
	int err, sigfd;

	if (n) {
		err_at(&toks[0], "monitor: unexpected '%s'", toks[0].s);
		return EXIT_USAGE;
	}
	err = family_get(COLLAPSAR_REDIR_GENL_NAME, "collapsar_redir", &redir, true);
	if (err && err != EXIT_MODULE)
		return err;
	err = family_get(COLLAPSAR_FRONT_GENL_NAME, "collapsar_front", &front, true);
	if (err && err != EXIT_MODULE)
		return err;
	if (!redir.id && !front.id) {
		err_say("no module with events is loaded: modprobe collapsar_redir or collapsar_front");
		return EXIT_MODULE;
	}
	sigfd = end_signals();
	if (sigfd < 0)
		return EXIT_REFUSED;
	err = nl_open(&nl, NETLINK_GENERIC);
	if (err) {
		err_say("monitor: %s", strerror(-err));
		return EXIT_REFUSED;
	}
	err = join(&nl, &redir, "collapsar_redir");
	if (!err)
		err = join(&nl, &front, "collapsar_front");
	if (!err) {
		/* From here on nothing is missed: scripts wait for this line. */
		own_event("ready");
		err = loop(&nl, sigfd);
	}
	nl_close(&nl);
	close(sigfd);
	return err;
}

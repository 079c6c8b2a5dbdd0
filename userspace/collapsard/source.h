/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where entries come from: generic netlink of the front-end, or of the sensor of this very
 * machine. Both the process that reads and the one that acknowledges have the socket.
 */
#ifndef CLPS_SOURCE_H
#define CLPS_SOURCE_H

#include <linux/netlink.h>

#include "collect.h"
#include "config.h"

#define SOURCES		2
#define SOURCE_MSG	65536	/* a message is never larger */

struct nl_sock;

/**
 * struct source - one of them
 * @stream: what the collector knows of it
 * @module: whose family it is
 * @sk: socket
 * @cfg: settings
 * @family: of generic netlink
 * @subscribed: the kernel has answered
 * @err: what it answered if it refused, or what is wrong with the socket
 */
struct source {
	struct stream stream;
	char name[CONFIG_NAME + 8];
	const char *module;
	struct nl_sock *sk;
	const struct config *cfg;
	int family;
	bool subscribed;
	int err;
};

/* Messages that have not been stored yet. */
struct batch;

/* Needs privileges. 0, or a negative errno when it was said why. */
int source_open(struct source *src, const struct config *cfg, bool local);
void source_close(struct source *src);
int source_fd(const struct source *src);
/* Makes this process the reader. @b takes what comes with the answer. */
int source_subscribe(struct source *src, struct batch *b);
/* Everything up to @seq is stored. */
int source_ack(struct source *src, u64 seq);
/* Reads what there is, as far as @b has room. 0, or a negative errno when it was said why. */
int source_read(struct source *src, struct batch *b);

/* family.c: a socket that is told when families go; NULL: it was said why. */
struct nl_sock *family_watch(void);
/* Has that of one of the @nr sources gone? Says so. */
bool family_gone(struct nl_sock *sk, const struct source *src, unsigned int nr);

/* decode.c: entries of a message, which the kernel made, into the collector. */
void decode(struct collect *c, struct source *src, const struct nlmsghdr *nlh, u64 arrived);
/* The epoch that the answer to a subscription tells. */
void decode_reply(struct source *src, const struct nlmsghdr *nlh);

/* batch.c */
struct batch *batch_new(void);
void batch_free(struct batch *b);
bool batch_full(const struct batch *b);
bool batch_empty(const struct batch *b);
int batch_add(struct batch *b, struct source *src, const struct nlmsghdr *nlh);
/* All into the collector, in their order. */
void batch_give(const struct batch *b, struct collect *c);
void batch_clear(struct batch *b);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CLPS_NL_H
#define CLPS_NL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/netlink.h>

#define NL_REQ_MAX	4096		/* a request never gets near this */

struct mnl_socket;

struct nl {
	struct mnl_socket *sock;
	unsigned int portid;
	unsigned int seq;
	int proto;
	char text[256];			/* the kernel's words about the last refusal, or "" */
	uint32_t offset;		/* the attribute it points at, from the message's start, or 0 */
};

struct nl_family {
	uint16_t id;
	uint32_t events;		/* multicast group "events", 0: it has none */
};

/* Returns < 0 to stop. */
typedef int (*nl_msg_fn)(const struct nlmsghdr *nlh, void *data);

/* All return 0 or a negative errno. */
int nl_open(struct nl *nl, int proto);
void nl_close(struct nl *nl);
int nl_join(struct nl *nl, uint32_t group);
int nl_family(struct nl *nl, const char *name, struct nl_family *family);

/* Send one request; wait for the acknowledgement; @fn sees the replies before it. */
int nl_do(struct nl *nl, struct nlmsghdr *req, nl_msg_fn fn, void *data);
/*
 * Send @n requests at once, each aligned, one after the other in @buf. @errs is the
 * verdict of each; the words are about the first refusal. An error says that it is not
 * known which of them were carried out.
 */
int nl_many(struct nl *nl, char *buf, unsigned int n, int *errs);
/*
 * Dump. Of links, which change under it, all is kept until the kernel has said that it
 * was consistent; anything else goes to @fn as it comes.
 */
int nl_dump(struct nl *nl, struct nlmsghdr *req, nl_msg_fn fn, void *data);
/* One datagram of a multicast socket. -ENOBUFS: messages were lost. */
int nl_receive(struct nl *nl, nl_msg_fn fn, void *data);
int nl_fd(const struct nl *nl);

/* 0 when there is no such device. Remembered until nl_ifindex_forget(). */
unsigned int nl_ifindex(const char *name);
void nl_ifindex_forget(void);
/* @buf has IF_NAMESIZE bytes; NULL when there is no such device. */
const char *nl_ifname(unsigned int ifindex, char *buf);

#endif

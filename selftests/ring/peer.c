// SPDX-License-Identifier: GPL-2.0-only
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include "peer.h"

double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* Something to read, or the end, before we lose patience. */
bool readable(struct cable *c)
{
	struct pollfd pfd = { .fd = c->sock, .events = POLLIN };

	return poll(&pfd, 1, PATIENCE_MS) == 1;
}

bool map_memory(struct cable *c, enum role role)
{
	c->mem = mmap(NULL, clps_ring_span(c->log2), PROT_READ | PROT_WRITE, MAP_SHARED,
		      c->memfd, 0);
	if (c->mem == MAP_FAILED)
		return false;
	clps_ring_init(&c->tx, c->mem, c->log2, role == LISTENER ? 0 : 1);
	clps_ring_init(&c->rx, c->mem, c->log2, role == LISTENER ? 1 : 0);
	return true;
}

bool hello_is(const struct clps_ring_hello *h, u16 kind, u32 log2)
{
	return h->magic == CLPS_RING_MAGIC && h->version == CLPS_RING_VERSION &&
	       h->kind == kind && h->log2size == log2;
}

/* Return: a socket, or -1. */
int connect_to(const char *path, int flags)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | flags, 0);

	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
	if (!connect(fd, (struct sockaddr *)&sun, sizeof(sun)))
		return fd;
	close(fd);
	return -1;
}

/* Wait for what a listener offers, and map it. Return: it is a sound offer. */
bool take_offer(struct cable *c)
{
	struct clps_ring_hello hello;
	struct iovec iov = { &hello, sizeof(hello) };
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control.buf, .msg_controllen = sizeof(control.buf),
	};
	struct cmsghdr *cmsg;

	if (!readable(c) || recvmsg(c->sock, &msg, 0) != sizeof(hello))
		return false;
	cmsg = CMSG_FIRSTHDR(&msg);
	if (!cmsg || cmsg->cmsg_type != SCM_RIGHTS)
		return false;
	memcpy(&c->memfd, CMSG_DATA(cmsg), sizeof(int));
	c->log2 = hello.log2size;
	return hello_is(&hello, CLPS_RING_OFFER, c->log2) && clps_ring_span(c->log2) &&
	       map_memory(c, CONNECTER);
}

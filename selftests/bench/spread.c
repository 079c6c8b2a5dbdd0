// SPDX-License-Identifier: GPL-2.0-only
/*
 * spread SIZE COUNT STEP FROM ADDRESS TO BASE [back]: UDP packets of SIZE bytes of
 * payload from ADDRESS in one network namespace to COUNT addresses in another, BASE and
 * every STEP-th after it (STEP 0: BASE alone), sender and receiver in one thread. The
 * first time round makes flows and neighbours; of the second, prints what the time stamp
 * counter says of each packet, as packets.c does:
 *
 *   median mean min max
 *
 * With "back", what is measured is the answer of each address. A packet that is lost,
 * altered, or not of the other's address is a failure.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include <x86intrin.h>
#include "costs.h"

enum { FROM_PORT = 5000, TO_PORT = 9, MAX_SIZE = 1472, MOST_LATE = 100, LATE_MS = 1000 };

/* A socket that is told, and tells, which of many addresses a packet is for. */
struct end {
	struct in_addr addr;
	int port, fd;
};

static size_t size;
static unsigned char sent[MAX_SIZE], got[MAX_SIZE];

static void die(const char *what)
{
	fprintf(stderr, "spread: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void end_open(struct end *e, const char *ns, const char *addr, int port)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons(port) };
	char path[128];
	/* For a packet that may be fragmented after all the sender's kernel draws a number. */
	int fd, one = 1, never = IP_PMTUDISC_DO;

	snprintf(path, sizeof(path), "/run/netns/%s", ns);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die(path);
	close(fd);
	e->port = port;
	if (inet_pton(AF_INET, addr, &e->addr) != 1)
		die(addr);
	e->fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (e->fd < 0 || setsockopt(e->fd, IPPROTO_IP, IP_PKTINFO, &one, sizeof(one)) ||
	    setsockopt(e->fd, IPPROTO_IP, IP_MTU_DISCOVER, &never, sizeof(never)) ||
	    bind(e->fd, (struct sockaddr *)&any, sizeof(any)))
		die(ns);
}

union pktinfo {
	struct cmsghdr hdr;
	char space[CMSG_SPACE(sizeof(struct in_pktinfo))];
};

struct letter {
	struct sockaddr_in name;
	union pktinfo info;
	struct iovec iov;
	struct msghdr msg;
};

static void letter_init(struct letter *l, void *data, size_t len)
{
	memset(l, 0, sizeof(*l));
	l->iov = (struct iovec){ .iov_base = data, .iov_len = len };
	l->msg = (struct msghdr){ .msg_name = &l->name, .msg_namelen = sizeof(l->name),
				  .msg_iov = &l->iov, .msg_iovlen = 1, .msg_control = &l->info,
				  .msg_controllen = sizeof(l->info) };
}

static void address(struct letter *l, const struct end *from, const struct end *to)
{
	struct in_pktinfo *info = (void *)CMSG_DATA(&l->info.hdr);

	l->name = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(to->port),
					.sin_addr = to->addr };
	l->info.hdr = (struct cmsghdr){ .cmsg_level = IPPROTO_IP, .cmsg_type = IP_PKTINFO,
					.cmsg_len = CMSG_LEN(sizeof(*info)) };
	info->ipi_spec_dst = from->addr;
}

static void refuse(unsigned int seq, const struct end *to, const char *what)
{
	fprintf(stderr, "spread: packet %u to %s was %s\n", seq, inet_ntoa(to->addr), what);
	exit(1);
}

static void compare(const struct letter *in, const struct end *from, const struct end *to,
		    unsigned int seq)
{
	const struct in_pktinfo *info = (void *)CMSG_DATA(&in->info.hdr);

	if (memcmp(sent, got, size))
		refuse(seq, to, "altered");
	if (in->name.sin_addr.s_addr != from->addr.s_addr ||
	    in->name.sin_port != htons(from->port) || info->ipi_addr.s_addr != to->addr.s_addr)
		refuse(seq, to, "somebody else's");
}

/* A packet that differs from all before it, and its cost; 0: it came late. */
static uint64_t carry(const struct end *from, const struct end *to, unsigned int seq)
{
	struct pollfd wait = { .fd = to->fd, .events = POLLIN };
	struct letter out, in;
	uint64_t begin, cost;
	ssize_t len;
	size_t i;

	for (i = 0; i < size; i++)
		sent[i] = (seq >> (i % 4 * 8)) + i;
	letter_init(&out, sent, size);
	letter_init(&in, got, sizeof(got));
	address(&out, from, to);
	begin = __rdtsc();
	if (sendmsg(from->fd, &out.msg, 0) != (ssize_t)size)
		die("send");
	len = recvmsg(to->fd, &in.msg, MSG_DONTWAIT);
	cost = __rdtsc() - begin;
	if (len < 0) {
		cost = 0;
		poll(&wait, 1, LATE_MS);
		len = recvmsg(to->fd, &in.msg, MSG_DONTWAIT);
	}
	if (len != (ssize_t)size)
		refuse(seq, to, "lost");
	compare(&in, from, to, seq);
	return cost;
}

int main(int argc, char **argv)
{
	unsigned int count, step, i, taken = 0, back;
	struct end from, to;
	uint64_t *cost, c;
	in_addr_t base;

	if (argc < 8) {
		fputs("usage: spread SIZE COUNT STEP FROM ADDRESS TO BASE [back]\n", stderr);
		return 1;
	}
	size = strtoul(argv[1], NULL, 10);
	count = strtoul(argv[2], NULL, 10);
	step = strtoul(argv[3], NULL, 10);
	back = argc > 8;
	cost = calloc(count, sizeof(*cost));
	if (!size || size > MAX_SIZE || !count || !cost || mlockall(MCL_CURRENT | MCL_FUTURE))
		die("SIZE or COUNT");
	end_open(&from, argv[4], argv[5], FROM_PORT);
	end_open(&to, argv[6], argv[7], TO_PORT);
	base = ntohl(to.addr.s_addr);
	for (i = 0; i < 2 * count; i++) {
		to.addr.s_addr = htonl(base + i % count * step);
		c = carry(&from, &to, i);
		if (back)
			c = carry(&to, &from, ~i);
		if (i >= count && c)
			cost[taken++] = c;
	}
	if (taken < count - count / MOST_LATE)
		refuse(i, &to, "late, as too many");
	costs_print(cost, taken);
	return 0;
}

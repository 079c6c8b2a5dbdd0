// SPDX-License-Identifier: GPL-2.0-only
/*
 * packets SIZE COUNT FROM ADDRESS TO ADDRESS [back]: UDP packets of SIZE bytes of
 * payload between two network namespaces, sender and receiver in one thread, so that
 * a packet is one straight code path. Prints what the time stamp counter says of each:
 *
 *   median mean min max
 *
 * of COUNT packets, without what reading the counter takes. Under QEMU's icount that
 * is instructions. With "back", what is measured is the receiver's answers, each to a
 * packet that is not. A packet that is lost, altered or not of the other's address is
 * a failure.
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

/* A packet may take a detour by ksoftirqd, which runs when we sleep; not many do. */
enum { MOST_LATE = 100 /* one of so many */, LATE_MS = 1000 };
enum { WARM_UP = 300, FROM_PORT = 5000, TO_PORT = 9, MAX_SIZE = 65536 };

struct end {
	struct sockaddr_in own;
	int fd;
};

static size_t size;
static unsigned char sent[MAX_SIZE], got[MAX_SIZE];

static void die(const char *what)
{
	fprintf(stderr, "packets: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void enter(const char *name)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die(path);
	close(fd);
}

static void end_open(struct end *e, const char *ns, const char *text, int port)
{
	e->own = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(port) };
	if (inet_pton(AF_INET, text, &e->own.sin_addr) != 1)
		die(text);
	enter(ns);
	e->fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (e->fd < 0 || bind(e->fd, (struct sockaddr *)&e->own, sizeof(e->own)))
		die(ns);
}

/* What comes from anybody else does not reach the socket from now on. */
static void end_join(const struct end *e, const struct end *other)
{
	if (connect(e->fd, (const struct sockaddr *)&other->own, sizeof(other->own)))
		die("connect");
}

static ssize_t put(const struct end *from) { return send(from->fd, sent, size, 0); }
static ssize_t get(const struct end *to) { return recv(to->fd, got, sizeof(got), MSG_DONTWAIT); }

/* What is measured: the same code for every packet, nothing but two calls. */
static __attribute__((noinline, noclone)) uint64_t carry(const struct end *from, const struct end *to, ssize_t *len)
{
	uint64_t begin = __rdtsc();

	if (put(from) != (ssize_t)size)
		die("send");
	*len = get(to);
	return __rdtsc() - begin;
}

static void altered_or_lost(uint32_t seq, const char *what)
{
	fprintf(stderr, "packets: packet %u of %zu bytes was %s\n", seq, size, what);
	exit(1);
}

/* A packet that differs from all before it, and its cost; 0: it came late. */
static uint64_t packet(const struct end *from, const struct end *to, uint32_t seq)
{
	struct pollfd in = { .fd = to->fd, .events = POLLIN };
	uint64_t cost;
	ssize_t len;
	size_t i;

	for (i = 0; i < size; i++)
		sent[i] = (seq >> (i % 4 * 8)) + i;
	cost = carry(from, to, &len);
	if (len < 0) {
		cost = 0;
		poll(&in, 1, LATE_MS);
		len = get(to);
	}
	if (len < 0)
		altered_or_lost(seq, "lost");
	if (len != (ssize_t)size || memcmp(sent, got, size))
		altered_or_lost(seq, "altered");
	return cost;
}

/* The first ones find no neighbour yet: until one arrives. */
static void open_way(const struct end *from, const struct end *to)
{
	int i;

	for (i = 0; i < 5000; i++) {
		if (put(from) < 0 && errno != EHOSTUNREACH && errno != ECONNREFUSED)
			die("send");
		if (get(to) >= 0)
			break;
		usleep(1000);
	}
	/* What waited for the neighbour's answer with it. */
	usleep(100000);
	while (get(to) >= 0)
		;
}

int main(int argc, char **argv)
{
	struct end from, to;
	uint64_t *cost, c;
	int count, i, back, taken = 0, late = 0;

	if (argc < 7) {
		fputs("usage: packets SIZE COUNT FROM ADDRESS TO ADDRESS [back]\n", stderr);
		return 1;
	}
	size = strtoul(argv[1], NULL, 10);
	count = atoi(argv[2]);
	back = argc > 7;
	if (!size || size > MAX_SIZE - 28 || count < 1)
		die("SIZE or COUNT");
	cost = calloc(count, sizeof(*cost));
	if (!cost || mlockall(MCL_CURRENT | MCL_FUTURE))
		die("memory");
	end_open(&from, argv[3], argv[4], FROM_PORT);
	end_open(&to, argv[5], argv[6], TO_PORT);
	end_join(&from, &to);
	end_join(&to, &from);
	open_way(&from, &to);
	if (back)
		open_way(&to, &from);
	for (i = -WARM_UP; taken < count; i++) {
		c = packet(&from, &to, i);
		if (back)
			c = packet(&to, &from, ~i);
		if (i < 0)
			continue;
		if (c)
			cost[taken++] = c;
		else if (++late > count / MOST_LATE)
			altered_or_lost(i, "late, as too many");
	}
	costs_print(cost, count);
	return 0;
}

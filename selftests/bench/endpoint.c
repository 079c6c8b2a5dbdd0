// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a benchmark's host and guest run, written to cost as little beside the path
 * as can be: in a UML, each system call of a program is two stops of it.
 *
 *	endpoint sink PORT [copy]
 *		take TCP streams; answer the end of each with its length
 *	endpoint source ADDRESS PORT SECONDS [copy]
 *		send one: bytes, and nanoseconds until all had arrived
 *	endpoint echo PORT
 *		answer each datagram with itself
 *	endpoint ask ADDRESS PORT COUNT
 *		one datagram after the other; how many were lost, and the nanoseconds that
 *		each of the others took, a line each
 * A stream's bytes are pages of a file that never change and are thrown away where
 * they arrive, or with "copy" written from and read into a buffer, as programs do.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define FILE_SIZE	(1 << 20)
#define BUFFER		(128 << 10)
#define SAMPLES_MAX	1000000
#define ANSWER_MILLISECONDS	200

static char buffer[BUFFER];

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static struct sockaddr_in address(const char *host, const char *port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(atoi(port)) };

	if (host && inet_pton(AF_INET, host, &a.sin_addr) != 1) {
		fprintf(stderr, "endpoint: bad address '%s'\n", host);
		exit(1);
	}
	return a;
}

static int bound(int type, const char *port)
{
	struct sockaddr_in a = address(NULL, port);
	int fd = socket(AF_INET, type, 0), one = 1;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
	    bind(fd, (struct sockaddr *)&a, sizeof(a)))
		die("endpoint: bind");
	return fd;
}

static int connected(int type, const char *host, const char *port)
{
	struct sockaddr_in a = address(host, port);
	int fd = socket(AF_INET, type, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof(a)))
		die("endpoint: connect");
	return fd;
}

/* To the end of one stream. */
static void swallow(int fd, int copy)
{
	uint64_t total = 0;
	ssize_t n;

	while ((n = recv(fd, copy ? buffer : NULL, copy ? BUFFER : 1 << 30,
			 copy ? 0 : MSG_TRUNC)) > 0)
		total += n;
	if (!n && write(fd, &total, sizeof(total)) != sizeof(total))
		perror("endpoint: answer");
	close(fd);
}

static void sink(const char *port, int copy)
{
	int fd = bound(SOCK_STREAM, port);

	if (listen(fd, 4))
		die("endpoint: listen");
	while (1) {
		int peer = accept(fd, NULL, NULL);

		if (peer < 0)
			die("endpoint: accept");
		swallow(peer, copy);
	}
}

static int filled_file(void)
{
	int fd = memfd_create("stream", 0), at;

	for (at = 0; at < FILE_SIZE; at += BUFFER)
		if (fd < 0 || write(fd, buffer, BUFFER) != BUFFER)
			die("endpoint: file");
	return fd;
}

static ssize_t send_some(int fd, int file, int copy)
{
	off_t at = 0;

	return copy ? write(fd, buffer, BUFFER) : sendfile(fd, file, &at, FILE_SIZE);
}

static int source(const char *host, const char *port, double seconds, int copy)
{
	int file = filled_file(), fd = connected(SOCK_STREAM, host, port);
	uint64_t start = now(), sent = 0, got = 0;
	ssize_t n;

	while (now() - start < seconds * 1e9) {
		n = send_some(fd, file, copy);
		if (n <= 0)
			die("endpoint: send");
		sent += n;
	}
	if (shutdown(fd, SHUT_WR) || read(fd, &got, sizeof(got)) != sizeof(got))
		die("endpoint: end");
	if (got != sent) {
		fprintf(stderr, "endpoint: %ju of %ju bytes arrived\n", (uintmax_t)got, (uintmax_t)sent);
		return 1;
	}
	printf("%ju %ju\n", (uintmax_t)sent, (uintmax_t)(now() - start));
	return 0;
}

static void echo(const char *port)
{
	int fd = bound(SOCK_DGRAM, port);
	struct sockaddr_in from;
	socklen_t len;
	ssize_t n;

	while (1) {
		len = sizeof(from);
		n = recvfrom(fd, buffer, BUFFER, 0, (struct sockaddr *)&from, &len);
		/* An error that came back concerns the one before. */
		if (n >= 0)
			sendto(fd, buffer, n, 0, (struct sockaddr *)&from, len);
	}
}

/* By the processor's counter: asking the kernel costs as much as a part of the way. */
static uint64_t ticks(void)
{
	return __builtin_ia32_rdtsc();
}

/* One exchange; 0 if no answer came. */
static uint64_t exchange(int fd, uint64_t number)
{
	uint64_t start = ticks(), answer;
	ssize_t n;

	if (send(fd, &number, sizeof(number), 0) < 0)
		return 0;
	do {
		n = recv(fd, &answer, sizeof(answer), 0);
	} while (n == sizeof(answer) && answer != number); /* a late one */
	return n == sizeof(answer) ? ticks() - start : 0;
}

static int ask(const char *host, const char *port, int count)
{
	static uint64_t took[SAMPLES_MAX];
	struct timeval patience = { .tv_usec = ANSWER_MILLISECONDS * 1000 };
	int fd = connected(SOCK_DGRAM, host, port), i, lost = 0;
	uint64_t start, first;
	double nanoseconds;

	if (count < 1 || count > SAMPLES_MAX)
		count = SAMPLES_MAX;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)))
		die("endpoint: timeout");
	start = now();
	first = ticks();
	for (i = 0; i < count; i++)
		took[i] = exchange(fd, i);
	nanoseconds = (double)(now() - start) / (ticks() - first);
	for (i = 0; i < count; i++)
		lost += !took[i];
	printf("%d\n", lost);
	for (i = 0; i < count; i++)
		if (took[i])
			printf("%.0f\n", took[i] * nanoseconds);
	return 0;
}

int main(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";
	int copy = !strcmp(argv[argc - 1], "copy");

	argc -= copy;
	if (argc == 3 && !strcmp(verb, "sink"))
		sink(argv[2], copy);
	if (argc == 5 && !strcmp(verb, "source"))
		return source(argv[2], argv[3], atof(argv[4]), copy);
	if (argc == 3 && !strcmp(verb, "echo"))
		echo(argv[2]);
	if (argc == 5 && !strcmp(verb, "ask"))
		return ask(argv[2], argv[3], atoi(argv[4]));
	fprintf(stderr, "usage: endpoint sink|source|echo|ask ...\n");
	return 1;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * hostile_peer PATH SECONDS [KIND]: listens as a ring's peer and misbehaves in
 * every way it knows, one after the other, connection after connection, or in the
 * one way named. Prints how many connections of each kind it had.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include "ring.h"

#define LOG2	CLPS_RING_MIN_LOG2
#define SEALS	(F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)

enum kind {
	HANG_UP, SILENCE, BAD_MAGIC, BAD_VERSION, BAD_SIZE, SHORT_HELLO, NO_FD, TWO_FDS,
	NOT_A_MEMFD, UNSEALED, TRUNCATED, OVERSIZED, READ_ONLY, FLOOD, LONG_DOORBELL,
	BAD_INDEX, BAD_RECORD, BAD_HEADER, UNKNOWN_RECORDS, SCRIBBLE,
	LYING_SEGMENTS, SILENT_LIE, KINDS,
};

static const char *const names[KINDS] = {
	"hang-up", "silence", "bad-magic", "bad-version", "bad-size", "short-hello", "no-fd",
	"two-fds", "not-a-memfd", "unsealed", "truncated", "oversized", "read-only", "flood",
	"long-doorbell", "bad-index", "bad-record", "bad-header", "unknown-records", "scribble",
	"lying-segments", "silent-lie",
};

static u32 rnd(void)
{
	return (u32)random() << 16 ^ (u32)random();
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int make_memory(enum kind kind)
{
	off_t size = clps_ring_span(LOG2);
	int fd;

	if (kind == NOT_A_MEMFD)
		return open("/dev/zero", O_RDWR);
	fd = memfd_create("ring", MFD_ALLOW_SEALING);
	if (kind == TRUNCATED)
		size /= 2;
	if (kind == OVERSIZED)
		size *= 2;
	if (ftruncate(fd, size))
		abort();
	if (kind != UNSEALED)
		fcntl(fd, F_ADD_SEALS, SEALS | (kind == READ_ONLY ? F_SEAL_FUTURE_WRITE : 0));
	return fd;
}

static int offer(int sock, enum kind kind, int memfd)
{
	struct clps_ring_hello hello = {
		.magic = kind == BAD_MAGIC ? 1 : CLPS_RING_MAGIC,
		.version = kind == BAD_VERSION ? 99 : CLPS_RING_VERSION,
		.kind = CLPS_RING_OFFER,
		.log2size = kind == BAD_SIZE ? 31 : LOG2,
	};
	struct iovec iov = { &hello, kind == SHORT_HELLO ? 3 : sizeof(hello) };
	union {
		char buf[CMSG_SPACE(2 * sizeof(int))];
		struct cmsghdr align;
	} control = { 0 };
	size_t nfds = kind == NO_FD ? 0 : kind == TWO_FDS ? 2 : 1;
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	int fds[2] = { memfd, memfd };
	struct cmsghdr *cmsg;

	if (nfds) {
		msg.msg_control = control.buf;
		msg.msg_controllen = CMSG_SPACE(nfds * sizeof(int));
		cmsg = CMSG_FIRSTHDR(&msg);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(nfds * sizeof(int));
		memcpy(CMSG_DATA(cmsg), fds, nfds * sizeof(int));
	}
	return sendmsg(sock, &msg, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

static int bell(int sock, size_t len)
{
	static const char c[64];

	return send(sock, c, len, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 && errno != EAGAIN ? -1 : 0;
}

/* One record of rubbish in the direction to the victim. */
static void put_rubbish(struct clps_ring *tx, enum kind kind)
{
	u32 len = 14 + rnd() % (rnd() & 1 ? 200 : 60000);
	u8 *p = malloc(len + sizeof(struct clps_ring_vnet));

	for (u32 i = 0; i < len + 12; i++)
		p[i] = (u8)rnd();
	if (rnd() & 1) {	/* nearly right: a TCP segment to cut */
		static const u8 head[] = { 1, 1, 66, 0, 0xa8, 5, 34, 0, 16, 0, 0, 0,
			2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, 0 };

		memcpy(p, head, len < 26 ? 12 + 14 : sizeof(head));
		p[rnd() % 12] ^= rnd() & 3 ? 0 : (u8)rnd();
	}
	if (!clps_ring_put_begin(tx, kind == UNKNOWN_RECORDS ? 7 : CLPS_RING_REC_FRAME,
				 len + (u32)sizeof(struct clps_ring_vnet))) {
		clps_ring_put(tx, 0, p, len + (u32)sizeof(struct clps_ring_vnet));
		clps_ring_put_end(tx);
		clps_ring_publish(tx);
	}
	free(p);
}

/* Far above the MTU, and called segments of what is no longer than one. */
static void put_lying_segments(struct clps_ring *tx)
{
	static const u8 vnet[sizeof(struct clps_ring_vnet)] = {
		1, 1, 54, 0, 0xfe, 0xff, 34, 0, 16, 0, 0, 0,
	};
	u8 frame[60000] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 8, 0, 0x45 };

	frame[16] = (sizeof(frame) - 14) >> 8;
	frame[17] = (sizeof(frame) - 14) & 0xff;
	frame[22] = 64;
	frame[23] = 6;
	frame[46] = 0x50;
	if (clps_ring_put_begin(tx, CLPS_RING_REC_FRAME, sizeof(vnet) + sizeof(frame)))
		return;
	clps_ring_put(tx, 0, vnet, sizeof(vnet));
	clps_ring_put(tx, sizeof(vnet), frame, sizeof(frame));
	clps_ring_put_end(tx);
	clps_ring_publish(tx);
}

/*
 * An index that cannot be, and not one doorbell: the other end has to notice by
 * itself, once it has something to send.
 */
static bool left_for_a_silent_lie(int sock, u8 *mem)
{
	struct pollfd pfd = { .fd = sock };
	struct clps_ring rx;

	clps_ring_init(&rx, mem, LOG2, 1);
	rx.sh->cons = 4;
	return poll(&pfd, 1, 5000) == 1 && pfd.revents & POLLHUP;
}

static void torment(int sock, enum kind kind, u8 *mem, double until)
{
	u32 span = clps_ring_span(LOG2);
	struct clps_ring tx, rx;

	clps_ring_init(&tx, mem, LOG2, 0);
	clps_ring_init(&rx, mem, LOG2, 1);
	while (now() < until) {
		switch (kind) {
		case LONG_DOORBELL:
			bell(sock, 64);
			break;
		case BAD_INDEX:
			tx.sh->prod = rnd();
			rx.sh->cons = rnd();
			break;
		case BAD_RECORD:
			for (u32 i = 0; i < tx.size; i += 8)
				tx.data[i + rnd() % 8] = (u8)rnd();
			tx.sh->prod += (rnd() % 4096) * 8;
			break;
		case BAD_HEADER:
		case UNKNOWN_RECORDS:
			put_rubbish(&tx, kind);
			break;
		case LYING_SEGMENTS:
			put_lying_segments(&tx);
			break;
		case SCRIBBLE:
			for (u32 i = 0; i < 4096; i++)
				mem[rnd() % span] = (u8)rnd();
			tx.sh->prod = tx.sh->cons + (rnd() % 64) * 8;
			tx.sh->data_event = tx.sh->prod;
			break;
		default:
			break;
		}
		if (bell(sock, 1))
			return;
	}
}

static bool serve(int sock, enum kind kind)
{
	struct pollfd pfd = { .fd = sock, .events = POLLIN };
	struct clps_ring_hello answer;
	u8 *mem = MAP_FAILED;
	bool done = true;
	int memfd;

	if (kind == HANG_UP)
		return true;
	if (kind == SILENCE) {
		poll(&pfd, 1, 100);
		return true;
	}
	memfd = make_memory(kind);
	if (kind > READ_ONLY)
		mem = mmap(NULL, clps_ring_span(LOG2), PROT_READ | PROT_WRITE, MAP_SHARED, memfd, 0);
	if (!offer(sock, kind, memfd) && poll(&pfd, 1, 2000) == 1) {
		ssize_t n = recv(sock, &answer, sizeof(answer), 0);

		/* An unsound offer must be refused, a sound one answered. */
		done = (n == (ssize_t)sizeof(answer)) == (kind > READ_ONLY);
		if (done && kind == SILENT_LIE)
			done = left_for_a_silent_lie(sock, mem);
		else if (n == (ssize_t)sizeof(answer) && kind > READ_ONLY)
			torment(sock, kind, mem, now() + 0.4);
	}
	if (mem != MAP_FAILED)
		munmap(mem, clps_ring_span(LOG2));
	close(memfd);
	return done;
}

static int listen_at(const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);

	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
	unlink(path);
	if (bind(fd, (struct sockaddr *)&sun, sizeof(sun)) || listen(fd, 4))
		exit(2);
	return fd;
}

/* Bit N for kind N. */
static unsigned int kinds_named(const char *name)
{
	for (enum kind kind = 0; name && kind < KINDS; kind++)
		if (!strcmp(names[kind], name))
			return 1u << kind;
	return name ? 0 : (1u << KINDS) - 1;
}

int main(int argc, char **argv)
{
	unsigned int count[KINDS] = { 0 }, wrong = 0, wanted;
	struct pollfd pfd = { .events = POLLIN };
	enum kind kind = 0;
	double until;

	wanted = argc == 3 || argc == 4 ? kinds_named(argv[3]) : 0;
	if (!wanted)
		return 2;
	until = now() + atof(argv[2]);
	srandom(1);
	pfd.fd = listen_at(argv[1]);
	while (now() < until) {
		int sock;

		if (poll(&pfd, 1, 100) != 1)
			continue;
		sock = accept(pfd.fd, NULL, NULL);
		if (sock < 0)
			continue;
		while (!(wanted & 1u << kind))
			kind = (kind + 1) % KINDS;
		if (!serve(sock, kind)) {
			printf("%s was not treated as it should be\n", names[kind]);
			wrong++;
		}
		close(sock);
		count[kind]++;
		kind = (kind + 1) % KINDS;
	}
	unlink(argv[1]);
	for (kind = 0; kind < KINDS; kind++) {
		if (!(wanted & 1u << kind))
			continue;
		printf("%s %u\n", names[kind], count[kind]);
		wrong += !count[kind];
	}
	return wrong ? 1 : 0;
}

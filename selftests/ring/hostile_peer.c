// SPDX-License-Identifier: GPL-2.0-only
/*
 * hostile_peer listen|connect PATH SECONDS [KIND]: a ring's peer that misbehaves in
 * every way it knows, one after the other, connection after connection, or in the
 * one way named; each at least once, and for so long at least. Prints how many
 * connections of each kind it had, and "expect COUNTER LEAST [MOST]" for what the
 * other end's counters are to have grown by.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "records.h"

#define LOG2	CLPS_RING_MIN_LOG2
#define MAX_FDS	10
#define SEALS	(F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)
enum kind {
	HANG_UP, SILENCE, BAD_MAGIC, BAD_VERSION, BAD_KIND, BAD_SIZE, SHORT_HELLO, LONG_HELLO,
	NO_FD, TWO_FDS, MANY_FDS, NOT_A_MEMFD, UNSEALED, TRUNCATED, OVERSIZED, READ_ONLY,
	OTHER_SIZE, CROWD,
	/* From here on the handshake is sound. */
	VANISH, FLOOD, LONG_DOORBELL, HELLO_AGAIN, HALF_CLOSED, DEAF, BAD_INDEX, BAD_RECORD,
	RUBBISH, UNKNOWN_RECORDS, LYING_SEGMENTS, MALFORMED, SCRIBBLE, PUNCHED, SILENT_LIE,
	STORM,
	KINDS,
};

/* How the victim counts the end of a connection. */
enum end {
	UNCOUNTED,	/* it came to no handshake */
	PERHAPS,	/* it may have come to one, and the peer has gone */
	HANDSHAKE, DOORBELLS, RX_RING, TX_RING, GONE,
	EITHER_RING,
	SOMEHOW,	/* by one of all these but the handshake */
	ENDS
};

static const struct {
	const char *name;
	enum role roles;
	enum end end;
} kinds[KINDS] = {
	[HANG_UP] = { "hang-up", EITHER, UNCOUNTED },
	[SILENCE] = { "silence", EITHER, UNCOUNTED },
	[BAD_MAGIC] = { "bad-magic", EITHER, HANDSHAKE },
	[BAD_VERSION] = { "bad-version", EITHER, HANDSHAKE },
	[BAD_KIND] = { "bad-kind", EITHER, HANDSHAKE },
	[BAD_SIZE] = { "bad-size", EITHER, HANDSHAKE },
	[SHORT_HELLO] = { "short-hello", EITHER, HANDSHAKE },
	[LONG_HELLO] = { "long-hello", EITHER, HANDSHAKE },
	[NO_FD] = { "no-fd", LISTENER, HANDSHAKE },
	[TWO_FDS] = { "two-fds", EITHER, HANDSHAKE },
	[MANY_FDS] = { "many-fds", EITHER, HANDSHAKE },
	[NOT_A_MEMFD] = { "not-a-memfd", LISTENER, HANDSHAKE },
	[UNSEALED] = { "unsealed", LISTENER, HANDSHAKE },
	[TRUNCATED] = { "truncated", LISTENER, HANDSHAKE },
	[OVERSIZED] = { "oversized", LISTENER, HANDSHAKE },
	[READ_ONLY] = { "read-only", LISTENER, HANDSHAKE },
	[OTHER_SIZE] = { "other-size", CONNECTER, HANDSHAKE },
	[CROWD] = { "crowd", CONNECTER, UNCOUNTED },
	[VANISH] = { "vanish", EITHER, UNCOUNTED },
	[FLOOD] = { "flood", EITHER, DOORBELLS },
	[LONG_DOORBELL] = { "long-doorbell", EITHER, DOORBELLS },
	[HELLO_AGAIN] = { "hello-again", EITHER, DOORBELLS },
	[HALF_CLOSED] = { "half-closed", EITHER, GONE },
	[DEAF] = { "deaf", EITHER, GONE },
	[BAD_INDEX] = { "bad-index", EITHER, EITHER_RING },
	[BAD_RECORD] = { "bad-record", EITHER, RX_RING },
	[RUBBISH] = { "rubbish", EITHER, GONE },
	[UNKNOWN_RECORDS] = { "unknown-records", EITHER, GONE },
	[LYING_SEGMENTS] = { "lying-segments", EITHER, GONE },
	[MALFORMED] = { "malformed", EITHER, GONE },
	[SCRIBBLE] = { "scribble", EITHER, SOMEHOW },
	[PUNCHED] = { "punched", EITHER, SOMEHOW },
	[SILENT_LIE] = { "silent-lie", EITHER, TX_RING },
	[STORM] = { "storm", EITHER, SOMEHOW },
};

static bool sound(enum kind kind)
{
	return kind >= VANISH;
}

static enum end end_of(enum kind kind, enum role role)
{
	/* Who takes the offer and goes has answered nothing; who makes one may be answered. */
	if (kind == VANISH && role == LISTENER)
		return PERHAPS;
	/* A listener waits for the answer. */
	if (kind == SILENCE && role == CONNECTER)
		return HANDSHAKE;
	return kinds[kind].end;
}

/* The memory to offer, or to send along with an answer. */
static void make_memory(struct cable *c, enum kind kind)
{
	off_t size = clps_ring_span(c->log2);

	if (kind == NOT_A_MEMFD) {
		c->memfd = open("/dev/zero", O_RDWR);
		return;
	}
	c->memfd = memfd_create("ring", MFD_ALLOW_SEALING);
	if (kind == TRUNCATED)
		size /= 2;
	if (kind == OVERSIZED)
		size *= 2;
	if (ftruncate(c->memfd, size))
		abort();
	if (kind != UNSEALED)
		fcntl(c->memfd, F_ADD_SEALS, SEALS | (kind == READ_ONLY ? F_SEAL_FUTURE_WRITE : 0));
}

static size_t count_fds(enum kind kind, enum role role)
{
	switch (kind) {
	case NO_FD:
		return 0;
	case TWO_FDS:
		return 2;
	case MANY_FDS:
		return MAX_FDS;
	default:
		return role == LISTENER ? 1 : 0;
	}
}

static size_t hello_length(enum kind kind)
{
	switch (kind) {
	case SHORT_HELLO:
		return 3;
	case LONG_HELLO:
		return sizeof(struct clps_ring_hello) + 1;
	default:
		return sizeof(struct clps_ring_hello);
	}
}

static int send_hello(struct cable *c, enum kind kind, enum role role)
{
	bool offers = (role == LISTENER) != (kind == BAD_KIND);
	struct clps_ring_hello hello[2] = { {
		.magic = kind == BAD_MAGIC ? 1 : CLPS_RING_MAGIC,
		.version = kind == BAD_VERSION ? 99 : CLPS_RING_VERSION,
		.kind = offers ? CLPS_RING_OFFER : CLPS_RING_ACCEPT,
		.log2size = kind == BAD_SIZE ? 31 : kind == OTHER_SIZE ? c->log2 ^ 1 : c->log2,
	} };
	struct iovec iov = { hello, hello_length(kind) };
	union {
		char buf[CMSG_SPACE(MAX_FDS * sizeof(int))];
		struct cmsghdr align;
	} control = { 0 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	size_t nfds = count_fds(kind, role);
	struct cmsghdr *cmsg;

	if (nfds) {
		msg.msg_control = control.buf;
		msg.msg_controllen = CMSG_SPACE(nfds * sizeof(int));
		cmsg = CMSG_FIRSTHDR(&msg);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(nfds * sizeof(int));
		for (size_t i = 0; i < nfds; i++)
			memcpy(CMSG_DATA(cmsg) + i * sizeof(int), &c->memfd, sizeof(int));
	}
	return sendmsg(c->sock, &msg, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

/* The victim hangs up without a word. */
static bool refused(struct cable *c)
{
	char word;

	return readable(c) && recv(c->sock, &word, 1, 0) <= 0;
}

static bool accepted(struct cable *c)
{
	struct clps_ring_hello hello;

	return readable(c) && recv(c->sock, &hello, sizeof(hello), 0) == sizeof(hello) &&
	       hello_is(&hello, CLPS_RING_ACCEPT, c->log2);
}

/* The victim has something to send; the first record rings. */
static bool rung(struct cable *c)
{
	char word[2];

	return readable(c) && recv(c->sock, word, sizeof(word), 0) == 1;
}

/* Nobody can change the size of it, nor keep the other from writing. */
static bool sealed(struct cable *c)
{
	u32 span = clps_ring_span(c->log2);
	struct stat st;

	return !fstat(c->memfd, &st) && st.st_size == span && ftruncate(c->memfd, 0) &&
	       ftruncate(c->memfd, 2 * (off_t)span) && fcntl(c->memfd, F_ADD_SEALS, F_SEAL_WRITE);
}

/* Nothing of an earlier peer's. */
static bool fresh(struct cable *c)
{
	u32 span = clps_ring_span(c->log2);

	return !c->mem[0] && !memcmp(c->mem, c->mem + 1, span - 1);
}

static int bell(int sock, size_t len)
{
	static const char c[64];

	return send(sock, c, len, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 && errno != EAGAIN ? -1 : 0;
}

static void act(struct cable *c, enum kind kind)
{
	u32 span = clps_ring_span(c->log2);
	struct clps_ring *tx = &c->tx;
	struct sent ignored = { 0 };

	switch (kind) {
	case BAD_INDEX:
		tx->sh->prod = rnd();
		c->rx.sh->cons = rnd();
		break;
	case BAD_RECORD:
		for (u32 i = 0; i < tx->size; i += 8)
			tx->data[i + rnd() % 8] = (u8)rnd();
		tx->sh->prod += (rnd() % 4096) * 8;
		break;
	case SCRIBBLE:
		for (u32 i = 0; i < 4096; i++)
			c->mem[rnd() % span] = (u8)rnd();
		tx->sh->prod = tx->sh->cons + (rnd() % 64) * 8;
		tx->sh->data_event = tx->sh->prod;
		break;
	case PUNCHED:
		put_rubbish(tx, &ignored);
		clps_ring_publish(tx);
		fallocate(c->memfd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, span);
		break;
	default:
		break;
	}
}

static void show(struct cable *c)
{
	if (clps_ring_publish(&c->tx))
		bell(c->sock, 1);
}

static bool hung_up(struct cable *c, int ms)
{
	struct pollfd pfd = { .fd = c->sock };

	return poll(&pfd, 1, ms) == 1 && pfd.revents & POLLHUP;
}

/*
 * Records with good manners: a doorbell when it is asked for, so many shown at once as it
 * happens. Return: the victim took all of them, and stays.
 */
static bool deliver(struct cable *c, bool (*put)(struct clps_ring *, struct sent *),
		    unsigned int count, struct sent *sent)
{
	double until = now() + PATIENCE_MS / 1e3;

	while (count && now() < until) {
		if (!put(&c->tx, sent)) {
			show(c);
			if (hung_up(c, 1))
				return false;
			continue;
		}
		if (rnd() % 4 == 0)
			show(c);
		if (--count % 1024 == 0)
			until = now() + PATIENCE_MS / 1e3;
	}
	show(c);
	while (clps_ring_space(&c->tx) != c->tx.size && now() < until)
		hung_up(c, 1);
	return !count && clps_ring_space(&c->tx) == c->tx.size && !hung_up(c, 0);
}

/* No faster than would be forgiven in doorbells. Return: the victim hung up. */
static bool insist(struct cable *c, enum kind kind)
{
	double until = now() + PATIENCE_MS / 1e3;

	while (now() < until) {
		act(c, kind);
		if (bell(c->sock, 1) || hung_up(c, 20))
			return true;
	}
	return false;
}

/* Again and again, with a doorbell each. Return: the victim hung up. */
static bool torment(struct cable *c, enum kind kind, double seconds)
{
	double until = now() + seconds;

	while (now() < until) {
		act(c, kind);
		if (bell(c->sock, kind == LONG_DOORBELL ? 64 : 1))
			return true;
	}
	return false;
}

/* Somebody who writes while the victim reads, and where. */
struct storm {
	struct cable *c;
	atomic_bool over;
	unsigned int where;
	u64 state;
};

static u32 storm_rnd(struct storm *s)
{
	s->state = s->state * 6364136223846793005u + 1442695040888963407u;
	return (u32)(s->state >> 33);
}

/* An index that could be, more or less. */
static void write_index(struct storm *s)
{
	struct clps_ring *r = storm_rnd(s) & 1 ? &s->c->tx : &s->c->rx;
	u32 *word[] = { &r->sh->prod, &r->sh->cons, &r->sh->data_event, &r->sh->space_event };
	u32 v = READ_ONCE(r->own) + (storm_rnd(s) % 64 - 32) * 8;

	WRITE_ONCE(*word[storm_rnd(s) % 4], storm_rnd(s) % 64 ? v : storm_rnd(s));
}

/* A record that was shown: its length, its header, what follows, now this and now that. */
static void write_record(struct storm *s)
{
	static const u32 words[] = { 1, 12, 26, 60, 1514, 65000, CLPS_RING_MAX_PAYLOAD, 0x10001 };
	struct clps_ring *r = &s->c->tx;
	u32 at = (READ_ONCE(r->own) - storm_rnd(s) % 512 * 4) & (r->size - 4);

	WRITE_ONCE(*(u32 *)(r->data + at), words[storm_rnd(s) % ARRAY_SIZE(words)]);
}

static void *write_on(void *arg)
{
	struct storm *s = arg;
	u32 span = clps_ring_span(s->c->log2);

	while (!atomic_load_explicit(&s->over, memory_order_relaxed)) {
		u32 where = s->where == 3 ? storm_rnd(s) % 1024 : s->where;

		if (where == 1)
			write_index(s);
		else if (where == 2)
			write_record(s);
		else
			WRITE_ONCE(s->c->mem[storm_rnd(s) % span], (u8)storm_rnd(s));
	}
	return NULL;
}

/* What it has been told is nothing that this end believes. */
static void carry_on(struct cable *c)
{
	struct clps_ring_rec rec;

	if (clps_ring_peek(&c->rx, &rec) > 0)
		clps_ring_next(&c->rx);
	clps_ring_release(&c->rx);
	c->rx.broken = false;
	c->tx.broken = false;
	c->tx.peer = c->tx.own;
	c->tx.sh->prod = c->tx.own;
}

/*
 * Sound records and doorbells without end, as far as this thread goes: another one writes
 * into all of the memory all the time.
 */
static bool storm(struct cable *c, double seconds)
{
	struct storm s = { .c = c, .where = rnd() % 4, .state = rnd() };
	struct sent ignored = { 0 };
	double until = now() + seconds;
	pthread_t writer;
	bool gone = false;

	if (pthread_create(&writer, NULL, write_on, &s))
		return false;
	while (now() < until && !gone) {
		put_rubbish(&c->tx, &ignored);
		clps_ring_publish(&c->tx);
		carry_on(c);
		gone = bell(c->sock, 1);
	}
	atomic_store(&s.over, true);
	return !pthread_join(writer, NULL);
}

/* The victim hangs up; whatever it sends shall ring. */
static bool left(struct cable *c)
{
	double until = now() + PATIENCE_MS / 1e3;

	while (now() < until) {
		c->rx.sh->data_event = c->rx.sh->prod;
		if (hung_up(c, 10))
			return true;
	}
	return false;
}

/* After a sound handshake. Return: the victim did what it should. */
static bool misbehave(struct cable *c, enum kind kind, enum role role, struct sent *sent)
{
	switch (kind) {
	case VANISH:
		return true;
	case FLOOD:
	case LONG_DOORBELL:
		return torment(c, kind, PATIENCE_MS / 1e3);
	case BAD_INDEX:
	case BAD_RECORD:
		return insist(c, kind);
	case RUBBISH:
		return deliver(c, put_rubbish, 1000, sent);
	case UNKNOWN_RECORDS:
		return deliver(c, put_unknown, 1000, sent);
	case LYING_SEGMENTS:
		return deliver(c, put_lying_segments, 1000, sent);
	case MALFORMED:
		return deliver(c, put_malformed, 12000, sent);
	case HELLO_AGAIN:
		return !send_hello(c, kind, role) && left(c);
	case HALF_CLOSED:
		return !shutdown(c->sock, SHUT_WR) && left(c);
	case DEAF:
		return !shutdown(c->sock, SHUT_RD) && left(c);
	case STORM:
		return storm(c, 1);
	case SILENT_LIE:
		/*
		 * An index that cannot be, and not one doorbell: the other end has
		 * to notice by itself, once it has something to send.
		 */
		c->rx.sh->cons = 4;
		return left(c);
	default:
		torment(c, kind, 0.4);
		return true;
	}
}

static bool offer(struct cable *c, enum kind kind)
{
	struct pollfd pfd = { .fd = c->sock };

	if (kind == HANG_UP)
		return true;
	if (kind == SILENCE) {
		poll(&pfd, 1, 100);
		return true;
	}
	make_memory(c, kind);
	if (send_hello(c, kind, LISTENER))
		return false;
	if (!sound(kind))
		return refused(c);
	if (kind == VANISH)
		return true;
	return accepted(c) && map_memory(c, LISTENER);
}

/* More than its queue holds, and all go before it has looked at any. */
static bool crowd(const char *path)
{
	int fds[8];

	for (int i = 0; i < 8; i++)
		fds[i] = connect_to(path, SOCK_NONBLOCK);
	for (int i = 0; i < 8; i++)
		close(fds[i]);
	return true;
}

static bool answer(struct cable *c, enum kind kind, const char *path)
{
	if (kind == HANG_UP)
		return true;
	if (!take_offer(c) || !sealed(c) || !fresh(c))
		return false;
	if (kind == VANISH)
		return true;
	if (kind == CROWD)
		return crowd(path);
	if (kind != SILENCE && send_hello(c, kind, CONNECTER))
		return false;
	return sound(kind) ? rung(c) : refused(c);
}

static bool serve(int sock, enum kind kind, enum role role, const char *path, struct sent *sent)
{
	struct cable c = { .sock = sock, .memfd = -1, .log2 = LOG2, .mem = MAP_FAILED };
	bool done;

	done = role == LISTENER ? offer(&c, kind) : answer(&c, kind, path);
	if (done && sound(kind))
		done = misbehave(&c, kind, role, sent);
	if (c.mem != MAP_FAILED)
		munmap(c.mem, clps_ring_span(c.log2));
	close(c.memfd);
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

/* Return: a socket to the victim, or -1. */
static int find_victim(int lfd, const char *path)
{
	struct pollfd pfd = { .fd = lfd, .events = POLLIN };
	int sock;

	if (lfd >= 0)
		return poll(&pfd, 1, 100) == 1 ? accept(lfd, NULL, NULL) : -1;
	sock = connect_to(path, 0);
	if (sock < 0)
		poll(NULL, 0, 10);
	return sock;
}

static bool wanted(enum kind kind, enum role role, const char *name)
{
	return kinds[kind].roles & role && (!name || !strcmp(name, kinds[kind].name));
}

/* The next kind that is wanted, beginning with @kind; KINDS if there is none. */
static enum kind next_wanted(enum kind kind, enum role role, const char *name)
{
	for (unsigned int i = 0; i < KINDS; i++, kind = (kind + 1) % KINDS)
		if (wanted(kind, role, name))
			return kind;
	return KINDS;
}

static void expect(const char *counter, unsigned int least, unsigned int perhaps)
{
	printf("expect %s %u %u\n", counter, least, least + perhaps);
}

/* The victim's counters; what only it can know is bounded. */
static void print_expected(const unsigned int *count, enum role role, const struct sent *sent)
{
	unsigned int ends[ENDS] = { 0 }, any, rings;

	for (enum kind kind = 0; kind < KINDS; kind++)
		ends[end_of(kind, role)] += count[kind];
	any = ends[SOMEHOW];
	rings = ends[RX_RING] + ends[TX_RING] + ends[EITHER_RING];
	expect("connects", ends[DOORBELLS] + rings + ends[GONE] + any, ends[PERHAPS]);
	expect("broken_handshake", ends[HANDSHAKE], 0);
	expect("broken_doorbells", ends[DOORBELLS], any);
	expect("broken_rx_ring", ends[RX_RING], ends[EITHER_RING] + any);
	expect("broken_tx_ring", ends[TX_RING], ends[EITHER_RING] + any);
	expect("broken_rx_ring+broken_tx_ring", rings, any);
	expect("peer_gone", ends[GONE], ends[PERHAPS] + any);
	/* Elsewhere records were made of whatever lay there. */
	if (!ends[RX_RING] && !ends[EITHER_RING] && !any)
		print_sent(sent);
}

int main(int argc, char **argv)
{
	unsigned int count[KINDS] = { 0 }, wrong = 0;
	struct sent sent = { 0 };
	const char *name = argc == 5 ? argv[4] : NULL;
	enum kind kind, first;
	enum role role;
	double until;
	int lfd = -1;

	if (argc < 4 || argc > 5)
		return 2;
	role = strcmp(argv[1], "listen") ? CONNECTER : LISTENER;
	first = kind = next_wanted(0, role, name);
	if (kind == KINDS)
		return 2;
	until = now() + atof(argv[3]);
	srandom(getenv("SEED") ? (unsigned int)atoi(getenv("SEED")) : 1);
	if (role == LISTENER)
		lfd = listen_at(argv[2]);
	/* Each kind equally often. */
	while (now() < until || kind != first || !count[kind]) {
		int sock = find_victim(lfd, argv[2]);

		if (sock < 0)
			continue;
		if (!serve(sock, kind, role, argv[2], &sent)) {
			printf("%s was not treated as it should be\n", kinds[kind].name);
			wrong++;
		}
		close(sock);
		count[kind]++;
		kind = next_wanted((kind + 1) % KINDS, role, name);
	}
	if (role == LISTENER)
		unlink(argv[2]);
	for (kind = 0; kind < KINDS; kind++)
		if (count[kind])
			printf("%s %u\n", kinds[kind].name, count[kind]);
	print_expected(count, role, &sent);
	return wrong ? 1 : 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * streamtap: reads a collector of the front-end's stream and prints a JSON object on a line
 * for the subscription and each entry; data as hexadecimal digits.
 *
 *   streamtap [-a] [-k N] [-l BYTES] [-n N] NAME
 *
 * -a acknowledges what has been printed, message by message; -n ends, -k is killed once so
 * many entries are printed, before the message that they came with is acknowledged.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <collapsar/front.h>

static char buf[1 << 17] __attribute__((aligned(8)));
static unsigned long long printed, end_at, die_at;
static int fd, family, acks;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* A request that grows. */
static struct {
	struct nlmsghdr h;
	struct genlmsghdr g;
	char attrs[256];
} req;

static void begin(int type, int cmd)
{
	memset(&req, 0, sizeof(req));
	req.h.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN);
	req.h.nlmsg_type = type;
	req.h.nlmsg_flags = NLM_F_REQUEST;
	req.g.cmd = cmd;
	req.g.version = 1;
}

static void add(int type, const void *data, size_t len)
{
	struct nlattr *a = (void *)((char *)&req + req.h.nlmsg_len);

	a->nla_type = type;
	a->nla_len = NLA_HDRLEN + len;
	memcpy(a + 1, data, len);
	req.h.nlmsg_len += NLA_ALIGN(a->nla_len);
}

static void request(void)
{
	if (send(fd, &req, req.h.nlmsg_len, 0) < 0)
		die("send");
}

static size_t receive(void)
{
	ssize_t n;

	/* An overrun is of other messages: entries wait. */
	do
		n = recv(fd, buf, sizeof(buf), MSG_TRUNC);
	while (n < 0 && errno == ENOBUFS);
	if (n < 0)
		die("recv");
	if (n > (ssize_t)sizeof(buf)) {
		fprintf(stderr, "streamtap: a message of %zd bytes\n", n);
		exit(1);
	}
	return n;
}

struct range {
	const char *p;
	int len;
};

/* The next attribute of @r, which it leaves behind. */
static const struct nlattr *next(struct range *r)
{
	const struct nlattr *a = (const void *)r->p;

	if (r->len < NLA_HDRLEN || a->nla_len < NLA_HDRLEN || a->nla_len > r->len)
		return NULL;
	r->p += NLA_ALIGN(a->nla_len);
	r->len -= NLA_ALIGN(a->nla_len);
	return a;
}

static struct range inside(const struct nlattr *a)
{
	return (struct range){ (const char *)(a + 1), a->nla_len - NLA_HDRLEN };
}

static struct range attrs_of(const struct nlmsghdr *h)
{
	return (struct range){ (const char *)h + NLMSG_LENGTH(GENL_HDRLEN),
			       h->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN) };
}

static unsigned long long number(const struct nlattr *a)
{
	unsigned long long v = 0;

	memcpy(&v, a + 1, a->nla_len - NLA_HDRLEN > 8 ? 8 : a->nla_len - NLA_HDRLEN);
	return v;
}

static void find_family(void)
{
	const struct nlmsghdr *h = (void *)buf;
	const struct nlattr *a;
	struct range r;

	begin(GENL_ID_CTRL, CTRL_CMD_GETFAMILY);
	add(CTRL_ATTR_FAMILY_NAME, COLLAPSAR_FRONT_GENL_NAME, sizeof(COLLAPSAR_FRONT_GENL_NAME));
	request();
	receive();
	if (h->nlmsg_type == NLMSG_ERROR) {
		fprintf(stderr, "streamtap: no family " COLLAPSAR_FRONT_GENL_NAME "\n");
		exit(1);
	}
	r = attrs_of(h);
	while ((a = next(&r)))
		if (a->nla_type == CTRL_ATTR_FAMILY_ID)
			family = number(a);
}

static void print_hex(const struct nlattr *a)
{
	const unsigned char *p = (const void *)(a + 1);
	int i;

	printf(",\"data\":\"");
	for (i = 0; i < a->nla_len - NLA_HDRLEN; i++)
		printf("%02x", p[i]);
	putchar('"');
}

static void print_entry_attr(const struct nlattr *a)
{
	static const char * const types[] = { "sebek", "record", "gap", "flow" };
	char text[INET6_ADDRSTRLEN];

	switch (a->nla_type & NLA_TYPE_MASK) {
	case COLLAPSAR_ENTRY_A_SEQ:
		printf("\"seq\":%llu", number(a));
		break;
	case COLLAPSAR_ENTRY_A_TIME:
		printf(",\"time\":%llu", number(a));
		break;
	case COLLAPSAR_ENTRY_A_NETWORK:
		printf(",\"network\":\"%s\"", (const char *)(a + 1));
		break;
	case COLLAPSAR_ENTRY_A_HONEYPOT:
		printf(",\"honeypot\":\"%s\"", (const char *)(a + 1));
		break;
	case COLLAPSAR_ENTRY_A_ADDR:
		printf(",\"addr\":\"%s\"", inet_ntop(a->nla_len == NLA_HDRLEN + 4 ? AF_INET : AF_INET6,
						     a + 1, text, sizeof(text)));
		break;
	case COLLAPSAR_ENTRY_A_TYPE:
		printf(",\"type\":\"%s\"", number(a) < 4 ? types[number(a)] : "unknown");
		break;
	case COLLAPSAR_ENTRY_A_DATA:
		print_hex(a);
		break;
	case COLLAPSAR_ENTRY_A_COUNT:
		printf(",\"count\":%llu", number(a));
		break;
	case COLLAPSAR_ENTRY_A_SINCE:
		printf(",\"since\":%llu", number(a));
		break;
	}
}

/* Return: its number. */
static unsigned long long print_entry(struct range r)
{
	unsigned long long seq = 0;
	const struct nlattr *a;

	putchar('{');
	while ((a = next(&r))) {
		if ((a->nla_type & NLA_TYPE_MASK) == COLLAPSAR_ENTRY_A_SEQ)
			seq = number(a);
		print_entry_attr(a);
	}
	puts("}");
	printed++;
	if (die_at && printed == die_at) {
		fflush(stdout);
		kill(getpid(), SIGKILL);
	}
	return seq;
}

static void acknowledge(unsigned long long seq)
{
	begin(family, COLLAPSAR_FRONT_CMD_STREAM_ACK);
	add(COLLAPSAR_STREAM_A_ACKED, &seq, sizeof(seq));
	request();
}

static void print_entries(const struct nlmsghdr *h)
{
	unsigned long long seq = 0;
	struct range r = attrs_of(h);
	const struct nlattr *a;

	while ((a = next(&r)))
		if ((a->nla_type & NLA_TYPE_MASK) == COLLAPSAR_STREAM_A_ENTRY)
			seq = print_entry(inside(a));
	if (fflush(stdout))
		die("stdout");
	if (acks)
		acknowledge(seq);
	if (end_at && printed >= end_at)
		exit(0);
}

static void print_subscription(const struct nlmsghdr *h)
{
	struct range r = attrs_of(h);
	const struct nlattr *a;

	printf("{\"type\":\"subscription\"");
	while ((a = next(&r))) {
		if (a->nla_type == COLLAPSAR_STREAM_A_COLLECTOR)
			printf(",\"collector\":\"%s\"", (const char *)(a + 1));
		else if (a->nla_type == COLLAPSAR_STREAM_A_ACKED)
			printf(",\"acked\":%llu", number(a));
		else if (a->nla_type == COLLAPSAR_STREAM_A_LIMIT)
			printf(",\"limit\":%llu", number(a));
		else if (a->nla_type == COLLAPSAR_STREAM_A_EPOCH)
			printf(",\"epoch\":%llu", number(a));
	}
	puts("}");
	fflush(stdout);
}

static void handle(const struct nlmsghdr *h)
{
	const struct genlmsghdr *g = NLMSG_DATA(h);

	if (h->nlmsg_type == NLMSG_ERROR) {
		errno = -((const struct nlmsgerr *)NLMSG_DATA(h))->error;
		if (errno)
			die("refused");
	} else if (h->nlmsg_type == family && g->cmd == COLLAPSAR_FRONT_CMD_STREAM_SUBSCRIBE) {
		print_subscription(h);
	} else if (h->nlmsg_type == family && g->cmd == COLLAPSAR_FRONT_CMD_STREAM_ENTRIES) {
		print_entries(h);
	}
}

int main(int argc, char **argv)
{
	unsigned int limit = 0;
	struct nlmsghdr *h;
	size_t n;
	int opt;

	while ((opt = getopt(argc, argv, "ak:l:n:")) != -1) {
		if (opt == 'a')
			acks = 1;
		else if (opt == 'k')
			die_at = strtoull(optarg, NULL, 0);
		else if (opt == 'l')
			limit = strtoul(optarg, NULL, 0);
		else if (opt == 'n')
			end_at = strtoull(optarg, NULL, 0);
		else
			return 2;
	}
	if (optind != argc - 1 || strlen(argv[optind]) >= COLLAPSAR_FRONT_NAMSIZ)
		return 2;
	setvbuf(stdout, NULL, _IOFBF, 1 << 20);
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (fd < 0)
		die("socket");
	find_family();
	begin(family, COLLAPSAR_FRONT_CMD_STREAM_SUBSCRIBE);
	add(COLLAPSAR_STREAM_A_COLLECTOR, argv[optind], strlen(argv[optind]) + 1);
	if (limit)
		add(COLLAPSAR_STREAM_A_LIMIT, &limit, sizeof(limit));
	request();
	for (;;) {
		n = receive();
		for (h = (void *)buf; NLMSG_OK(h, n); h = NLMSG_NEXT(h, n))
			handle(h);
	}
}

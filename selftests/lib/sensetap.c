// SPDX-License-Identifier: GPL-2.0-only
/*
 * sensetap: reads the sensor of this kernel and prints a JSON object on a line for each
 * record. Bytes that are no printable ASCII are \u00XX, one for each. What is printed is
 * acknowledged.
 *
 *   sensetap [-bn] [-p SECONDS]   records; -b: without data, -n: acknowledges nothing,
 *                                 -p: pauses first, not reading
 *   sensetap -a NUMBER            acknowledges that and says what came of it; with -n, as the
 *                                 reader that has got something
 *   sensetap -s                   counters
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <collapsar/sense.h>

#include "evt.h"

static char buf[1 << 17] __attribute__((aligned(8)));
static int brief;
static unsigned long long last;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static const struct nlattr *attr(const char *p, int len, int type)
{
	const struct nlattr *a;

	while (len >= NLA_HDRLEN) {
		a = (const void *)p;
		if (a->nla_len < NLA_HDRLEN || a->nla_len > len)
			break;
		if ((a->nla_type & NLA_TYPE_MASK) == type)
			return a;
		len -= NLA_ALIGN(a->nla_len);
		p += NLA_ALIGN(a->nla_len);
	}
	return NULL;
}

static void request(int fd, int family, int cmd, int flags, int type, const void *data, int len)
{
	struct {
		struct nlmsghdr h;
		struct genlmsghdr g;
		struct nlattr a;
		char data[32];
	} m = { .h = { .nlmsg_type = family, .nlmsg_flags = NLM_F_REQUEST | flags },
		.g = { .cmd = cmd, .version = 1 } };

	m.h.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN);
	if (data) {
		m.a.nla_type = type;
		m.a.nla_len = NLA_HDRLEN + len;
		memcpy(m.data, data, len);
		m.h.nlmsg_len += NLA_ALIGN(m.a.nla_len);
	}
	if (send(fd, &m, m.h.nlmsg_len, 0) < 0)
		die("send");
}

static int receive(int fd)
{
	int n;

	/* An overrun is of other messages: of records gaps tell. */
	do
		n = recv(fd, buf, sizeof(buf), MSG_TRUNC);
	while (n < 0 && errno == ENOBUFS);
	if (n < 0)
		die("recv");
	if (n > (int)sizeof(buf)) {
		fprintf(stderr, "sensetap: a message of %d bytes\n", n);
		exit(1);
	}
	return n;
}

static int failed(const struct nlmsghdr *h)
{
	return h->nlmsg_type == NLMSG_ERROR ? ((struct nlmsgerr *)NLMSG_DATA(h))->error : 0;
}

static int find_family(int fd)
{
	const struct nlmsghdr *h = (void *)buf;
	const struct nlattr *a;

	request(fd, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0, CTRL_ATTR_FAMILY_NAME,
		COLLAPSAR_SENSE_GENL_NAME, sizeof(COLLAPSAR_SENSE_GENL_NAME));
	receive(fd);
	errno = -failed(h);
	if (errno)
		die("family " COLLAPSAR_SENSE_GENL_NAME);
	a = attr(buf + NLMSG_LENGTH(GENL_HDRLEN), h->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN),
		 CTRL_ATTR_FAMILY_ID);
	return a ? *(const unsigned short *)(a + 1) : 0;
}

static void print_text(const unsigned char *p, u32 len)
{
	putchar('"');
	for (; len; len--, p++)
		if (*p < 32 || *p > 126 || *p == '"' || *p == '\\')
			printf("\\u%04x", *p);
		else
			putchar(*p);
	putchar('"');
}

static void print_addr(const unsigned char *p, u32 len)
{
	struct clps_evt_addr a;
	char text[64];
	__be32 v4;

	if (clps_evt_addr_get(&a, p, len))
		exit(1);
	switch (a.family) {
	case CLPS_EVT_AF_INET:
		v4 = clps_addr_get_v4(&a.addr);
		printf("\"%s:%u\"", inet_ntop(AF_INET, &v4, text, sizeof(text)), a.port);
		break;
	case CLPS_EVT_AF_INET6:
		printf("\"[%s]:%u\"", inet_ntop(AF_INET6, a.addr.w, text, sizeof(text)), a.port);
		break;
	case CLPS_EVT_AF_UNIX:
		print_text(a.path, a.path_len);
		break;
	case CLPS_EVT_AF_OTHER:
		printf("\"family %u\"", a.other);
		break;
	default:
		printf("null");
	}
}

static void print_field(const struct clps_evt *e, unsigned int i)
{
	const struct clps_evt_field *f = &e->desc->field[i];
	const u8 *p;
	u32 len;

	p = clps_evt_get(e, i, &len);
	printf(",\"%s\":", f->name);
	if (f->type == CLPS_EVT_T_ADDR)
		print_addr(p, len);
	else if (f->type == CLPS_EVT_T_STR || f->type == CLPS_EVT_T_BYTES)
		print_text(p, len);
	else if (!strcmp(f->name, "call"))
		printf("\"%s\"", clps_evt_call_name(clps_evt_get_int(e, i)));
	else if (strlen(f->name) >= 4 && !strcmp(f->name + strlen(f->name) - 4, "kind"))
		printf("\"%s\"", clps_evt_kind_name(clps_evt_get_int(e, i)));
	else if (f->type == CLPS_EVT_T_U64)
		printf("%llu", (unsigned long long)clps_evt_get_int(e, i));
	else
		printf("%lld", (long long)clps_evt_get_int(e, i));
}

static void print_record(const struct clps_evt *e)
{
	unsigned int i;

	last = e->who.seq;
	printf("{\"rec\":\"%s\",\"seq\":%llu", e->desc ? e->desc->name : "unknown",
	       (unsigned long long)e->who.seq);
	if (!brief)
		printf(",\"time\":%llu,\"pid\":%u,\"tid\":%u,\"ppid\":%u,\"uid\":%u,\"comm\":",
		       (unsigned long long)e->who.time, e->who.pid, e->who.tid, e->who.ppid,
		       e->who.uid);
	if (!brief)
		print_text((const u8 *)e->who.comm, strnlen(e->who.comm, sizeof(e->who.comm)));
	for (i = 0; e->desc && i < e->nr && i < e->desc->nr; i++)
		if (!brief || e->id == CLPS_EVT_gap)
			print_field(e, i);
	puts("}");
}

static void print_records(const struct nlmsghdr *h)
{
	int off = NLMSG_LENGTH(GENL_HDRLEN), n, len;
	const struct nlattr *a;
	const u8 *p;
	struct clps_evt e;

	a = attr((const char *)h + off, h->nlmsg_len - off, COLLAPSAR_SENSE_A_RECORDS);
	if (!a)
		return;
	p = (const u8 *)(a + 1);
	for (len = a->nla_len - NLA_HDRLEN; len; len -= n, p += n) {
		n = clps_evt_parse(&e, p, len);
		if (n < 0) {
			fprintf(stderr, "sensetap: no record (%d)\n", n);
			exit(1);
		}
		print_record(&e);
	}
}

static void acknowledge(int fd, int family, int flags, unsigned long long seq)
{
	request(fd, family, COLLAPSAR_SENSE_CMD_ACK, flags, COLLAPSAR_SENSE_A_ACKED, &seq, sizeof(seq));
}

static void read_records(int fd, int family, int pause, int acks)
{
	const struct nlmsghdr *h = (void *)buf;

	request(fd, family, COLLAPSAR_SENSE_CMD_SUBSCRIBE, NLM_F_ACK, 0, NULL, 0);
	sleep(pause);
	for (;;) {
		receive(fd);
		errno = -failed(h);
		if (errno)
			die("refused");
		if (h->nlmsg_type != family)
			continue;
		print_records(h);
		if (fflush(stdout))
			die("stdout");
		if (acks)
			acknowledge(fd, family, 0, last);
	}
}

/* The kernel's words behind an error. */
static const char *words(const struct nlmsghdr *h)
{
	int off = NLMSG_LENGTH(sizeof(struct nlmsgerr));
	const struct nlattr *a;

	a = attr((const char *)h + off, h->nlmsg_len - off, NLMSGERR_ATTR_MSG);
	return a ? (const char *)(a + 1) : "";
}

/* As the reader, or as nobody: is it accepted? */
static int try_acknowledge(int fd, int family, int reads, unsigned long long seq)
{
	const struct nlmsghdr *h = (void *)buf;

	if (reads) {
		request(fd, family, COLLAPSAR_SENSE_CMD_SUBSCRIBE, 0, 0, NULL, 0);
		receive(fd);
		if (h->nlmsg_type != family)
			die("no records");
		print_records(h);
		fflush(stdout);
	}
	acknowledge(fd, family, NLM_F_ACK, seq);
	do
		receive(fd);
	while (h->nlmsg_type != NLMSG_ERROR);
	errno = -failed(h);
	if (!errno)
		return 0;
	fprintf(stderr, "sensetap: %m: %s\n", words(h));
	return 1;
}

static void print_counters(const char *p, int len)
{
	const struct nlattr *scope = attr(p, len, COLLAPSAR_STATS_A_SCOPE), *c, *name, *value;
	const struct nlattr *of = attr(p, len, COLLAPSAR_STATS_A_NAME);
	unsigned long long v;

	printf("{\"scope\":\"%s\",\"name\":\"%s\"", scope ? (char *)(scope + 1) : "",
	       of ? (char *)(of + 1) : "");
	while ((c = attr(p, len, COLLAPSAR_STATS_A_COUNTER))) {
		name = attr((char *)(c + 1), c->nla_len - NLA_HDRLEN, COLLAPSAR_COUNTER_A_NAME);
		value = attr((char *)(c + 1), c->nla_len - NLA_HDRLEN, COLLAPSAR_COUNTER_A_VALUE);
		memcpy(&v, value + 1, sizeof(v));
		printf(",\"%s\":%llu", (char *)(name + 1), v);
		len -= (char *)c + NLA_ALIGN(c->nla_len) - p;
		p = (char *)c + NLA_ALIGN(c->nla_len);
	}
	puts("}");
}

static int read_counters(int fd, int family)
{
	struct nlmsghdr *h;
	int n;

	request(fd, family, COLLAPSAR_SENSE_CMD_STATS_GET, NLM_F_DUMP, 0, NULL, 0);
	for (;;) {
		n = receive(fd);
		for (h = (void *)buf; NLMSG_OK(h, (unsigned int)n); h = NLMSG_NEXT(h, n)) {
			errno = -failed(h);
			if (errno)
				die("stats");
			if (h->nlmsg_type == NLMSG_DONE)
				return 0;
			print_counters((char *)h + NLMSG_LENGTH(GENL_HDRLEN),
				       h->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN));
		}
	}
}

int main(int argc, char **argv)
{
	int fd, family, opt, pause = 0, stats = 0, acks = 1, one = 1;
	const char *seq = NULL;

	while ((opt = getopt(argc, argv, "bnsa:p:")) != -1) {
		if (opt == 'b')
			brief = 1;
		else if (opt == 's')
			stats = 1;
		else if (opt == 'n')
			acks = 0;
		else if (opt == 'a')
			seq = optarg;
		else if (opt == 'p')
			pause = atoi(optarg);
		else
			return 2;
	}
	setvbuf(stdout, NULL, _IOFBF, 1 << 20);
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (fd < 0)
		die("socket");
	if (setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one)) ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one)))
		die("setsockopt");
	family = find_family(fd);
	if (stats)
		return read_counters(fd, family);
	if (seq)
		return try_acknowledge(fd, family, !acks, strtoull(seq, NULL, 10));
	read_records(fd, family, pause, acks);
	return 1;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * A kernel that answers collapsarctl with anything: nothing is read behind what it sent,
 * JSON is JSON, text holds nothing that a terminal obeys, and the exit code is one of the
 * four. The first byte chooses the command, the second how it is to be shown and how
 * honest the kernel is; then come datagrams, each behind two bytes of length.
 * FUZZ_SRCS: userspace/lib/parse.c userspace/lib/nl.c userspace/lib/text.c userspace/lib/cast.c userspace/ctl/[!m]*.c
 * FUZZ_LIBS: -lmnl -lsqlite3 -ljansson
 * FUZZ_RUNS: 100000
 */
#include <fcntl.h>
#include <jansson.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <sanitizer/asan_interface.h>
#include <unistd.h>

#include "ctl.h"

#define PORT	77
#define FAMILY	0x21

enum { JSON = 1, PRETTY = 2, STAMPS = 4, KNOWS_FAMILY = 8, KNOWS_SEQ = 16, SAYS_DONE = 32 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t *in, *end;
static uint8_t how;
static struct nlmsghdr asked;		/* the last request */
static bool asked_family;
static unsigned int answers;		/* that it has had */

static char *commands[][8] = {
	{ "uplink", "show" },
	{ "redirect", "show" },
	{ "network", "show" },
	{ "honeypot", "show" },
	{ "redirect", "show", "10.0.0.5", "dev", "lo" },
	{ "honeypot", "show", "web" },
	{ "stats" },
	{ "monitor" },
	{ "redirect", "del", "10.0.0.5", "dev", "lo" },
	{ "uplink", "set", "c0", "ttl", "9" },
	{ "stats", "redir" },
};

#define COMMANDS	(sizeof(commands) / sizeof(commands[0]))

struct mnl_socket *mnl_socket_open2(int bus, int flags)
{
	/* Nobody looks into it. */
	return (void *)&asked;
}

int mnl_socket_close(struct mnl_socket *nl)
{
	return 0;
}

int mnl_socket_bind(struct mnl_socket *nl, unsigned int groups, pid_t pid)
{
	return 0;
}

unsigned int mnl_socket_get_portid(const struct mnl_socket *nl)
{
	return PORT;
}

/* What always has something to read. */
int mnl_socket_get_fd(const struct mnl_socket *nl)
{
	static int fd = -1;

	if (fd < 0)
		fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	return fd;
}

int mnl_socket_setsockopt(const struct mnl_socket *nl, int type, void *buf, socklen_t len)
{
	return 0;
}

ssize_t mnl_socket_sendto(const struct mnl_socket *nl, const void *req, size_t len)
{
	memcpy(&asked, req, sizeof(asked));
	MUST(asked.nlmsg_len == len);
	asked_family = asked.nlmsg_type == GENL_ID_CTRL;
	answers = 0;
	return (ssize_t)len;
}

static size_t tell_family(char *buf)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct nlattr *groups, *group;

	nlh->nlmsg_type = GENL_ID_CTRL;
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct genlmsghdr));
	mnl_attr_put_u16(nlh, CTRL_ATTR_FAMILY_ID, FAMILY);
	groups = mnl_attr_nest_start(nlh, CTRL_ATTR_MCAST_GROUPS);
	group = mnl_attr_nest_start(nlh, 1);
	mnl_attr_put_u32(nlh, CTRL_ATTR_MCAST_GRP_ID, 5);
	mnl_attr_put_strz(nlh, CTRL_ATTR_MCAST_GRP_NAME, "events");
	mnl_attr_nest_end(nlh, group);
	mnl_attr_nest_end(nlh, groups);
	return nlh->nlmsg_len;
}

static size_t say_done(char *buf)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	bool dump = (asked.nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
	size_t len = dump ? sizeof(int) : sizeof(struct nlmsgerr);

	nlh->nlmsg_type = dump ? NLMSG_DONE : NLMSG_ERROR;
	nlh->nlmsg_flags = NLM_F_CAPPED;
	memset(mnl_nlmsg_put_extra_header(nlh, len), 0, len);
	return nlh->nlmsg_len;
}

static size_t from_input(char *buf, size_t size)
{
	size_t len;

	if (end - in < 2)
		return 0;
	len = (size_t)in[0] << 8 | in[1];
	in += 2;
	if (len > (size_t)(end - in))
		len = (size_t)(end - in);
	if (len > size)
		len = size;
	memcpy(buf, in, len);
	in += len;
	return len;
}

ssize_t mnl_socket_recvfrom(const struct mnl_socket *nl, void *buf, size_t size)
{
	struct nlmsghdr *nlh = buf;
	size_t len;
	int left;

	ASAN_UNPOISON_MEMORY_REGION(buf, size);
	memset(buf, 0, size);
	if (asked_family && how & KNOWS_FAMILY && answers < 2)
		len = answers ? say_done(buf) : tell_family(buf);
	else
		len = from_input(buf, size);
	answers++;
	if (!len && how & SAYS_DONE && asked.nlmsg_type) {
		len = say_done(buf);
		asked.nlmsg_type = 0;
	}
	if (!len) {
		errno = how & 0x80 ? ENOBUFS : ENETDOWN;
		how &= 0x7f;
		return -1;
	}
	/* What belongs to no request is looked at by nobody. */
	left = (int)len;
	for (; (asked_family || how & KNOWS_SEQ) && mnl_nlmsg_ok(nlh, left) &&
	     nlh->nlmsg_len <= (unsigned int)left;
	     nlh = mnl_nlmsg_next(nlh, &left)) {
		nlh->nlmsg_seq = asked.nlmsg_seq;
		nlh->nlmsg_pid = PORT;
	}
	ASAN_POISON_MEMORY_REGION((char *)buf + len, size - len);
	return (ssize_t)len;
}

/* One after the other; and a counter may have all of its 64 bits. */
#define FLAGS	(JSON_DISABLE_EOF_CHECK | JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL)

static void check_json(const char *text, size_t len)
{
	json_error_t error;
	json_t *json;

	while (len && *text != '\0') {
		json = json_loadb(text, len, FLAGS, &error);
		MUST(json);
		json_decref(json);
		text += error.position;
		len -= (size_t)error.position;
		while (len && (*text == '\n' || *text == ' ')) {
			text++;
			len--;
		}
	}
}

static void check_text(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		MUST(text[i] == '\n' || ((unsigned char)text[i] >= 0x20 && text[i] != 0x7f));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *argv[12] = { "collapsarctl", "--color=never" }, *text;
	int err, n = 2;
	size_t len;

	if (size < 2)
		return 0;
	how = data[1];
	in = data + 2;
	end = data + size;
	asked_family = false;
	memset(&asked, 0, sizeof(asked));
	if (how & JSON)
		argv[n++] = "-j";
	if (how & PRETTY)
		argv[n++] = "-p";
	if (how & STAMPS)
		argv[n++] = "-t";
	for (char **word = commands[data[0] % COMMANDS]; *word; word++)
		argv[n++] = *word;
	err = run_ctl(argv, &text, &len);
	MUST(err >= EXIT_DONE && err <= EXIT_MODULE);
	if (how & (JSON | PRETTY))
		check_json(text, len);
	else
		check_text(text, len);
	free(text);
	return 0;
}

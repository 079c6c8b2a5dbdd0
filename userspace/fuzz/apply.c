// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any file for "collapsarctl apply", over the tests' stand-in for the kernel, which may
 * refuse any of the changes: an error leaves everything as it was, and whatever is sent
 * is well formed. The first byte says which change is refused.
 * FUZZ_SRCS: userspace/lib/parse.c userspace/lib/text.c userspace/lib/cast.c userspace/ctl/[!m]*.c
 * FUZZ_LIBS: -lmnl -lsqlite3 -ljansson
 * FUZZ_RUNS: 15000
 */
/* The other way round, its verbs would be numbers. */
#include "../../selftests/cli/fake_nl.c"
#include "ctl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The same attributes with the same values, in whatever order. */
static uint64_t picture_of(const struct nlattr *attr, size_t left)
{
	uint64_t sum = 0;

	for (; mnl_attr_ok(attr, left);
	     left -= MNL_ALIGN(attr->nla_len), attr = mnl_attr_next(attr)) {
		const uint8_t *p = mnl_attr_get_payload(attr);
		size_t len = mnl_attr_get_payload_len(attr);
		uint64_t h = 0xcbf29ce484222325u + mnl_attr_get_type(attr);

		if (attr->nla_type & NLA_F_NESTED)
			h += picture_of((const void *)p, len);
		for (; !(attr->nla_type & NLA_F_NESTED) && len; len--)
			h = (h ^ *p++) * 0x100000001b3u;
		sum += h * h;
	}
	return sum;
}

static uint64_t picture(void)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < n_known; i++) {
		const struct nlmsghdr *nlh = (void *)known[i].msg;
		int proto = proto_of(nlh);
		uint64_t h = picture_of(mnl_nlmsg_get_payload_offset(nlh, header(proto)),
					mnl_nlmsg_get_payload_len(nlh) - header(proto));

		sum += h * (3 + group(proto, nlh));
	}
	return sum;
}

/* A site and a center that are there already. */
static const char before[] =
	"uplink add c0 remote 192.0.2.1 key 1\n"
	"uplink add c1 remote 192.0.2.2\n"
	"redirect add 10.0.0.5 dev eth0 uplink c0 mac 02:00:00:00:00:05 quiet 1m\n"
	"network add lan uplink c1 gateway-mac 02:00:00:00:00:01\n"
	"honeypot add web network lan address 10.0.0.7 port tap0\n";

static int apply(const void *text, size_t len)
{
	char *argv[] = { "collapsarctl", "apply", "-", NULL }, *said;
	FILE *real = stdin;
	size_t n;
	int err;

	stdin = fmemopen((void *)text, len, "re");
	MUST(stdin);
	err = run_ctl(argv, &said, &n);
	fclose(stdin);
	stdin = real;
	MUST(!n);
	free(said);
	return err;
}

static uint64_t begin(unsigned int fail)
{
	char number[16];

	n_known = 0;
	unsetenv("FAKE_NL_FAIL");
	MUST(!apply(before, sizeof(before) - 1) && n_known == 5);
	changes = 0;
	snprintf(number, sizeof(number), "%u", fail);
	if (fail)
		setenv("FAKE_NL_FAIL", number, 1);
	return picture();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned int fail;
	uint64_t was;
	int err;

	/* fmemopen() opens nothing of no length. */
	if (size < 2)
		return 0;
	was = begin(0);
	err = apply(data + 1, size - 1);
	MUST(err == EXIT_DONE || err == EXIT_USAGE || err == EXIT_REFUSED);
	MUST(!err || picture() == was);
	MUST(err != EXIT_USAGE || !changes);
	/* Once more, and now one of the changes is refused; not one that undoes. */
	if (err || !changes)
		return 0;
	fail = 1 + data[0] % changes;
	was = begin(fail);
	MUST(apply(data + 1, size - 1) == EXIT_REFUSED && picture() == was);
	return 0;
}

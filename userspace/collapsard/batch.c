// SPDX-License-Identifier: GPL-2.0-only
/* Messages on their way to the disk: kept until they are there, in a buffer that is all. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "source.h"

#define SIZE	(4u << 20)

struct item {
	u64 arrived;
	struct source *src;
	struct nlmsghdr nlh;	/* and what is behind it */
};

struct batch {
	u32 len;
	u8 mem[SIZE] __attribute__((aligned(8)));
};

struct batch *batch_new(void)
{
	return calloc(1, sizeof(struct batch));
}

void batch_free(struct batch *b)
{
	free(b);
}

static u32 item_len(const struct nlmsghdr *nlh)
{
	return (u32)((offsetof(struct item, nlh) + nlh->nlmsg_len + 7) & ~(size_t)7);
}

bool batch_full(const struct batch *b)
{
	return SIZE - b->len < sizeof(struct item) + SOURCE_MSG;
}

bool batch_empty(const struct batch *b)
{
	return !b->len;
}

int batch_add(struct batch *b, struct source *src, const struct nlmsghdr *nlh)
{
	struct item *it = (struct item *)(b->mem + b->len);
	struct timespec ts;

	if (nlh->nlmsg_len > SOURCE_MSG || item_len(nlh) > SIZE - b->len)
		return -EMSGSIZE;
	clock_gettime(CLOCK_REALTIME, &ts);
	it->arrived = (u64)ts.tv_sec * 1000000000u + (u64)ts.tv_nsec;
	it->src = src;
	memcpy(&it->nlh, nlh, nlh->nlmsg_len);
	b->len += item_len(nlh);
	return 0;
}

void batch_give(const struct batch *b, struct collect *c)
{
	const struct item *it;
	u32 at;

	for (at = 0; at < b->len; at += item_len(&it->nlh)) {
		it = (const struct item *)(b->mem + at);
		decode(c, it->src, &it->nlh, it->arrived);
	}
}

void batch_clear(struct batch *b)
{
	b->len = 0;
}

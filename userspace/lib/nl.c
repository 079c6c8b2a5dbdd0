// SPDX-License-Identifier: GPL-2.0-only
/* Netlink requests, dumps and notifications over libmnl. */
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

#include "nl.h"

#define RCV_BUF		65536		/* an rtnetlink dump may use 32 KiB datagrams */
#define DUMP_MAX	(256u << 20)
#define DUMP_TRIES	5

int nl_open(struct nl *nl, int proto)
{
	int one = 1;

	memset(nl, 0, sizeof(*nl));
	nl->proto = proto;
	nl->sock = mnl_socket_open2(proto, SOCK_CLOEXEC);
	if (!nl->sock)
		return -errno;
	/* The words are a courtesy: a kernel without them still answers. */
	mnl_socket_setsockopt(nl->sock, NETLINK_EXT_ACK, &one, sizeof(one));
	mnl_socket_setsockopt(nl->sock, NETLINK_CAP_ACK, &one, sizeof(one));
	/* Filters of a dump are honoured or refused, never ignored. */
	mnl_socket_setsockopt(nl->sock, NETLINK_GET_STRICT_CHK, &one, sizeof(one));
	if (mnl_socket_bind(nl->sock, 0, MNL_SOCKET_AUTOPID) < 0) {
		int err = -errno;

		nl_close(nl);
		return err;
	}
	nl->portid = mnl_socket_get_portid(nl->sock);
	return 0;
}

void nl_close(struct nl *nl)
{
	if (nl->sock)
		mnl_socket_close(nl->sock);
	nl->sock = NULL;
}

int nl_fd(const struct nl *nl)
{
	return mnl_socket_get_fd(nl->sock);
}

int nl_join(struct nl *nl, uint32_t group)
{
	int val = group;

	return mnl_socket_setsockopt(nl->sock, NETLINK_ADD_MEMBERSHIP, &val, sizeof(val)) < 0 ?
	       -errno : 0;
}

static int ext_ack_attr(const struct nlattr *attr, void *data)
{
	size_t len = mnl_attr_get_payload_len(attr);
	struct nl *nl = data;

	switch (mnl_attr_get_type(attr)) {
	case NLMSGERR_ATTR_MSG:
		if (len >= sizeof(nl->text))
			len = sizeof(nl->text) - 1;
		memcpy(nl->text, mnl_attr_get_payload(attr), len);
		nl->text[len] = '\0';
		break;
	case NLMSGERR_ATTR_OFFS:
		if (len == sizeof(uint32_t))
			nl->offset = mnl_attr_get_u32(attr);
		break;
	}
	return MNL_CB_OK;
}

/* The verdict of an NLMSG_ERROR or NLMSG_DONE message. */
static int verdict(struct nl *nl, const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(nlh);
	size_t len = mnl_nlmsg_get_payload_len(nlh), hdr;
	int code;

	if (nlh->nlmsg_type == NLMSG_DONE) {
		if (len < sizeof(int))
			return 0;
		code = *(const int *)mnl_nlmsg_get_payload(nlh);
		hdr = sizeof(int);
	} else {
		if (len < sizeof(*e))
			return -EBADMSG;
		code = e->error;
		hdr = sizeof(*e);
		/* Without NLM_F_CAPPED the whole request follows. */
		if (!(nlh->nlmsg_flags & NLM_F_CAPPED) && code) {
			if (e->msg.nlmsg_len < sizeof(e->msg) || e->msg.nlmsg_len > len)
				return -EBADMSG;
			hdr += MNL_ALIGN(e->msg.nlmsg_len) - sizeof(e->msg);
		}
	}
	if ((nlh->nlmsg_flags & NLM_F_ACK_TLVS) && len >= hdr)
		mnl_attr_parse(nlh, hdr, ext_ack_attr, nl);
	return code > 0 ? -code : code;
}

/* libmnl takes a length of more than 2 GiB for a negative one, and so for one that fits. */
static bool is_whole(const struct nlmsghdr *nlh, int left)
{
	return mnl_nlmsg_ok(nlh, left) && nlh->nlmsg_len <= (unsigned int)left;
}

static int send_req(struct nl *nl, struct nlmsghdr *req)
{
	nl->text[0] = '\0';
	nl->offset = 0;
	req->nlmsg_seq = ++nl->seq;
	req->nlmsg_pid = 0;
	return mnl_socket_sendto(nl->sock, req, req->nlmsg_len) < 0 ? -errno : 0;
}

static bool is_mine(const struct nl *nl, const struct nlmsghdr *nlh)
{
	return nlh->nlmsg_seq == nl->seq && nlh->nlmsg_pid == nl->portid;
}

int nl_do(struct nl *nl, struct nlmsghdr *req, nl_msg_fn fn, void *data)
{
	static char buf[RCV_BUF] __attribute__((aligned(8)));
	const struct nlmsghdr *nlh;
	int left, err, res = 0;

	req->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	err = send_req(nl, req);
	if (err)
		return err;
	for (;;) {
		left = mnl_socket_recvfrom(nl->sock, buf, sizeof(buf));
		if (left < 0)
			return -errno;
		for (nlh = (void *)buf; is_whole(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
			if (!is_mine(nl, nlh))
				continue;
			if (nlh->nlmsg_type == NLMSG_ERROR) {
				err = verdict(nl, nlh);
				return err ? err : res;
			}
			if (fn && !res)
				res = fn(nlh, data);
		}
	}
}

static void many_verdict(struct nl *nl, const struct nlmsghdr *nlh, unsigned int first,
			 int *errs, bool *said)
{
	struct nl mute = *nl;

	errs[nlh->nlmsg_seq - first] = verdict(*said ? &mute : nl, nlh);
	*said |= errs[nlh->nlmsg_seq - first];
}

/* The last one is acknowledged, of the others only refusals come. */
static void many_begin(struct nl *nl, char *buf, unsigned int n, size_t *len)
{
	struct nlmsghdr *nlh = NULL;
	unsigned int i;

	for (i = 0, *len = 0; i < n; i++, *len += NLMSG_ALIGN(nlh->nlmsg_len)) {
		nlh = (void *)(buf + *len);
		nlh->nlmsg_flags |= NLM_F_REQUEST | (i == n - 1 ? NLM_F_ACK : 0);
		nlh->nlmsg_seq = ++nl->seq;
		nlh->nlmsg_pid = 0;
	}
	nl->text[0] = '\0';
	nl->offset = 0;
}

int nl_many(struct nl *nl, char *buf, unsigned int n, int *errs)
{
	static char answers[RCV_BUF] __attribute__((aligned(8)));
	unsigned int first = nl->seq + 1;
	const struct nlmsghdr *nlh;
	bool said = false;
	size_t len;
	int left;

	memset(errs, 0, n * sizeof(*errs));
	many_begin(nl, buf, n, &len);
	if (mnl_socket_sendto(nl->sock, buf, len) < 0)
		return -errno;
	for (;;) {
		left = mnl_socket_recvfrom(nl->sock, answers, sizeof(answers));
		if (left < 0)
			return -errno;
		for (nlh = (void *)answers; mnl_nlmsg_ok(nlh, left);
		     nlh = mnl_nlmsg_next(nlh, &left)) {
			if (nlh->nlmsg_type != NLMSG_ERROR || nlh->nlmsg_pid != nl->portid ||
			    nlh->nlmsg_seq - first >= n)
				continue;
			many_verdict(nl, nlh, first, errs, &said);
			if (nlh->nlmsg_seq == nl->seq)
				return 0;
		}
	}
}

struct dump {
	nl_msg_fn fn;
	void *data;
	int err;		/* of fn: what is left comes, and is nobody's */
	char *buf;
	size_t len, size;
	bool interrupted;
};

static int dump_keep(struct dump *d, const struct nlmsghdr *nlh)
{
	size_t len = MNL_ALIGN(nlh->nlmsg_len);

	if (len > DUMP_MAX - d->len)
		return -EMSGSIZE;
	if (d->len + len > d->size) {
		size_t size = d->size ? 2 * d->size : RCV_BUF;
		char *buf;

		while (size < d->len + len)
			size *= 2;
		buf = realloc(d->buf, size);
		if (!buf)
			return -ENOMEM;
		d->buf = buf;
		d->size = size;
	}
	memcpy(d->buf + d->len, nlh, nlh->nlmsg_len);
	d->len += len;
	return 0;
}

/* Of our own families each message tells of one object, and none is told twice. */
static int dump_take(struct nl *nl, struct dump *d, const struct nlmsghdr *nlh)
{
	if (nl->proto != NETLINK_GENERIC)
		return dump_keep(d, nlh);
	if (!d->err)
		d->err = d->fn(nlh, d->data);
	return 0;
}

static int dump_once(struct nl *nl, struct nlmsghdr *req, struct dump *d)
{
	static char buf[RCV_BUF] __attribute__((aligned(8)));
	const struct nlmsghdr *nlh;
	int left, err;

	d->len = 0;
	d->interrupted = false;
	req->nlmsg_flags |= NLM_F_REQUEST | NLM_F_DUMP;
	err = send_req(nl, req);
	if (err)
		return err;
	for (;;) {
		left = mnl_socket_recvfrom(nl->sock, buf, sizeof(buf));
		if (left < 0)
			return -errno;
		for (nlh = (void *)buf; is_whole(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
			if (!is_mine(nl, nlh))
				continue;
			if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
				d->interrupted = true;
			if (nlh->nlmsg_type == NLMSG_ERROR || nlh->nlmsg_type == NLMSG_DONE)
				return verdict(nl, nlh);
			err = dump_take(nl, d, nlh);
			if (err)
				return err;
		}
	}
}

int nl_dump(struct nl *nl, struct nlmsghdr *req, nl_msg_fn fn, void *data)
{
	const struct nlmsghdr *nlh;
	struct dump d = { .fn = fn, .data = data };
	int err, i = 0, left;

	do
		err = dump_once(nl, req, &d);
	while (!err && d.interrupted && nl->proto != NETLINK_GENERIC && ++i < DUMP_TRIES);
	if (!err && d.interrupted)
		err = -EINTR;
	if (!err)
		err = d.err;
	left = d.len;
	for (nlh = (void *)d.buf; !err && d.buf && is_whole(nlh, left);
	     nlh = mnl_nlmsg_next(nlh, &left))
		err = fn(nlh, data);
	free(d.buf);
	return err;
}

int nl_receive(struct nl *nl, nl_msg_fn fn, void *data)
{
	static char buf[RCV_BUF] __attribute__((aligned(8)));
	const struct nlmsghdr *nlh;
	int left, err = 0;

	left = mnl_socket_recvfrom(nl->sock, buf, sizeof(buf));
	if (left < 0)
		return -errno;
	for (nlh = (void *)buf; !err && is_whole(nlh, left); nlh = mnl_nlmsg_next(nlh, &left))
		err = fn(nlh, data);
	return err;
}

static void family_group(const struct nlattr *group, struct nl_family *family)
{
	const struct nlattr *attr;
	const char *name = NULL;
	uint32_t id = 0;

	mnl_attr_for_each_nested(attr, group) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_NAME &&
		    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) == 0)
			name = mnl_attr_get_str(attr);
		if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_ID &&
		    mnl_attr_validate(attr, MNL_TYPE_U32) == 0)
			id = mnl_attr_get_u32(attr);
	}
	if (name && !strcmp(name, "events"))
		family->events = id;
}

static int family_msg(const struct nlmsghdr *nlh, void *data)
{
	struct nl_family *family = data;
	const struct nlattr *attr, *group;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID &&
		    mnl_attr_validate(attr, MNL_TYPE_U16) == 0)
			family->id = mnl_attr_get_u16(attr);
		if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GROUPS)
			mnl_attr_for_each_nested(group, attr)
				family_group(group, family);
	}
	return 0;
}

int nl_family(struct nl *nl, const char *name, struct nl_family *family)
{
	char buf[NL_REQ_MAX] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl;
	int err;

	memset(family, 0, sizeof(*family));
	nlh->nlmsg_type = GENL_ID_CTRL;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = CTRL_CMD_GETFAMILY;
	genl->version = 1;
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, name);
	err = nl_do(nl, nlh, family_msg, family);
	return err ? err : family->id ? 0 : -ENOENT;
}

static struct {
	char name[IF_NAMESIZE];
	unsigned int ifindex;
} known[4];			/* those asked for last, by turns */

unsigned int nl_ifindex(const char *name)
{
	static unsigned int turn;
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].ifindex && !strcmp(known[i].name, name))
			return known[i].ifindex;
	if (strlen(name) >= IF_NAMESIZE)
		return 0;
	i = turn++ % (sizeof(known) / sizeof(known[0]));
	strcpy(known[i].name, name);
	known[i].ifindex = if_nametoindex(name);
	return known[i].ifindex;
}

void nl_ifindex_forget(void)
{
	memset(known, 0, sizeof(known));
}

const char *nl_ifname(unsigned int ifindex, char *buf)
{
	return if_indextoname(ifindex, buf);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * A stand-in for the kernel behind nl.h: objects are the attributes they were
 * made with, by name. For tests of collapsarctl on a host without modules.
 *
 * FAKE_NL_LOG=FILE	each request is appended as "PROTOCOL HEX"
 * FAKE_NL_STATE=FILE	objects are read from it and written back at each change
 * FAKE_NL_FAIL=N	the N-th change is refused, counted from 1
 * FAKE_NL_SIGNAL=N:SIG	this signal (a number) arrives in the N-th change and in each later one
 * FAKE_NL_ABSENT=NAME	this family is not there
 * FAKE_NL_EVENTS=FILE	messages for monitor; one of type 0 stands for a loss
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/rtnetlink.h>
#include <collapsar/core.h>
#include <collapsar/front.h>
#include <collapsar/redir.h>

#include "nl.h"

#define OBJECTS	64
#define SIZE	2048

enum { ID_CORE = 0x20, ID_REDIR, ID_FRONT };
enum action { NEW, SET, DEL, GET };

struct known {
	char msg[SIZE] __attribute__((aligned(8)));
};

static struct known known[OBJECTS];
static unsigned int n_known, changes;

static const char * const links[] = { "lo", "eth0", "eth1", "c0", "c1", "tap0", "tap1" };

static void load(void)
{
	const char *name = getenv("FAKE_NL_STATE");
	FILE *f = name ? fopen(name, "re") : NULL;

	if (!f)
		return;
	n_known = fread(known, SIZE, OBJECTS, f);
	fclose(f);
}

static void save(void)
{
	const char *name = getenv("FAKE_NL_STATE");
	FILE *f = name ? fopen(name, "we") : NULL;

	if (!f)
		return;
	fwrite(known, SIZE, n_known, f);
	fclose(f);
}

int nl_open(struct nl *nl, int proto)
{
	static int loaded;

	memset(nl, 0, sizeof(*nl));
	nl->portid = proto;
	if (!loaded++)
		load();
	return 0;
}

void nl_close(struct nl *nl)
{
}

int nl_family(struct nl *nl, const char *name, struct nl_family *family)
{
	static const char * const names[] = { COLLAPSAR_GENL_NAME, COLLAPSAR_REDIR_GENL_NAME,
					      COLLAPSAR_FRONT_GENL_NAME };
	const char *absent = getenv("FAKE_NL_ABSENT");
	unsigned int i;

	for (i = 0; i < 3; i++) {
		if (strcmp(names[i], name) || (absent && !strcmp(absent, name)))
			continue;
		family->id = ID_CORE + i;
		family->events = i ? i : 0;
		return 0;
	}
	return -ENOENT;
}

unsigned int nl_ifindex(const char *name)
{
	unsigned int i;

	for (i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (!strcmp(links[i], name))
			return i + 1;
	return 0;
}

void nl_ifindex_forget(void)
{
}

const char *nl_ifname(unsigned int ifindex, char *buf)
{
	if (!ifindex || ifindex > sizeof(links) / sizeof(links[0]))
		return NULL;
	return strcpy(buf, links[ifindex - 1]);
}

static size_t header(int proto)
{
	return proto == NETLINK_ROUTE ? sizeof(struct ifinfomsg) : sizeof(struct genlmsghdr);
}

static enum action action(int proto, const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);

	if (proto == NETLINK_ROUTE)
		return nlh->nlmsg_type == RTM_GETLINK ? GET : nlh->nlmsg_type == RTM_DELLINK ? DEL :
		       nlh->nlmsg_flags & NLM_F_CREATE ? NEW : SET;
	/* Both families number their commands in this order. */
	return (genl->cmd - 1) % 4;
}

/* What kind of object: link, redirect, network or honeypot. */
static int group(int proto, const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);

	if (proto == NETLINK_ROUTE)
		return 0;
	return nlh->nlmsg_type == ID_REDIR ? 1 : genl->cmd <= COLLAPSAR_FRONT_CMD_NETWORK_GET ? 2 : 3;
}

static int proto_of(const struct nlmsghdr *nlh)
{
	return nlh->nlmsg_type < NLMSG_MIN_TYPE || nlh->nlmsg_type == RTM_NEWLINK ? NETLINK_ROUTE :
	       NETLINK_GENERIC;
}

static const struct nlattr *find(int proto, const struct nlmsghdr *nlh, unsigned int type)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, header(proto))
		if (mnl_attr_get_type(attr) == type)
			return attr;
	return NULL;
}

static int same(const struct nlattr *a, const struct nlattr *b)
{
	return a && b && mnl_attr_get_payload_len(a) == mnl_attr_get_payload_len(b) &&
	       !memcmp(mnl_attr_get_payload(a), mnl_attr_get_payload(b),
		       mnl_attr_get_payload_len(a));
}

static struct known *lookup(int proto, const struct nlmsghdr *req)
{
	int g = group(proto, req);
	unsigned int i, key = g == 0 ? IFLA_IFNAME : g == 1 ? COLLAPSAR_REDIR_A_ADDR :
		       COLLAPSAR_NETWORK_A_NAME;

	for (i = 0; i < n_known; i++) {
		const struct nlmsghdr *have = (void *)known[i].msg;

		if (proto_of(have) != proto || group(proto, have) != g ||
		    !same(find(proto, have, key), find(proto, req, key)))
			continue;
		if (g != 1 || same(find(proto, have, COLLAPSAR_REDIR_A_IFINDEX),
				   find(proto, req, COLLAPSAR_REDIR_A_IFINDEX)))
			return &known[i];
	}
	return NULL;
}

static void put(struct nlmsghdr *nlh, const struct nlattr *attr)
{
	mnl_attr_put(nlh, attr->nla_type, mnl_attr_get_payload_len(attr), mnl_attr_get_payload(attr));
}

/* The nest @old with what @new brings. */
static void merge_nest(struct nlmsghdr *out, const struct nlattr *old, const struct nlattr *new)
{
	struct nlattr *nest = mnl_attr_nest_start(out, mnl_attr_get_type(old));
	const struct nlattr *a, *b, *by;

	mnl_attr_for_each_nested(a, old) {
		by = NULL;
		mnl_attr_for_each_nested(b, new)
			if (mnl_attr_get_type(a) == mnl_attr_get_type(b))
				by = b;
		if (by && (by->nla_type & NLA_F_NESTED))
			merge_nest(out, a, by);
		else
			put(out, by ? by : a);
	}
	mnl_attr_for_each_nested(b, new) {
		by = NULL;
		mnl_attr_for_each_nested(a, old)
			if (mnl_attr_get_type(a) == mnl_attr_get_type(b))
				by = a;
		if (!by)
			put(out, b);
	}
	mnl_attr_nest_end(out, nest);
}

/* A sensor's port 0 takes the sensor away. */
static bool goes(int proto, const struct nlmsghdr *req, unsigned int type)
{
	const struct nlattr *port;

	if (proto == NETLINK_ROUTE || group(proto, req) != 3 ||
	    (type != COLLAPSAR_HONEYPOT_A_SENSOR_PORT && type != COLLAPSAR_HONEYPOT_A_SENSOR_MAGIC))
		return false;
	port = find(proto, req, COLLAPSAR_HONEYPOT_A_SENSOR_PORT);
	return port && !mnl_attr_get_u16(port);
}

static void merge(int proto, struct known *k, const struct nlmsghdr *req)
{
	struct known out = { };
	struct nlmsghdr *nlh = (void *)out.msg, *old = (void *)k->msg;
	const struct nlattr *attr, *by;

	memcpy(nlh, old, NLMSG_HDRLEN + header(proto));
	nlh->nlmsg_len = NLMSG_HDRLEN + header(proto);
	mnl_attr_for_each(attr, old, header(proto)) {
		if (goes(proto, req, mnl_attr_get_type(attr)))
			continue;
		by = find(proto, req, mnl_attr_get_type(attr));
		if (by && proto == NETLINK_ROUTE && (by->nla_type & NLA_F_NESTED))
			merge_nest(nlh, attr, by);
		else
			put(nlh, by ? by : attr);
	}
	mnl_attr_for_each(attr, req, header(proto))
		if (!find(proto, old, mnl_attr_get_type(attr)) &&
		    !goes(proto, req, mnl_attr_get_type(attr)))
			put(nlh, attr);
	*k = out;
}

static void note(int proto, const struct nlmsghdr *req)
{
	const char *name = getenv("FAKE_NL_LOG");
	FILE *f = name ? fopen(name, "ae") : NULL;
	uint32_t i;

	if (!f)
		return;
	fprintf(f, "%d ", proto);
	for (i = 0; i < req->nlmsg_len; i++)
		fprintf(f, "%02x", ((const unsigned char *)req)[i]);
	fputc('\n', f);
	fclose(f);
}

static int refuse(struct nl *nl, int err, const char *text)
{
	snprintf(nl->text, sizeof(nl->text), "%s", text);
	return err;
}

/* Redirects go with their uplink. */
static void forget_users(const char *name)
{
	const struct nlattr *nest, *attr;
	unsigned int i;

	for (i = n_known; i-- > 0;) {
		const struct nlmsghdr *nlh = (void *)known[i].msg;
		bool uses = false;

		if (proto_of(nlh) == NETLINK_ROUTE || group(NETLINK_GENERIC, nlh) != 1)
			continue;
		nest = find(NETLINK_GENERIC, nlh, COLLAPSAR_REDIR_A_UPLINK);
		mnl_attr_for_each_nested(attr, nest)
			uses |= mnl_attr_get_type(attr) == COLLAPSAR_UPLINK_A_IFINDEX &&
				mnl_attr_get_u32(attr) == nl_ifindex(name);
		if (uses)
			known[i] = known[--n_known];
	}
}

/* Nobody should lose his work by it: in the middle of a change. */
static void interrupt(void)
{
	const char *when = getenv("FAKE_NL_SIGNAL");
	unsigned int n;
	int sig;

	if (when && sscanf(when, "%u:%d", &n, &sig) == 2 && changes >= n)
		raise(sig);
}

static int make_change(struct nl *nl, int proto, const struct nlmsghdr *req, struct known *k)
{
	const char *fail = getenv("FAKE_NL_FAIL");
	struct ifinfomsg *ifi;

	changes++;
	if (fail && changes == (unsigned int)atoi(fail))
		return refuse(nl, -EINVAL, "told to refuse");
	interrupt();
	switch (action(proto, req)) {
	case NEW:
		if (k)
			return refuse(nl, -EEXIST, "it exists");
		if (n_known == OBJECTS)
			return refuse(nl, -ENOSPC, "that is all that fits");
		k = &known[n_known++];
		memset(k, 0, sizeof(*k));
		memcpy(k->msg, req, req->nlmsg_len);
		if (proto == NETLINK_ROUTE) {
			const char *name = mnl_attr_get_str(find(proto, req, IFLA_IFNAME));

			ifi = mnl_nlmsg_get_payload((void *)k->msg);
			ifi->ifi_index = nl_ifindex(name);
		}
		return 0;
	case SET:
		merge(proto, k, req);
		return 0;
	default:
		if (proto == NETLINK_ROUTE)
			forget_users(mnl_attr_get_str(find(proto, req, IFLA_IFNAME)));
		k = lookup(proto, req);
		*k = known[--n_known];
		return 0;
	}
}

static int change(struct nl *nl, int proto, const struct nlmsghdr *req, struct known *k)
{
	int err = make_change(nl, proto, req, k);

	save();
	return err;
}

int nl_do(struct nl *nl, struct nlmsghdr *req, nl_msg_fn fn, void *data)
{
	int proto = nl->portid;
	struct known *k;

	req->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	nl->text[0] = '\0';
	nl->offset = 0;
	note(proto, req);
	k = lookup(proto, req);
	if (!k && action(proto, req) != NEW)
		return refuse(nl, -ENOENT, "no such object");
	if (action(proto, req) != GET)
		return change(nl, proto, req, k);
	return fn ? fn((void *)k->msg, data) : 0;
}

int nl_many(struct nl *nl, char *buf, unsigned int n, int *errs)
{
	char text[sizeof(nl->text)] = "";
	unsigned int i;

	for (i = 0; i < n; i++, buf += NLMSG_ALIGN(((struct nlmsghdr *)buf)->nlmsg_len)) {
		errs[i] = nl_do(nl, (void *)buf, NULL, NULL);
		if (errs[i] && !text[0])
			memcpy(text, nl->text, sizeof(text));
	}
	memcpy(nl->text, text, sizeof(text));
	return 0;
}

int nl_dump(struct nl *nl, struct nlmsghdr *req, nl_msg_fn fn, void *data)
{
	int proto = nl->portid, err = 0;
	unsigned int i;

	req->nlmsg_flags |= NLM_F_REQUEST | NLM_F_DUMP;
	nl->text[0] = '\0';
	note(proto, req);
	for (i = 0; i < n_known && !err; i++) {
		const struct nlmsghdr *have = (void *)known[i].msg;

		if (proto_of(have) == proto && group(proto, have) == group(proto, req))
			err = fn(have, data);
	}
	return err;
}

int nl_join(struct nl *nl, uint32_t grp)
{
	return 0;
}

static FILE *events(void)
{
	static FILE *f;
	const char *name = getenv("FAKE_NL_EVENTS");

	if (!f && name)
		f = fopen(name, "re");
	return f;
}

int nl_fd(const struct nl *nl)
{
	return events() ? fileno(events()) : -1;
}

int nl_receive(struct nl *nl, nl_msg_fn fn, void *data)
{
	char buf[SIZE] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = (void *)buf;

	if (fread(buf, sizeof(*nlh), 1, events()) != 1)
		return -EPIPE;
	if (nlh->nlmsg_len > sizeof(buf) || nlh->nlmsg_len < sizeof(*nlh) ||
	    fread(buf + sizeof(*nlh), 1, nlh->nlmsg_len - sizeof(*nlh), events()) !=
	    nlh->nlmsg_len - sizeof(*nlh))
		return -EPIPE;
	return nlh->nlmsg_type ? fn(nlh, data) : -ENOBUFS;
}

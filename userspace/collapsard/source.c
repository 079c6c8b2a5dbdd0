// SPDX-License-Identifier: GPL-2.0-only
/* Sockets of generic netlink, by libnl. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>

#include <collapsar/front.h>
#include <collapsar/sense.h>

#include "say.h"
#include "source.h"

#define ROOM	(4 << 20)	/* of the socket */

static int refused(const struct source *src, const char *what, int err)
{
	say("%s: %s: %s", src->name, what, nl_geterror(err));
	return err == -NLE_OBJ_NOTFOUND ? -ENOENT : -EIO;
}

int source_open(struct source *src, const struct config *cfg, bool local)
{
	int err, room = ROOM, one = 1;

	memset(src, 0, sizeof(*src));
	src->cfg = cfg;
	src->stream.local = local;
	snprintf(src->name, sizeof(src->name), "%s:%s", local ? "local" : "front",
		 local ? cfg->local : cfg->collector);
	src->stream.name = src->name;
	src->module = local ? "collapsar_sense" : "collapsar_front";
	src->sk = nl_socket_alloc();
	if (!src->sk)
		return -ENOMEM;
	nl_socket_disable_seq_check(src->sk);
	err = genl_connect(src->sk);
	if (err < 0)
		return refused(src, "generic netlink", err);
	setsockopt(nl_socket_get_fd(src->sk), SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	src->family = genl_ctrl_resolve(src->sk, local ? COLLAPSAR_SENSE_GENL_NAME :
					COLLAPSAR_FRONT_GENL_NAME);
	if (src->family < 0) {
		say("%s: module %s is not loaded", src->name, src->module);
		return -ENOENT;
	}
	if (setsockopt(nl_socket_get_fd(src->sk), SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)))
		setsockopt(nl_socket_get_fd(src->sk), SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	err = nl_socket_set_nonblocking(src->sk);
	return err < 0 ? refused(src, "socket", err) : 0;
}

void source_close(struct source *src)
{
	nl_socket_free(src->sk);
	src->sk = NULL;
}

int source_fd(const struct source *src)
{
	return nl_socket_get_fd(src->sk);
}

/* The kernel's own words stand behind what it refuses. */
static const char *words(const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *e = nlmsg_data(nlh);
	struct nlattr *nla;
	int skip = (int)sizeof(*e);

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return NULL;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		skip += (int)NLMSG_ALIGN(e->msg.nlmsg_len - NLMSG_HDRLEN);
	if (nlmsg_datalen(nlh) <= skip)
		return NULL;
	nla = nla_find((struct nlattr *)((char *)nlmsg_data(nlh) + skip),
		       nlmsg_datalen(nlh) - skip, NLMSGERR_ATTR_MSG);
	return nla ? nla_get_string(nla) : NULL;
}

static void answer(struct source *src, const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *e = nlmsg_data(nlh);
	const char *said;

	if (nlmsg_datalen(nlh) < (int)sizeof(*e))
		return;
	if (!e->error) {
		src->subscribed = true;
		return;
	}
	said = words(nlh);
	say("%s: the kernel refuses: %s (%s)", src->name, said ? said : strerror(-e->error),
	    strerrorname_np(-e->error));
	src->err = e->error;
}

static int take(struct source *src, struct batch *b, struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = nlmsg_data(nlh);
	int cmd = src->stream.local ? COLLAPSAR_SENSE_CMD_RECORDS :
				      COLLAPSAR_FRONT_CMD_STREAM_ENTRIES;

	if (nlh->nlmsg_type == NLMSG_ERROR) {
		answer(src, nlh);
		return src->err;
	}
	if (nlh->nlmsg_type != src->family || nlmsg_datalen(nlh) < (int)sizeof(*genl))
		return 0;
	if (genl->cmd == cmd)
		return batch_add(b, src, nlh);
	decode_reply(src, nlh);
	return 0;
}

/* One datagram: 1, none: 0. */
static int receive(struct source *src, struct batch *b, int flags)
{
	static u8 buf[SOURCE_MSG] __attribute__((aligned(8)));
	struct sockaddr_nl from;
	socklen_t from_len = sizeof(from);
	struct nlmsghdr *nlh;
	ssize_t n;
	int left, err = 0;

	n = recvfrom(source_fd(src), buf, sizeof(buf), flags | MSG_TRUNC,
		     (struct sockaddr *)&from, &from_len);
	/* An overrun is of what was not sent then, and is sent again. */
	if (n < 0)
		return errno == EAGAIN || errno == EINTR || errno == ENOBUFS ? 0 : -errno;
	if (from.nl_pid)
		return 1;
	if ((size_t)n > sizeof(buf)) {
		say("%s: a message of %zd bytes", src->name, n);
		return -EMSGSIZE;
	}
	left = (int)n;
	for (nlh = (struct nlmsghdr *)buf; !err && nlmsg_ok(nlh, left); nlh = nlmsg_next(nlh, &left))
		err = take(src, b, nlh);
	return err ? err : 1;
}

static int send_it(struct source *src, struct nl_msg *msg)
{
	int err = nl_send_auto(src->sk, msg);

	nlmsg_free(msg);
	return err < 0 ? refused(src, "send", err) : 0;
}

static struct nl_msg *request(struct source *src, u8 cmd, int flags)
{
	struct nl_msg *msg = nlmsg_alloc();

	if (msg && genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, src->family, 0, flags, cmd, 1))
		return msg;
	nlmsg_free(msg);
	return NULL;
}

int source_subscribe(struct source *src, struct batch *b)
{
	struct nl_msg *msg = request(src, src->stream.local ? COLLAPSAR_SENSE_CMD_SUBSCRIBE :
				     COLLAPSAR_FRONT_CMD_STREAM_SUBSCRIBE, NLM_F_ACK);
	int err;

	if (!msg)
		return -ENOMEM;
	if (!src->stream.local) {
		nla_put_string(msg, COLLAPSAR_STREAM_A_COLLECTOR, src->cfg->collector);
		nla_put_u32(msg, COLLAPSAR_STREAM_A_LIMIT, (u32)src->cfg->limit);
	}
	err = send_it(src, msg);
	/* The kernel answers at once. */
	while (!err && !src->subscribed) {
		err = receive(src, b, 0);
		err = err < 0 ? err : err ? 0 : -EIO;
	}
	return err ? err : src->err;
}

int source_ack(struct source *src, u64 seq)
{
	struct nl_msg *msg = request(src, src->stream.local ? COLLAPSAR_SENSE_CMD_ACK :
				     COLLAPSAR_FRONT_CMD_STREAM_ACK, 0);

	if (!msg)
		return -ENOMEM;
	nla_put_u64(msg, src->stream.local ? (int)COLLAPSAR_SENSE_A_ACKED :
		    (int)COLLAPSAR_STREAM_A_ACKED, seq);
	return send_it(src, msg);
}

int source_read(struct source *src, struct batch *b)
{
	int n = 1;

	while (n > 0 && !batch_full(b))
		n = receive(src, b, MSG_DONTWAIT);
	if (n < 0 && !src->err)
		say("%s: %s", src->name, strerror(-n));
	return n < 0 ? n : 0;
}

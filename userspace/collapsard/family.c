// SPDX-License-Identifier: GPL-2.0-only
/* A module that goes takes its family along, and tells nobody who only reads: nlctrl does. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <linux/genetlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>

#include "say.h"
#include "source.h"

struct nl_sock *family_watch(void)
{
	struct nl_sock *sk = nl_socket_alloc();
	int group;

	if (!sk)
		return NULL;
	nl_socket_disable_seq_check(sk);
	if (genl_connect(sk) < 0)
		goto err;
	group = genl_ctrl_resolve_grp(sk, "nlctrl", "notify");
	if (group < 0 || nl_socket_add_membership(sk, group) < 0 || nl_socket_set_nonblocking(sk) < 0)
		goto err;
	return sk;
err:
	say("events of generic netlink: %s", strerror(errno));
	nl_socket_free(sk);
	return NULL;
}

static const struct source *whose(const struct nlmsghdr *nlh, const struct source *src, unsigned int nr)
{
	struct genlmsghdr *genl = nlmsg_data(nlh);
	struct nlattr *id;
	unsigned int i;

	if (nlh->nlmsg_type != GENL_ID_CTRL || nlmsg_datalen(nlh) < (int)sizeof(*genl) ||
	    genl->cmd != CTRL_CMD_DELFAMILY)
		return NULL;
	id = nla_find(genlmsg_attrdata(genl, 0), genlmsg_attrlen(genl, 0), CTRL_ATTR_FAMILY_ID);
	for (i = 0; id && i < nr; i++)
		if (nla_get_u16(id) == src[i].family)
			return &src[i];
	return NULL;
}

bool family_gone(struct nl_sock *sk, const struct source *src, unsigned int nr)
{
	static u8 buf[SOURCE_MSG] __attribute__((aligned(8)));
	const struct source *gone = NULL;
	struct nlmsghdr *nlh;
	ssize_t n;
	int left;

	while ((n = recv(nl_socket_get_fd(sk), buf, sizeof(buf), MSG_DONTWAIT)) > 0) {
		left = (int)n;
		for (nlh = (struct nlmsghdr *)buf; nlmsg_ok(nlh, left); nlh = nlmsg_next(nlh, &left))
			if (!gone)
				gone = whose(nlh, src, nr);
	}
	if (gone)
		say("%s: module %s was unloaded", gone->name, gone->module);
	return gone;
}

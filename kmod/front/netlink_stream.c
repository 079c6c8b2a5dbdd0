// SPDX-License-Identifier: GPL-2.0-only
/* Collectors in netlink. */
#include <net/genetlink.h>
#include <net/sock.h>

#include "stream.h"

static struct netlink_range_validation limit_range = {
	.min = COLLAPSAR_STREAM_LIMIT_MIN,
	.max = COLLAPSAR_STREAM_LIMIT_MAX,
};

const struct nla_policy clps_stream_policy[COLLAPSAR_STREAM_A_MAX + 1] = {
	[COLLAPSAR_STREAM_A_COLLECTOR]	= { .type = NLA_NUL_STRING,
					    .len = COLLAPSAR_FRONT_NAMSIZ - 1 },
	[COLLAPSAR_STREAM_A_LIMIT]	= NLA_POLICY_FULL_RANGE(NLA_U32, &limit_range),
	[COLLAPSAR_STREAM_A_ACKED]	= { .type = NLA_U64 },
};

static int get_name(struct genl_info *info, char *name)
{
	if (GENL_REQ_ATTR_CHECK(info, COLLAPSAR_STREAM_A_COLLECTOR)) {
		NL_SET_ERR_MSG(info->extack, "a collector is named by its name");
		return -EINVAL;
	}
	return clps_front_name_get(info->attrs[COLLAPSAR_STREAM_A_COLLECTOR], name, info->extack);
}

static int fill_reply(struct sk_buff *msg, struct genl_info *info, const struct clps_collector *c)
{
	void *hdr = genlmsg_put_reply(msg, info, &clps_front_family, 0,
				      COLLAPSAR_FRONT_CMD_STREAM_SUBSCRIBE);

	lockdep_assert_held(&c->mutex);
	if (!hdr || nla_put_string(msg, COLLAPSAR_STREAM_A_COLLECTOR, c->name) ||
	    nla_put_u64_64bit(msg, COLLAPSAR_STREAM_A_ACKED, c->acked, COLLAPSAR_STREAM_A_PAD) ||
	    nla_put_u32(msg, COLLAPSAR_STREAM_A_LIMIT, c->limit) ||
	    nla_put_u64_64bit(msg, COLLAPSAR_STREAM_A_EPOCH, c->epoch, COLLAPSAR_STREAM_A_PAD))
		return -EMSGSIZE;
	genlmsg_end(msg, hdr);
	return 0;
}

/* The answer goes before the first entry: those wait for the mutex. */
static int subscribe(struct clps_collector *c, const struct sk_buff *req, struct genl_info *info)
{
	struct sock *sk = NETLINK_CB(req).sk;
	struct nlattr *limit = info->attrs[COLLAPSAR_STREAM_A_LIMIT];
	u32 was = c->limit;
	struct sk_buff *msg;
	int err;

	lockdep_assert_held(&c->mutex);
	if (c->sk != sk && clps_reader_lives(c)) {
		NL_SET_ERR_MSG(info->extack, "somebody reads this collector already");
		return -EBUSY;
	}
	if (limit && nla_get_u32(limit) > COLLAPSAR_STREAM_LIMIT_DEFAULT &&
	    !netlink_capable(req, CAP_NET_ADMIN)) {
		NL_SET_ERR_MSG_ATTR(info->extack, limit,
				    "so much of the kernel's memory is for the host's administrator");
		return -EPERM;
	}
	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	if (limit)
		WRITE_ONCE(c->limit, nla_get_u32(limit));
	err = fill_reply(msg, info, c);
	if (err)
		nlmsg_free(msg);
	else
		err = genlmsg_reply(msg, info);
	if (err) {
		NL_SET_ERR_MSG(info->extack, "the socket has no room for the answer");
		WRITE_ONCE(c->limit, was);
		return err;
	}
	clps_reader_drop(c);
	clps_reader_set(c, sk, info->snd_portid);
	return 0;
}

int clps_stream_subscribe_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct clps_front_net *fn = clps_front_net(genl_info_net(info));
	struct sock *sk = NETLINK_CB(skb).sk;
	char name[COLLAPSAR_FRONT_NAMSIZ];
	struct clps_collector *c, *own;
	bool made = false;
	int err;

	err = get_name(info, name);
	if (err)
		return err;
	mutex_lock(&fn->stream.lock);
	c = clps_collector_find(fn, name);
	own = clps_collector_of(fn, sk);
	if (own && own != c) {
		NL_SET_ERR_MSG(info->extack, "this socket reads another collector");
		err = -EBUSY;
		goto out;
	}
	if (!c) {
		c = clps_collector_add(fn, name, info->extack);
		made = !IS_ERR(c);
	}
	if (IS_ERR(c)) {
		err = PTR_ERR(c);
		goto out;
	}
	mutex_lock(&c->mutex);
	err = subscribe(c, skb, info);
	mutex_unlock(&c->mutex);
	if (err && made)
		clps_collector_del(c);
out:
	mutex_unlock(&fn->stream.lock);
	return err;
}

static int ack(struct clps_collector *c, u64 seq, struct netlink_ext_ack *extack)
{
	lockdep_assert_held(&c->mutex);
	if (seq > c->sent_seq) {
		NL_SET_ERR_MSG(extack, "no entry of this number was sent yet");
		return -EINVAL;
	}
	if (clps_queue_ack(c, seq))
		clps_reader_kick(c, true);
	return 0;
}

int clps_stream_ack_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct clps_front_net *fn = clps_front_net(genl_info_net(info));
	struct clps_collector *c;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, COLLAPSAR_STREAM_A_ACKED)) {
		NL_SET_ERR_MSG(info->extack, "an acknowledgement needs a number");
		return -EINVAL;
	}
	mutex_lock(&fn->stream.lock);
	c = clps_collector_of(fn, NETLINK_CB(skb).sk);
	if (c) {
		mutex_lock(&c->mutex);
		err = ack(c, nla_get_u64(info->attrs[COLLAPSAR_STREAM_A_ACKED]), info->extack);
		mutex_unlock(&c->mutex);
	} else {
		NL_SET_ERR_MSG(info->extack, "this socket reads no collector");
		err = -ENOTCONN;
	}
	mutex_unlock(&fn->stream.lock);
	return err;
}

static int forget(struct clps_collector *c, struct netlink_ext_ack *extack)
{
	int err = 0;

	mutex_lock(&c->mutex);
	if (clps_reader_lives(c)) {
		NL_SET_ERR_MSG(extack, "somebody reads this collector");
		err = -EBUSY;
	} else {
		clps_reader_drop(c);
	}
	mutex_unlock(&c->mutex);
	if (!err)
		clps_collector_del(c);
	return err;
}

int clps_stream_forget_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct clps_front_net *fn = clps_front_net(genl_info_net(info));
	char name[COLLAPSAR_FRONT_NAMSIZ];
	struct clps_collector *c;
	int err;

	err = get_name(info, name);
	if (err)
		return err;
	mutex_lock(&fn->stream.lock);
	c = clps_collector_find(fn, name);
	if (c) {
		err = forget(c, info->extack);
	} else {
		NL_SET_ERR_MSG(info->extack, "no such collector");
		err = -ENOENT;
	}
	mutex_unlock(&fn->stream.lock);
	return err;
}

/* What is told of a collector is told of one moment. */
static int put_counters(struct sk_buff *msg, struct clps_collector *c)
{
	u64 entries, bytes, gaps, lost, acked;
	u32 queued;

	mutex_lock(&c->mutex);
	spin_lock_bh(&c->lock);
	entries = c->entries;
	bytes = c->bytes;
	gaps = c->nr_gaps;
	lost = c->lost;
	queued = c->charge;
	spin_unlock_bh(&c->lock);
	acked = c->acked;
	mutex_unlock(&c->mutex);
	return clps_stats_put_one(msg, "entries", entries) ?:
		clps_stats_put_one(msg, "bytes", bytes) ?:
		clps_stats_put_one(msg, "acked", acked) ?:
		clps_stats_put_one(msg, "gaps", gaps) ?:
		clps_stats_put_one(msg, "lost", lost) ?:
		clps_stats_put_one(msg, "queued_bytes", queued);
}

static int fill_stats(struct sk_buff *msg, struct netlink_callback *cb, struct clps_collector *c)
{
	void *hdr = genlmsg_put(msg, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
				&clps_front_family, NLM_F_MULTI, COLLAPSAR_FRONT_CMD_STATS_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_string(msg, COLLAPSAR_STATS_A_SCOPE, "stream") ||
	    nla_put_string(msg, COLLAPSAR_STATS_A_NAME, c->name) || put_counters(msg, c)) {
		genlmsg_cancel(msg, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return 0;
}

void clps_stream_stats(struct sk_buff *msg, struct netlink_callback *cb, long *at)
{
	struct clps_front_net *fn = clps_front_net(sock_net(msg->sk));
	struct clps_collector *c;
	long i = 0;

	mutex_lock(&fn->stream.lock);
	list_for_each_entry(c, &fn->stream.collectors, list) {
		if (i++ < *at)
			continue;
		if (fill_stats(msg, cb, c))
			break;
		++*at;
	}
	mutex_unlock(&fn->stream.lock);
}

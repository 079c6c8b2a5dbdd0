// SPDX-License-Identifier: GPL-2.0-only
/* Generic netlink family "collapsar_sense": records go to one reader on this machine. */
#include <linux/module.h>
#include <linux/workqueue.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include <uapi/collapsar/sense.h>

#include <collapsar/put.h>

#include "sense.h"

/* An attribute's length has 16 bits, and the largest record fits. */
#define BATCH		(CLPS_EVT_MAX_LEN)
#define SOON		(HZ / 50)
/* The mutex is somebody else's now and then. */
#define AT_ONCE		64

static struct genl_family sense_family;

/* Who reads, if anybody. */
static struct {
	struct mutex lock;
	struct sock *sk;
	u32 portid;
	pid_t tgid;
} reader = {
	.lock = __MUTEX_INITIALIZER(reader.lock),
};

bool clps_sense_is_reader(const struct task_struct *p)
{
	return p->tgid == READ_ONCE(reader.tgid);
}

/* A child may still have the socket. The number of the process may be anybody's next. */
void clps_sense_reader_ended(const struct task_struct *p)
{
	cmpxchg(&reader.tgid, p->tgid, 0);
}

static void forget_reader(void)
{
	lockdep_assert_held(&reader.lock);
	if (!reader.sk)
		return;
	sock_put(reader.sk);
	WRITE_ONCE(reader.sk, NULL);
	WRITE_ONCE(reader.tgid, 0);
}

/* Would a message only be refused, and the reader told of an overrun that is none? */
static bool has_room(void)
{
	return atomic_read(&reader.sk->sk_rmem_alloc) <= READ_ONCE(reader.sk->sk_rcvbuf);
}

static struct sk_buff *fill_batch(u32 len)
{
	struct sk_buff *msg = genlmsg_new(nla_total_size(len), GFP_KERNEL | __GFP_NOWARN);
	struct nlattr *nla;
	void *hdr;

	if (!msg)
		return NULL;
	hdr = genlmsg_put(msg, 0, 0, &sense_family, 0, COLLAPSAR_SENSE_CMD_RECORDS);
	nla = hdr ? nla_reserve(msg, COLLAPSAR_SENSE_A_RECORDS, len) : NULL;
	if (!nla) {
		nlmsg_free(msg);
		return NULL;
	}
	clps_sense_queue_copy(nla_data(nla), len);
	genlmsg_end(msg, hdr);
	return msg;
}

/*
 * Send as much as fits in a message. Records leave the queue when they are acknowledged.
 * Return: 1 sent, 0 nothing to send, -EAGAIN later.
 */
static int send_batch(void)
{
	struct sk_buff *msg;
	u32 len;

	if (!has_room())
		return -EAGAIN;
	len = clps_sense_queue_batch(BATCH);
	if (!len)
		return 0;
	msg = fill_batch(len);
	/* Memory in pieces has room for less. */
	if (!msg && len > PAGE_SIZE) {
		len = clps_sense_queue_batch(PAGE_SIZE) ?: len;
		msg = fill_batch(len);
	}
	if (!msg)
		return -EAGAIN;
	clps_put_to_reader(reader.sk, msg);
	clps_sense_queue_sent(len);
	return 1;
}

static void pump(struct work_struct *work);
static DECLARE_DELAYED_WORK(pump_work, pump);

static void pump(struct work_struct *work)
{
	int i, err = 1;

	mutex_lock(&reader.lock);
	if (reader.sk) {
		for (i = 0; err > 0 && i < AT_ONCE; i++) {
			clps_sense_queue_tell_loss();
			err = send_batch();
			cond_resched();
		}
		if (err)
			queue_delayed_work(system_unbound_wq, &pump_work, err > 0 ? 0 : SOON);
	}
	mutex_unlock(&reader.lock);
}

/* From probes: a batch is worth a fiftieth of a second. */
void clps_sense_netlink_kick(void)
{
	if (READ_ONCE(reader.sk) && !delayed_work_pending(&pump_work))
		queue_delayed_work(system_unbound_wq, &pump_work, SOON);
}

static int subscribe(struct sk_buff *skb, struct genl_info *info)
{
	struct sock *sk = NETLINK_CB(skb).sk;
	int err = 0;

	mutex_lock(&reader.lock);
	if (reader.sk) {
		NL_SET_ERR_MSG(info->extack, "somebody reads already");
		err = -EBUSY;
	} else {
		sock_hold(sk);
		WRITE_ONCE(reader.sk, sk);
		reader.portid = info->snd_portid;
		WRITE_ONCE(reader.tgid, current->tgid);
		clps_sense_queue_rewind();
		/* Not before the answer to this has found room. */
		mod_delayed_work(system_unbound_wq, &pump_work, SOON);
	}
	mutex_unlock(&reader.lock);
	return err;
}

/* Once there is room again, a loss is told of. */
static int ack(struct sk_buff *skb, struct genl_info *info)
{
	int err;

	if (GENL_REQ_ATTR_CHECK(info, COLLAPSAR_SENSE_A_ACKED)) {
		NL_SET_ERR_MSG(info->extack, "the number of the last record is missing");
		return -EINVAL;
	}
	mutex_lock(&reader.lock);
	if (reader.sk != NETLINK_CB(skb).sk) {
		NL_SET_ERR_MSG(info->extack, "the reader alone acknowledges");
		err = -EPERM;
	} else {
		err = clps_sense_queue_ack(nla_get_u64(info->attrs[COLLAPSAR_SENSE_A_ACKED]));
		if (err)
			NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[COLLAPSAR_SENSE_A_ACKED],
					    "no record of this number was sent");
		else
			clps_sense_netlink_kick();
	}
	mutex_unlock(&reader.lock);
	return err;
}

static int put_all(struct sk_buff *msg, const struct clps_sense_counts *c)
{
	if (nla_put_string(msg, COLLAPSAR_STATS_A_SCOPE, "sense") ||
#define X(name, text) clps_stats_put_one(msg, "lost_" #name, c->lost[CLPS_SENSE_LOST_##name]) ||
	    CLPS_SENSE_LOSSES(X)
#undef X
	    clps_stats_put_one(msg, "records", c->records) ||
	    clps_stats_put_one(msg, "bytes", c->bytes) ||
	    clps_stats_put_one(msg, "gaps", c->gaps) ||
	    clps_stats_put_one(msg, "filtered", c->filtered) ||
	    clps_stats_put_one(msg, "unfollowed", c->unfollowed) ||
	    clps_stats_put_one(msg, "queued_bytes", c->queued_bytes) ||
	    clps_stats_put_one(msg, "acked", c->acked))
		return -EMSGSIZE;
	return 0;
}

static int put_record(struct sk_buff *msg, const struct clps_sense_counts *c, unsigned int id)
{
	if (nla_put_string(msg, COLLAPSAR_STATS_A_SCOPE, "record") ||
	    nla_put_string(msg, COLLAPSAR_STATS_A_NAME, clps_evt_desc(id)->name) ||
	    clps_stats_put_one(msg, "records", c->kept_of[id]) ||
	    clps_stats_put_one(msg, "lost", c->lost_of[id]))
		return -EMSGSIZE;
	return 0;
}

/* Of all first, then of each kind of record. */
static int stats_dump(struct sk_buff *msg, struct netlink_callback *cb)
{
	struct clps_sense_counts *c;
	unsigned long id;
	void *hdr;
	int err;

	c = kmalloc(sizeof(*c), GFP_KERNEL);
	if (!c)
		return -ENOMEM;
	clps_sense_queue_counts(c);
	for (id = cb->args[0]; id < CLPS_SENSE_IDS; id++) {
		hdr = genlmsg_put(msg, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
				  &sense_family, NLM_F_MULTI, COLLAPSAR_SENSE_CMD_STATS_GET);
		if (!hdr)
			break;
		err = id ? put_record(msg, c, id) : put_all(msg, c);
		if (err) {
			genlmsg_cancel(msg, hdr);
			break;
		}
		genlmsg_end(msg, hdr);
	}
	kfree(c);
	cb->args[0] = id;
	return msg->len;
}

static const struct nla_policy ack_policy[COLLAPSAR_SENSE_A_MAX + 1] = {
	[COLLAPSAR_SENSE_A_RECORDS] = { .type = NLA_REJECT },
	[COLLAPSAR_SENSE_A_ACKED] = { .type = NLA_U64 },
};

static const struct genl_ops sense_ops[] = {
	{
		.cmd = COLLAPSAR_SENSE_CMD_SUBSCRIBE,
		.doit = subscribe,
		.flags = GENL_ADMIN_PERM,
		.maxattr = 0,
	},
	{
		.cmd = COLLAPSAR_SENSE_CMD_ACK,
		.doit = ack,
		.flags = GENL_ADMIN_PERM,
		.policy = ack_policy,
		.maxattr = COLLAPSAR_SENSE_A_MAX,
	},
	{
		.cmd = COLLAPSAR_SENSE_CMD_STATS_GET,
		.dumpit = stats_dump,
		.flags = GENL_ADMIN_PERM,
	},
};

/* One sensor watches all namespaces, so none but the first may know it. */
static struct genl_family sense_family __ro_after_init = {
	.module = THIS_MODULE,
	.name = COLLAPSAR_SENSE_GENL_NAME,
	.version = COLLAPSAR_SENSE_GENL_VERSION,
	.netnsok = false,
	.ops = sense_ops,
	.n_ops = ARRAY_SIZE(sense_ops),
};

static int on_netlink(struct notifier_block *nb, unsigned long event, void *ptr)
{
	const struct netlink_notify *n = ptr;

	if (event != NETLINK_URELEASE || n->protocol != NETLINK_GENERIC ||
	    !net_eq(n->net, &init_net))
		return NOTIFY_DONE;
	mutex_lock(&reader.lock);
	if (reader.sk && reader.portid == n->portid && sock_flag(reader.sk, SOCK_DEAD))
		forget_reader();
	mutex_unlock(&reader.lock);
	return NOTIFY_DONE;
}

static struct notifier_block netlink_notifier = { .notifier_call = on_netlink };

int __init clps_sense_netlink_init(void)
{
	int err;

	BUILD_BUG_ON(sizeof(COLLAPSAR_SENSE_GENL_NAME) > GENL_NAMSIZ);
	err = netlink_register_notifier(&netlink_notifier);
	if (err)
		return err;
	err = genl_register_family(&sense_family);
	if (err)
		netlink_unregister_notifier(&netlink_notifier);
	return err;
}

void clps_sense_netlink_exit(void)
{
	genl_unregister_family(&sense_family);
	netlink_unregister_notifier(&netlink_notifier);
	mutex_lock(&reader.lock);
	forget_reader();
	mutex_unlock(&reader.lock);
	cancel_delayed_work_sync(&pump_work);
}

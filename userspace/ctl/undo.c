// SPDX-License-Identifier: GPL-2.0-only
/*
 * What brings the kernel back to where a run began: an add is deleted, a set
 * gets its old values, a deleted object is added again from what was read
 * before. Steps are ready-made requests, run last first.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <collapsar/redir.h>

#include "ctl.h"

/* A million commands may have been done: small, and none of them moves. */
struct step {
	struct step *before;
	const struct object *obj; /* of the request: a link takes others with it */
	struct tok at;		/* what it undoes, for messages */
	enum verb verb;
	unsigned int nr;	/* of its command among those being prepared */
	struct nlmsghdr msg[];	/* and its attributes */
};

struct undo {
	struct step *done;	/* the last one */
	struct step *prepared;	/* not done yet, the last one */
	const struct command *cmd;	/* being prepared */
	unsigned int nr;
};

struct undo *undo_new(void)
{
	return calloc(1, sizeof(struct undo));
}

static int push(struct undo *u, const struct object *obj, const struct nlmsghdr *msg)
{
	struct step *s = malloc(sizeof(*s) + msg->nlmsg_len);

	if (!s) {
		err_at(u->cmd->at, "out of memory");
		return EXIT_REFUSED;
	}
	*s = (struct step){
		.before = u->prepared, .obj = obj, .verb = u->cmd->verb, .nr = u->nr,
		.at = { .s = u->cmd->obj->name, .line = u->cmd->at->line, .col = u->cmd->at->col },
	};
	memcpy(s->msg, msg, msg->nlmsg_len);
	u->prepared = s;
	return EXIT_DONE;
}

static const struct field *field_kw(const struct object *obj, const char *kw)
{
	const struct field *f;

	for (f = obj->fields; f->kw || f->key; f++)
		if (f->kw && !strcmp(f->kw, kw))
			return f;
	return NULL;
}

static bool sets(const struct command *set, bool nest, uint16_t attr)
{
	const struct field *f;

	for (f = set->obj->fields; f->kw || f->key; f++)
		if (f->nest == nest && f->attr == attr && set->val[f - set->obj->fields].tok)
			return true;
	return false;
}

/* Of a set: only what the command changes, and the object's name. NULL: all that an add takes. */
static bool wanted(const struct object *obj, const struct command *set, bool nest, uint16_t attr)
{
	const struct field *f;

	if (!set)
		return field_of(obj, nest, attr, ADD);
	if (sets(set, nest, attr))
		return true;
	/* What goes together comes back together. */
	for (f = obj->fields; f->kw || f->key; f++)
		if (f->nest == nest && f->attr == attr && f->needs &&
		    sets(set, nest, field_kw(obj, f->needs)->attr))
			return true;
	/* A reference to an uplink is replaced as a whole. */
	return nest && obj->nest_key && field_of(obj, true, attr, SET);
}

static void copy_attr(struct nlmsghdr *nlh, const struct nlattr *attr)
{
	mnl_attr_put(nlh, mnl_attr_get_type(attr), mnl_attr_get_payload_len(attr),
		     mnl_attr_get_payload(attr));
}

static void copy_nest(struct nlmsghdr *nlh, const struct object *obj, const struct nlattr *from,
		      const struct command *set)
{
	const struct nlattr *attr;
	struct nlattr *nest = mnl_attr_nest_start(nlh, obj->nest);

	mnl_attr_for_each_nested(attr, from)
		if (wanted(obj, set, true, mnl_attr_get_type(attr)))
			copy_attr(nlh, attr);
	mnl_attr_nest_end(nlh, nest);
}

static void copy_state(struct nlmsghdr *nlh, const struct nlattr *attr)
{
	uint32_t state = mnl_attr_get_payload_len(attr) == 4 ? mnl_attr_get_u32(attr) : 0;

	/* A claim cannot be ordered, only probed for. */
	if (state == COLLAPSAR_REDIR_STATE_CLAIMED)
		state = COLLAPSAR_REDIR_STATE_PROBING;
	mnl_attr_put_u32(nlh, COLLAPSAR_REDIR_A_STATE, state);
}

static bool any_nested(const struct command *set)
{
	const struct field *f;

	for (f = set->obj->fields; f->kw || f->key; f++)
		if (f->nest && set->val[f - set->obj->fields].tok)
			return true;
	return false;
}

static void copy_link(struct nlmsghdr *nlh, const struct object *obj, const struct nlmsghdr *reply,
		      const struct command *set)
{
	const struct ifinfomsg *old = mnl_nlmsg_get_payload(reply);
	struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr, *data;
	struct nlattr *info;

	if (!set) {
		/* Others know it by its number. */
		ifi->ifi_index = old->ifi_index;
		ifi->ifi_flags = old->ifi_flags & IFF_UP;
	}
	mnl_attr_for_each(attr, reply, sizeof(*old)) {
		uint16_t type = mnl_attr_get_type(attr);

		if (type == IFLA_IFNAME || (!set && type == IFLA_MTU))
			copy_attr(nlh, attr);
	}
	info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, obj->kind);
	mnl_attr_for_each(attr, reply, sizeof(*old)) {
		if (mnl_attr_get_type(attr) != IFLA_LINKINFO)
			continue;
		mnl_attr_for_each_nested(data, attr)
			if (mnl_attr_get_type(data) == obj->nest)
				copy_nest(nlh, obj, data, set);
	}
	mnl_attr_nest_end(nlh, info);
}

/* The field that says that there is no such value, nor what goes with it. */
static const struct field *none_of(const struct object *obj, const struct field *of)
{
	const struct field *also = of->needs ? field_kw(obj, of->needs) : of;
	const struct field *f;

	for (f = obj->fields; f->kw || f->key; f++)
		if (f->type == T_CONST16 && (f->attr == of->attr || f->attr == also->attr))
			return f;
	return NULL;
}

static void copy_absent(struct nlmsghdr *nlh, const struct nlmsghdr *reply,
			const struct command *set)
{
	const struct object *obj = set->obj;
	const struct field *f;

	for (f = obj->fields; f->kw || f->key; f++)
		if (f->type == T_CONST16 && sets(set, f->nest, f->attr) &&
		    !reply_attr(obj, reply, f->nest, f->attr))
			mnl_attr_put_u16(nlh, f->attr, f->min);
}

/* @reply as a request: an add of all of it, or a set of what @set changes. */
static int push_reply(struct undo *u, const struct object *obj, const struct nlmsghdr *reply,
		      const struct command *set)
{
	char buf[NL_REQ_MAX] __attribute__((aligned(8)));
	const struct nlattr *attr;
	struct nlmsghdr *nlh;

	nlh = request_begin(obj, set ? VERB_SET : VERB_ADD, buf);
	if (!nlh)
		return EXIT_MODULE;
	/* What is copied of a link is bounded by its own few attributes. */
	if (!obj->link && reply->nlmsg_len > sizeof(buf) / 2)
		return EXIT_REFUSED;
	if (obj->link) {
		copy_link(nlh, obj, reply, set);
		return push(u, obj, nlh);
	}
	mnl_attr_for_each(attr, reply, sizeof(struct genlmsghdr)) {
		uint16_t type = mnl_attr_get_type(attr);

		if (obj->nest && type == obj->nest) {
			if (!set || any_nested(set))
				copy_nest(nlh, obj, attr, set);
		} else if (wanted(obj, set, false, type)) {
			if (obj == &obj_redirect && type == COLLAPSAR_REDIR_A_STATE)
				copy_state(nlh, attr);
			else
				copy_attr(nlh, attr);
		}
	}
	if (set)
		copy_absent(nlh, reply, set);
	return push(u, obj, nlh);
}

static int push_del(struct undo *u, const struct command *cmd)
{
	char buf[NL_REQ_MAX] __attribute__((aligned(8)));
	struct command del = *cmd;
	const struct field *f;
	int err;

	del.verb = VERB_DEL;
	for (f = cmd->obj->fields; f->kw || f->key; f++)
		if (!(f->verbs & DEL))
			del.val[f - cmd->obj->fields].tok = NULL;
	err = command_encode(&del, buf);
	return err ? err : push(u, cmd->obj, (void *)buf);
}

/* A value that was absent cannot be set back: only a new object has none. */
static bool all_there(const struct command *set, const struct nlmsghdr *reply)
{
	const struct object *obj = set->obj;
	const struct field *f;

	for (f = obj->fields; f->kw || f->key; f++)
		if (set->val[f - obj->fields].tok && !(f->nest && obj->nest_key) &&
		    !reply_attr(obj, reply, f->nest, f->attr) && !none_of(obj, f))
			return false;
	return true;
}

struct dependents {
	struct undo *u;
	const struct object *obj;
	int ifindex;
};

static int dependent(const struct nlmsghdr *nlh, void *data)
{
	struct dependents *d = data;
	const struct nlattr *attr = reply_attr(d->obj, nlh, true, COLLAPSAR_UPLINK_A_IFINDEX);
	struct command set = { .obj = d->obj, .verb = VERB_SET };
	static const struct tok any = { .s = "uplink" };
	const struct field *f;

	if (!attr || mnl_attr_get_payload_len(attr) != 4 ||
	    mnl_attr_get_u32(attr) != (uint32_t)d->ifindex)
		return 0;
	if (d->obj == &obj_redirect)
		return push_reply(d->u, d->obj, nlh, NULL) ? -ENOMEM : 0;
	/* A network stays without its uplink, and only needs that again. */
	for (f = d->obj->fields; f->kw || f->key; f++)
		if (f->pos || f->nest)
			set.val[f - d->obj->fields].tok = &any;
	return push_reply(d->u, d->obj, nlh, &set) ? -ENOMEM : 0;
}

/* What goes, or is left without uplink, together with the link. */
static int push_dependents(struct undo *u, const struct nlmsghdr *reply)
{
	static const struct object * const users[] = { &obj_redirect, &obj_network };
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(reply);
	char buf[NL_REQ_MAX] __attribute__((aligned(8)));
	struct nl_family family;
	size_t i;
	int err;

	for (i = 0; i < 2; i++) {
		struct dependents d = { .u = u, .obj = users[i], .ifindex = ifi->ifi_index };
		struct nlmsghdr *nlh;

		err = family_get(users[i]->family, users[i]->module, &family, true);
		if (err == EXIT_MODULE)
			continue;
		nlh = err ? NULL : request_begin(users[i], VERB_SHOW, buf);
		if (!nlh)
			return EXIT_REFUSED;
		err = nl_dump(&ctl.genl, nlh, dependent, &d);
		if (err)
			return kernel_error(u->cmd, &ctl.genl, NULL, err);
	}
	return EXIT_DONE;
}

int undo_prepare(struct undo *u, const struct command *cmd, unsigned int nr)
{
	struct nlmsghdr *reply;
	int err;

	u->cmd = cmd;
	u->nr = nr;
	if (cmd->verb == VERB_ADD)
		return push_del(u, cmd);
	err = command_read(cmd, &reply);
	if (err)
		return err;
	if (cmd->verb == VERB_SET && all_there(cmd, reply)) {
		err = push_reply(u, cmd->obj, reply, cmd);
		goto out;
	}
	/* The last one runs first: the link is there before those who need it. */
	if (cmd->obj->link)
		err = push_dependents(u, reply);
	if (!err)
		err = push_reply(u, cmd->obj, reply, NULL);
	if (!err && cmd->verb == VERB_SET)
		err = push_del(u, cmd);
out:
	free(reply);
	return err;
}

void undo_commit(struct undo *u, const int *errs)
{
	struct step *s, *turned = NULL;

	while ((s = u->prepared)) {
		u->prepared = s->before;
		s->before = turned;
		turned = s;
	}
	while ((s = turned)) {
		turned = s->before;
		if (errs && !errs[s->nr]) {
			s->before = u->done;
			u->done = s;
		} else {
			free(s);
		}
	}
}

int undo_run(struct undo *u)
{
	struct step *s;
	int err, failed = 0;

	while ((s = u->done)) {
		struct nl *nl = object_nl(s->obj);

		err = nl_do(nl, s->msg, NULL, NULL);
		if (err) {
			failed++;
			err_at(&s->at, "cannot undo %s %s: %s (%s)", s->at.s, verb_names[s->verb],
			       nl->text[0] ? nl->text : strerror(-err), strerrorname_np(-err));
		}
		u->done = s->before;
		free(s);
	}
	return failed;
}

void undo_free(struct undo *u)
{
	struct step *s;

	undo_commit(u, NULL);
	while ((s = u->done)) {
		u->done = s->before;
		free(s);
	}
	free(u);
}

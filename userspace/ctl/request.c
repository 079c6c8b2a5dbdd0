// SPDX-License-Identifier: GPL-2.0-only
/* Commands to requests, replies to output. */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "ctl.h"

#define GENL_VERSION	1

static bool at_end(const struct field *f)
{
	return !f->kw && !f->key;
}

int ctl_genl(void)
{
	int err;

	if (ctl.have_genl)
		return EXIT_DONE;
	err = nl_open(&ctl.genl, NETLINK_GENERIC);
	if (err) {
		err_say("cannot open a generic netlink socket: %s", strerror(-err));
		return EXIT_REFUSED;
	}
	ctl.have_genl = true;
	return EXIT_DONE;
}

int ctl_route(void)
{
	int err;

	if (ctl.have_route)
		return EXIT_DONE;
	err = nl_open(&ctl.route, NETLINK_ROUTE);
	if (err) {
		err_say("cannot open an rtnetlink socket: %s", strerror(-err));
		return EXIT_REFUSED;
	}
	ctl.have_route = true;
	return EXIT_DONE;
}

int family_get(const char *name, const char *module, struct nl_family *family, bool quiet)
{
	int err = ctl_genl();

	if (err)
		return err;
	err = nl_family(&ctl.genl, name, family);
	if (!err)
		return EXIT_DONE;
	if (err == -ENOENT) {
		if (!quiet)
			err_say("module %s is not loaded: modprobe %s", module, module);
		return EXIT_MODULE;
	}
	err_say("cannot look for module %s: %s", module, strerror(-err));
	return EXIT_REFUSED;
}

static int family_error;	/* exit code of the last look-up */

/* Looked up once a run: families do not change their number while loaded. */
static const struct nl_family *object_family(const struct object *obj)
{
	static struct {
		const char *name;
		struct nl_family family;
	} known[4];
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]) - 1 && known[i].name; i++)
		if (!strcmp(known[i].name, obj->family))
			return &known[i].family;
	family_error = family_get(obj->family, obj->module, &known[i].family, false);
	if (family_error)
		return NULL;
	known[i].name = obj->family;
	return &known[i].family;
}

int object_ready(const struct object *obj)
{
	/* An unknown link kind has no error of its own: the core's family tells. */
	if (!object_family(obj))
		return family_error;
	return obj->link ? ctl_route() : EXIT_DONE;
}

struct nl *object_nl(const struct object *obj)
{
	return obj->link ? &ctl.route : &ctl.genl;
}

struct nlmsghdr *request_begin(const struct object *obj, enum verb verb, char *buf)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	const struct nl_family *family;
	struct genlmsghdr *genl;
	struct ifinfomsg *ifi;

	nlh->nlmsg_flags = NLM_F_REQUEST;
	if (obj->link) {
		nlh->nlmsg_type = obj->cmd[verb];
		ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
		if (verb == VERB_ADD) {
			nlh->nlmsg_flags |= NLM_F_CREATE | NLM_F_EXCL;
			/* An uplink that is down serves nobody. */
			ifi->ifi_flags = IFF_UP;
			ifi->ifi_change = IFF_UP;
		}
		return nlh;
	}
	family = object_family(obj);
	if (!family)
		return NULL;
	nlh->nlmsg_type = family->id;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = obj->cmd[verb];
	genl->version = GENL_VERSION;
	return nlh;
}

static int put_value(struct nlmsghdr *nlh, const struct field *f, const struct value *v)
{
	unsigned int ifindex;

	switch (f->type) {
	case T_ADDR:
	case T_MAC:
		mnl_attr_put(nlh, f->attr, v->len, v->bytes);
		break;
	case T_U8:
	case T_CONST8:
		mnl_attr_put_u8(nlh, f->attr, v->num);
		break;
	case T_U16:
	case T_CONST16:
		mnl_attr_put_u16(nlh, f->attr, v->num);
		break;
	case T_DEV:
		ifindex = nl_ifindex(v->tok->s);
		if (!ifindex) {
			err_at(v->tok, "no such device '%s'", v->tok->s);
			return EXIT_REFUSED;
		}
		mnl_attr_put_u32(nlh, f->attr, ifindex);
		break;
	case T_NAME:
	case T_LINK:
		mnl_attr_put_strz(nlh, f->attr, v->tok->s);
		break;
	default:
		mnl_attr_put_u32(nlh, f->attr, v->num);
		break;
	}
	return EXIT_DONE;
}

static bool sends(const struct command *cmd, const struct field *f, bool nest, bool one)
{
	const struct value *v = &cmd->val[f - cmd->obj->fields];

	if (!v->tok || f->nest != nest)
		return false;
	/* A request for one object carries nothing but its name. */
	return cmd->verb != VERB_SHOW || !one || (f->required & DEL);
}

static int put_fields(struct nlmsghdr *nlh, const struct command *cmd, bool nest, bool one)
{
	const struct field *f;
	int err;

	for (f = cmd->obj->fields; !at_end(f); f++) {
		if (!sends(cmd, f, nest, one))
			continue;
		err = put_value(nlh, f, &cmd->val[f - cmd->obj->fields]);
		if (err)
			return err;
	}
	return EXIT_DONE;
}

static bool any_nested(const struct command *cmd)
{
	const struct field *f;

	for (f = cmd->obj->fields; !at_end(f); f++)
		if (cmd->val[f - cmd->obj->fields].tok && f->nest)
			return true;
	return false;
}

/* Does the command name one object? */
static bool names_one(const struct command *cmd)
{
	const struct field *f;

	for (f = cmd->obj->fields; !at_end(f); f++)
		if ((f->required & DEL) && !cmd->val[f - cmd->obj->fields].tok)
			return false;
	return true;
}

int command_encode(const struct command *cmd, char *buf)
{
	const struct object *obj = cmd->obj;
	struct nlattr *info = NULL, *nest = NULL;
	bool one = names_one(cmd);
	struct nlmsghdr *nlh;
	int err;

	nlh = request_begin(obj, cmd->verb, buf);
	if (!nlh)
		return family_error;
	/* Links are not filtered by the kernel: a dump has no attributes. */
	if (obj->link && cmd->verb == VERB_SHOW && !one)
		return EXIT_DONE;
	err = put_fields(nlh, cmd, false, one);
	if (err)
		return err;
	if (obj->link && (cmd->verb == VERB_ADD || cmd->verb == VERB_SET)) {
		info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
		mnl_attr_put_strz(nlh, IFLA_INFO_KIND, obj->kind);
	}
	if (any_nested(cmd)) {
		nest = mnl_attr_nest_start(nlh, obj->nest);
		err = put_fields(nlh, cmd, true, one);
		mnl_attr_nest_end(nlh, nest);
	}
	if (info)
		mnl_attr_nest_end(nlh, info);
	return err;
}

static size_t header_len(const struct object *obj)
{
	return obj->link ? sizeof(struct ifinfomsg) : sizeof(struct genlmsghdr);
}

static const struct nlattr *nested_attr(const struct nlattr *nest, uint16_t type)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest)
		if (mnl_attr_get_type(attr) == type)
			return attr;
	return NULL;
}

static const struct nlattr *top_attr(const struct object *obj, const struct nlmsghdr *nlh,
				     uint16_t type)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, header_len(obj))
		if (mnl_attr_get_type(attr) == type)
			return attr;
	return NULL;
}

const struct nlattr *reply_attr(const struct object *obj, const struct nlmsghdr *nlh, bool nest,
				uint16_t attr)
{
	const struct nlattr *n;

	if (!nest)
		return top_attr(obj, nlh, attr);
	n = top_attr(obj, nlh, obj->link ? IFLA_LINKINFO : obj->nest);
	if (n && obj->link)
		n = nested_attr(n, obj->nest);
	return n ? nested_attr(n, attr) : NULL;
}

/* A NUL-terminated string, or NULL. */
static const char *attr_str(const struct nlattr *attr)
{
	if (!attr || mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) < 0)
		return NULL;
	return mnl_attr_get_str(attr);
}

static bool attr_u32(const struct nlattr *attr, uint32_t *val)
{
	if (!attr || mnl_attr_get_payload_len(attr) != sizeof(*val))
		return false;
	*val = mnl_attr_get_u32(attr);
	return true;
}

bool link_is(const struct object *obj, const struct nlmsghdr *nlh)
{
	const struct nlattr *info = top_attr(obj, nlh, IFLA_LINKINFO);
	const char *kind = info ? attr_str(nested_attr(info, IFLA_INFO_KIND)) : NULL;

	return kind && !strcmp(kind, obj->kind);
}

static const char *label_of(const struct field *f)
{
	return f->pos ? NULL : f->kw ? f->kw : f->key;
}

static void print_bytes(const struct field *f, const struct nlattr *attr)
{
	const uint8_t *b = mnl_attr_get_payload(attr);
	size_t len = mnl_attr_get_payload_len(attr);
	char buf[INET6_ADDRSTRLEN];

	if (f->type == T_MAC) {
		if (len != 6)
			return;
		snprintf(buf, sizeof(buf), "%02x:%02x:%02x:%02x:%02x:%02x",
			 b[0], b[1], b[2], b[3], b[4], b[5]);
	} else if (len != 4 && len != 16) {
		return;
	} else if (!inet_ntop(len == 4 ? AF_INET : AF_INET6, b, buf, sizeof(buf))) {
		return;
	}
	out_str(label_of(f), f->key, f->pos ? OUT_NAME : OUT_PLAIN, buf);
}

static void print_dev(const struct object *obj, const struct nlmsghdr *nlh, const struct field *f,
		      const struct nlattr *attr)
{
	const char *name = attr_str(reply_attr(obj, nlh, f->nest, f->name_attr));
	char buf[IF_NAMESIZE], number[16], key[32] = "ifname";
	uint32_t ifindex;

	if (!attr_u32(attr, &ifindex))
		return;
	if (strcmp(f->key, "ifindex"))
		snprintf(key, sizeof(key), "%s_name", f->key);
	/* Index 0 is a device that has gone. */
	if (!name && ifindex)
		name = nl_ifname(ifindex, buf);
	if (out_is_json()) {
		out_u64(NULL, f->key, ifindex);
		if (name)
			out_str(NULL, key, OUT_PLAIN, name);
		return;
	}
	snprintf(number, sizeof(number), "#%u", ifindex);
	out_str(label_of(f), f->key, OUT_NAME, name ? name : number);
}

static enum out_colour enum_colour(const struct field *f, uint32_t val)
{
	static const enum out_colour state[] = { OUT_WARN, OUT_GOOD, OUT_BAD };

	return !strcmp(f->key, "state") && val < 3 ? state[val] : OUT_PLAIN;
}

static void print_field(const struct object *obj, const struct nlmsghdr *nlh,
			const struct field *f, const struct nlattr *attr)
{
	size_t len = mnl_attr_get_payload_len(attr);
	uint32_t val, i;

	switch (f->type) {
	case T_ADDR:
	case T_MAC:
		print_bytes(f, attr);
		break;
	case T_U8:
		if (len == 1)
			out_u64(label_of(f), f->key, mnl_attr_get_u8(attr));
		break;
	case T_U16:
		if (len == 2)
			out_u64(label_of(f), f->key, mnl_attr_get_u16(attr));
		break;
	case T_BOOL8:
		if (len == 1)
			out_bool(label_of(f), f->key, mnl_attr_get_u8(attr));
		break;
	case T_U64:
		if (len == 8)
			out_u64(label_of(f), f->key, mnl_attr_get_u64(attr));
		break;
	case T_DEV:
		print_dev(obj, nlh, f, attr);
		break;
	case T_NAME:
	case T_LINK:
	case T_STR:
		if (attr_str(attr))
			out_str(label_of(f), f->key, f->pos ? OUT_NAME : OUT_PLAIN, attr_str(attr));
		break;
	case T_ENUM:
		if (!attr_u32(attr, &val))
			break;
		for (i = 0; f->names[i] && i < val; i++)
			;
		if (f->names[i])
			out_str(label_of(f), f->key, enum_colour(f, val), f->names[i]);
		else
			out_u64(label_of(f), f->key, val);
		break;
	default:
		if (attr_u32(attr, &val))
			out_u64(label_of(f), f->key, val);
		break;
	}
}

static void print_link(const struct object *obj, const struct nlmsghdr *nlh)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;
	struct rtnl_link_stats64 st;
	uint32_t mtu;

	out_str("state", "state", ifi->ifi_flags & IFF_UP ? OUT_GOOD : OUT_BAD,
		ifi->ifi_flags & IFF_UP ? "up" : "down");
	attr = top_attr(obj, nlh, IFLA_CARRIER);
	if (attr && mnl_attr_get_payload_len(attr) == 1)
		out_bool("carrier", "carrier", mnl_attr_get_u8(attr));
	if (attr_u32(top_attr(obj, nlh, IFLA_MTU), &mtu))
		out_u64("mtu", "mtu", mtu);
	attr = top_attr(obj, nlh, IFLA_STATS64);
	if (!attr)
		return;
	/* The structure has grown with time, and is not aligned. */
	memset(&st, 0, sizeof(st));
	memcpy(&st, mnl_attr_get_payload(attr),
	       mnl_attr_get_payload_len(attr) < sizeof(st) ? mnl_attr_get_payload_len(attr) :
	       sizeof(st));
	out_u64("rx_packets", "rx_packets", st.rx_packets);
	out_u64("rx_bytes", "rx_bytes", st.rx_bytes);
	out_u64("tx_packets", "tx_packets", st.tx_packets);
	out_u64("tx_bytes", "tx_bytes", st.tx_bytes);
}

/* A replies-only row for what a command's keyword of another row sets is not said twice. */
static bool is_shown(const struct field *f)
{
	return f->key && f->type != T_CONST8 && f->type != T_CONST16 && f->type != T_CONST32;
}

void object_print(const struct object *obj, const struct nlmsghdr *nlh, const char *what)
{
	const struct nlattr *attr;
	const struct field *f;
	bool nested = false;

	if (mnl_nlmsg_get_payload_len(nlh) < header_len(obj))
		return;
	if (!what)
		out_object(NULL);
	for (f = obj->fields; !at_end(f); f++) {
		if (!is_shown(f))
			continue;
		if (f->type == T_INDEX) {
			const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);

			if (out_is_json())
				out_u64(NULL, f->key, ifi->ifi_index);
			continue;
		}
		if (obj->nest_key && f->nest != nested) {
			if (nested)
				out_object_end();
			else
				out_object(obj->nest_key);
			nested = f->nest;
		}
		attr = reply_attr(obj, nlh, f->nest, f->attr);
		if (attr)
			print_field(obj, nlh, f, attr);
	}
	if (obj->nest_key && nested)
		out_object_end();
	if (obj->link)
		print_link(obj, nlh);
	out_object_end();
	out_end();
}

/* The keyword of the attribute at @offset of a request, NULL when it is none of ours. */
static const char *attr_word(const struct object *obj, const struct nlmsghdr *req, uint32_t offset)
{
	const struct nlattr *attr;
	const struct field *f;

	for (f = obj->fields; offset && !at_end(f); f++) {
		attr = f->kw ? reply_attr(obj, req, f->nest, f->attr) : NULL;
		if (attr && (const char *)attr - (const char *)req == (long)offset)
			return f->kw;
	}
	return NULL;
}

static const char *command_key(const struct command *cmd)
{
	const struct field *f;

	for (f = cmd->obj->fields; !at_end(f); f++)
		if (f->pos && cmd->val[f - cmd->obj->fields].tok)
			return cmd->val[f - cmd->obj->fields].tok->s;
	return NULL;
}

int kernel_error(const struct command *cmd, const struct nl *nl, const struct nlmsghdr *req,
		 int err)
{
	const char *word = req ? attr_word(cmd->obj, req, nl->offset) : NULL;
	const char *name = strerrorname_np(-err);
	const char *key = command_key(cmd);

	err_at(cmd->at, "%s %s%s%s%s: %s (%s%s%s%s)", cmd->obj->name, verb_names[cmd->verb],
	       key ? " '" : "", key ? key : "", key ? "'" : "",
	       nl->text[0] ? nl->text : strerror(-err), name ? name : "unknown error",
	       word ? ", attribute '" : "", word ? word : "", word ? "'" : "");
	return EXIT_REFUSED;
}

static int keep_reply(const struct nlmsghdr *nlh, void *data)
{
	struct nlmsghdr **reply = data;

	if (*reply)
		return 0;
	*reply = malloc(nlh->nlmsg_len);
	if (!*reply)
		return -ENOMEM;
	memcpy(*reply, nlh, nlh->nlmsg_len);
	return 0;
}

int command_read(const struct command *cmd, struct nlmsghdr **reply)
{
	char buf[NL_REQ_MAX] __attribute__((aligned(8)));
	struct command get = *cmd;
	struct nl *nl = object_nl(cmd->obj);
	int err;

	*reply = NULL;
	get.verb = VERB_SHOW;
	for (int i = 0; !at_end(&cmd->obj->fields[i]); i++)
		if (!(cmd->obj->fields[i].required & DEL))
			get.val[i].tok = NULL;
	err = command_encode(&get, buf);
	if (err)
		return err;
	err = nl_do(nl, (void *)buf, keep_reply, reply);
	if (!err && !*reply)
		err = -EBADMSG;
	if (err) {
		free(*reply);
		*reply = NULL;
		return kernel_error(cmd, nl, (void *)buf, err);
	}
	if (cmd->obj->link && !link_is(cmd->obj, *reply)) {
		err_at(cmd->at, "%s %s: '%s' is not of kind %s", cmd->obj->name,
		       verb_names[cmd->verb], command_key(cmd), cmd->obj->kind);
		free(*reply);
		*reply = NULL;
		return EXIT_REFUSED;
	}
	return EXIT_DONE;
}

/* What the kernel did not filter. */
static bool matches(const struct command *cmd, const struct nlmsghdr *nlh)
{
	const struct object *obj = cmd->obj;
	const struct nlattr *attr;
	const struct field *f;

	if (obj->link && !link_is(obj, nlh))
		return false;
	for (f = obj->fields; !at_end(f); f++) {
		const struct value *v = &cmd->val[f - obj->fields];
		const char *s;

		if (!v->tok)
			continue;
		attr = reply_attr(obj, nlh, f->nest, f->attr);
		if (!attr)
			return false;
		s = attr_str(attr);
		if (f->type == T_ADDR &&
		    (mnl_attr_get_payload_len(attr) != v->len ||
		     memcmp(mnl_attr_get_payload(attr), v->bytes, v->len)))
			return false;
		if (f->type == T_NAME && (!s || strcmp(s, v->tok->s)))
			return false;
	}
	return true;
}

static int show_one(const struct nlmsghdr *nlh, void *data)
{
	const struct command *cmd = data;

	if (matches(cmd, nlh))
		object_print(cmd->obj, nlh, NULL);
	return 0;
}

static int show(const struct command *cmd)
{
	char buf[NL_REQ_MAX] __attribute__((aligned(8)));
	struct nl *nl = object_nl(cmd->obj);
	struct nlmsghdr *reply = NULL;
	int err;

	if (names_one(cmd)) {
		err = command_read(cmd, &reply);
		if (err)
			return err;
		out_array(NULL);
		show_one(reply, (void *)cmd);
		free(reply);
	} else {
		err = command_encode(cmd, buf);
		if (err)
			return err;
		out_array(NULL);
		err = nl_dump(nl, (void *)buf, show_one, (void *)cmd);
	}
	out_array_end();
	out_end();
	return err ? kernel_error(cmd, nl, NULL, err) : EXIT_DONE;
}

int command_run(const struct command *cmd)
{
	char buf[NL_REQ_MAX] __attribute__((aligned(8)));
	struct nl *nl = object_nl(cmd->obj);
	struct nlmsghdr *reply;
	int err;

	err = object_ready(cmd->obj);
	if (err)
		return err;
	if (cmd->verb == VERB_SHOW)
		return show(cmd);
	/* Never touch a link of another kind. */
	if (cmd->obj->link && cmd->verb != VERB_ADD) {
		err = command_read(cmd, &reply);
		if (err)
			return err;
		free(reply);
	}
	err = command_encode(cmd, buf);
	if (err)
		return err;
	err = nl_do(nl, (void *)buf, NULL, NULL);
	return err ? kernel_error(cmd, nl, (void *)buf, err) : EXIT_DONE;
}

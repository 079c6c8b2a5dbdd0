// SPDX-License-Identifier: GPL-2.0-only
/* Entries out of netlink messages. */
#include <arpa/inet.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include <collapsar/front.h>
#include <collapsar/sense.h>

#include "source.h"

static const struct nla_policy entry_policy[COLLAPSAR_ENTRY_A_MAX + 1] = {
	[COLLAPSAR_ENTRY_A_SEQ] = { .type = NLA_U64 },
	[COLLAPSAR_ENTRY_A_TIME] = { .type = NLA_U64 },
	[COLLAPSAR_ENTRY_A_NETWORK] = { .type = NLA_STRING },
	[COLLAPSAR_ENTRY_A_HONEYPOT] = { .type = NLA_STRING },
	[COLLAPSAR_ENTRY_A_TYPE] = { .type = NLA_U32 },
	[COLLAPSAR_ENTRY_A_COUNT] = { .type = NLA_U64 },
	[COLLAPSAR_ENTRY_A_SINCE] = { .type = NLA_U64 },
};

static u64 get_u64(struct nlattr *nla)
{
	return nla ? nla_get_u64(nla) : 0;
}

static const char *get_addr(struct nlattr *nla, char *buf, size_t size)
{
	int len = nla ? nla_len(nla) : 0;

	if (len != 4 && len != 16)
		return "";
	return inet_ntop(len == 4 ? AF_INET : AF_INET6, nla_data(nla), buf, (socklen_t)size);
}

static void decode_entry(struct collect *c, struct source *src, struct nlattr *nest)
{
	struct nlattr *tb[COLLAPSAR_ENTRY_A_MAX + 1], *data;
	char addr[INET6_ADDRSTRLEN];
	struct entry e = { 0 };

	if (nla_parse_nested(tb, COLLAPSAR_ENTRY_A_MAX, nest, entry_policy) < 0)
		return;
	e.seq = get_u64(tb[COLLAPSAR_ENTRY_A_SEQ]);
	e.time = get_u64(tb[COLLAPSAR_ENTRY_A_TIME]);
	if (tb[COLLAPSAR_ENTRY_A_NETWORK])
		e.network = nla_get_string(tb[COLLAPSAR_ENTRY_A_NETWORK]);
	if (tb[COLLAPSAR_ENTRY_A_HONEYPOT])
		e.honeypot = nla_get_string(tb[COLLAPSAR_ENTRY_A_HONEYPOT]);
	e.address = get_addr(tb[COLLAPSAR_ENTRY_A_ADDR], addr, sizeof(addr));
	if (tb[COLLAPSAR_ENTRY_A_TYPE])
		e.type = nla_get_u32(tb[COLLAPSAR_ENTRY_A_TYPE]);
	data = tb[COLLAPSAR_ENTRY_A_DATA];
	if (data) {
		e.data = nla_data(data);
		e.len = (size_t)nla_len(data);
	}
	e.count = get_u64(tb[COLLAPSAR_ENTRY_A_COUNT]);
	e.since = get_u64(tb[COLLAPSAR_ENTRY_A_SINCE]);
	collect_entry(c, &src->stream, &e);
}

static void decode_local(struct collect *c, struct source *src, struct nlattr *records, u64 arrived)
{
	struct entry e = {
		.time = arrived, .network = "local", .honeypot = src->cfg->local, .address = "",
		.type = ENTRY_RECORDS, .data = nla_data(records), .len = (size_t)nla_len(records),
	};

	collect_entry(c, &src->stream, &e);
}

void decode(struct collect *c, struct source *src, const struct nlmsghdr *nlh, u64 arrived)
{
	struct genlmsghdr *genl = nlmsg_data(nlh);
	struct nlattr *nla;
	int left;

	nla_for_each_attr(nla, genlmsg_attrdata(genl, 0), genlmsg_attrlen(genl, 0), left) {
		if (src->stream.local && nla_type(nla) == COLLAPSAR_SENSE_A_RECORDS)
			decode_local(c, src, nla, arrived);
		else if (!src->stream.local && nla_type(nla) == COLLAPSAR_STREAM_A_ENTRY)
			decode_entry(c, src, nla);
	}
}

void decode_reply(struct source *src, const struct nlmsghdr *nlh)
{
	struct genlmsghdr *genl = nlmsg_data(nlh);
	struct nlattr *nla;

	if (src->stream.local)
		return;
	nla = nla_find(genlmsg_attrdata(genl, 0), genlmsg_attrlen(genl, 0),
		       COLLAPSAR_STREAM_A_EPOCH);
	if (nla && nla_len(nla) == (int)sizeof(u64))
		src->stream.epoch = nla_get_u64(nla);
}

// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <collapsar/core.h>
#include <collapsar/front.h>
#include <collapsar/redir.h>

#include "ctl.h"

static const struct source {
	const char *word, *family, *module;
	uint8_t cmd;
} sources[] = {
	{ "core", COLLAPSAR_GENL_NAME, "collapsar", COLLAPSAR_CMD_STATS_GET },
	{ "redir", COLLAPSAR_REDIR_GENL_NAME, "collapsar_redir", COLLAPSAR_REDIR_CMD_STATS_GET },
	{ "front", COLLAPSAR_FRONT_GENL_NAME, "collapsar_front", COLLAPSAR_FRONT_CMD_STATS_GET },
};

#define SOURCES (sizeof(sources) / sizeof(sources[0]))

static const char *str(const struct nlattr *attr)
{
	return mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) < 0 ? NULL : mnl_attr_get_str(attr);
}

static void print_counter(const struct nlattr *nest)
{
	const struct nlattr *attr, *value = NULL;
	const char *name = NULL;

	mnl_attr_for_each_nested(attr, nest) {
		if (mnl_attr_get_type(attr) == COLLAPSAR_COUNTER_A_NAME)
			name = str(attr);
		if (mnl_attr_get_type(attr) == COLLAPSAR_COUNTER_A_VALUE &&
		    mnl_attr_get_payload_len(attr) == sizeof(uint64_t))
			value = attr;
	}
	if (name && value)
		out_u64(name, name, mnl_attr_get_u64(value));
}

static int print_stats(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr;
	const char *scope = NULL, *name = NULL;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(struct genlmsghdr))
		return 0;
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) == COLLAPSAR_STATS_A_SCOPE)
			scope = str(attr);
		if (mnl_attr_get_type(attr) == COLLAPSAR_STATS_A_NAME)
			name = str(attr);
	}
	if (!scope)
		return 0;
	out_object(NULL);
	out_str(NULL, "scope", OUT_NAME, scope);
	if (name)
		out_str(NULL, "name", OUT_NAME, name);
	out_object("counters");
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == COLLAPSAR_STATS_A_COUNTER)
			print_counter(attr);
	out_object_end();
	out_object_end();
	out_end();
	return 0;
}

static int dump(const struct source *src, const struct nl_family *family)
{
	char buf[NL_REQ_MAX] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl;
	int err;

	nlh->nlmsg_type = family->id;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = src->cmd;
	genl->version = 1;
	err = nl_dump(&ctl.genl, nlh, print_stats, NULL);
	if (!err)
		return EXIT_DONE;
	err_say("stats %s: %s (%s)", src->word, ctl.genl.text[0] ? ctl.genl.text : strerror(-err),
		strerrorname_np(-err));
	return EXIT_REFUSED;
}

int cmd_stats(const struct tok *toks, int n)
{
	struct nl_family family[SOURCES];
	bool here[SOURCES] = { };
	size_t i, found = 0;
	int err = EXIT_DONE;

	if (n > 1) {
		err_at(&toks[1], "stats: unexpected '%s'", toks[1].s);
		return EXIT_USAGE;
	}
	for (i = 0; i < SOURCES; i++)
		if (n && !strcmp(toks[0].s, sources[i].word))
			break;
	if (n && i == SOURCES) {
		err_at(&toks[0], "stats knows core, redir and front, not '%s'", toks[0].s);
		return EXIT_USAGE;
	}
	for (i = 0; i < SOURCES; i++) {
		if (n && strcmp(toks[0].s, sources[i].word))
			continue;
		err = family_get(sources[i].family, sources[i].module, &family[i], !n);
		if (err && (n || err != EXIT_MODULE))
			return err;
		here[i] = !err;
		found += !err;
	}
	if (!found) {
		err_say("no collapsar module is loaded: modprobe collapsar_redir or collapsar_front");
		return EXIT_MODULE;
	}
	out_array(NULL);
	for (i = 0, err = EXIT_DONE; i < SOURCES; i++)
		if (here[i] && dump(&sources[i], &family[i]))
			err = EXIT_REFUSED;
	out_array_end();
	out_end();
	return err;
}

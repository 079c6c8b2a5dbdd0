// SPDX-License-Identifier: GPL-2.0-only
/* TEST_SRCS: kmod/lib/sense_filter.c */
#include "sense_filter.h"
#include "unit.h"

static struct clps_filter f;
static u32 at;

static int parse(const char *text)
{
	/* In exactly as much memory as it has, so that ASAN sees a byte too far. */
	char *copy = strdup(text);
	int err = clps_filter_parse(&f, copy, &at);

	free(copy);
	return err;
}

static const struct clps_evt_addr ssh = { .family = CLPS_EVT_AF_INET, .port = 22 };
static const struct clps_evt_addr v6 = { .family = CLPS_EVT_AF_INET6, .port = 22 };
static const struct clps_evt_addr un = { .family = CLPS_EVT_AF_UNIX };

static struct clps_evt_addr v4(u32 ip, u16 port)
{
	struct clps_evt_addr a = { .family = CLPS_EVT_AF_INET, .port = port,
				   .addr = clps_addr_v4(cpu_to_be32(ip)) };

	return a;
}

static enum clps_filter_action decide(const char *comm, u32 uid, const char *path,
				      const struct clps_evt_addr *end)
{
	struct clps_filter_subject s = { .uid = uid };
	char name[CLPS_EVT_COMM] = "";

	memcpy(name, comm, min(strlen(comm), sizeof(name) - 1));
	s.comm = name;
	/* Both places are looked at. */
	s.path[1] = path;
	s.path_len[1] = path ? (u32)strlen(path) : 0;
	s.end[1] = end;
	return clps_filter_decide(&f, &s);
}

static enum clps_filter_action decide_first(const char *path, const struct clps_evt_addr *end)
{
	struct clps_filter_subject s = { .comm = "sh\0\0\0\0\0\0\0\0\0\0\0\0\0" };

	s.path[0] = path;
	s.path_len[0] = path ? (u32)strlen(path) : 0;
	s.end[0] = end;
	return clps_filter_decide(&f, &s);
}

static void nothing_is_full(void)
{
	CHECK(!parse("") && f.nr == 0);
	CHECK(decide("sh", 0, NULL, NULL) == CLPS_FILTER_FULL);
	CHECK(!parse(" ;\t;\n; ") && f.nr == 0);
}

static void first_decides(void)
{
	CHECK(!parse("full uid=0; ignore") && f.nr == 2);
	CHECK(decide("sh", 0, NULL, NULL) == CLPS_FILTER_FULL);
	CHECK(decide("sh", 1, NULL, NULL) == CLPS_FILTER_IGNORE);
	CHECK(!parse("keystrokes") && decide("sh", 1, NULL, NULL) == CLPS_FILTER_KEYSTROKES);
}

static void all_matches_must_hold(void)
{
	CHECK(!parse("ignore program=cron uid=0"));
	CHECK(decide("cron", 0, NULL, NULL) == CLPS_FILTER_IGNORE);
	CHECK(decide("cron", 1, NULL, NULL) == CLPS_FILTER_FULL);
	CHECK(decide("sh", 0, NULL, NULL) == CLPS_FILTER_FULL);
}

static void programs(void)
{
	CHECK(!parse("ignore program=sshd"));
	CHECK(decide("sshd", 0, NULL, NULL) == CLPS_FILTER_IGNORE);
	CHECK(decide("sshd-session", 0, NULL, NULL) == CLPS_FILTER_FULL);
	CHECK(decide("ssh", 0, NULL, NULL) == CLPS_FILTER_FULL);
	CHECK(!parse("ignore program=ssh*"));
	CHECK(decide("ssh", 0, NULL, NULL) == CLPS_FILTER_IGNORE);
	CHECK(decide("sshd-session", 0, NULL, NULL) == CLPS_FILTER_IGNORE);
	CHECK(!parse("ignore program=*") && decide("", 0, NULL, NULL) == CLPS_FILTER_IGNORE);
	CHECK(!parse("ignore program=fifteen-bytes-x"));
	CHECK(decide("fifteen-bytes-x", 0, NULL, NULL) == CLPS_FILTER_IGNORE);
	CHECK(parse("ignore program=sixteen-bytes-it") == -EINVAL);
	CHECK(parse("ignore program=") == -EINVAL);
}

static void files(void)
{
	CHECK(!parse("ignore file=/var/log/"));
	CHECK(decide("sh", 0, "/var/log", NULL) == CLPS_FILTER_IGNORE);
	CHECK(decide("sh", 0, "/var/log/syslog", NULL) == CLPS_FILTER_IGNORE);
	CHECK(decide_first("/var/log/syslog", NULL) == CLPS_FILTER_IGNORE);
	CHECK(decide("sh", 0, "/var/logs", NULL) == CLPS_FILTER_FULL);
	CHECK(decide("sh", 0, "/var/lib/log", NULL) == CLPS_FILTER_FULL);
	CHECK(decide("sh", 0, "/var", NULL) == CLPS_FILTER_FULL);
	CHECK(decide("sh", 0, NULL, NULL) == CLPS_FILTER_FULL);
	CHECK(!parse("ignore file=/") && decide("sh", 0, "/x", NULL) == CLPS_FILTER_IGNORE);
	CHECK(parse("ignore file=") == -EINVAL);
	CHECK(parse("ignore file=relative") == -EINVAL);
}

static void a_path_has_a_limit(void)
{
	char text[300] = "ignore file=/";
	size_t head = strlen(text);

	memset(text + head, 'a', CLPS_FILTER_PATH - 1);
	CHECK(!parse(text) && f.rule[0].path_len == CLPS_FILTER_PATH);
	text[head + CLPS_FILTER_PATH - 1] = 'a';
	CHECK(parse(text) == -EINVAL && at == 7);
}

static void ports(void)
{
	CHECK(!parse("ignore port=22"));
	CHECK(decide("sh", 0, NULL, &ssh) == CLPS_FILTER_IGNORE);
	CHECK(decide("sh", 0, NULL, &v6) == CLPS_FILTER_IGNORE);
	CHECK(decide_first(NULL, &ssh) == CLPS_FILTER_IGNORE);
	CHECK(decide("sh", 0, NULL, &un) == CLPS_FILTER_FULL);
	CHECK(decide("sh", 0, NULL, NULL) == CLPS_FILTER_FULL);
	CHECK(!parse("ignore port=23-65535") && decide("sh", 0, NULL, &ssh) == CLPS_FILTER_FULL);
	CHECK(!parse("ignore port=0-21") && decide("sh", 0, NULL, &ssh) == CLPS_FILTER_FULL);
	CHECK(parse("ignore port=65536") == -EINVAL);
	CHECK(parse("ignore port=2-1") == -EINVAL);
	CHECK(parse("ignore port=1-") == -EINVAL);
	CHECK(parse("ignore port=1-2x") == -EINVAL);
	CHECK(parse("ignore port=x") == -EINVAL);
	CHECK(parse("ignore port=1/") == -EINVAL);
}

static void addresses(void)
{
	struct clps_evt_addr in = v4(0x0a0102ff, 1), out = v4(0x0a010300, 1);

	CHECK(!parse("ignore addr=10.1.2.0/24"));
	CHECK(decide("sh", 0, NULL, &in) == CLPS_FILTER_IGNORE);
	CHECK(decide_first(NULL, &in) == CLPS_FILTER_IGNORE);
	CHECK(decide("sh", 0, NULL, &out) == CLPS_FILTER_FULL);
	CHECK(decide("sh", 0, NULL, &v6) == CLPS_FILTER_FULL);
	CHECK(decide("sh", 0, NULL, NULL) == CLPS_FILTER_FULL);
	CHECK(!parse("ignore addr=10.1.2.255") && decide("sh", 0, NULL, &in) == CLPS_FILTER_IGNORE);
	CHECK(!parse("ignore addr=0.0.0.0/0") && decide("sh", 0, NULL, &out) == CLPS_FILTER_IGNORE);
	CHECK(parse("ignore addr=10.1.2.1/24") == -EINVAL);
	CHECK(parse("ignore addr=10.1.2.0/33") == -EINVAL);
	CHECK(parse("ignore addr=10.1.2.0/24x") == -EINVAL);
	CHECK(parse("ignore addr=10.1.2") == -EINVAL);
	CHECK(parse("ignore addr=10.1.256.0") == -EINVAL);
	CHECK(parse("ignore addr=10.1..0") == -EINVAL);
}

static void users(void)
{
	CHECK(!parse("ignore uid=1000-4294967295"));
	CHECK(decide("sh", 999, NULL, NULL) == CLPS_FILTER_FULL);
	CHECK(decide("sh", 0xffffffff, NULL, NULL) == CLPS_FILTER_IGNORE);
	CHECK(!parse("ignore uid=5") && decide("sh", 6, NULL, NULL) == CLPS_FILTER_FULL);
	CHECK(parse("ignore uid=4294967296") == -EINVAL);
	CHECK(parse("ignore uid=99999999999999999999999") == -EINVAL);
	CHECK(parse("ignore uid=/") == -EINVAL);
}

static void children_are_followed(void)
{
	struct clps_filter_subject cron = { .comm = "cron\0\0\0\0\0\0\0\0\0\0\0" };
	struct clps_filter_subject sh = { .comm = "sh\0\0\0\0\0\0\0\0\0\0\0\0\0", .uid = 7 };

	CHECK(!parse("full uid=7-8; ignore program=cron") && !clps_filter_has_children(&f));
	CHECK(clps_filter_follows(&f, &cron) == 0 && clps_filter_follows(&f, &sh) == 0);
	CHECK(!parse("full uid=1; ignore program=cron children port=22") && clps_filter_has_children(&f));
	CHECK(clps_filter_follows(&f, &sh) == 0);
	sh.follows = clps_filter_follows(&f, &cron);
	CHECK(sh.follows == 1u << 1);
	/* All else must hold yet. */
	CHECK(clps_filter_decide(&f, &sh) == CLPS_FILTER_FULL);
	sh.end[0] = &ssh;
	CHECK(clps_filter_decide(&f, &sh) == CLPS_FILTER_IGNORE);
	/* Grandchildren, and by another rule as well. */
	CHECK(!parse("ignore uid=7 children;ignore program=cron children"));
	CHECK(clps_filter_follows(&f, &sh) == 3);
	sh.uid = 8;
	CHECK(clps_filter_follows(&f, &sh) == 2);
	CHECK(parse("ignore children") == -EINVAL && at == 7);
	CHECK(parse("ignore children uid=1") == -EINVAL && at == 7);
	CHECK(parse("ignore uid=1 children children") == -EINVAL && at == 22);
}

static void mistakes_are_where_they_are(void)
{
	CHECK(parse("drop") == -EINVAL && at == 0);
	CHECK(parse("ignore uid=1;ful") == -EINVAL && at == 13);
	CHECK(parse("full uid=1 user=2") == -EINVAL && at == 11);
	CHECK(parse("full uid=1 uid=2") == -EINVAL && at == 11);
	CHECK(parse("full ignore") == -EINVAL && at == 5);
}

static void rules_are_bounded(void)
{
	char text[5 * (CLPS_FILTER_RULES + 1) + 1] = "";
	u32 i;

	for (i = 0; i < CLPS_FILTER_RULES; i++)
		strcat(text, "full;");
	CHECK(!parse(text) && f.nr == CLPS_FILTER_RULES);
	strcat(text, "full");
	CHECK(parse(text) == -E2BIG && at == 5 * CLPS_FILTER_RULES);
}

int main(void)
{
	unit_begin(12);
	unit_run("without rules everything is recorded", nothing_is_full);
	unit_run("the first rule that matches decides", first_decides);
	unit_run("all matches of a rule must hold", all_matches_must_hold);
	unit_run("programs by name and by how it begins", programs);
	unit_run("files by path and by directory", files);
	unit_run("a path has a limit", a_path_has_a_limit);
	unit_run("ports of either end", ports);
	unit_run("addresses of either end", addresses);
	unit_run("users", users);
	unit_run("children of a process are followed", children_are_followed);
	unit_run("a mistake is told where it is", mistakes_are_where_they_are);
	unit_run("there are so many rules and no more", rules_are_bounded);
	return unit_end();
}

// SPDX-License-Identifier: GPL-2.0-only
/* Whether a record that was built is kept: the rules are those of the time of loading. */
#include <linux/cred.h>
#include <linux/slab.h>
#include <linux/uidgid.h>

#include "../lib/sense_filter.h"
#include "sense.h"

static struct clps_filter *rules;

static u32 __init full_rules(void)
{
	u32 i, full = 0;

	BUILD_BUG_ON(CLPS_FILTER_RULES > 32);
	for (i = 0; i < rules->nr; i++)
		if (rules->rule[i].action == CLPS_FILTER_FULL)
			full |= 1u << i;
	return full;
}

int __init clps_sense_filter_init(const char *text)
{
	u32 at = 0;
	int err;

	if (!text || !*text)
		return 0;
	rules = kvzalloc(sizeof(*rules), GFP_KERNEL);
	if (!rules)
		return -ENOMEM;
	err = clps_filter_parse(rules, text, &at);
	if (!err && clps_filter_has_children(rules))
		err = clps_sense_follow_init(full_rules());
	if (!err)
		return 0;
	if (err != -ENOMEM)
		pr_err("collapsar_sense: filter: %s at \"%.20s\"\n",
		       err == -E2BIG ? "more than 32 rules" : "not understood", text + at);
	clps_sense_filter_exit();
	return err;
}

void clps_sense_filter_exit(void)
{
	clps_sense_follow_exit();
	kvfree(rules);
	rules = NULL;
}

bool clps_sense_filter_wants_ends(void)
{
	return rules;
}

/* By the thread that made it, before it runs. Threads are of their process. */
void clps_sense_filter_fork(const struct task_struct *child)
{
	struct clps_filter_subject s = { .comm = current->comm };
	u32 follows;

	if (likely(!rules) || child->tgid == current->tgid)
		return;
	s.uid = from_kuid(&init_user_ns, current_uid());
	s.follows = clps_sense_follow_rules(current->tgid, false);
	follows = clps_filter_follows(rules, &s);
	if (!clps_sense_follow_set(child->tgid, follows))
		clps_sense_queue_unfollowed();
}

/* The fields that name files, of each record that has some. */
static void find_paths(struct clps_filter_subject *s, const struct clps_evt *e)
{
	static const u8 fields[CLPS_SENSE_IDS][2] = {
		[CLPS_EVT_read] = { CLPS_EVT_read_path },
		[CLPS_EVT_write] = { CLPS_EVT_write_path },
		[CLPS_EVT_open] = { CLPS_EVT_open_path },
		[CLPS_EVT_mmap] = { CLPS_EVT_mmap_path },
		[CLPS_EVT_uring_op] = { CLPS_EVT_uring_op_path },
		[CLPS_EVT_copy] = { CLPS_EVT_copy_in_path, CLPS_EVT_copy_out_path },
		[CLPS_EVT_module] = { CLPS_EVT_module_name },
	};
	int i;

	for (i = 0; i < 2; i++)
		if (fields[e->id][i])
			s->path[i] = clps_evt_get(e, fields[e->id][i], &s->path_len[i]);
	/* Its first field. */
	if (e->id == CLPS_EVT_exec)
		s->path[0] = clps_evt_get(e, CLPS_EVT_exec_path, &s->path_len[0]);
}

static void find_ends(struct clps_filter_subject *s, const struct clps_evt *e,
		      struct clps_evt_addr ends[2])
{
	static const u8 fields[CLPS_SENSE_IDS][2] = {
		[CLPS_EVT_connect] = { CLPS_EVT_connect_local, CLPS_EVT_connect_remote },
		[CLPS_EVT_accept] = { CLPS_EVT_accept_local, CLPS_EVT_accept_remote },
		[CLPS_EVT_bind] = { CLPS_EVT_bind_local },
		[CLPS_EVT_listen] = { CLPS_EVT_listen_local },
	};
	const u8 *p;
	u32 len;
	int i;

	for (i = 0; i < 2; i++) {
		if (!fields[e->id][i])
			continue;
		p = clps_evt_get(e, fields[e->id][i], &len);
		if (!clps_evt_addr_get(&ends[i], p, len))
			s->end[i] = &ends[i];
	}
}

/* Of reads and writes, what a program reads at a terminal. */
static bool is_keystroke(const struct clps_evt *e)
{
	if (e->id == CLPS_EVT_write)
		return false;
	return e->id != CLPS_EVT_read ||
	       clps_evt_get_int(e, CLPS_EVT_read_kind) == CLPS_FILE_tty;
}

/* @sock: ends of the socket that was read or written, or NULL. */
bool clps_sense_filter_keeps(const u8 *rec, u32 len, const struct clps_evt_addr *sock)
{
	struct clps_filter_subject s = { };
	struct clps_evt_addr ends[2];
	struct clps_evt e;

	if (likely(!rules))
		return true;
	/* The first says how to read the others. */
	if (clps_evt_parse(&e, rec, len) < 0 || e.id == CLPS_EVT_start)
		return true;
	s.comm = e.who.comm;
	s.uid = e.who.uid;
	s.follows = clps_sense_follow_rules(e.who.pid, true);
	find_paths(&s, &e);
	find_ends(&s, &e, ends);
	if (sock) {
		s.end[0] = &sock[0];
		s.end[1] = &sock[1];
	}
	switch (clps_filter_decide(rules, &s)) {
	case CLPS_FILTER_IGNORE:
		return false;
	case CLPS_FILTER_KEYSTROKES:
		return is_keystroke(&e);
	default:
		return true;
	}
}

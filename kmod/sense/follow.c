// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which processes descend from one that a rule with "children" is about, and by which of the
 * rules: a bounded table by process. A set of it that is full follows no more, and that is
 * counted. What such a process does is recorded then if a rule might have said so: numbers of
 * processes are for anybody to choose.
 */
#include <linux/jhash.h>
#include <linux/random.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>

#include "sense.h"

#define SETS_BITS	10
#define SETS		(1u << SETS_BITS)
#define WAYS		8

/* Free without rules. */
struct heir {
	pid_t tgid;
	u32 rules;
};

/* @missed: of the rules that record all, those that somebody here should have inherited. */
struct set {
	spinlock_t lock;
	u32 missed;
	struct heir way[WAYS];
};

static struct set *sets;
static u32 salt, full_rules;

int __init clps_sense_follow_init(u32 full)
{
	u32 i;

	salt = get_random_u32();
	full_rules = full;

	sets = vzalloc(array_size(SETS, sizeof(*sets)));
	if (!sets)
		return -ENOMEM;
	for (i = 0; i < SETS; i++)
		spin_lock_init(&sets[i].lock);
	return 0;
}

void clps_sense_follow_exit(void)
{
	vfree(sets);
	sets = NULL;
}

static struct set *set_of(pid_t tgid)
{
	return &sets[jhash_1word(tgid, salt) & (SETS - 1)];
}

static struct heir *find(struct set *set, pid_t tgid)
{
	int i;

	lockdep_assert_held(&set->lock);
	for (i = 0; i < WAYS; i++)
		if (set->way[i].rules && set->way[i].tgid == tgid)
			return &set->way[i];
	return NULL;
}

static struct heir *find_free(struct set *set)
{
	int i;

	lockdep_assert_held(&set->lock);
	for (i = 0; i < WAYS; i++)
		if (!set->way[i].rules)
			return &set->way[i];
	return NULL;
}

/* The rules that the process inherited; if @or_may_have, those that it might have, too. */
u32 clps_sense_follow_rules(pid_t tgid, bool or_may_have)
{
	const struct heir *h;
	struct set *set;
	u32 rules = 0;

	if (!sets)
		return 0;
	set = set_of(tgid);
	spin_lock(&set->lock);
	h = find(set, tgid);
	if (h)
		rules = h->rules;
	else if (or_may_have)
		rules = set->missed;
	spin_unlock(&set->lock);
	return rules;
}

/*
 * A process was made, with these rules or none, or it has ended: what its number stood for
 * before is over. Return: false if there is no room.
 */
bool clps_sense_follow_set(pid_t tgid, u32 rules)
{
	struct heir *h;
	struct set *set;

	if (!sets)
		return true;
	set = set_of(tgid);
	spin_lock(&set->lock);
	h = find(set, tgid);
	if (!h && rules)
		h = find_free(set);
	if (h)
		*h = (struct heir){ .tgid = tgid, .rules = rules };
	else
		set->missed |= rules & full_rules;
	spin_unlock(&set->lock);
	return h || !rules;
}

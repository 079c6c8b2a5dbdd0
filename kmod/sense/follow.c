// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which processes descend from one that a rule with "children" is about, and by which of the
 * rules: a bounded table by process. A set of it that is full follows no more: such a
 * process is one that no rule was inherited by, and is counted.
 */
#include <linux/hash.h>
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

struct set {
	spinlock_t lock;
	struct heir way[WAYS];
};

static struct set *sets;

int __init clps_sense_follow_init(void)
{
	u32 i;

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
	return &sets[hash_32(tgid, SETS_BITS)];
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

/* The rules that the process inherited. */
u32 clps_sense_follow_rules(pid_t tgid)
{
	const struct heir *h;
	struct set *set;
	u32 rules;

	if (!sets)
		return 0;
	set = set_of(tgid);
	spin_lock(&set->lock);
	h = find(set, tgid);
	rules = h ? h->rules : 0;
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
	spin_unlock(&set->lock);
	return h || !rules;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Has this open file been read, or written, before? Of a regular file the first time is
 * recorded, and once more is no harm, but never is none.
 *
 * A bounded table remembers files by their address. Another file may get the address of
 * one that was closed: it is another inode, or it was opened, and open() makes the table
 * forget. io_uring opens without saying when it is done, so once it has, nothing is
 * remembered for longer than a second.
 */
#include <linux/hash.h>
#include <linux/jiffies.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>

#include "sense.h"

#define SETS_BITS	11
#define SETS		(1u << SETS_BITS)
#define WAYS		4
#define DISTRUST	HZ

struct seen {
	const struct file *file;
	const struct inode *inode;
	unsigned long ino;
	unsigned long when;
	bool did[2];
};

struct set {
	spinlock_t lock;
	u32 next;
	struct seen way[WAYS];
};

static struct set *sets;
static bool distrust;

int __init clps_sense_first_init(void)
{
	u32 i;

	sets = vzalloc(array_size(SETS, sizeof(*sets)));
	if (!sets)
		return -ENOMEM;
	for (i = 0; i < SETS; i++)
		spin_lock_init(&sets[i].lock);
	return 0;
}

void clps_sense_first_exit(void)
{
	vfree(sets);
}

static struct seen *find(struct set *set, const struct file *f)
{
	int i;

	for (i = 0; i < WAYS; i++)
		if (set->way[i].file == f)
			return &set->way[i];
	return NULL;
}

/* Is it still the same file, as far as we can know? */
static bool holds(const struct seen *s, const struct inode *inode)
{
	if (s->inode != inode || s->ino != inode->i_ino)
		return false;
	return !READ_ONCE(distrust) || time_before(jiffies, s->when + DISTRUST);
}

bool clps_sense_first(const struct file *f, bool is_write)
{
	struct set *set = &sets[hash_ptr(f, SETS_BITS)];
	const struct inode *inode = file_inode(f);
	struct seen *s;
	bool first;

	spin_lock(&set->lock);
	s = find(set, f);
	if (!s) {
		s = &set->way[set->next++ % WAYS];
		s->file = NULL;
	}
	if (!s->file || !holds(s, inode)) {
		*s = (struct seen){ .file = f, .inode = inode, .ino = inode->i_ino };
		s->when = jiffies;
	}
	first = !s->did[is_write];
	s->did[is_write] = true;
	spin_unlock(&set->lock);
	return first;
}

/* Opened just now: whatever had this address before is gone. */
void clps_sense_first_forget(const struct file *f)
{
	struct set *set = &sets[hash_ptr(f, SETS_BITS)];
	struct seen *s;

	spin_lock(&set->lock);
	s = find(set, f);
	if (s)
		s->file = NULL;
	spin_unlock(&set->lock);
}

void clps_sense_first_distrust(void)
{
	WRITE_ONCE(distrust, true);
}

// SPDX-License-Identifier: GPL-2.0-only
/* What an open file is, and what it is called. */
#include <linux/fdtable.h>
#include <linux/major.h>
#include <linux/tty.h>
#include <linux/tty_driver.h>

#include "sense.h"

/* tty_read(), which all terminals have and nobody exports: learnt from the first. */
static const void *tty_read_iter;

static bool is_tty_major(unsigned int major)
{
	return major == TTY_MAJOR || major == TTYAUX_MAJOR ||
	       (major >= UNIX98_PTY_MASTER_MAJOR &&
		major < UNIX98_PTY_MASTER_MAJOR + 2 * UNIX98_PTY_MAJOR_COUNT);
}

static bool is_tty(const struct file_operations *fop, const struct inode *inode)
{
	const void *known = READ_ONCE(tty_read_iter);

	return known ? fop->read_iter == known : is_tty_major(imajor(inode));
}

/*
 * One that was hung up reads by another function. What a module makes under such a number,
 * CUSE for one, is no terminal, and reads by no function that all terminals have.
 */
static void learn_tty(struct file *f)
{
	if (!READ_ONCE(tty_read_iter) && is_tty_major(imajor(file_inode(f))) &&
	    !f->f_op->owner && !tty_hung_up_p(f))
		WRITE_ONCE(tty_read_iter, f->f_op->read_iter);
}

static const struct tty_struct *tty_of(const struct file *f)
{
	const struct tty_file_private *priv = READ_ONCE(f->private_data);

	return priv ? READ_ONCE(priv->tty) : NULL;
}

static bool is_pty_master(const struct tty_struct *tty)
{
	return tty->driver->type == TTY_DRIVER_TYPE_PTY &&
	       tty->driver->subtype == PTY_TYPE_MASTER;
}

static enum clps_evt_file_kind char_kind(struct file *f)
{
	const struct tty_struct *tty;

	learn_tty(f);
	if (!READ_ONCE(tty_read_iter) || !is_tty(f->f_op, file_inode(f)))
		return CLPS_FILE_char;
	tty = tty_of(f);
	return tty && is_pty_master(tty) ? CLPS_FILE_pty : CLPS_FILE_tty;
}

enum clps_evt_file_kind clps_sense_kind(struct file *f)
{
	switch (file_inode(f)->i_mode & S_IFMT) {
	case S_IFREG:
		return CLPS_FILE_regular;
	case S_IFDIR:
		return CLPS_FILE_directory;
	case S_IFCHR:
		return char_kind(f);
	case S_IFBLK:
		return CLPS_FILE_block;
	case S_IFIFO:
		return CLPS_FILE_pipe;
	case S_IFSOCK:
		return CLPS_FILE_socket;
	default:
		return CLPS_FILE_other;
	}
}

static bool is_dull(const struct file_operations *fop, const struct inode *inode)
{
	switch (inode->i_mode & S_IFMT) {
	case S_IFCHR:
		return !is_tty(fop, inode);
	case S_IFREG:
	case S_IFBLK:
	case S_IFIFO:
	case S_IFSOCK:
		return false;
	default:
		return true;
	}
}

/*
 * Is this a file of which reads and writes are never recorded, /dev/zero for one? A
 * glance without a reference: it costs less. Whoever closes the descriptor meanwhile may
 * get any answer for it; the memory of a file may be another one's by then, half made.
 */
bool clps_sense_fd_is_dull(int fd)
{
	const struct file_operations *fop;
	const struct inode *inode;
	const struct file *f;
	bool dull = true;

	rcu_read_lock();
	f = files_lookup_fd_raw(current->files, fd);
	if (f) {
		fop = READ_ONCE(f->f_op);
		inode = READ_ONCE(f->f_inode);
		dull = !fop || !inode || is_dull(fop, inode);
	}
	rcu_read_unlock();
	return dull;
}

/* The kernel's own: what the program passed may be anything by now. */
void clps_sense_winsize(const struct file *f, struct winsize *ws)
{
	const struct tty_struct *tty = tty_of(f);

	/* One that is half another's is no harm. */
	*ws = tty ? data_race(tty->winsize) : (struct winsize){ };
}

/* Both ends of a pseudo terminal are called by the end that programs run on. */
static dev_t tty_dev(const struct file *f)
{
	const struct tty_struct *tty = tty_of(f);

	if (tty && is_pty_master(tty) && tty->link)
		tty = tty->link;
	return tty ? MKDEV(tty->driver->major, tty->driver->minor_start) + tty->index :
		     file_inode(f)->i_rdev;
}

/* As stat() has it. */
u32 clps_sense_dev(const struct file *f, enum clps_evt_file_kind kind)
{
	switch (kind) {
	case CLPS_FILE_tty:
	case CLPS_FILE_pty:
		return new_encode_dev(tty_dev(f));
	case CLPS_FILE_char:
	case CLPS_FILE_block:
		return new_encode_dev(file_inode(f)->i_rdev);
	default:
		return new_encode_dev(file_inode(f)->i_sb->s_dev);
	}
}

/* Three fields that records of files have in this order. */
void clps_sense_put_file(struct clps_evt_buf *b, struct file *f)
{
	enum clps_evt_file_kind kind = f ? clps_sense_kind(f) : CLPS_FILE_none;

	clps_evt_int(b, kind);
	clps_evt_int(b, f ? clps_sense_dev(f, kind) : 0);
	clps_evt_int(b, f ? file_inode(f)->i_ino : 0);
}

void clps_sense_put_path(struct clps_evt_buf *b, const struct file *f)
{
	char *path = ERR_PTR(-ENOENT);

	if (f)
		path = d_path(&f->f_path, clps_sense_page(), PATH_MAX);
	if (IS_ERR(path))
		clps_evt_bytes(b, "", 0);
	else
		clps_evt_bytes(b, path, strlen(path));
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads and writes. What went over a terminal, a pipe or a socket is captured; of a
 * regular file or a block device the first of each open file leaves its name.
 */
#include <linux/file.h>
#include <linux/uio.h>

#include "sense.h"

/* Where the bytes are: one buffer, buffers, or the buffers of messages. */
struct where {
	unsigned long base;
	unsigned long nr;
	u32 flags;
	enum { ONE, VEC, MSG, MMSG } how;
};

/* struct user_msghdr and struct mmsghdr, of which a 32-bit program has another. */
struct msg {
	struct clps_sense_vec vec;
	u32 len;
};

#define MSG_SIZE	56ul
#define MMSG_SIZE	64ul
#define MSG32_SIZE	28ul
#define MMSG32_SIZE	32ul

static bool peek_msg(struct msg *m, const struct clps_sense_sys *s, unsigned long at, bool many)
{
	unsigned long vec[2];
	u32 vec32[2];

	if (s->ia32) {
		if (!clps_sense_peek(vec32, at + 8, sizeof(vec32)))
			return false;
		vec[0] = vec32[0];
		vec[1] = vec32[1];
	} else if (!clps_sense_peek(vec, at + 16, sizeof(vec))) {
		return false;
	}
	m->vec.base = vec[0];
	m->vec.nr = vec[1];
	return !many || clps_sense_peek(&m->len, at + (s->ia32 ? MSG32_SIZE : MSG_SIZE), sizeof(m->len));
}

/* All messages of a call are one record: of each as many bytes as the kernel says. */
static u64 copy_mmsg(struct clps_sense_out *o, const struct clps_sense_sys *s, const struct where *w)
{
	unsigned long step = s->ia32 ? MMSG32_SIZE : MMSG_SIZE;
	long i, nr = min_t(long, s->ret, UIO_MAXIOV);
	struct msg m;
	u64 total = 0;

	for (i = 0; i < nr; i++) {
		if (!peek_msg(&m, s, w->base + i * step, true))
			break;
		clps_sense_copy_vec(o, s, &m.vec, m.len);
		total += m.len;
	}
	return total;
}

/* Return: how many bytes there were. */
static u64 copy_data(struct clps_sense_out *o, const struct clps_sense_sys *s, const struct where *w)
{
	struct clps_sense_vec vec = { w->base, w->nr };
	struct msg m;

	switch (w->how) {
	case ONE:
		o->to += clps_sense_copy(o->to, w->base, min3((u64)o->room, (u64)s->ret, (u64)w->nr));
		break;
	case VEC:
		clps_sense_copy_vec(o, s, &vec, s->ret);
		break;
	case MSG:
		if (peek_msg(&m, s, w->base, false))
			clps_sense_copy_vec(o, s, &m.vec, s->ret);
		break;
	default:
		return copy_mmsg(o, s, w);
	}
	return s->ret;
}

/*
 * The true length stands before the data, and of messages it is known only with them: their
 * lengths are in memory of the program's, and taken once.
 */
static void put_data(struct clps_evt_buf *b, const struct clps_sense_sys *s, const struct where *w)
{
	const u32 ahead = sizeof(u64);
	u32 n = clps_sense_data_limit + ahead;
	u8 *to = clps_evt_room(b, &n) + ahead;
	struct clps_sense_out o = { to, n >= ahead ? n - ahead : 0, UIO_MAXIOV };

	/* Without room clps_evt_int() finds none either. */
	clps_evt_int(b, copy_data(&o, s, w));
	clps_evt_filled(b, o.to - to);
}

static void record(const struct clps_sense_sys *s, const struct where *w, struct file *f,
		   enum clps_evt_id id)
{
	enum clps_evt_file_kind kind = clps_sense_kind(f);
	struct clps_evt_buf b;

	clps_sense_begin(&b, id);
	if (kind == CLPS_FILE_socket && clps_sense_filter_wants_ends())
		clps_sense_sock_ends(f, clps_sense_ends());
	clps_evt_int(&b, s->call);
	clps_evt_int(&b, (int)s->arg[0]);
	clps_sense_put_file(&b, f);
	if (clps_sense_kind_has_path(kind)) {
		clps_evt_int(&b, s->ret);
		clps_evt_bytes(&b, "", 0);
		clps_sense_put_path(&b, f);
	} else {
		put_data(&b, s, w);
		clps_evt_bytes(&b, "", 0);
	}
	clps_evt_int(&b, w->flags);
	clps_sense_commit(&b);
}

static bool is_wanted(struct file *f, bool is_write)
{
	switch (clps_sense_kind(f)) {
	case CLPS_FILE_tty:
	case CLPS_FILE_pty:
	case CLPS_FILE_pipe:
	case CLPS_FILE_socket:
		return true;
	case CLPS_FILE_regular:
	case CLPS_FILE_block:
		return clps_sense_first(f, is_write);
	default:
		return false;
	}
}

/* A call that failed moved nothing. */
static void did(const struct clps_sense_sys *s, const struct where *w, enum clps_evt_id id)
{
	struct file *f;

	if (s->ret < 0 || clps_sense_fd_is_dull(s->arg[0]))
		return;
	f = fget(s->arg[0]);
	if (!f)
		return;
	if (is_wanted(f, id == CLPS_EVT_write))
		record(s, w, f, id);
	fput(f);
}

/* MSG_* of recvfrom() and sendto(); the other calls have other things there. */
static u32 flags_of(const struct clps_sense_sys *s)
{
	return s->call == CLPS_CALL_recvfrom || s->call == CLPS_CALL_sendto ? s->arg[3] : 0;
}

void clps_sense_read(const struct clps_sense_sys *s)
{
	struct where w = { s->arg[1], s->arg[2], flags_of(s), ONE };

	did(s, &w, CLPS_EVT_read);
}

void clps_sense_write(const struct clps_sense_sys *s)
{
	struct where w = { s->arg[1], s->arg[2], flags_of(s), ONE };

	did(s, &w, CLPS_EVT_write);
}

void clps_sense_readv(const struct clps_sense_sys *s)
{
	struct where w = { s->arg[1], s->arg[2], 0, VEC };

	did(s, &w, CLPS_EVT_read);
}

void clps_sense_writev(const struct clps_sense_sys *s)
{
	struct where w = { s->arg[1], s->arg[2], 0, VEC };

	did(s, &w, CLPS_EVT_write);
}

void clps_sense_recvmsg(const struct clps_sense_sys *s)
{
	struct where w = { s->arg[1], 1, s->arg[2], MSG };

	did(s, &w, CLPS_EVT_read);
}

void clps_sense_sendmsg(const struct clps_sense_sys *s)
{
	struct where w = { s->arg[1], 1, s->arg[2], MSG };

	did(s, &w, CLPS_EVT_write);
}

void clps_sense_recvmmsg(const struct clps_sense_sys *s)
{
	struct where w = { s->arg[1], s->arg[2], s->arg[3], MMSG };

	did(s, &w, CLPS_EVT_read);
}

void clps_sense_sendmmsg(const struct clps_sense_sys *s)
{
	struct where w = { s->arg[1], s->arg[2], s->arg[3], MMSG };

	did(s, &w, CLPS_EVT_write);
}

/* Memory becomes a pipe's, or, from its other end, the reverse. */
void clps_sense_vmsplice(const struct clps_sense_sys *s)
{
	struct where w = { s->arg[1], s->arg[2], 0, VEC };
	struct file *f = fget(s->arg[0]);

	if (!f)
		return;
	did(s, &w, f->f_mode & FMODE_WRITE ? CLPS_EVT_write : CLPS_EVT_read);
	fput(f);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * What programs have io_uring do, when they tell it: opcode, flags and descriptor are the
 * kernel's copy, the rest is read again from the ring, which the program may have written to.
 */
#include <linux/file.h>
#include <uapi/linux/io_uring.h>

#include "../compat/uring.h"
#include "sense.h"

const char clps_sense_uring_tracepoint[] = CLPS_COMPAT_URING_TRACEPOINT;

static bool opens(u8 opcode)
{
	return opcode == IORING_OP_OPENAT || opcode == IORING_OP_OPENAT2;
}

/* The ring's lock is held: a registered file stays. */
static struct file *get(const struct io_kiocb *req, u8 flags, bool *put)
{
	int fd = req->cqe.fd;

	*put = false;
	if (opens(req->opcode) || fd < 0)
		return NULL;
	if (flags & IOSQE_FIXED_FILE)
		return clps_compat_uring_fixed(req->ctx, fd);
	*put = true;
	return fget(fd);
}

static void put_path(struct clps_evt_buf *b, const struct io_kiocb *req, struct file *f,
		     unsigned long given)
{
	if (opens(req->opcode))
		clps_sense_put_user_str(b, given);
	else if (f && clps_sense_kind_has_path(clps_sense_kind(f)))
		clps_sense_put_path(b, f);
	else
		clps_evt_bytes(b, "", 0);
}

static void record(const struct io_kiocb *req, const struct io_uring_sqe *sqe)
{
	/* The kernel's copy: its first bits are IOSQE_*. */
	u8 flags = (__force u8)req->flags;
	struct clps_evt_buf b;
	struct file *f;
	bool put;

	if (opens(req->opcode))
		clps_sense_first_distrust();
	f = get(req, flags, &put);
	clps_sense_begin(&b, CLPS_EVT_uring_op);
	clps_evt_int(&b, req->opcode);
	clps_evt_int(&b, req->cqe.fd);
	clps_evt_int(&b, flags);
	clps_sense_put_file(&b, f);
	clps_evt_int(&b, READ_ONCE(sqe->len));
	clps_evt_int(&b, READ_ONCE(sqe->off));
	put_path(&b, req, f, READ_ONCE(sqe->addr));
	clps_sense_commit(&b);
	if (put && f)
		fput(f);
}

static void on_submit(CLPS_COMPAT_URING_ARGS)
{
	const struct io_uring_sqe *sqe = clps_compat_uring_sqe(req->ctx);

	if (sqe && !clps_sense_is_reader(current))
		record(req, sqe);
}

void *clps_sense_uring_probe(void)
{
	return IS_ENABLED(CONFIG_IO_URING) ? on_submit : NULL;
}

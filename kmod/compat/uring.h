/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CLPS_COMPAT_URING_H
#define CLPS_COMPAT_URING_H

#include <linux/io_uring_types.h>
#include <linux/nospec.h>

/* The tracepoint of a request that is told to the kernel; it lost an argument in 6.4. */
#ifdef CLPS_HAVE_URING_SUBMIT_REQ
#define CLPS_COMPAT_URING_TRACEPOINT	"io_uring_submit_req"
#define CLPS_COMPAT_URING_ARGS		void *data, struct io_kiocb *req
#else
#define CLPS_COMPAT_URING_TRACEPOINT	"io_uring_submit_sqe"
#define CLPS_COMPAT_URING_ARGS		void *data, struct io_kiocb *req, bool force_nonblock
#endif

/*
 * The entry of the ring that a request was just made of, in memory that its program still
 * writes to. The head has moved past it, and nobody else takes entries meanwhile.
 */
static inline const struct io_uring_sqe *clps_compat_uring_sqe(const struct io_ring_ctx *ctx)
{
	unsigned int at = (ctx->cached_sq_head - 1) & (ctx->sq_entries - 1);

#ifdef IORING_SETUP_NO_SQARRAY
	if (!(ctx->flags & IORING_SETUP_NO_SQARRAY))
#endif
		at = READ_ONCE(ctx->sq_array[at]);
	if (at >= ctx->sq_entries)
		return NULL;
	return &ctx->sq_sqes[ctx->flags & IORING_SETUP_SQE128 ? 2 * at : at];
}

/* A file that was registered with the ring; the low bits of its address are flags. */
static inline struct file *clps_compat_uring_fixed(const struct io_ring_ctx *ctx, unsigned int at)
{
	if (at >= ctx->nr_user_files)
		return NULL;
	at = array_index_nospec(at, ctx->nr_user_files);
	return (struct file *)(ctx->file_table.files[at].file_ptr & ~7ul);
}

#endif /* CLPS_COMPAT_URING_H */

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory of a hostile program, read without faulting: what is not there is not captured.
 * Another of its threads may have changed it since the call.
 */
#include <linux/mm.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "sense.h"

/* A structure, all of it or not. */
bool clps_sense_peek(void *to, unsigned long from, size_t len)
{
	return !copy_from_user_nofault(to, (const void __user *)from, len);
}

/* As many bytes as there are, page by page: one that is missing ends it. */
u32 clps_sense_copy(u8 *to, unsigned long from, u32 len)
{
	u32 done = 0, n;

	while (done < len) {
		n = min_t(u32, len - done, PAGE_SIZE - offset_in_page(from + done));
		if (copy_from_user_nofault(to + done, (const void __user *)(from + done), n))
			break;
		done += n;
	}
	return done;
}

/* Of @len bytes what may be captured. */
void clps_sense_put_user(struct clps_evt_buf *b, unsigned long from, u64 len)
{
	u32 n = min_t(u64, len, clps_sense_data_limit);
	u8 *to = clps_evt_room(b, &n);

	clps_evt_filled(b, clps_sense_copy(to, from, n));
}

/* Up to its NUL, or as far as it goes. */
void clps_sense_put_user_str(struct clps_evt_buf *b, unsigned long from)
{
	u32 done = 0, max = PATH_MAX, n, got, len;
	u8 *to = clps_evt_room(b, &max);

	while (from && done < max) {
		n = min_t(u32, max - done, 256 - ((from + done) & 255));
		got = clps_sense_copy(to + done, from + done, n);
		len = strnlen(to + done, got);
		done += len;
		if (len < n)
			break;
	}
	clps_evt_filled(b, done);
}

static bool peek_iovec(struct iovec *iov, const struct clps_sense_sys *s, unsigned long base,
		       unsigned long i)
{
	u32 iov32[2];

	if (!s->ia32)
		return clps_sense_peek(iov, base + i * sizeof(*iov), sizeof(*iov));
	if (!clps_sense_peek(iov32, base + i * sizeof(iov32), sizeof(iov32)))
		return false;
	iov->iov_base = (void __user *)(unsigned long)iov32[0];
	iov->iov_len = iov32[1];
	return true;
}

/* The first @len bytes of what the buffers hold, as far as they fit. */
void clps_sense_copy_vec(struct clps_sense_out *o, const struct clps_sense_sys *s,
			 const struct clps_sense_vec *v, u64 len)
{
	struct iovec iov;
	unsigned long i;
	u32 n, got;

	for (i = 0; i < v->nr && len && o->room && o->vecs; i++) {
		o->vecs--;
		if (!peek_iovec(&iov, s, v->base, i))
			break;
		n = min3((u64)iov.iov_len, len, (u64)o->room);
		got = clps_sense_copy(o->to, (unsigned long)iov.iov_base, n);
		o->to += got;
		o->room -= got;
		len -= got;
		if (got < n)
			break;
	}
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * senseways WAY FILE: reads the first bytes of a file in one of the ways that Linux has, or does
 * what a sensor might be deceived by. Exit code 4: this kernel has not.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* A 32-bit pointer reaches them: the program is static and not relocated. */
static char data[4096];
static unsigned int vec32[2];

static int want(long n)
{
	if (n < 0 && (errno == ENOSYS || errno == EPERM))
		return 4;
	if (n <= 0)
		perror("senseways");
	return n <= 0;
}

static int by_mmap(int fd)
{
	volatile char *p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);

	if (p == MAP_FAILED)
		return want(-1);
	data[0] = *p;
	return 0;
}

static int by_splice(int fd)
{
	int p[2];

	return pipe(p) ? want(-1) : want(splice(fd, NULL, p[1], NULL, 16, 0));
}

static int by_sendfile(int fd)
{
	int out = open("/dev/null", O_WRONLY);

	return want(sendfile(out, fd, NULL, 16));
}

/* To a file beside it: not every file system copies to another. */
static int by_copy(int fd, const char *path)
{
	char to[4096];
	int out;

	snprintf(to, sizeof(to), "%s.copy", path);
	out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	return want(copy_file_range(fd, NULL, out, NULL, 16, 0));
}

struct ring {
	struct io_uring_params p;
	struct io_uring_sqe *sqe;
	char *sq, *cq;
	int fd;
};

static int ring_make(struct ring *r)
{
	r->fd = syscall(SYS_io_uring_setup, 4, &r->p);
	if (r->fd < 0)
		return want(-1);
	r->sq = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, r->fd, IORING_OFF_SQ_RING);
	r->cq = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, r->fd, IORING_OFF_CQ_RING);
	r->sqe = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, r->fd, IORING_OFF_SQES);
	return r->sq == MAP_FAILED || r->cq == MAP_FAILED || r->sqe == MAP_FAILED;
}

/* One request, and its result. */
static int ring_do(struct ring *r, const struct io_uring_sqe *sqe)
{
	unsigned int *tail = (void *)(r->sq + r->p.sq_off.tail);
	unsigned int at = *tail & (r->p.sq_entries - 1);
	struct io_uring_cqe *cqe = (void *)(r->cq + r->p.cq_off.cqes);
	unsigned int *head = (void *)(r->cq + r->p.cq_off.head);
	int res;

	r->sqe[at] = *sqe;
	((unsigned int *)(r->sq + r->p.sq_off.array))[at] = at;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, r->fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0)
		return -errno;
	res = cqe[*head & (r->p.cq_entries - 1)].res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return res;
}

static int by_uring(int fd, int fixed)
{
	struct io_uring_sqe sqe = { .opcode = IORING_OP_READ, .fd = fd, .len = 16,
				    .addr = (unsigned long)data };
	struct ring r = { };
	int rc = ring_make(&r);

	if (rc)
		return rc;
	if (fixed) {
		if (syscall(SYS_io_uring_register, r.fd, IORING_REGISTER_FILES, &fd, 1))
			return want(-1);
		close(fd);
		sqe.fd = 0;
		sqe.flags = IOSQE_FIXED_FILE;
	}
	errno = -(rc = ring_do(&r, &sqe));
	return want(rc);
}

/* Opened there as well: no open() ever names it. */
static int by_uring_alone(const char *path)
{
	struct io_uring_sqe sqe = { .opcode = IORING_OP_OPENAT, .fd = AT_FDCWD,
				    .addr = (unsigned long)path, .open_flags = O_RDONLY };
	struct ring r = { };
	int rc = ring_make(&r);

	if (rc)
		return rc;
	rc = ring_do(&r, &sqe);
	if (rc < 0) {
		errno = -rc;
		return want(rc);
	}
	return want(read(rc, data, 16));
}

/* The table of 32-bit calls, from a 64-bit program. */
static int by_int80(int nr, int fd, void *p, int n)
{
#ifdef __x86_64__
	long rc;

	asm volatile("int $0x80" : "=a"(rc) : "a"(nr), "b"(fd), "c"(p), "d"(n)
		     : "memory", "r8", "r9", "r10", "r11");
	errno = -rc;
	return want(rc);
#else
	return 4;
#endif
}

/*
 * Of 64-bit registers the table of 32-bit calls takes the lower halves. What is in the
 * upper ones is nobody's business.
 */
static int high_ia32(void)
{
#ifdef __x86_64__
	const unsigned long high = 0xabcdul << 32;
	int p[2];
	long rc;

	if (pipe(p))
		return want(-1);
	strcpy(data, "with upper halves");
	asm volatile("int $0x80" : "=a"(rc) : "a"(4), "b"(p[1] | high),
		     "c"((unsigned long)data | high), "d"(17 | high)
		     : "memory", "r8", "r9", "r10", "r11");
	errno = -rc;
	return want(rc);
#else
	return 4;
#endif
}

/* The flags of open() are an int. */
static int high_open(const char *path)
{
	return want(syscall(SYS_open, path, 0xabcdul << 32 | O_RDONLY, 0));
}

/* As many buffers as a message may have, again and again, and hardly a byte in them. */
static int empty_vectors(void)
{
	static struct iovec iov[1024];
	struct mmsghdr m[1024] = { };
	int i, s[2];

	for (i = 0; i < 1024; i++) {
		iov[i].iov_base = data;
		m[i].msg_hdr.msg_iov = iov;
		m[i].msg_hdr.msg_iovlen = 1024;
	}
	iov[1023].iov_len = 1;
	data[0] = 'x';
	/* Its other end takes a few of them without being read. */
	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, s))
		return want(-1);
	return want(sendmmsg(s[0], m, 1024, MSG_DONTWAIT));
}

static int by_readv32(int fd)
{
	vec32[0] = (unsigned int)(unsigned long)data;
	vec32[1] = 16;
	return by_int80(145, fd, vec32, 1);
}

static int by(const char *way, int fd, const char *path)
{
	struct iovec iov = { data, 16 };

	if (!strcmp(way, "read"))
		return want(read(fd, data, 16));
	if (!strcmp(way, "pread64"))
		return want(pread(fd, data, 16, 0));
	if (!strcmp(way, "readv"))
		return want(readv(fd, &iov, 1));
	if (!strcmp(way, "preadv"))
		return want(preadv(fd, &iov, 1, 0));
	if (!strcmp(way, "preadv2"))
		return want(syscall(SYS_preadv2, fd, &iov, 1, 0, 0, RWF_HIPRI));
	if (!strcmp(way, "mmap"))
		return by_mmap(fd);
	if (!strcmp(way, "splice"))
		return by_splice(fd);
	if (!strcmp(way, "sendfile"))
		return by_sendfile(fd);
	if (!strcmp(way, "copy_file_range"))
		return by_copy(fd, path);
	if (!strcmp(way, "io_uring"))
		return by_uring(fd, 0);
	if (!strcmp(way, "io_uring_fixed"))
		return by_uring(fd, 1);
	if (!strcmp(way, "read_ia32"))
		return by_int80(3, fd, data, 16);
	if (!strcmp(way, "readv_ia32"))
		return by_readv32(fd);
	fprintf(stderr, "senseways: no way %s to %s\n", way, path);
	return 2;
}

int main(int argc, char **argv)
{
	int fd;

	if (argc != 3)
		return 2;
	if (!strcmp(argv[1], "io_uring_alone"))
		return by_uring_alone(argv[2]);
	if (!strcmp(argv[1], "high_open"))
		return high_open(argv[2]);
	if (!strcmp(argv[1], "high_ia32"))
		return high_ia32();
	if (!strcmp(argv[1], "empty_vectors"))
		return empty_vectors();
	fd = open(argv[2], O_RDONLY);
	if (fd < 0) {
		perror(argv[2]);
		return 1;
	}
	return by(argv[1], fd, argv[2]);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sockets. Addresses are the kernel's own; the caller's is taken where there is none,
 * since the call failed or the protocol connects nothing.
 */
#include <linux/file.h>
#include <linux/net.h>
#include <net/af_unix.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>

#include "sense.h"

/* A dual socket's IPv4 is IPv4. */
static void set_inet6(struct clps_evt_addr *a, const struct in6_addr *ip, __be16 port)
{
	a->family = ipv6_addr_v4mapped(ip) ? CLPS_EVT_AF_INET : CLPS_EVT_AF_INET6;
	memcpy(a->addr.w, ip, sizeof(*ip));
	a->port = ntohs(port);
}

static void set_inet(struct clps_evt_addr *a, __be32 ip, __be16 port)
{
	a->family = CLPS_EVT_AF_INET;
	a->addr = clps_addr_v4(ip);
	a->port = ntohs(port);
}

static void set_unix(struct clps_evt_addr *a, const char *path, int len)
{
	len = clamp_t(int, len, 0, CLPS_EVT_ADDR_UNIX);
	/* An abstract name begins with NUL, and any may follow. */
	if (len && path[0])
		len = strnlen(path, len);
	a->family = CLPS_EVT_AF_UNIX;
	memcpy(a->path, path, len);
	a->path_len = len;
}

static void set_unix_sock(struct clps_evt_addr *a, struct sock *sk)
{
	/* Set once, and freed with the socket. */
	const struct unix_address *addr = smp_load_acquire(&unix_sk(sk)->addr);

	if (addr)
		set_unix(a, addr->name->sun_path,
			 addr->len - (int)offsetof(struct sockaddr_un, sun_path));
	else
		a->family = CLPS_EVT_AF_UNIX;
}

static void set_other(struct clps_evt_addr *a, u16 family)
{
	a->family = CLPS_EVT_AF_OTHER;
	a->other = family;
}

static void local_of(struct clps_evt_addr *a, struct sock *sk)
{
	memset(a, 0, sizeof(*a));
	switch (sk->sk_family) {
	case AF_INET:
		set_inet(a, inet_sk(sk)->inet_rcv_saddr, inet_sk(sk)->inet_sport);
		break;
	case AF_INET6:
		set_inet6(a, &sk->sk_v6_rcv_saddr, inet_sk(sk)->inet_sport);
		break;
	case AF_UNIX:
		set_unix_sock(a, sk);
		break;
	default:
		set_other(a, sk->sk_family);
	}
}

static void unix_remote_of(struct clps_evt_addr *a, struct sock *sk)
{
	struct sock *peer = unix_peer_get(sk);

	if (!peer)
		return;
	set_unix_sock(a, peer);
	sock_put(peer);
}

static bool remote_of(struct clps_evt_addr *a, struct sock *sk)
{
	memset(a, 0, sizeof(*a));
	switch (sk->sk_family) {
	case AF_INET:
		if (inet_sk(sk)->inet_daddr)
			set_inet(a, inet_sk(sk)->inet_daddr, inet_sk(sk)->inet_dport);
		break;
	case AF_INET6:
		if (!ipv6_addr_any(&sk->sk_v6_daddr))
			set_inet6(a, &sk->sk_v6_daddr, inet_sk(sk)->inet_dport);
		break;
	case AF_UNIX:
		unix_remote_of(a, sk);
		break;
	}
	return a->family != CLPS_EVT_AF_NONE;
}

/* As the caller said it. */
static void given(struct clps_evt_addr *a, unsigned long from, int len)
{
	struct sockaddr_storage ss = { };
	int n = clamp_t(int, len, 0, sizeof(ss));

	memset(a, 0, sizeof(*a));
	if (n < (int)sizeof(ss.ss_family) || !clps_sense_peek(&ss, from, n))
		return;
	if (ss.ss_family == AF_INET && n >= (int)sizeof(struct sockaddr_in)) {
		const struct sockaddr_in *in = (void *)&ss;

		set_inet(a, in->sin_addr.s_addr, in->sin_port);
	} else if (ss.ss_family == AF_INET6 && n >= SIN6_LEN_RFC2133) {
		const struct sockaddr_in6 *in6 = (void *)&ss;

		set_inet6(a, &in6->sin6_addr, in6->sin6_port);
	} else if (ss.ss_family == AF_UNIX) {
		set_unix(a, ((struct sockaddr_un *)&ss)->sun_path, n - (int)sizeof(ss.ss_family));
	} else {
		set_other(a, ss.ss_family);
	}
}

void clps_sense_sock_ends(struct file *f, struct clps_evt_addr ends[2])
{
	struct socket *sock = sock_from_file(f);
	struct sock *sk = sock ? READ_ONCE(sock->sk) : NULL;

	memset(ends, 0, 2 * sizeof(ends[0]));
	if (!sk)
		return;
	local_of(&ends[0], sk);
	remote_of(&ends[1], sk);
}

static void put_addr(struct clps_evt_buf *b, const struct clps_evt_addr *a)
{
	u8 buf[CLPS_EVT_ADDR_MAX];

	clps_evt_bytes(b, buf, clps_evt_addr_put(buf, a));
}

static void put_local(struct clps_evt_buf *b, struct sock *sk)
{
	struct clps_evt_addr a = { };

	if (sk)
		local_of(&a, sk);
	put_addr(b, &a);
}

/* The socket behind a descriptor; to be put back. */
static struct file *get(long fd, struct sock **sk)
{
	struct file *f = fd >= 0 ? fget(fd) : NULL;
	struct socket *sock = f ? sock_from_file(f) : NULL;

	*sk = sock ? READ_ONCE(sock->sk) : NULL;
	return f;
}

static void put(struct file *f)
{
	if (f)
		fput(f);
}

static u64 inode_of(const struct file *f)
{
	return f ? file_inode(f)->i_ino : 0;
}

void clps_sense_socket(const struct clps_sense_sys *s)
{
	struct clps_evt_buf b;
	struct sock *sk;
	struct file *f = get(s->ret, &sk);

	clps_sense_begin(&b, CLPS_EVT_socket);
	clps_evt_int(&b, s->ret);
	clps_evt_int(&b, s->arg[0]);
	clps_evt_int(&b, s->arg[1] & SOCK_TYPE_MASK);
	clps_evt_int(&b, s->arg[2]);
	clps_evt_int(&b, inode_of(f));
	clps_sense_commit(&b);
	put(f);
}

void clps_sense_connect(const struct clps_sense_sys *s)
{
	struct clps_evt_addr remote;
	struct clps_evt_buf b;
	struct sock *sk;
	struct file *f = get((int)s->arg[0], &sk);
	bool done = !s->ret || s->ret == -EINPROGRESS || s->ret == -EISCONN;

	if (!done || !sk || !remote_of(&remote, sk))
		given(&remote, s->arg[1], s->arg[2]);
	clps_sense_begin(&b, CLPS_EVT_connect);
	clps_evt_int(&b, (int)s->arg[0]);
	clps_evt_int(&b, inode_of(f));
	clps_evt_int(&b, sk ? sk->sk_protocol : 0);
	clps_evt_int(&b, s->ret);
	put_local(&b, sk);
	put_addr(&b, &remote);
	clps_sense_commit(&b);
	put(f);
}

/* Nobody was there yet: programs ask that again and again. */
void clps_sense_accept(const struct clps_sense_sys *s)
{
	struct clps_evt_addr remote = { };
	struct clps_evt_buf b;
	struct sock *sk;
	struct file *f;

	if (s->ret == -EAGAIN)
		return;
	f = get(s->ret, &sk);
	if (sk)
		remote_of(&remote, sk);
	clps_sense_begin(&b, CLPS_EVT_accept);
	clps_evt_int(&b, (int)s->arg[0]);
	clps_evt_int(&b, s->ret);
	clps_evt_int(&b, inode_of(f));
	clps_evt_int(&b, sk ? sk->sk_protocol : 0);
	put_local(&b, sk);
	put_addr(&b, &remote);
	clps_sense_commit(&b);
	put(f);
}

void clps_sense_bind(const struct clps_sense_sys *s)
{
	struct clps_evt_addr local;
	struct clps_evt_buf b;
	struct sock *sk;
	struct file *f = get((int)s->arg[0], &sk);

	if (s->ret || !sk)
		given(&local, s->arg[1], s->arg[2]);
	else
		local_of(&local, sk);
	clps_sense_begin(&b, CLPS_EVT_bind);
	clps_evt_int(&b, (int)s->arg[0]);
	clps_evt_int(&b, inode_of(f));
	clps_evt_int(&b, sk ? sk->sk_protocol : 0);
	clps_evt_int(&b, s->ret);
	put_addr(&b, &local);
	clps_sense_commit(&b);
	put(f);
}

void clps_sense_listen(const struct clps_sense_sys *s)
{
	struct clps_evt_buf b;
	struct sock *sk;
	struct file *f = get((int)s->arg[0], &sk);

	clps_sense_begin(&b, CLPS_EVT_listen);
	clps_evt_int(&b, (int)s->arg[0]);
	clps_evt_int(&b, inode_of(f));
	clps_evt_int(&b, (int)s->arg[1]);
	clps_evt_int(&b, s->ret);
	put_local(&b, sk);
	clps_evt_int(&b, sk ? sk->sk_protocol : 0);
	clps_sense_commit(&b);
	put(f);
}

// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Sebek PDUs: their header, and records cut into them. */
#include "sebek.h"

#define OLD_VERSIONS	2
#define VERSION		3
#define HEAD		12	/* where the header says who and when */

#define NSEC_OF_SEC	1000000000u
#define NSEC_OF_USEC	1000u

/* Linux's, on each architecture that has guests. */
#define IN_PROGRESS	(-115)

/* A read's and a write's data are cut out and put in again at the same field. */
static_assert((int)CLPS_EVT_read_data == (int)CLPS_EVT_write_data, "one field");

int clps_sebek_parse(struct clps_sebek_pdu *pdu, const void *data, size_t len)
{
	const u8 *p = data, *q;
	u32 hlen;

	if (len < CLPS_SEBEK_HDR_OLD)
		return -EMSGSIZE;
	memset(pdu, 0, sizeof(*pdu));
	pdu->version = clps_get_be16(p + 4);
	if (!pdu->version || pdu->version > VERSION)
		return -EPROTO;
	hlen = pdu->version <= OLD_VERSIONS ? CLPS_SEBEK_HDR_OLD : CLPS_SEBEK_HDR;
	if (len < hlen)
		return -EMSGSIZE;
	pdu->type = clps_get_be16(p + 6);
	pdu->counter = clps_get_be32(p + 8);
	pdu->time = (u64)clps_get_be32(p + 12) * NSEC_OF_SEC +
		    (u64)clps_get_be32(p + 16) * NSEC_OF_USEC;
	q = p + 20;
	if (pdu->version == VERSION) {
		pdu->ppid = clps_get_be32(q);
		pdu->inode = clps_get_be32(q + 16);
		q += 4;
	}
	pdu->pid = clps_get_be32(q);
	pdu->uid = clps_get_be32(q + 4);
	pdu->fd = clps_get_be32(q + 8);
	memcpy(pdu->com, p + hlen - 16, 12);
	pdu->len = clps_get_be32(p + hlen - 4);
	pdu->head = p + HEAD;
	pdu->data = p + hlen;
	return pdu->len > len - hlen ? -EMSGSIZE : 0;
}

static void say(struct clps_sebek_cut *c, enum clps_sebek_type type, const u8 *p, u32 len)
{
	c->type = (u16)type;
	c->said = p;
	c->said_len = len;
	c->more = true;
}

static void set_file(struct clps_sebek_cut *c, unsigned int fd, unsigned int inode)
{
	clps_put_be32(c->hdr + 32, (u32)(clps_evt_get_int(c->evt, fd) & 0xffffffff));
	clps_put_be32(c->hdr + 36, (u32)(clps_evt_get_int(c->evt, inode) & 0xffffffff));
}

static void say_data(struct clps_sebek_cut *c, enum clps_sebek_type type, unsigned int fd,
		     unsigned int inode)
{
	const u8 *p;
	u32 len;

	set_file(c, fd, inode);
	p = clps_evt_get(c->evt, CLPS_EVT_read_data, &len);
	/* Nothing read would be a fork. */
	if (!len)
		return;
	c->data_at = (u32)(p - c->evt->data);
	c->data_len = len;
	say(c, type, p, len);
}

static void say_open(struct clps_sebek_cut *c)
{
	const u8 *p = c->evt->data;
	u32 len;

	set_file(c, CLPS_EVT_open_result, CLPS_EVT_open_inode);
	if (clps_evt_get_int(c->evt, CLPS_EVT_open_result) < 0)
		return;
	p = clps_evt_get(c->evt, CLPS_EVT_open_path, &len);
	/* A longer one would be two files to Sebek's tools; the record has the whole. */
	say(c, CLPS_SEBEK_OPEN, p, min(len, CLPS_SEBEK_DATA));
}

/* The child reports its own birth, so that its parent is known. */
static void say_fork(struct clps_sebek_cut *c)
{
	u32 child = (u32)clps_evt_get_int(c->evt, CLPS_EVT_fork_child_pid);

	/* Sebek knows no threads. */
	if (child == c->evt->who.pid)
		return;
	clps_put_be32(c->hdr + 20, c->evt->who.pid);
	clps_put_be32(c->hdr + 24, child);
	say(c, CLPS_SEBEK_READ, c->evt->data, 0);
}

/*
 * One end as Sebek has it: IPv4 address and port. A socket for both families has IPv4
 * addresses mapped into IPv6, and is one of IPv4 to Sebek.
 */
static bool put_end(const struct clps_evt *evt, unsigned int field, u8 *p)
{
	struct clps_evt_addr addr;
	const u8 *bytes;
	__be32 v4;
	u32 len;

	bytes = clps_evt_get(evt, field, &len);
	if (clps_evt_addr_get(&addr, bytes, len) || !clps_addr_is_v4(&addr.addr))
		return false;
	v4 = clps_addr_get_v4(&addr.addr);
	memcpy(p, &v4, 4);
	clps_put_be16(p + 4, addr.port);
	return true;
}

/* What each record of a socket has. */
struct socket_fields {
	unsigned int fd, inode, protocol, local, remote;
};

#define NO_FIELD	CLPS_EVT_MAX_FIELDS	/* of a record that has no other end */

static void say_socket(struct clps_sebek_cut *c, unsigned int call, const struct socket_fields *f)
{
	set_file(c, f->fd, f->inode);
	if (!call || !put_end(c->evt, f->local, c->socket + 6))
		return;
	if (f->remote != NO_FIELD && !put_end(c->evt, f->remote, c->socket))
		return;
	clps_put_be16(c->socket + 12, (u16)call);
	c->socket[14] = (u8)(clps_evt_get_int(c->evt, f->protocol) & 0xff);
	say(c, CLPS_SEBEK_SOCKET, c->socket, CLPS_SEBEK_SOCKET_LEN);
}

/* Connections that are there or on their way; Sebek cannot say that there is none. */
static void say_connect(struct clps_sebek_cut *c)
{
	static const struct socket_fields f = {
		CLPS_EVT_connect_fd, CLPS_EVT_connect_inode, CLPS_EVT_connect_protocol,
		CLPS_EVT_connect_local, CLPS_EVT_connect_remote,
	};
	s64 result = clps_evt_get_int(c->evt, CLPS_EVT_connect_result);

	say_socket(c, result && result != IN_PROGRESS ? 0 : CLPS_SEBEK_CONNECT, &f);
}

static void say_accept(struct clps_sebek_cut *c)
{
	static const struct socket_fields f = {
		CLPS_EVT_accept_fd, CLPS_EVT_accept_inode, CLPS_EVT_accept_protocol,
		CLPS_EVT_accept_local, CLPS_EVT_accept_remote,
	};
	bool done = clps_evt_get_int(c->evt, CLPS_EVT_accept_fd) >= 0;

	say_socket(c, done ? CLPS_SEBEK_ACCEPT : 0, &f);
}

static void say_listen(struct clps_sebek_cut *c)
{
	static const struct socket_fields f = {
		CLPS_EVT_listen_fd, CLPS_EVT_listen_inode, CLPS_EVT_listen_protocol,
		CLPS_EVT_listen_local, NO_FIELD,
	};

	say_socket(c, clps_evt_get_int(c->evt, CLPS_EVT_listen_result) ? 0 : CLPS_SEBEK_LISTEN, &f);
}

static unsigned int message_call(s64 call)
{
	switch (call) {
	case CLPS_CALL_sendto:
		return CLPS_SEBEK_SENDTO;
	case CLPS_CALL_recvfrom:
		return CLPS_SEBEK_RECVFROM;
	case CLPS_CALL_sendmsg:
		return CLPS_SEBEK_SENDMSG;
	case CLPS_CALL_recvmsg:
		return CLPS_SEBEK_RECVMSG;
	default:
		return 0;
	}
}

static void say_message(struct clps_sebek_cut *c)
{
	static const struct socket_fields f = {
		CLPS_EVT_message_fd, CLPS_EVT_message_inode, CLPS_EVT_message_protocol,
		CLPS_EVT_message_local, CLPS_EVT_message_remote,
	};

	say_socket(c, message_call(clps_evt_get_int(c->evt, CLPS_EVT_message_call)), &f);
}

static void put_hdr(u8 *p, const struct clps_evt_who *who, u32 magic)
{
	clps_put_be32(p, magic);
	clps_put_be16(p + 4, VERSION);
	clps_put_be32(p + 12, (u32)(who->time / NSEC_OF_SEC & 0xffffffff));
	clps_put_be32(p + 16, (u32)(who->time % NSEC_OF_SEC) / NSEC_OF_USEC);
	clps_put_be32(p + 20, who->ppid);
	clps_put_be32(p + 24, who->pid);
	clps_put_be32(p + 28, who->uid);
	memcpy(p + 40, who->comm, 12);
}

void clps_sebek_cut_begin(struct clps_sebek_cut *c, const struct clps_evt *evt, u32 magic,
			  u32 *counter)
{
	memset(c, 0, sizeof(*c));
	c->evt = evt;
	c->counter = counter;
	c->data_at = evt->len;
	put_hdr(c->hdr, &evt->who, magic);
	switch (evt->id) {
	case CLPS_EVT_read:
		say_data(c, CLPS_SEBEK_READ, CLPS_EVT_read_fd, CLPS_EVT_read_inode);
		break;
	case CLPS_EVT_write:
		say_data(c, CLPS_SEBEK_WRITE, CLPS_EVT_write_fd, CLPS_EVT_write_inode);
		break;
	case CLPS_EVT_open:
		say_open(c);
		break;
	case CLPS_EVT_fork:
		say_fork(c);
		break;
	case CLPS_EVT_connect:
		say_connect(c);
		break;
	case CLPS_EVT_accept:
		say_accept(c);
		break;
	case CLPS_EVT_listen:
		say_listen(c);
		break;
	case CLPS_EVT_message:
		say_message(c);
		break;
	}
	c->native = evt->len - c->data_len;
}

static u32 finish(struct clps_sebek_cut *c, u8 *buf, u16 type, u32 len)
{
	memcpy(buf, c->hdr, CLPS_SEBEK_HDR);
	clps_put_be16(buf + 6, type);
	clps_put_be32(buf + 8, (*c->counter)++);
	clps_put_be32(buf + 52, len);
	return CLPS_SEBEK_HDR + len;
}

static u32 next_piece(struct clps_sebek_cut *c, u8 *buf)
{
	u32 n = min(c->native - c->at, CLPS_SEBEK_DATA - CLPS_SEBEK_PIECE_HDR);
	u8 *p = buf + CLPS_SEBEK_HDR;
	u32 before = 0;

	clps_put_be32(p, c->native);
	clps_put_be32(p + 4, c->at);
	clps_put_be32(p + 8, c->data_len);
	p += CLPS_SEBEK_PIECE_HDR;
	/* What is before the record's data, and what is behind them. */
	if (c->at < c->data_at) {
		before = min(n, c->data_at - c->at);
		memcpy(p, c->evt->data + c->at, before);
	}
	memcpy(p + before, c->evt->data + c->data_len + c->at + before, n - before);
	c->at += n;
	return finish(c, buf, CLPS_SEBEK_NATIVE, CLPS_SEBEK_PIECE_HDR + n);
}

u32 clps_sebek_cut_next(struct clps_sebek_cut *c, u8 *buf)
{
	u32 n;

	if (c->at < c->native)
		return next_piece(c, buf);
	if (!c->more)
		return 0;
	n = min(c->said_len - c->said_at, CLPS_SEBEK_DATA);
	memcpy(buf + CLPS_SEBEK_HDR, c->said + c->said_at, n);
	c->said_at += n;
	c->more = c->said_at < c->said_len;
	return finish(c, buf, c->type, n);
}

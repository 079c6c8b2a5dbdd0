// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Records from Sebek PDUs, of our sensor or of Sebek's clients. */
#include "sebek.h"

#define NSEC_OF_SEC	1000000000u

void clps_sebek_join_init(struct clps_sebek_join *j, void *mem, enum clps_sebek_from from)
{
	memset(j, 0, sizeof(*j));
	j->mem = mem;
	j->from = (u8)from;
}

/* The record in work will never be whole. */
static void give_up(struct clps_sebek_join *j)
{
	if (j->native)
		j->broken++;
	j->native = 0;
}

static bool is_start(const struct clps_sebek_pdu *p)
{
	return p->type == CLPS_SEBEK_NATIVE && p->len >= CLPS_SEBEK_PIECE_HDR + CLPS_EVT_HDR &&
	       !clps_get_be32(p->data + 4) &&
	       clps_get_be16(p->data + CLPS_SEBEK_PIECE_HDR + 4) == CLPS_EVT_start;
}

/*
 * A PDU out of turn: is its sender another than the one of before? A sensor says so. A
 * client began anew if it is behind, but stamped well after all that came. A guest that was
 * set back to a snapshot shows neither, but goes on from the past, PDU by PDU.
 */
static bool is_anew(struct clps_sebek_join *j, const struct clps_sebek_pdu *p, bool behind)
{
	if (j->from == CLPS_SEBEK_FROM_SENSOR && is_start(p))
		return p->time != j->stamp;
	if (!behind)
		return false;
	if (j->from == CLPS_SEBEK_FROM_CLIENT && p->time >= j->stamp + NSEC_OF_SEC)
		return true;
	j->run = p->counter == j->run_next ? j->run + 1 : 1;
	j->run_next = p->counter + 1;
	return j->run >= CLPS_SEBEK_RUN;
}

static void begin(struct clps_sebek_join *j, const struct clps_sebek_pdu *p,
		  struct clps_sebek_got *got)
{
	give_up(j);
	got->restarted = j->begun;
	j->restarts += j->begun;
	j->next = p->counter;
	j->begun = true;
	j->numbered = false;
	j->stamp = 0;
}

/* Is it one to be looked at? Whatever is missing before it is accounted for. */
static bool in_turn(struct clps_sebek_join *j, const struct clps_sebek_pdu *p,
		    struct clps_sebek_got *got)
{
	s32 ahead = (s32)(p->counter - (u32)(j->next & 0xffffffff));

	if (!j->begun || (ahead && is_anew(j, p, ahead < 0))) {
		begin(j, p, got);
	} else if (ahead < 0) {
		return false;
	} else if (ahead) {
		give_up(j);
		got->lost = (u32)ahead;
		j->lost += (u32)ahead;
		j->next += (u32)ahead;
	}
	j->next++;
	j->run = 0;
	return true;
}

/* All bytes are there. */
static int complete(struct clps_sebek_join *j, struct clps_sebek_got *got)
{
	u32 len = j->native + j->data_len;
	int n = clps_evt_parse(&got->evt, j->mem, len);

	if (n != (int)len)
		return -EPROTO;
	j->native = 0;
	return n;
}

static bool has_data(unsigned int id)
{
	return id == CLPS_EVT_read || id == CLPS_EVT_write;
}

/* The record is there without its data: make room for them where they belong. */
static int make_room(struct clps_sebek_join *j)
{
	u32 nr = j->mem[7], at = CLPS_EVT_HDR + 2 * nr, i;
	const u8 *lens = j->mem + CLPS_EVT_HDR;

	if (!has_data(clps_get_be16(j->mem + 4)) || nr <= CLPS_EVT_read_data || at > j->native)
		return -EPROTO;
	for (i = 0; i < CLPS_EVT_read_data; i++)
		at += clps_get_be16(lens + 2 * i);
	if (at > j->native || clps_get_be16(lens + 2 * i) != j->data_len)
		return -EPROTO;
	memmove(j->mem + at + j->data_len, j->mem + at, j->native - at);
	j->data_at = at;
	j->data_have = 0;
	return 0;
}

static int first_piece(struct clps_sebek_join *j, const struct clps_sebek_pdu *p)
{
	u32 native = clps_get_be32(p->data), data_len = clps_get_be32(p->data + 8);

	give_up(j);
	if (native < CLPS_EVT_HDR || native > CLPS_EVT_MAX_LEN ||
	    data_len > CLPS_EVT_MAX_LEN - native)
		return -EPROTO;
	j->native = native;
	j->data_len = data_len;
	j->have = 0;
	memcpy(j->head, p->head, CLPS_SEBEK_HEAD);
	if (is_start(p))
		j->stamp = p->time;
	return 0;
}

/* Does it belong to the record in work? */
static bool same_record(const struct clps_sebek_join *j, const struct clps_sebek_pdu *p)
{
	return !memcmp(j->head, p->head, CLPS_SEBEK_HEAD);
}

static bool next_piece(const struct clps_sebek_join *j, const struct clps_sebek_pdu *p)
{
	return clps_get_be32(p->data) == j->native && clps_get_be32(p->data + 4) == j->have &&
	       clps_get_be32(p->data + 8) == j->data_len && same_record(j, p);
}

static int take_piece(struct clps_sebek_join *j, const struct clps_sebek_pdu *p,
		      struct clps_sebek_got *got)
{
	u32 n;
	int err;

	if (p->len <= CLPS_SEBEK_PIECE_HDR)
		return -EPROTO;
	if (!clps_get_be32(p->data + 4)) {
		err = first_piece(j, p);
		if (err)
			return err;
	} else if (!j->native) {
		/* Its first was lost. */
		return 0;
	} else if (!next_piece(j, p)) {
		return -EPROTO;
	}
	n = p->len - CLPS_SEBEK_PIECE_HDR;
	if (n > j->native - j->have)
		return -EPROTO;
	memcpy(j->mem + j->have, p->data + CLPS_SEBEK_PIECE_HDR, n);
	j->have += n;
	if (j->have < j->native)
		return 0;
	return j->data_len ? make_room(j) : complete(j, got);
}

/* Data of the record in work; or what a record that is done says to Sebek's tools. */
static int take_data(struct clps_sebek_join *j, const struct clps_sebek_pdu *p,
		     struct clps_sebek_got *got)
{
	u16 type;

	if (!j->native)
		return 0;
	type = clps_get_be16(j->mem + 4) == CLPS_EVT_read ? CLPS_SEBEK_READ : CLPS_SEBEK_WRITE;
	if (j->have < j->native || p->type != type || !same_record(j, p))
		return -EPROTO;
	if (!p->len || p->len > j->data_len - j->data_have)
		return -EPROTO;
	memcpy(j->mem + j->data_at + j->data_have, p->data, p->len);
	j->data_have += p->len;
	return j->data_have < j->data_len ? 0 : complete(j, got);
}

static int take_sensor(struct clps_sebek_join *j, const struct clps_sebek_pdu *p,
		       struct clps_sebek_got *got)
{
	int n;

	if (p->type == CLPS_SEBEK_NATIVE)
		n = take_piece(j, p, got);
	else if (p->type <= CLPS_SEBEK_OPEN)
		n = take_data(j, p, got);
	else
		n = -EPROTO;
	if (n < 0)
		give_up(j);
	return n;
}

static void say_io(struct clps_evt_buf *b, enum clps_evt_call call, const struct clps_sebek_pdu *p)
{
	u32 room = p->len + (u32)sizeof(u32);

	clps_evt_int(b, call);
	clps_evt_int(b, p->fd);
	clps_evt_int(b, CLPS_FILE_none);
	clps_evt_int(b, 0);
	clps_evt_int(b, p->inode);
	clps_evt_int(b, p->len);
	/* With room for the flags behind them. */
	clps_evt_room(b, &room);
	clps_evt_bytes(b, p->data, room - (u32)sizeof(u32));
	clps_evt_bytes(b, "", 0);
	clps_evt_int(b, 0);
}

static void say_open(struct clps_evt_buf *b, const struct clps_sebek_pdu *p)
{
	const u8 *nul = memchr(p->data, 0, p->len);

	clps_evt_int(b, CLPS_CALL_open);
	clps_evt_int(b, p->fd);
	clps_evt_int(b, 0);
	clps_evt_int(b, 0);
	clps_evt_int(b, CLPS_FILE_none);
	clps_evt_int(b, 0);
	clps_evt_int(b, p->inode);
	clps_evt_bytes(b, p->data, nul ? (size_t)(nul - p->data) : p->len);
}

static void say_fork(struct clps_evt_buf *b, const struct clps_sebek_pdu *p)
{
	clps_evt_int(b, p->pid);
	clps_evt_int(b, p->pid);
	clps_evt_int(b, 0);
}

static void say_end(struct clps_evt_buf *b, const u8 *p)
{
	struct clps_evt_addr addr = { .family = CLPS_EVT_AF_INET };
	u8 bytes[CLPS_EVT_ADDR_MAX];
	__be32 v4;

	memcpy(&v4, p, 4);
	addr.addr = clps_addr_v4(v4);
	addr.port = clps_get_be16(p + 4);
	clps_evt_bytes(b, bytes, clps_evt_addr_put(bytes, &addr));
}

static void say_connect(struct clps_evt_buf *b, const struct clps_sebek_pdu *p)
{
	clps_evt_int(b, p->fd);
	clps_evt_int(b, p->inode);
	clps_evt_int(b, p->data[14]);
	clps_evt_int(b, 0);
	say_end(b, p->data + 6);
	say_end(b, p->data);
}

static void say_listen(struct clps_evt_buf *b, const struct clps_sebek_pdu *p)
{
	clps_evt_int(b, p->fd);
	clps_evt_int(b, p->inode);
	clps_evt_int(b, 0);
	clps_evt_int(b, 0);
	say_end(b, p->data + 6);
	clps_evt_int(b, p->data[14]);
}

static void say_accept(struct clps_evt_buf *b, const struct clps_sebek_pdu *p)
{
	clps_evt_int(b, (u64)-1);
	clps_evt_int(b, p->fd);
	clps_evt_int(b, p->inode);
	clps_evt_int(b, p->data[14]);
	say_end(b, p->data + 6);
	say_end(b, p->data);
}

static void say_message(struct clps_evt_buf *b, enum clps_evt_call call,
			const struct clps_sebek_pdu *p)
{
	clps_evt_int(b, call);
	clps_evt_int(b, p->fd);
	clps_evt_int(b, p->inode);
	clps_evt_int(b, p->data[14]);
	say_end(b, p->data + 6);
	say_end(b, p->data);
}

/* What a client's PDU is as a record; for a message, by which of our calls. */
static unsigned int socket_record(const struct clps_sebek_pdu *p, enum clps_evt_call *call)
{
	if (p->len < CLPS_SEBEK_SOCKET_LEN)
		return 0;
	switch (clps_get_be16(p->data + 12)) {
	case CLPS_SEBEK_CONNECT:
		return CLPS_EVT_connect;
	case CLPS_SEBEK_LISTEN:
		return CLPS_EVT_listen;
	case CLPS_SEBEK_ACCEPT:
		return CLPS_EVT_accept;
	case CLPS_SEBEK_SENDTO:
		*call = CLPS_CALL_sendto;
		return CLPS_EVT_message;
	case CLPS_SEBEK_RECVFROM:
		*call = CLPS_CALL_recvfrom;
		return CLPS_EVT_message;
	case CLPS_SEBEK_SENDMSG:
		*call = CLPS_CALL_sendmsg;
		return CLPS_EVT_message;
	case CLPS_SEBEK_RECVMSG:
		*call = CLPS_CALL_recvmsg;
		return CLPS_EVT_message;
	default:
		return 0;
	}
}

static unsigned int client_record(const struct clps_sebek_pdu *p, enum clps_evt_call *call)
{
	/* What had no parent in its header had reads alone. */
	if (p->version < 3)
		return p->type == CLPS_SEBEK_READ ? CLPS_EVT_read : 0;
	switch (p->type) {
	case CLPS_SEBEK_READ:
		return p->len || p->fd || p->inode ? CLPS_EVT_read : CLPS_EVT_fork;
	case CLPS_SEBEK_WRITE:
		return CLPS_EVT_write;
	case CLPS_SEBEK_OPEN:
		return CLPS_EVT_open;
	case CLPS_SEBEK_SOCKET:
		return socket_record(p, call);
	default:
		return 0;
	}
}

static void say(struct clps_evt_buf *b, unsigned int id, enum clps_evt_call call,
		const struct clps_sebek_pdu *p)
{
	switch (id) {
	case CLPS_EVT_read:
		say_io(b, CLPS_CALL_read, p);
		break;
	case CLPS_EVT_write:
		say_io(b, CLPS_CALL_write, p);
		break;
	case CLPS_EVT_open:
		say_open(b, p);
		break;
	case CLPS_EVT_fork:
		say_fork(b, p);
		break;
	case CLPS_EVT_connect:
		say_connect(b, p);
		break;
	case CLPS_EVT_listen:
		say_listen(b, p);
		break;
	case CLPS_EVT_accept:
		say_accept(b, p);
		break;
	default:
		say_message(b, call, p);
	}
}

/* In its own words: a PDU as the record that our sensor would have made of it. */
static int take_client(struct clps_sebek_join *j, const struct clps_sebek_pdu *p,
		       struct clps_sebek_got *got)
{
	enum clps_evt_call call = CLPS_CALL_read;
	struct clps_evt_who who = {
		.seq = j->next, .time = p->time, .pid = p->pid, .tid = p->pid, .ppid = p->ppid,
		.uid = p->uid,
	};
	unsigned int id = client_record(p, &call);
	struct clps_evt_buf b;
	int n;

	if (p->time > j->stamp)
		j->stamp = p->time;
	if (!id)
		return -EPROTO;
	if (id == CLPS_EVT_fork) {
		/* The child has spoken; the record is the parent's, whose own is not known. */
		who.pid = p->ppid;
		who.tid = p->ppid;
		who.ppid = 0;
	}
	memcpy(who.comm, p->com, CLPS_EVT_COMM);
	clps_evt_begin(&b, j->mem, CLPS_EVT_MAX_LEN, id, &who);
	say(&b, id, call, p);
	n = clps_evt_end(&b);
	/* coverage: always false, as bytes are cut to the room and each field has been said */
	if (n < 0)
		return -EPROTO;
	return clps_evt_parse(&got->evt, j->mem, (size_t)n);
}

/* Which record numbers are missing between the last record and this one? */
static void see_missing(struct clps_sebek_join *j, struct clps_sebek_got *got)
{
	u64 seq = got->evt.who.seq, gap;

	if (got->evt.id == CLPS_EVT_start)
		j->numbered = false;
	if (j->numbered && seq > j->last) {
		got->first = j->last + 1;
		got->missing = seq - got->first;
		/* The last of them the sensor itself could not keep, and says so. */
		gap = (u64)clps_evt_get_int(&got->evt, CLPS_EVT_gap_count);
		if (got->evt.id == CLPS_EVT_gap &&
		    seq - gap == (u64)clps_evt_get_int(&got->evt, CLPS_EVT_gap_first))
			got->missing -= min(got->missing, gap);
	}
	if (!j->numbered || seq > j->last)
		j->last = seq;
	j->numbered = true;
}

int clps_sebek_join(struct clps_sebek_join *j, const void *pdu, size_t len,
		    struct clps_sebek_got *got)
{
	struct clps_sebek_pdu p;
	int n;

	memset(got, 0, sizeof(*got));
	n = clps_sebek_parse(&p, pdu, len);
	if (!n && j->from == CLPS_SEBEK_FROM_SENSOR && p.version != 3)
		n = -EPROTO;
	if (n) {
		j->bad++;
		return n;
	}
	if (!in_turn(j, &p, got)) {
		j->late++;
		return -ESTALE;
	}
	n = j->from == CLPS_SEBEK_FROM_SENSOR ? take_sensor(j, &p, got) : take_client(j, &p, got);
	if (n > 0)
		see_missing(j, got);
	else if (n < 0)
		j->bad++;
	return n;
}

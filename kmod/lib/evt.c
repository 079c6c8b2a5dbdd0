// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "evt.h"

#define F(record, name, type, text) { #name, text, CLPS_EVT_T_##type },
#define X(record, number, text) \
	static const struct clps_evt_field record##_fields[] = { CLPS_EVT_FIELDS_##record(F) };
CLPS_EVTS(X)
#undef X
#undef F

static const struct clps_evt_desc descs[] = {
#define X(record, number, text) \
	{ #record, text, record##_fields, CLPS_EVT_##record##_NR, number },
	CLPS_EVTS(X)
#undef X
};

const struct clps_evt_desc *clps_evt_desc(unsigned int id)
{
	/* Numbers are given out in their order, none is left out. */
	return id - 1 < ARRAY_SIZE(descs) ? &descs[id - 1] : NULL;
}

static void put_be64(u8 *p, u64 v)
{
	clps_put_be32(p, (u32)(v >> 32));
	clps_put_be32(p + 4, (u32)(v & 0xffffffff));
}

static u64 get_be64(const u8 *p)
{
	return (u64)clps_get_be32(p) << 32 | clps_get_be32(p + 4);
}

/* Bytes of an integer; 0 of what has any length. */
static u32 int_len(enum clps_evt_type type)
{
	switch (type) {
	case CLPS_EVT_T_U8:
		return 1;
	case CLPS_EVT_T_U16:
		return 2;
	case CLPS_EVT_T_U32:
	case CLPS_EVT_T_S32:
		return 4;
	case CLPS_EVT_T_U64:
	case CLPS_EVT_T_S64:
		return 8;
	default:
		return 0;
	}
}

void clps_evt_begin(struct clps_evt_buf *b, void *mem, u32 size, enum clps_evt_id id,
		    const struct clps_evt_who *who)
{
	u8 *p = mem;

	memset(b, 0, sizeof(*b));
	b->data = p;
	b->size = min(size, CLPS_EVT_MAX_LEN);
	b->desc = clps_evt_desc(id);
	if (!b->desc) {
		b->err = -EINVAL;
		return;
	}
	b->len = CLPS_EVT_HDR + 2u * b->desc->nr;
	if (b->len > b->size) {
		b->err = -ENOSPC;
		return;
	}
	clps_put_be16(p + 4, b->desc->id);
	p[6] = CLPS_EVT_VERSION;
	p[7] = (u8)b->desc->nr;
	put_be64(p + 8, who->seq);
	put_be64(p + 16, who->time);
	clps_put_be32(p + 24, who->pid);
	clps_put_be32(p + 28, who->tid);
	clps_put_be32(p + 32, who->ppid);
	clps_put_be32(p + 36, who->uid);
	memcpy(p + 40, who->comm, CLPS_EVT_COMM);
}

/* The type that the table has next, or 0 if this record is past saving. */
static unsigned int next_type(struct clps_evt_buf *b)
{
	if (b->err)
		return 0;
	if (b->at < b->desc->nr)
		return b->desc->field[b->at].type;
	b->err = -EINVAL;
	return 0;
}

static void field_done(struct clps_evt_buf *b, u32 len)
{
	clps_put_be16(b->data + CLPS_EVT_HDR + 2 * b->at, (u16)len);
	b->len += len;
	b->at++;
}

void clps_evt_int(struct clps_evt_buf *b, u64 v)
{
	unsigned int type = next_type(b);
	u32 len, i;

	if (!type)
		return;
	len = int_len(type);
	if (!len) {
		b->err = -EINVAL;
		return;
	}
	if (len > b->size - b->len) {
		b->err = -ENOSPC;
		return;
	}
	for (i = 0; i < len; i++)
		b->data[b->len + i] = (u8)(v >> 8 * (len - 1 - i) & 0xff);
	field_done(b, len);
}

u8 *clps_evt_room(const struct clps_evt_buf *b, u32 *len)
{
	u32 left = b->err ? 0 : b->size - b->len;

	if (*len > left)
		*len = left;
	return b->data + (b->err ? 0 : b->len);
}

void clps_evt_filled(struct clps_evt_buf *b, u32 len)
{
	unsigned int type = next_type(b);

	if (!type)
		return;
	if (int_len(type) || len > b->size - b->len)
		b->err = -EINVAL;
	else
		field_done(b, len);
}

void clps_evt_bytes(struct clps_evt_buf *b, const void *p, size_t len)
{
	u32 n = len < CLPS_EVT_MAX_LEN ? (u32)len : CLPS_EVT_MAX_LEN;
	u8 *room = clps_evt_room(b, &n);

	if (n)
		memcpy(room, p, n);
	clps_evt_filled(b, n);
}

int clps_evt_end(struct clps_evt_buf *b)
{
	if (b->err)
		return b->err;
	if (b->at != b->desc->nr)
		return -EINVAL;
	clps_put_be32(b->data, b->len);
	return (int)b->len;
}

void clps_evt_set_seq(void *rec, u64 seq)
{
	put_be64((u8 *)rec + 8, seq);
}

static bool field_ok(enum clps_evt_type type, const u8 *p, u32 len)
{
	struct clps_evt_addr addr;

	switch (type) {
	case CLPS_EVT_T_BYTES:
		return true;
	case CLPS_EVT_T_STR:
		return !memchr(p, 0, len);
	case CLPS_EVT_T_ADDR:
		return !clps_evt_addr_get(&addr, p, len);
	default:
		return len == int_len(type);
	}
}

static int parse_fields(struct clps_evt *evt)
{
	u32 off = CLPS_EVT_HDR + 2u * evt->nr;
	u32 len, i;

	for (i = 0; i < evt->nr; i++) {
		evt->off[i] = (u16)off;
		len = clps_get_be16(evt->data + CLPS_EVT_HDR + 2 * i);
		if (len > evt->len - off)
			return -EPROTO;
		if (evt->desc && i < evt->desc->nr &&
		    !field_ok(evt->desc->field[i].type, evt->data + off, len))
			return -EPROTO;
		off += len;
	}
	evt->off[i] = (u16)off;
	return off == evt->len ? 0 : -EPROTO;
}

int clps_evt_parse(struct clps_evt *evt, const void *data, size_t len)
{
	const u8 *p = data;
	int err;

	if (len < CLPS_EVT_HDR)
		return -EMSGSIZE;
	memset(evt, 0, sizeof(*evt));
	evt->data = p;
	evt->len = clps_get_be32(p);
	evt->id = clps_get_be16(p + 4);
	evt->nr = p[7];
	if (p[6] != CLPS_EVT_VERSION || evt->nr > CLPS_EVT_MAX_FIELDS || !evt->id)
		return -EPROTO;
	if (evt->len > CLPS_EVT_MAX_LEN || evt->len < CLPS_EVT_HDR + 2u * evt->nr)
		return -EPROTO;
	if (evt->len > len)
		return -EMSGSIZE;
	evt->desc = clps_evt_desc(evt->id);
	evt->who.seq = get_be64(p + 8);
	evt->who.time = get_be64(p + 16);
	evt->who.pid = clps_get_be32(p + 24);
	evt->who.tid = clps_get_be32(p + 28);
	evt->who.ppid = clps_get_be32(p + 32);
	evt->who.uid = clps_get_be32(p + 36);
	memcpy(evt->who.comm, p + 40, CLPS_EVT_COMM);
	err = parse_fields(evt);
	return err ? err : (int)evt->len;
}

const u8 *clps_evt_get(const struct clps_evt *evt, unsigned int field, u32 *len)
{
	if (field >= evt->nr) {
		*len = 0;
		return evt->data;
	}
	*len = (u32)evt->off[field + 1] - evt->off[field];
	return evt->data + evt->off[field];
}

s64 clps_evt_get_int(const struct clps_evt *evt, unsigned int field)
{
	unsigned int type;
	const u8 *p;
	u32 len, i;
	u64 v = 0;

	if (!evt->desc || field >= evt->desc->nr || field >= evt->nr)
		return 0;
	type = evt->desc->field[field].type;
	if (!int_len(type))
		return 0;
	p = clps_evt_get(evt, field, &len);
	for (i = 0; i < len; i++)
		v = v << 8 | p[i];
	return type == CLPS_EVT_T_S32 ? (s32)(u32)v : (s64)v;
}

u32 clps_evt_addr_put(u8 *buf, const struct clps_evt_addr *addr)
{
	__be32 v4;

	buf[0] = addr->family;
	switch (addr->family) {
	case CLPS_EVT_AF_INET:
		clps_put_be16(buf + 1, addr->port);
		v4 = clps_addr_get_v4(&addr->addr);
		memcpy(buf + 3, &v4, 4);
		return 7;
	case CLPS_EVT_AF_INET6:
		clps_put_be16(buf + 1, addr->port);
		memcpy(buf + 3, addr->addr.w, 16);
		return 19;
	case CLPS_EVT_AF_UNIX:
		memcpy(buf + 1, addr->path, addr->path_len);
		return 1u + addr->path_len;
	case CLPS_EVT_AF_OTHER:
		clps_put_be16(buf + 1, addr->other);
		return 3;
	default:
		buf[0] = CLPS_EVT_AF_NONE;
		return 1;
	}
}

static int addr_len_ok(u8 family, u32 len)
{
	switch (family) {
	case CLPS_EVT_AF_NONE:
		return len == 1;
	case CLPS_EVT_AF_INET:
		return len == 7;
	case CLPS_EVT_AF_INET6:
		return len == 19;
	case CLPS_EVT_AF_UNIX:
		return len <= CLPS_EVT_ADDR_MAX;
	case CLPS_EVT_AF_OTHER:
		return len == 3;
	default:
		return false;
	}
}

int clps_evt_addr_get(struct clps_evt_addr *addr, const u8 *data, u32 len)
{
	__be32 v4;

	if (!len || !addr_len_ok(data[0], len))
		return -EPROTO;
	memset(addr, 0, sizeof(*addr));
	addr->family = data[0];
	switch (addr->family) {
	case CLPS_EVT_AF_INET:
		addr->port = clps_get_be16(data + 1);
		memcpy(&v4, data + 3, 4);
		addr->addr = clps_addr_v4(v4);
		break;
	case CLPS_EVT_AF_INET6:
		addr->port = clps_get_be16(data + 1);
		memcpy(addr->addr.w, data + 3, 16);
		break;
	case CLPS_EVT_AF_UNIX:
		addr->path_len = (u8)(len - 1);
		memcpy(addr->path, data + 1, len - 1);
		break;
	case CLPS_EVT_AF_OTHER:
		addr->other = clps_get_be16(data + 1);
		break;
	}
	return 0;
}

static const char * const call_names[] = {
#define X(name, number) [number] = #name,
	CLPS_EVT_CALLS(X)
#undef X
};

static const char * const kind_names[] = {
#define X(name, number) [number] = #name,
	CLPS_EVT_FILE_KINDS(X)
#undef X
};

const char *clps_evt_call_name(unsigned int call)
{
	return call && call < ARRAY_SIZE(call_names) ? call_names[call] : "unknown";
}

const char *clps_evt_kind_name(unsigned int kind)
{
	return kind < ARRAY_SIZE(kind_names) ? kind_names[kind] : "unknown";
}

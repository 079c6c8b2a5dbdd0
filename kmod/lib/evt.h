/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Sensor records: what a guest's sensor writes and everybody at the center reads. The
 * reader believes nothing: a guest's kernel may be the intruder's.
 *
 * A record is a header, the lengths of its fields, and their bytes, with nothing between;
 * all integers are big-endian:
 *
 *   0  u32 length of the whole
 *   4  u16 number in evt_table.h
 *   6  u8  version of this layout
 *   7  u8  how many fields
 *   8  u64 number of the record, from 1, without holes: what is missing was lost
 *  16  u64 nanoseconds since 1970 by the guest's clock
 *  24  u32 process, u32 thread, u32 parent, u32 user
 *  40  16 bytes name of the thread, NUL behind it if there is room
 *  56  u16 length of each field
 *      the fields
 */
#ifndef CLPS_LIB_EVT_H
#define CLPS_LIB_EVT_H

#include "addr.h"
#include "evt_table.h"

#define CLPS_EVT_VERSION	1
#define CLPS_EVT_HDR		56u
#define CLPS_EVT_COMM		16u
#define CLPS_EVT_MAX_FIELDS	32u
#define CLPS_EVT_MAX_LEN	32768u	/* of a record */
#define CLPS_EVT_ADDR_UNIX	108u	/* bytes of a Unix socket's name */

/* Integers have their own length; of the others any will do. */
enum clps_evt_type {
	CLPS_EVT_T_U8 = 1,
	CLPS_EVT_T_U16,
	CLPS_EVT_T_U32,
	CLPS_EVT_T_U64,
	CLPS_EVT_T_S32,
	CLPS_EVT_T_S64,
	CLPS_EVT_T_BYTES,
	CLPS_EVT_T_STR,		/* hostile bytes, none of them NUL */
	CLPS_EVT_T_ADDR,	/* see clps_evt_addr_get() */
};

/**
 * struct clps_evt_field - what the table says of a field
 * @name: its name
 * @text: what it means
 * @type: &enum clps_evt_type
 */
struct clps_evt_field {
	const char *name;
	const char *text;
	enum clps_evt_type type;
};

/**
 * struct clps_evt_desc - what the table says of a record
 * @name: its name
 * @text: what it means
 * @field: its fields
 * @nr: how many
 * @id: its number
 */
struct clps_evt_desc {
	const char *name;
	const char *text;
	const struct clps_evt_field *field;
	u16 nr;
	u16 id;
};

/**
 * clps_evt_desc() - look a record up
 * @id: its number
 *
 * Return: what the table says, or NULL.
 */
const struct clps_evt_desc *clps_evt_desc(unsigned int id);

/**
 * struct clps_evt_who - who did it, and when
 * @seq: number of the record; the one field that may be filled in later
 * @time: nanoseconds since 1970
 * @pid: process, as its own PID namespace's parent has it
 * @tid: thread
 * @ppid: the process's parent
 * @uid: real user
 * @comm: name of the thread, NULs behind it
 */
struct clps_evt_who {
	u64 seq;
	u64 time;
	u32 pid;
	u32 tid;
	u32 ppid;
	u32 uid;
	char comm[CLPS_EVT_COMM];
};

/**
 * struct clps_evt_buf - a record being written
 * @data: where
 * @size: room there
 * @len: bytes written
 * @desc: the record
 * @at: the next field
 * @err: the first error, or 0
 */
struct clps_evt_buf {
	u8 *data;
	u32 size;
	u32 len;
	const struct clps_evt_desc *desc;
	u32 at;
	int err;
};

/**
 * clps_evt_begin() - start a record
 * @b: filled in
 * @mem: where to write
 * @size: room there in bytes
 * @id: which record
 * @who: its header
 *
 * Each field of the record follows, in the table's order, by one of the functions below.
 * An error is kept for clps_evt_end(). Context: any; pure.
 */
void clps_evt_begin(struct clps_evt_buf *b, void *mem, u32 size, enum clps_evt_id id,
		    const struct clps_evt_who *who);

/* An integer, of whatever length and sign the table says. */
void clps_evt_int(struct clps_evt_buf *b, u64 v);

/* Bytes; a string or an address too. Those that do not fit are left off. */
void clps_evt_bytes(struct clps_evt_buf *b, const void *p, size_t len);

/**
 * clps_evt_room() - where a field's bytes may be written by others
 * @b: the record
 * @len: bytes wanted; reduced to what there is room for
 *
 * To be followed by clps_evt_filled().
 *
 * Return: where, which is within the record's memory.
 */
u8 *clps_evt_room(const struct clps_evt_buf *b, u32 *len);

/* The next field is the first @len bytes of what clps_evt_room() gave. */
void clps_evt_filled(struct clps_evt_buf *b, u32 len);

/**
 * clps_evt_end() - finish a record
 * @b: the record
 *
 * Return: its length; -EINVAL if fields are missing, too many or of another type,
 * -ENOSPC if there was no room for the header or an integer.
 */
int clps_evt_end(struct clps_evt_buf *b);

/* The record's number, when it is known at last. @rec: from clps_evt_end(). */
void clps_evt_set_seq(void *rec, u64 seq);

/**
 * struct clps_evt - a record that was read and checked
 * @who: its header
 * @desc: what the table says, or NULL for a record from a later one
 * @data: its bytes; the fields lie there
 * @id: its number in the table
 * @len: of the whole
 * @nr: fields that it has
 * @off: where each is; @off[@nr] is the end
 */
struct clps_evt {
	struct clps_evt_who who;
	const struct clps_evt_desc *desc;
	const u8 *data;
	u32 len;
	u16 id;
	u16 nr;
	u16 off[CLPS_EVT_MAX_FIELDS + 1];
};

/**
 * clps_evt_parse() - check a record
 * @evt: filled in on success
 * @data: hostile bytes; they must stay while @evt is used
 * @len: how many there are
 *
 * What is accepted is whole: lengths add up to the record's, each integer of the table has
 * its own length, strings have no NUL, addresses are such.
 *
 * Context: any; pure.
 * Return: the record's length in bytes, which is at most @len; -EMSGSIZE if it is cut
 * short, -EPROTO if it cannot be one.
 */
int clps_evt_parse(struct clps_evt *evt, const void *data, size_t len);

/**
 * clps_evt_get() - a field's bytes
 * @evt: a record
 * @field: position, CLPS_EVT_record_field
 * @len: how many there are
 *
 * Return: the bytes, not NULL; of an absent field there are none.
 */
const u8 *clps_evt_get(const struct clps_evt *evt, unsigned int field, u32 *len);

/**
 * clps_evt_get_int() - an integer's value
 * @evt: a record
 * @field: position
 *
 * Return: the value, an unsigned one as it is, a signed one with its sign extended; 0 if
 * the field is absent or none.
 */
s64 clps_evt_get_int(const struct clps_evt *evt, unsigned int field);

enum clps_evt_family {
	CLPS_EVT_AF_NONE = 0,	/* an unbound socket, or a family of which no more is said */
	CLPS_EVT_AF_INET = 4,
	CLPS_EVT_AF_INET6 = 6,
	CLPS_EVT_AF_UNIX = 1,
	CLPS_EVT_AF_OTHER = 255,
};

/**
 * struct clps_evt_addr - one end of a connection
 * @family: &enum clps_evt_family
 * @port: of IPv4 and IPv6, in host order
 * @other: the guest's AF_* of %CLPS_EVT_AF_OTHER
 * @addr: of IPv4 and IPv6
 * @path: of a Unix socket: @path_len bytes, an abstract one begins with NUL
 * @path_len: bytes in @path
 *
 * In a record: u8 family, then u16 port and 4 or 16 bytes, or the path, or u16 AF_*.
 */
struct clps_evt_addr {
	u8 family;
	u8 path_len;
	u16 port;
	u16 other;
	struct clps_addr addr;
	u8 path[CLPS_EVT_ADDR_UNIX];
};

#define CLPS_EVT_ADDR_MAX	(1u + CLPS_EVT_ADDR_UNIX)

/**
 * clps_evt_addr_put() - encode an address
 * @buf: CLPS_EVT_ADDR_MAX bytes
 * @addr: what to encode; @addr->path_len is at most CLPS_EVT_ADDR_UNIX
 *
 * Return: bytes written.
 */
u32 clps_evt_addr_put(u8 *buf, const struct clps_evt_addr *addr);

/**
 * clps_evt_addr_get() - decode an address
 * @addr: filled in, fully initialised, on success
 * @data: bytes of a field of type ADDR
 * @len: how many
 *
 * Return: 0; -EPROTO if it is none.
 */
int clps_evt_addr_get(struct clps_evt_addr *addr, const u8 *data, u32 len);

/* Names of numbers in the table; "unknown" for others. */
const char *clps_evt_call_name(unsigned int call);
const char *clps_evt_kind_name(unsigned int kind);

#endif /* CLPS_LIB_EVT_H */

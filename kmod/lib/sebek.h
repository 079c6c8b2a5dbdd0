/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Sensor records as Sebek PDUs, each the payload of one UDP datagram, and back.
 *
 * A PDU of version 3 is a header of 56 bytes and data; all integers are big-endian:
 *
 *   0  u32 magic, which the honeypots of one farm have in common
 *   4  u16 version, u16 type
 *   8  u32 counter of the sensor's PDUs, by which losses are seen
 *  12  u32 seconds, u32 microseconds by the guest's clock
 *  20  u32 parent, u32 process, u32 user, u32 descriptor, u32 inode
 *  40  12 bytes name of the thread, NUL behind it if there is room
 *  52  u32 bytes of data
 *
 * Versions 1 and 2 lack parent and inode, and know reads alone. What Sebek can say our
 * sensor says as Sebek does: any Sebek tool reads it. The record itself, with all that
 * Sebek has no words for, goes before it in pieces, of a type that Sebek tools pass over:
 *
 *   0  u32 bytes of the record without those of its field data
 *   4  u32 how many of them other pieces held before
 *   8  u32 bytes of the field data, which follow in PDUs of Sebek's type, once
 *  12  the piece
 *
 * All PDUs of a record stand together: their counters follow on each other, and their
 * headers are the same but for type, counter and length.
 */
#ifndef CLPS_LIB_SEBEK_H
#define CLPS_LIB_SEBEK_H

#include "evt.h"

#define CLPS_SEBEK_HDR		56u
#define CLPS_SEBEK_HDR_OLD	48u	/* of versions 1 and 2 */
#define CLPS_SEBEK_DATA		1320u	/* at most behind a header, as Sebek's clients have it */
#define CLPS_SEBEK_MAX		(CLPS_SEBEK_HDR + CLPS_SEBEK_DATA)
#define CLPS_SEBEK_PIECE_HDR	12u
#define CLPS_SEBEK_SOCKET_LEN	15u	/* data of a PDU of that type */

enum clps_sebek_type {
	CLPS_SEBEK_READ = 0,		/* without data, descriptor and inode: a fork */
	CLPS_SEBEK_WRITE = 1,
	CLPS_SEBEK_SOCKET = 2,
	CLPS_SEBEK_OPEN = 3,
	CLPS_SEBEK_NATIVE = 0xc175,	/* ours: a piece of a record */
};

/* Linux's socketcall numbers, those that Sebek reports. */
enum clps_sebek_call {
	CLPS_SEBEK_CONNECT = 2,
	CLPS_SEBEK_LISTEN = 4,
	CLPS_SEBEK_ACCEPT = 5,
	CLPS_SEBEK_SENDTO = 11,
	CLPS_SEBEK_RECVFROM = 12,
	CLPS_SEBEK_SENDMSG = 16,
	CLPS_SEBEK_RECVMSG = 17,
};

/**
 * clps_sebek_is() - is a datagram to the sensors' port one of theirs?
 * @payload: bytes behind the UDP header
 * @len: how many
 * @magic: the farm's, host order
 *
 * Whatever has the magic is taken, damaged or not: what is let through for a wrong length
 * would show the guest's neighbours that there is a sensor.
 */
static inline bool clps_sebek_is(const void *payload, size_t len, u32 magic)
{
	return len >= 4 && clps_get_be32(payload) == magic;
}

/**
 * struct clps_sebek_pdu - a PDU that was read
 * @data: behind its header
 * @head: what the header says of who and when: CLPS_SEBEK_HEAD bytes in version 3
 * @time: nanoseconds since 1970
 * @counter: number of the PDU
 * @ppid: parent, 0 before version 3
 * @pid: process
 * @uid: user
 * @fd: descriptor
 * @inode: of the file, 0 before version 3
 * @len: bytes at @data
 * @version: 1 to 3
 * @type: any number
 * @com: name, NULs behind it
 */
struct clps_sebek_pdu {
	const u8 *data;
	const u8 *head;
	u64 time;
	u32 counter;
	u32 ppid;
	u32 pid;
	u32 uid;
	u32 fd;
	u32 inode;
	u32 len;
	u16 version;
	u16 type;
	char com[CLPS_EVT_COMM];
};

#define CLPS_SEBEK_HEAD	40u

/**
 * clps_sebek_parse() - decode a PDU's header
 * @pdu: filled in on success
 * @data: hostile bytes from the magic on, which is not looked at
 * @len: how many there are; what is behind the PDU's own is left alone, as some clients
 *	put wrong lengths into their UDP headers
 *
 * Context: any; pure.
 * Return: 0; -EMSGSIZE if it is cut short, -EPROTO for an unknown version.
 */
int clps_sebek_parse(struct clps_sebek_pdu *pdu, const void *data, size_t len);

/**
 * struct clps_sebek_cut - a record on its way into PDUs
 * @evt: the record
 * @counter: of the sensor's next PDU
 * @native: bytes of the record without its data
 * @at: how many of them have gone
 * @data_at: where in the record its data are
 * @data_len: bytes of them; 0 in a record that has none
 * @said: what is said in Sebek's way
 * @said_len: bytes of that
 * @said_at: how many of them have gone
 * @type: as what type it is said
 * @more: it is not all said yet
 * @socket: room for the addresses of a socket
 * @hdr: the header of each PDU
 */
struct clps_sebek_cut {
	const struct clps_evt *evt;
	u32 *counter;
	u32 native;
	u32 at;
	u32 data_at;
	u32 data_len;
	const u8 *said;
	u32 said_len;
	u32 said_at;
	u16 type;
	bool more;
	u8 socket[CLPS_SEBEK_SOCKET_LEN];
	u8 hdr[CLPS_SEBEK_HDR];
};

/**
 * clps_sebek_cut_begin() - cut a record into PDUs
 * @c: filled in
 * @evt: the record, from clps_evt_parse(); it must stay while @c is used
 * @magic: the farm's, host order
 * @counter: of the sensor's next PDU, one up with each; nobody else may take from it
 *	before clps_sebek_cut_next() has returned 0
 *
 * Context: any; pure.
 */
void clps_sebek_cut_begin(struct clps_sebek_cut *c, const struct clps_evt *evt, u32 magic,
			  u32 *counter);

/**
 * clps_sebek_cut_next() - write the next PDU
 * @c: from clps_sebek_cut_begin()
 * @buf: CLPS_SEBEK_MAX bytes
 *
 * A PDU that is then not sent is a loss that the center sees.
 *
 * Return: its length, 0 if there is no more.
 */
u32 clps_sebek_cut_next(struct clps_sebek_cut *c, u8 *buf);

/* Who sends: it cannot be seen from a PDU alone, if others were lost. */
enum clps_sebek_from {
	CLPS_SEBEK_FROM_SENSOR,		/* ours, by the functions above */
	CLPS_SEBEK_FROM_CLIENT,		/* Sebek's own, of any version */
};

/* So many PDUs on end from the past are those of a guest that was set back. */
#define CLPS_SEBEK_RUN	4u

/**
 * struct clps_sebek_join - one guest's PDUs on their way into records; locked by the caller
 * @mem: the record in work
 * @next: counter of the PDU that comes next, and how often it has wrapped
 * @last: number of the record that was given last
 * @stamp: time of a sensor's start record; the latest of a client
 * @lost: PDUs that did not come in their turn
 * @late: PDUs that came after their turn, or twice
 * @bad: PDUs that could not be
 * @broken: records of which a part was lost or could not be
 * @restarts: times that counters began anew
 * @native: bytes of the record without its data; 0 while there is none in work
 * @have: how many of them are there
 * @data_at: where its data go
 * @data_len: bytes of them
 * @data_have: how many are there
 * @run: late PDUs that follow on each other
 * @run_next: the one that would follow next
 * @from: &enum clps_sebek_from
 * @begun: a PDU has come
 * @numbered: @last is valid
 * @head: what each header of the record in work says
 */
struct clps_sebek_join {
	u8 *mem;
	u64 next;
	u64 last;
	u64 stamp;
	u64 lost;
	u64 late;
	u64 bad;
	u64 broken;
	u64 restarts;
	u32 native;
	u32 have;
	u32 data_at;
	u32 data_len;
	u32 data_have;
	u32 run;
	u32 run_next;
	u8 from;
	bool begun;
	bool numbered;
	u8 head[CLPS_SEBEK_HEAD];
};

/**
 * struct clps_sebek_got - what one PDU brought
 * @evt: the record, if there is one; its bytes stay until the next PDU
 * @missing: how many record numbers are missing right before @evt's, for whatever reason;
 *	those that @evt itself reports as a gap are not among them
 * @first: the first of them
 * @lost: PDUs missing right before this one, whatever was in them
 * @restarted: the sender is not the one of before: numbers count anew
 */
struct clps_sebek_got {
	struct clps_evt evt;
	u64 first;
	u64 missing;
	u32 lost;
	bool restarted;
};

/**
 * clps_sebek_join_init() - begin with a guest
 * @j: filled in
 * @mem: CLPS_EVT_MAX_LEN bytes, which @j uses from now on
 * @from: who sends
 */
void clps_sebek_join_init(struct clps_sebek_join *j, void *mem, enum clps_sebek_from from);

/**
 * clps_sebek_join() - take a PDU
 * @j: the guest
 * @pdu: hostile bytes for which clps_sebek_is() was true
 * @len: how many
 * @got: filled in; @got->lost and @got->restarted whatever is returned
 *
 * A record is given when all of its PDUs came one after another. What came out of turn is
 * left off, and seen as missing when the next record is there. Of a Sebek client each PDU
 * is a record, with one more than the PDU's counter for a number, as records count from 1.
 *
 * Counters begin anew with a sensor's start record, or with what a client stamped a second
 * after all before, or after CLPS_SEBEK_RUN PDUs from the past that follow on each other.
 *
 * Context: any; pure.
 * Return: length of the record in @got->evt; 0 if there is none yet; -ESTALE for a late
 * PDU, -EPROTO or -EMSGSIZE for one that cannot be, which takes the record in work along.
 */
int clps_sebek_join(struct clps_sebek_join *j, const void *pdu, size_t len,
		    struct clps_sebek_got *got);

#endif /* CLPS_LIB_SEBEK_H */

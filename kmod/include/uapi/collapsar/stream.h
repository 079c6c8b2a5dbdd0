/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/*
 * The stream of what sensors in honeypots say, from the front-end to collectors: named
 * queues, each of which holds everything until its reader has acknowledged it.
 *
 * STREAM_SUBSCRIBE makes the caller's socket the reader of a collector, until it is closed.
 * STREAM_ENTRIES then arrive on it, first what an earlier reader has not acknowledged. An
 * entry goes when a STREAM_ACK names its number or a later one. What the collector has no
 * room for is a gap among the entries of its honeypot.
 */
#ifndef _UAPI_COLLAPSAR_STREAM_H
#define _UAPI_COLLAPSAR_STREAM_H

#define COLLAPSAR_STREAM_COLLECTORS	16	/* of a namespace, at most */
#define COLLAPSAR_STREAM_LIMIT_MIN	65536
#define COLLAPSAR_STREAM_LIMIT_MAX	1073741824
#define COLLAPSAR_STREAM_LIMIT_DEFAULT	16777216

enum collapsar_entry_type {
	COLLAPSAR_ENTRY_TYPE_SEBEK = 0,	/* _DATA: the payload of one Sebek datagram */
	COLLAPSAR_ENTRY_TYPE_RECORD = 1, /* _DATA: whole sensor records (kmod/lib/evt.h) */
	COLLAPSAR_ENTRY_TYPE_GAP = 2,	/* _COUNT entries are lost */
	COLLAPSAR_ENTRY_TYPE_FLOW = 3,	/* reserved */
};

enum collapsar_stream_attr {
	COLLAPSAR_STREAM_A_UNSPEC,
	COLLAPSAR_STREAM_A_COLLECTOR,	/* string < COLLAPSAR_FRONT_NAMSIZ */
	COLLAPSAR_STREAM_A_LIMIT,	/* u32: bytes of memory for what is not acknowledged; above the default for the host's admin alone */
	COLLAPSAR_STREAM_A_ACKED,	/* u64: entries up to this number are stored, and gone */
	COLLAPSAR_STREAM_A_EPOCH,	/* u64: random; with another one numbers began anew; replies only */
	COLLAPSAR_STREAM_A_ENTRY,	/* nest of collapsar_entry_attr, repeated; notifications only */
	COLLAPSAR_STREAM_A_PAD,

	__COLLAPSAR_STREAM_A_MAX,
	COLLAPSAR_STREAM_A_MAX = __COLLAPSAR_STREAM_A_MAX - 1
};

enum collapsar_entry_attr {
	COLLAPSAR_ENTRY_A_UNSPEC,
	COLLAPSAR_ENTRY_A_SEQ,		/* u64: of the collector, from 1 without holes */
	COLLAPSAR_ENTRY_A_TIME,		/* u64: ns since 1970; of a gap: of the last that is lost */
	COLLAPSAR_ENTRY_A_NETWORK,	/* string; with _HONEYPOT and _ADDR, absent of a gap whose
					 * honeypots there was no room to remember
					 */
	COLLAPSAR_ENTRY_A_HONEYPOT,	/* string */
	COLLAPSAR_ENTRY_A_ADDR,		/* binary, 4 (or 16, not yet supported) bytes: V */
	COLLAPSAR_ENTRY_A_TYPE,		/* u32 collapsar_entry_type */
	COLLAPSAR_ENTRY_A_DATA,		/* binary; not of a gap */
	COLLAPSAR_ENTRY_A_COUNT,	/* u64: of a gap: how many entries are lost */
	COLLAPSAR_ENTRY_A_SINCE,	/* u64: of a gap: ns since 1970, of the first that is lost */
	COLLAPSAR_ENTRY_A_PAD,

	__COLLAPSAR_ENTRY_A_MAX,
	COLLAPSAR_ENTRY_A_MAX = __COLLAPSAR_ENTRY_A_MAX - 1
};

#endif /* _UAPI_COLLAPSAR_STREAM_H */

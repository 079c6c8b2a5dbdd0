/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Flows that the outside began: a bounded, set-associative table. No
 * allocation after creation, no garbage collector: a new flow takes the most
 * expendable way of its set. Locking and hashing are the caller's.
 */
#ifndef CLPS_LIB_FLOW_H
#define CLPS_LIB_FLOW_H

#include "addr.h"
#include "pkt.h"

#define CLPS_FLOW_WAYS		8
#define CLPS_FLOW_MIN		64
#define CLPS_FLOW_MAX		(1u << 20)
#define CLPS_FLOW_DEFAULT	8192

enum clps_flow_kind {
	CLPS_FLOW_FREE = 0,
	CLPS_FLOW_PORTS,	/* address pair, protocol, ports (or ICMP id) */
	CLPS_FLOW_PAIR,		/* address pair and protocol: later fragments, portless protocols */
};

/**
 * struct clps_flow_key - identity of a flow, seen from the honeypot
 * @in: the honeypot's address V
 * @out: the address outside
 * @in_port: V's port in host order, or ICMP query id
 * @out_port: the outside port
 * @proto: IP protocol
 * @kind: enum clps_flow_kind
 * @zero: must be 0, so that the key can be hashed as bytes
 */
struct clps_flow_key {
	struct clps_addr in;
	struct clps_addr out;
	u16 in_port;
	u16 out_port;
	u8 proto;
	u8 kind;
	u16 zero;
};

enum clps_flow_state {
	CLPS_FLOW_CLOSED = 0,	/* TCP: a RST, or a FIN of both; the first to be evicted */
	CLPS_FLOW_NEW,		/* only the outside has spoken */
	CLPS_FLOW_REPLIED,	/* the honeypot answered */
	CLPS_FLOW_ASSURED,	/* and the outside spoke again: the last to be evicted */
};

/* Who ended its half of a TCP connection. */
enum clps_flow_fin {
	CLPS_FLOW_FIN_IN	= 1 << 0,	/* the outside */
	CLPS_FLOW_FIN_OUT	= 1 << 1,	/* the honeypot */
};

/**
 * struct clps_flow - one way of a set
 * @key: identity; kind CLPS_FLOW_FREE when unused
 * @used: time of the outside's last packet, or of the close, in seconds of the caller's clock
 * @state: enum clps_flow_state
 * @fin: bits of enum clps_flow_fin
 * @zero: padding
 */
struct clps_flow {
	struct clps_flow_key key;
	u32 used;
	u8 state;
	u8 fin;
	u8 zero[2];
};

/**
 * struct clps_flow_set - the ways of one hash value; one lock covers one set
 * @way: the flows
 */
struct clps_flow_set {
	struct clps_flow way[CLPS_FLOW_WAYS];
};

/**
 * struct clps_flow_timeouts - idle seconds after which a flow is forgotten
 * @unreplied: only the outside has spoken
 * @replied: answered, not assured; and every protocol but TCP when assured
 * @assured_tcp: a TCP flow with traffic both ways
 * @closed: a TCP flow, since it was closed or reset: last retransmissions only
 */
struct clps_flow_timeouts {
	u32 unreplied;
	u32 replied;
	u32 assured_tcp;
	u32 closed;
};

extern const struct clps_flow_timeouts clps_flow_default_timeouts; /* 60, 180, 7440, 30 */

/**
 * clps_flow_key_inbound() - the key of a packet from outside to V
 * @key: filled in, fully initialised
 * @pkt: the packet
 *
 * Return: 0; -ENOENT for a packet that begins no flow (an ICMP error).
 */
int clps_flow_key_inbound(struct clps_flow_key *key, const struct clps_pkt *pkt);

/**
 * clps_flow_key_outbound() - the key that must exist for V to send a packet
 * @key: filled in, fully initialised
 * @pkt: the packet
 *
 * For an ICMP error the key is that of the embedded packet, which must have
 * been sent by the error's destination to V.
 *
 * Return: 0; -EPERM for a packet that can never be an answer: a TCP SYN
 * without ACK, ICMP that is neither an answer nor an error about what the outside
 * sent, such an error in fragments, a source route, a TCP fragment at offset 1
 * or a first one that is shorter than the header.
 */
int clps_flow_key_outbound(struct clps_flow_key *key, const struct clps_pkt *pkt);

/* The PAIR key of the same two hosts and protocol. */
void clps_flow_key_pair(struct clps_flow_key *pair, const struct clps_flow_key *key);

/**
 * clps_flow_note_inbound() - the outside spoke: create or refresh
 * @set: the set of @key's hash, locked by the caller
 * @key: from clps_flow_key_inbound() or clps_flow_key_pair()
 * @flags: CLPS_PKT_TCP_* of the packet; 0 for a PAIR key
 * @now: seconds, monotonic, may wrap
 * @tmo: timeouts
 *
 * A SYN begins a closed flow anew; nothing else renews it, nor does a SYN in
 * fragments too short to show it. When it is forgotten
 * the outside's next packet begins another, unless it is a RST: a forged RST
 * costs a session no more than waiting for the outside to speak again.
 *
 * Return: true when a live flow was evicted to make room.
 */
bool clps_flow_note_inbound(struct clps_flow_set *set,
			    const struct clps_flow_key *key, u16 flags, u32 now,
			    const struct clps_flow_timeouts *tmo);

/**
 * clps_flow_note_outbound() - may the honeypot speak? Does not renew the flow
 * @set: the set of @key's hash, locked by the caller
 * @key: from clps_flow_key_outbound() or clps_flow_key_pair()
 * @flags: CLPS_PKT_TCP_* of the packet; 0 for a PAIR key
 * @now: seconds
 * @tmo: timeouts
 *
 * Return: true when a live flow exists.
 */
bool clps_flow_note_outbound(struct clps_flow_set *set,
			     const struct clps_flow_key *key, u16 flags, u32 now,
			     const struct clps_flow_timeouts *tmo);

/* Live flows in a set (for tests and dumps). */
unsigned int clps_flow_count(const struct clps_flow_set *set, u32 now,
			     const struct clps_flow_timeouts *tmo);

#endif /* CLPS_LIB_FLOW_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counters and drop reasons. One list names them all; an object that counts
 * holds a per-CPU struct clps_stats, and a drop is counted, traced and freed by
 * one call.
 */
#ifndef _COLLAPSAR_STATS_H
#define _COLLAPSAR_STATS_H

#include <linux/percpu.h>
#include <linux/skbuff.h>
#include <linux/types.h>
#include <linux/u64_stats_sync.h>

#include "put.h"

/*
 * name, meaning. The name is what userspace sees; append freely. A packet is counted when
 * nothing can happen to it here any more: in one of rx_packets, tx_packets,
 * local_packets and sensor_packets, or as one drop.
 */
#define CLPS_COUNTERS(X)							\
	X(rx_packets,		"packets from outside, handed on")		\
	X(rx_bytes,		"their bytes")					\
	X(tx_packets,		"packets to the outside, handed on")		\
	X(tx_bytes,		"their bytes")					\
	X(local_packets,	"packets between honeypots of one network, handed over") \
	X(arp_requests,		"ARP requests for a known address")		\
	X(arp_replies,		"ARP replies sent")				\
	X(arp_probes,		"ARP probes and verifications sent")		\
	X(arp_conflicts,	"ARP packets that contest a V")			\
	X(keepalives_rx,	"GRE keepalives to be answered")			\
	X(keepalives_tx,	"GRE keepalives sent")				\
	X(keepalives_back,	"GRE keepalives that came back")		\
	X(flows_evicted,	"live flows evicted from a full set")		\
	X(flows_refused,	"flows not remembered: no memory")		\
	X(arp_packets,		"ARP packets of guests that were heard")	\
	X(arp_announcements,	"ARP announcements sent")			\
	X(own_unsent,		"ARP packets and keepalives of ours that could not be sent") \
	X(sensor_packets,	"packets of guests' sensors, taken off")	\
	X(sensor_unheard,	"those of them that no collector was there for")

/* Every reason to drop a packet; counters "drop_<name>". */
#define CLPS_DROPS(X)								\
	X(malformed,		"bad or truncated header")			\
	X(not_ip,		"neither IPv4 nor ARP")				\
	X(no_honeypot,		"no honeypot owns the destination")		\
	X(no_network,		"no network owns the tunnel key and remote")	\
	X(no_redirect,		"source is no claimed V of this redirector")	\
	X(spoofed,		"source is not bound to the port")		\
	X(contained,		"outside any flow that the outside began")	\
	X(bad_dst,		"broadcast, multicast, loopback or own address") \
	X(no_route,		"no route on the NIC")				\
	X(no_neighbour,		"neighbour unresolved")				\
	X(no_guest_mac,		"guest's MAC not learned yet")			\
	X(no_memory,		"allocation failed")				\
	X(detached,		"uplink, port or NIC is gone")			\
	X(link_down,		"uplink, port or NIC is down")			\
	X(too_big,		"larger than the device takes")			\
	X(xmit,			"the device refused it")			\
	X(loop,			"too many nested transmissions, or back out of where it came") \
	X(gre_header,		"GRE header invalid for this peer")		\
	X(gre_csum,		"GRE checksum wrong")				\
	X(gre_proto,		"GRE payload is not IPv4")			\
	X(ecn,			"ECN: CE outside, not-ECT inside (RFC 6040)")	\
	X(rate,			"over a rate limit")				\
	X(vlan,			"VLAN-tagged frame on a port")			\
	X(lro,			"LRO packet cannot be forwarded")		\
	X(ipsec,		"refused by the host's IPsec policy")		\
	X(underlay,		"GRE by another netdev than its tunnel's")	\
	X(backlog,		"out of a tunnel into a full backlog")		\
	X(own_stack,		"sent into a port by the center's own stack")

enum clps_counter {
#define X(name, text) CLPS_C_##name,
	CLPS_COUNTERS(X)
#undef X
#define X(name, text) CLPS_DROP_##name,
	CLPS_DROPS(X)
#undef X
	CLPS_COUNTER_MAX,
};

#define CLPS_DROP_FIRST	CLPS_DROP_malformed

/**
 * struct clps_stats - per-CPU counters of one object
 * @syncp: guards 64-bit reads on 32-bit hosts
 * @v: values by enum clps_counter
 */
struct clps_stats {
	struct u64_stats_sync syncp;
	u64_stats_t v[CLPS_COUNTER_MAX];
};

/**
 * clps_counter_name() - a counter's name, as userspace sees it
 * @c: counter
 *
 * Return: "rx_packets", ..., "drop_spoofed".
 */
const char *clps_counter_name(enum clps_counter c);

/**
 * clps_stats_alloc() - allocate zeroed counters for every CPU
 *
 * Context: may sleep.
 * Return: counters, for free_percpu(), or NULL.
 */
struct clps_stats __percpu *clps_stats_alloc(void);

/* Context: BH disabled (u64_stats writers must not nest on 32-bit hosts). */
static inline void clps_stats_add(struct clps_stats __percpu *stats,
				  enum clps_counter c, u64 n)
{
	struct clps_stats *s = this_cpu_ptr(stats);

	u64_stats_update_begin(&s->syncp);
	u64_stats_add(&s->v[c], n);
	u64_stats_update_end(&s->syncp);
}

static inline void clps_stats_inc(struct clps_stats __percpu *stats,
				  enum clps_counter c)
{
	clps_stats_add(stats, c, 1);
}

/**
 * clps_stats_packet() - count a packet and its bytes
 * @stats: counters
 * @c: rx_packets or tx_packets; that of their bytes is the next one
 * @len: its length in bytes
 *
 * Context: BH disabled.
 */
static inline void clps_stats_packet(struct clps_stats __percpu *stats,
				     enum clps_counter c, unsigned int len)
{
	struct clps_stats *s = this_cpu_ptr(stats);

	BUILD_BUG_ON(CLPS_C_rx_bytes != CLPS_C_rx_packets + 1);
	BUILD_BUG_ON(CLPS_C_tx_bytes != CLPS_C_tx_packets + 1);
	u64_stats_update_begin(&s->syncp);
	u64_stats_inc(&s->v[c]);
	u64_stats_add(&s->v[c + 1], len);
	u64_stats_update_end(&s->syncp);
}

/**
 * clps_stats_sum() - sum counters over all CPUs
 * @stats: counters
 * @sum: CLPS_COUNTER_MAX values to fill
 */
void clps_stats_sum(const struct clps_stats __percpu *stats, u64 *sum);

/**
 * clps_stats_put() - append COLLAPSAR_STATS_A_COUNTER nests to a message
 * @msg: message with COLLAPSAR_STATS_A_SCOPE/_NAME already put
 * @stats: counters
 *
 * Return: 0 or -EMSGSIZE.
 */
int clps_stats_put(struct sk_buff *msg, const struct clps_stats __percpu *stats);

/**
 * clps_drop() - count, trace and free a packet
 * @stats: the object's counters
 * @skb: consumed
 * @why: a CLPS_DROP_* value
 *
 * Tracepoint collapsar:clps_drop. Context: BH disabled.
 */
void clps_drop(struct clps_stats __percpu *stats, struct sk_buff *skb,
	       enum clps_counter why);

/**
 * clps_drop_note() - count and trace a packet that the caller's caller will free
 * @stats: the object's counters
 * @skb: left alone
 * @why: a CLPS_DROP_* value
 *
 * Context: BH disabled.
 */
void clps_drop_note(struct clps_stats __percpu *stats, const struct sk_buff *skb,
		    enum clps_counter why);

/**
 * clps_drop_gone() - count and trace a packet that has been freed already
 * @stats: the object's counters
 * @dev: where it was to go
 * @len: how long it was
 * @why: a CLPS_DROP_* value, or CLPS_C_own_unsent
 *
 * The tracepoint has no address and no protocol then. Context: BH disabled.
 */
void clps_drop_gone(struct clps_stats __percpu *stats, const struct net_device *dev,
		    unsigned int len, enum clps_counter why);

/*
 * Per-object packet and byte counts, for objects that exist by the thousand. They are
 * counted together with rx_packets, tx_packets and local_packets, whose sums they are.
 */
struct clps_pcount {
	u64_stats_t rx_packets;
	u64_stats_t rx_bytes;
	u64_stats_t tx_packets;
	u64_stats_t tx_bytes;
	struct u64_stats_sync syncp;
};

/**
 * clps_pcount_rx() - count a packet that came from the outside
 * @count: the object's counts
 * @len: its length in bytes
 *
 * Context: BH disabled.
 */
static inline void clps_pcount_rx(struct clps_pcount __percpu *count, unsigned int len)
{
	struct clps_pcount *c = this_cpu_ptr(count);

	u64_stats_update_begin(&c->syncp);
	u64_stats_inc(&c->rx_packets);
	u64_stats_add(&c->rx_bytes, len);
	u64_stats_update_end(&c->syncp);
}

/**
 * clps_pcount_tx() - count a packet on its way to the outside
 * @count: the object's counts
 * @len: its length in bytes
 *
 * Context: BH disabled.
 */
static inline void clps_pcount_tx(struct clps_pcount __percpu *count, unsigned int len)
{
	struct clps_pcount *c = this_cpu_ptr(count);

	u64_stats_update_begin(&c->syncp);
	u64_stats_inc(&c->tx_packets);
	u64_stats_add(&c->tx_bytes, len);
	u64_stats_update_end(&c->syncp);
}

/**
 * clps_pcount_put() - append the sums over all CPUs to a message
 * @msg: the message
 * @attr: attribute of rx_packets; rx_bytes, tx_packets and tx_bytes follow it
 * @pad: attribute for padding
 * @count: the object's counts
 *
 * Return: 0 or -EMSGSIZE.
 */
int clps_pcount_put(struct sk_buff *msg, int attr, int pad,
		    const struct clps_pcount __percpu *count);

#endif /* _COLLAPSAR_STATS_H */

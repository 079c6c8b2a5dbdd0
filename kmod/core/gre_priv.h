/* SPDX-License-Identifier: GPL-2.0-only */
/* The clps_gre device (RFC 2784, RFC 2890), private to kmod/core/gre*.c. */
#ifndef CLPS_GRE_PRIV_H
#define CLPS_GRE_PRIV_H

#include <linux/ip.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/ratelimit.h>
#include <linux/refcount.h>
#include <linux/rhashtable.h>
#include <linux/workqueue.h>
#include <net/dst_cache.h>
#include <net/gro_cells.h>
#include <net/inet_ecn.h>

#include <collapsar/addr_hash.h>

#include "../lib/addr.h"
#include "../lib/gre.h"

#define CLPS_GRE_TTL_DEFAULT		64
#define CLPS_GRE_RETRIES_DEFAULT	3
#define CLPS_GRE_KEEPALIVE_MAX		3600
/* Keepalives answered per tunnel and second; a peer sends one in seconds. */
#define CLPS_GRE_ANSWERS_PER_SEC	10
#define CLPS_GRE_HOOKS			2
/* IPv4 identifiers that a CPU draws at once. */
#define CLPS_GRE_IDENTS			32

/* Identity of a tunnel in its namespace; hashed as bytes. */
struct clps_gre_key {
	struct clps_addr remote;
	u32 key;
	u32 has_key;
};

/**
 * struct clps_gre_peer - a remote address that at least one tunnel has
 * @node: in clps_gre_net.peers
 * @remote: the address
 * @nr: tunnels; RTNL
 * @rcu: readers are in softirq
 */
struct clps_gre_peer {
	struct rhash_head node;
	struct clps_addr remote;
	unsigned int nr;
	struct rcu_head rcu;
};

/**
 * struct clps_gre_template - what the outer headers of all packets have in common
 * @ip: the rest is 0
 * @gre: without checksum
 * @len: bytes of @ip and @gre
 */
struct clps_gre_template {
	struct iphdr ip;
	u8 gre[CLPS_GRE_MAX_LEN];
	u8 len;
};

/**
 * struct clps_gre_cpu - what a CPU has ready for outer packets
 * @rt: the route, held; used without a count of one's own
 * @changes: those of the tunnel that are in here
 * @hdr: outer headers by this route
 * @sum: checksum over @hdr.ip, not folded
 * @ident: next IPv4 identifier of those drawn ahead
 * @idents: how many
 * @until: jiffies, when they are too old
 */
struct clps_gre_cpu {
	struct rtable *rt;
	u32 changes;
	u32 sum;
	struct clps_gre_template hdr;
	u16 ident;
	u16 idents;
	unsigned long until;
};

/**
 * struct clps_gre_tun - private area of a clps_gre netdev
 * @node: in clps_gre_net.tunnels
 * @id: remote and key
 * @local: our address; 0 = any
 * @link: ifindex of the only netdev that packets come and go by; 0 = any
 * @dev: the netdev
 * @net: the namespace, which the netdev never leaves
 * @ttl: outer TTL
 * @tos: outer DSCP; ECN by RFC 6040
 * @csum: send checksums
 * @retries: unanswered keepalives until the carrier goes
 * @keepalive: seconds between keepalives, 0 = none
 * @unanswered: keepalives since the last answer
 * @work: sends keepalives
 * @answers: limits the answers to the peer's keepalives
 * @dst_cache: route to the peer, per CPU
 * @template: outer headers
 * @cpu: what each CPU has ready
 * @changes: of @ttl and @tos so far
 * @heard: how the host last routed a packet of the peer to @local, see gre_rx.c
 * @gro_cells: the way to the stack when nobody owns the device as an uplink
 */
struct clps_gre_tun {
	struct rhash_head node;
	struct clps_gre_key id;
	__be32 local;
	int link;
	struct net_device *dev;
	struct net *net;
	u8 ttl;
	u8 tos;
	bool csum;
	u8 retries;
	u32 keepalive;
	atomic_t unanswered;
	struct delayed_work work;
	struct ratelimit_state answers;
	struct dst_cache dst_cache;
	struct clps_gre_template template;
	struct clps_gre_cpu __percpu *cpu;
	u32 changes;
	u64 heard;
	struct gro_cells gro_cells;
};

/**
 * struct clps_gre_net - tunnels of a namespace
 * @tunnels: struct clps_gre_tun by id
 * @peers: struct clps_gre_peer by remote
 * @hooks: that claim their packets
 * @nr: tunnels; the hooks are registered while it is not 0; RTNL
 */
struct clps_gre_net {
	struct rhashtable tunnels;
	struct rhashtable peers;
	struct nf_hook_ops hooks[CLPS_GRE_HOOKS];
	unsigned int nr;
};

struct clps_gre_net *clps_gre_net(struct net *net);

/* Enter a tunnel into the tables, registering the hook with the first. RTNL. */
int clps_gre_tun_add(struct clps_gre_tun *tun);
void clps_gre_tun_del(struct clps_gre_tun *tun);

static inline u32 clps_gre_tunnel_hash(const void *data, u32 len, u32 seed)
{
	const struct clps_gre_key *id = data;

	return clps_addr_hash(&id->remote, id->key ^ id->has_key, seed);
}

static __always_inline int clps_gre_tunnel_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct clps_gre_key *id = arg->key;
	const struct clps_gre_tun *tun = obj;

	return id->key != tun->id.key || id->has_key != tun->id.has_key ||
	       !clps_addr_eq(&id->remote, &tun->id.remote);
}

static const struct rhashtable_params clps_gre_tunnel_params = {
	.head_offset = offsetof(struct clps_gre_tun, node),
	.key_offset = offsetof(struct clps_gre_tun, id),
	.key_len = sizeof(struct clps_gre_key),
	.hashfn = clps_gre_tunnel_hash,
	.obj_cmpfn = clps_gre_tunnel_cmp,
	.automatic_shrinking = true,
};

/* Context: RCU. */
static inline struct clps_gre_tun *
clps_gre_lookup(struct clps_gre_net *gn, const struct clps_addr *remote, bool has_key, u32 key)
{
	struct clps_gre_key id = { .remote = *remote, .key = key, .has_key = has_key };

	return rhashtable_lookup(&gn->tunnels, &id, clps_gre_tunnel_params);
}

bool clps_gre_is_peer(struct clps_gre_net *gn, const struct clps_addr *remote);

unsigned int clps_gre_hook_early(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state);
unsigned int clps_gre_hook(void *priv, struct sk_buff *skb, const struct nf_hook_state *state);

netdev_tx_t clps_gre_xmit(struct sk_buff *skb, struct net_device *dev);

/* The headers of a tunnel whose identity is known. */
void clps_gre_template(struct clps_gre_tun *tun);

/* RFC 6040, 4.1: congestion that came so far shows outside as well. */
static inline u8 clps_gre_outer_tos(const struct clps_gre_tun *tun, const struct sk_buff *skb)
{
	return (READ_ONCE(tun->tos) & ~INET_ECN_MASK) | (ip_hdr(skb)->tos & INET_ECN_MASK);
}

/**
 * clps_gre_send() - send an inner packet to the peer
 * @tun: the tunnel
 * @skb: consumed on success
 *
 * Context: BH disabled.
 * Return: 0 if it was sent, and counted as the netdev's; CLPS_DROP_xmit if the host's IP
 * refused it, and it is gone; another CLPS_DROP_* reason: it is still the caller's.
 */
int clps_gre_send(struct clps_gre_tun *tun, struct sk_buff *skb);

/* A packet of @len bytes that the netdev was given is gone: CLPS_DROP_xmit. BH disabled. */
void clps_gre_lost(struct clps_gre_tun *tun, unsigned int len);

/**
 * clps_gre_route() - the route to the peer
 * @tun: the tunnel
 * @saddr: outer source address
 *
 * Context: BH disabled. Return: a held route or ERR_PTR.
 */
struct rtable *clps_gre_route(struct clps_gre_tun *tun, __be32 *saddr);

/* Free what gre_out.c has for each CPU. Context: no packet is on its way. */
void clps_gre_cpu_free(struct clps_gre_tun *tun);

/* A decapsulated keepalive of the peer: send it back. Consumes @skb. */
void clps_gre_keepalive_answer(struct clps_gre_tun *tun, struct sk_buff *skb, unsigned int len);
/* Our keepalive came back. */
void clps_gre_keepalive_back(struct clps_gre_tun *tun);
void clps_gre_keepalive_work(struct work_struct *work);
/* (Re)start or stop sending, by tun->keepalive, on a device that is up. RTNL. */
void clps_gre_keepalive_start(struct clps_gre_tun *tun);

extern struct rtnl_link_ops clps_gre_link_ops;

#endif /* CLPS_GRE_PRIV_H */

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The peer "bpf": what tc programs at both ends do for the way of a packet, over a
 * classic GRE device. Which addresses are redirected where is in a hash; a packet's IP
 * header is not touched. One program for each hook:
 *
 *   intruder -> eth0 [capture] tun ==GRE== tun [hand_over] port -> guest
 *   intruder <- eth0 [release] tun ==GRE== tun [take_back] port <- guest
 *
 * Loaded by tc, which has libbpf; no header but the kernel's own.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>

#define SEC(name) __attribute__((section(name), used))
#define uint(name, value) int (*name)[value]

static void *(*map_lookup)(void *map, const void *key) = (void *)BPF_FUNC_map_lookup_elem;
static long (*redirect)(__u32 ifindex, __u64 flags) = (void *)BPF_FUNC_redirect;
static long (*change_head)(struct __sk_buff *skb, __u32 len, __u64 flags) =
	(void *)BPF_FUNC_skb_change_head;

/* As bpf_way.c writes it. */
struct way {
	__u32 ifindex;
	__u8 dst[ETH_ALEN];
	__u8 src[ETH_ALEN];
};

struct {
	uint(type, BPF_MAP_TYPE_HASH);
	uint(max_entries, 65536);
	__u32 *key;
	struct way *value;
} ways SEC(".maps");

enum { TO_V, FROM_V };

static inline __attribute__((always_inline))
struct way *way_of(struct __sk_buff *skb, __u32 offset, int which)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	struct iphdr *ip = data + offset;
	__u32 v;

	if (skb->protocol != __builtin_bswap16(ETH_P_IP) || (void *)(ip + 1) > end)
		return 0;
	v = which == TO_V ? ip->daddr : ip->saddr;
	return map_lookup(&ways, &v);
}

static inline __attribute__((always_inline))
int into_tunnel(struct __sk_buff *skb, int which)
{
	struct way *w = way_of(skb, ETH_HLEN, which);

	return w ? redirect(w->ifindex, 0) : TC_ACT_OK;
}

static inline __attribute__((always_inline))
int out_of_tunnel(struct __sk_buff *skb, int which)
{
	struct way *w = way_of(skb, 0, which);
	struct ethhdr *eth;

	if (!w || change_head(skb, ETH_HLEN, 0))
		return TC_ACT_SHOT;
	eth = (void *)(long)skb->data;
	if ((void *)(eth + 1) > (void *)(long)skb->data_end)
		return TC_ACT_SHOT;
	__builtin_memcpy(eth->h_dest, w->dst, ETH_ALEN);
	__builtin_memcpy(eth->h_source, w->src, ETH_ALEN);
	eth->h_proto = __builtin_bswap16(ETH_P_IP);
	return redirect(w->ifindex, 0);
}

SEC("tc_capture") int capture(struct __sk_buff *skb) { return into_tunnel(skb, TO_V); }
SEC("tc_hand_over") int hand_over(struct __sk_buff *skb) { return out_of_tunnel(skb, TO_V); }
SEC("tc_take_back") int take_back(struct __sk_buff *skb) { return into_tunnel(skb, FROM_V); }
SEC("tc_release") int release(struct __sk_buff *skb) { return out_of_tunnel(skb, FROM_V); }

char _license[] SEC("license") = "GPL";

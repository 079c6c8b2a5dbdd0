// SPDX-License-Identifier: GPL-2.0-only
/*
 * ringcost.ko: what the ring's driver takes of a packet, at both ends. The driver of
 * UML's kernel and the ring's own code, each as it is, built for another kernel whose
 * instructions can be counted; the two ends of a cable are in one machine, and here is
 * what stands in for the host: the memory, and a doorbell that is heard at once.
 *
 *   [xmit, publish] ring0 == memory == ring1 [NAPI, copy out] -> compared, freed
 *
 * Counted are ndo_start_xmit and the NAPI poll with all that they call, but neither the
 * doorbell nor the network stack, into which the driver gives the packet. That is where
 * the clock is stopped: napi_gro_receive() is ringcost_receive() to the driver.
 *
 * Parameters: size is of a UDP packet's payload, burst how many packets are sent before
 * the other end looks. When the module is loaded, costs says what 256 packets take, of
 * count times so many: median, mean, least, most. doorbells is how often it rang for all.
 *
 * So many together, because memory is not taken anew for each: buffers come by sixteens,
 * and pages are for some.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/etherdevice.h>
#include <linux/ip.h>
#include <linux/module.h>
#include <linux/sort.h>
#include <linux/udp.h>
#include <linux/vmalloc.h>
#include <asm/msr.h>
#include "ring.h"

#define HEADERS		(ETH_HLEN + sizeof(struct iphdr) + sizeof(struct udphdr))
#define BURST_MAX	64
#define SAMPLE		256
#define COUNT_MAX	10000
#define WARM_UP		10

static unsigned int size = 64, burst = 1, count = 100;
module_param(size, uint, 0444);
module_param(burst, uint, 0444);
module_param(count, uint, 0444);

static unsigned long costs[4];
module_param_array(costs, ulong, NULL, 0444);
static unsigned long doorbells;
module_param(doorbells, ulong, 0444);

gro_result_t ringcost_receive(struct napi_struct *napi, struct sk_buff *skb);

static struct ring_dev *ends[2];
static int (*driver_poll)(struct napi_struct *napi, int budget);
static u8 frame[ETH_FRAME_LEN];
static unsigned int length, arrived, altered;

/* The clock: it is started and stopped several times for a burst. */
static u64 started, spent, starts, own;

static __always_inline void clock_start(void)
{
	starts++;
	started = rdtsc();
}

static __always_inline void clock_stop(void)
{
	spent += rdtsc() - started;
}

/* What it takes itself, each time. */
static void clock_calibrate(void)
{
	int i;

	own = U64_MAX;
	for (i = 0; i < 100; i++) {
		spent = 0;
		clock_start();
		clock_stop();
		own = min(own, spent);
	}
}

/* What the driver wants of the host. A descriptor is the number of the other end. */

int ring_user_doorbell(int fd)
{
	clock_stop();
	doorbells++;
	napi_schedule(&ends[fd]->napi);
	clock_start();
	return 1;
}

/* It leaves a peer that lied or has gone, which none does here. */
void ring_user_mute(int fd)
{
	pr_err("end %d would leave its peer\n", !fd);
	altered++;
}

int ring_user_drain(int fd, unsigned int *heard, unsigned int max)
{
	*heard = 0;
	return RING_USER_AGAIN;
}

int ring_open(struct net_device *dev) { return -EOPNOTSUPP; }
int ring_stop(struct net_device *dev) { return 0; }
void ring_work(struct work_struct *work) { }

/* What it wants of the network stack. */
gro_result_t ringcost_receive(struct napi_struct *napi, struct sk_buff *skb)
{
	clock_stop();
	if (skb->len + ETH_HLEN != length || skb->protocol != htons(ETH_P_IP) ||
	    skb->ip_summed != CHECKSUM_PARTIAL || skb_headlen(skb) != skb->len ||
	    memcmp(skb_mac_header(skb), frame, length))
		altered++;
	consume_skb(skb);
	arrived++;
	clock_start();
	return GRO_NORMAL;
}

static int counted_poll(struct napi_struct *napi, int budget)
{
	int done;

	clock_start();
	done = driver_poll(napi, budget);
	clock_stop();
	return done;
}

/* A packet as a socket sends it: its checksum is left to whoever needs it. */
static void frame_make(void)
{
	struct iphdr *ip = (struct iphdr *)(frame + ETH_HLEN);
	unsigned int i;

	for (i = 0; i < length; i++)
		frame[i] = i * 7 + 1;
	ether_addr_copy(frame, ends[1]->dev->dev_addr);
	ether_addr_copy(frame + ETH_ALEN, ends[0]->dev->dev_addr);
	*(__be16 *)(frame + 2 * ETH_ALEN) = htons(ETH_P_IP);
	*ip = (struct iphdr){ .version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_UDP,
			      .tot_len = htons(length - ETH_HLEN) };
}

static struct sk_buff *packet_make(void)
{
	struct sk_buff *skb = alloc_skb(NET_SKB_PAD + length, GFP_ATOMIC);

	if (!skb)
		return NULL;
	skb_reserve(skb, NET_SKB_PAD);
	skb_put_data(skb, frame, length);
	skb->dev = ends[0]->dev;
	skb->protocol = htons(ETH_P_IP);
	skb_reset_mac_header(skb);
	skb_set_network_header(skb, ETH_HLEN);
	if (skb_partial_csum_set(skb, ETH_HLEN + sizeof(struct iphdr), offsetof(struct udphdr, check)))
		return skb;
	kfree_skb(skb);
	return NULL;
}

static int send(void)
{
	struct sk_buff *skb = packet_make();
	struct net_device *dev = ends[0]->dev;

	if (!skb)
		return -ENOMEM;
	clock_start();
	dev->netdev_ops->ndo_start_xmit(skb, dev);
	clock_stop();
	return 0;
}

/* The other end hears of the burst when we allow softirqs again. */
static int carry(void)
{
	unsigned int i;
	int err = 0;

	arrived = 0;
	local_bh_disable();
	for (i = 0; i < burst && !err; i++)
		err = send();
	local_bh_enable();
	if (!err && (arrived != burst || altered)) {
		pr_err("%u of %u packets arrived, %u altered\n", arrived, burst, altered);
		err = -EIO;
	}
	return err;
}

static int sample(u64 *cost)
{
	unsigned int i;
	int err = 0;

	spent = 0;
	starts = 0;
	for (i = 0; i < SAMPLE / burst && !err; i++)
		err = carry();
	*cost = spent - starts * own;
	return err;
}

static int by_value(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return (x > y) - (x < y);
}

static void costs_set(u64 *each)
{
	u64 sum = 0;
	unsigned int i;

	for (i = 0; i < count; i++)
		sum += each[i];
	sort(each, count, sizeof(*each), by_value, NULL);
	costs[0] = each[count / 2];
	costs[1] = div_u64(sum, count);
	costs[2] = each[0];
	costs[3] = each[count - 1];
}

static int measure(void)
{
	u64 *each = vmalloc_array(count, sizeof(*each)), warm;
	unsigned int i;
	int err = 0;

	if (!each)
		return -ENOMEM;
	clock_calibrate();
	for (i = 0; i < WARM_UP && !err; i++)
		err = sample(&warm);
	doorbells = 0;
	for (i = 0; i < count && !err; i++)
		err = sample(&each[i]);
	if (!err)
		costs_set(each);
	vfree(each);
	return err;
}

static int end_make(unsigned int unit, void *mem)
{
	const struct ring_args args = { .unit = unit, .listen = !unit, .path = "none",
					.log2size = CLPS_RING_DEF_LOG2 };
	struct net_device *dev = alloc_etherdev(sizeof(struct ring_dev));
	struct ring_dev *rd;
	int err;

	if (!dev)
		return -ENOMEM;
	ring_setup_dev(dev, &args);
	rd = netdev_priv(dev);
	driver_poll = rd->napi.poll;
	rd->napi.poll = counted_poll;
	rd->fd = !unit;
	clps_ring_init(&rd->tx, mem, rd->log2size, unit);
	clps_ring_init(&rd->rx, mem, rd->log2size, !unit);
	err = register_netdev(dev);
	if (err) {
		free_netdev(dev);
		return err;
	}
	rd->state = RING_UP;
	napi_enable(&rd->napi);
	netif_start_queue(dev);
	ends[unit] = rd;
	return 0;
}

static void end_free(unsigned int unit)
{
	struct ring_dev *rd = ends[unit];

	if (!rd)
		return;
	napi_disable(&rd->napi);
	cancel_delayed_work_sync(&rd->work);
	unregister_netdev(rd->dev);
	free_netdev(rd->dev);
}

static int __init ringcost_init(void)
{
	void *mem = vzalloc(clps_ring_span(CLPS_RING_DEF_LOG2));
	int err;

	length = HEADERS + size;
	if (length > sizeof(frame) || !burst || SAMPLE % burst || burst > BURST_MAX || !count || count > COUNT_MAX) {
		vfree(mem);
		return -EINVAL;
	}
	err = mem ? end_make(0, mem) : -ENOMEM;
	if (!err)
		err = end_make(1, mem);
	if (!err) {
		frame_make();
		err = measure();
	}
	end_free(0);
	end_free(1);
	vfree(mem);
	return err;
}
module_init(ringcost_init);

static void __exit ringcost_exit(void)
{
}
module_exit(ringcost_exit);

MODULE_DESCRIPTION("What the ring network device takes of a packet");
MODULE_LICENSE("GPL");

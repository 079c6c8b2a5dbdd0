// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets as only the driver of a NIC with LRO makes them: merged, and nothing says
 * how to take them apart. A netdev receives some when the module is loaded.
 */
#include <linux/etherdevice.h>
#include <linux/ip.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/nsproxy.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>

#define PAYLOAD	2000

static char *dev = "";
module_param(dev, charp, 0444);
MODULE_PARM_DESC(dev, "which netdev of the caller's namespace");

static unsigned int count = 1;
module_param(count, uint, 0444);
MODULE_PARM_DESC(count, "how many");

static struct sk_buff *merged(struct net_device *to)
{
	struct sk_buff *skb = alloc_skb(256, GFP_KERNEL);
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);

	if (!skb || !page) {
		kfree_skb(skb);
		if (page)
			put_page(page);
		return NULL;
	}
	skb_reserve(skb, NET_SKB_PAD);
	eth_broadcast_addr(skb_put_zero(skb, ETH_HLEN));
	((struct ethhdr *)skb->data)->h_proto = htons(ETH_P_IP);
	skb_put_zero(skb, sizeof(struct iphdr) + sizeof(struct tcphdr));
	skb_add_rx_frag(skb, 0, page, 0, PAYLOAD, PAGE_SIZE);
	skb_shinfo(skb)->gso_size = PAYLOAD / 2;
	skb->protocol = eth_type_trans(skb, to);
	return skb;
}

static int __init lro_init(void)
{
	struct net_device *to = dev_get_by_name(current->nsproxy->net_ns, dev);
	unsigned int i;
	int err = 0;

	if (!to)
		return -ENODEV;
	for (i = 0; i < count && !err; i++) {
		struct sk_buff *skb = merged(to);

		local_bh_disable();
		err = skb ? 0 : -ENOMEM;
		if (skb)
			netif_receive_skb(skb);
		local_bh_enable();
	}
	dev_put(to);
	return err;
}

static void __exit lro_exit(void)
{
}

module_init(lro_init);
module_exit(lro_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Collapsar: packets of a NIC with LRO");

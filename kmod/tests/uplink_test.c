// SPDX-License-Identifier: GPL-2.0-only
/* Uplinks on a netdev whose driver is the test. */
#include <linux/etherdevice.h>
#include <linux/ip.h>
#include <linux/rtnetlink.h>
#include <net/net_namespace.h>

#include <collapsar/stats.h>
#include <collapsar/uplink.h>

#include "tests.h"

static const u8 peer_mac[ETH_ALEN] = { 2, 0, 0, 0, 0, 9 };

struct uplink_fixture {
	struct net_device *dev;
	struct clps_stats __percpu *stats;
	struct clps_uplink *up;
	struct netlink_ext_ack extack;
	struct sk_buff *sent;
	unsigned int received;
	unsigned int bad;
	unsigned int gone;
};

/* The driver: keeps the last packet that was sent. */
static netdev_tx_t test_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct uplink_fixture *fix = *(struct uplink_fixture **)netdev_priv(dev);

	consume_skb(fix->sent);
	fix->sent = skb;
	return NETDEV_TX_OK;
}

static const struct net_device_ops test_ops = { .ndo_start_xmit = test_xmit };

static void test_setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &test_ops;
	dev->priv_flags |= IFF_NO_QUEUE;
}

static void on_rcv(void *priv, struct clps_uplink *up, struct sk_buff *skb)
{
	struct uplink_fixture *fix = priv;

	fix->received++;
	fix->bad += up != fix->up || ip_hdr(skb)->version != 4 || skb->data != (u8 *)ip_hdr(skb) ||
		    skb_dst(skb) || skb->mark;
	consume_skb(skb);
}

static void on_gone(void *priv, struct clps_uplink *up)
{
	struct uplink_fixture *fix = priv;

	fix->gone++;
	clps_uplink_detach(up);
	fix->up = NULL;
}

static const struct clps_uplink_ops ops = { .rcv = on_rcv, .gone = on_gone };
static const struct clps_uplink_ops other_ops = { .rcv = on_rcv, .gone = on_gone };

static struct clps_uplink *attach(struct uplink_fixture *fix, const struct clps_uplink_parm *parm,
				  const struct clps_uplink_ops *how)
{
	struct clps_uplink *up;

	memset(&fix->extack, 0, sizeof(fix->extack));
	rtnl_lock();
	up = clps_uplink_attach(&init_net, parm, how, fix, fix->stats, &fix->extack);
	rtnl_unlock();
	return up;
}

static void detach(struct uplink_fixture *fix)
{
	rtnl_lock();
	if (fix->up)
		clps_uplink_detach(fix->up);
	fix->up = NULL;
	rtnl_unlock();
	synchronize_net();
}

static int uplink_init(struct kunit *test)
{
	struct uplink_fixture *fix = kunit_kzalloc(test, sizeof(*fix), GFP_KERNEL);
	struct net_device *dev;
	int err;

	KUNIT_ASSERT_NOT_NULL(test, fix);
	test->priv = fix;
	fix->stats = clps_stats_alloc();
	KUNIT_ASSERT_NOT_NULL(test, fix->stats);
	dev = alloc_netdev(sizeof(fix), "clpstest%d", NET_NAME_UNKNOWN, test_setup);
	KUNIT_ASSERT_NOT_NULL(test, dev);
	*(struct uplink_fixture **)netdev_priv(dev) = fix;
	eth_hw_addr_random(dev);
	err = register_netdev(dev);
	if (err)
		free_netdev(dev);
	KUNIT_ASSERT_EQ(test, err, 0);
	fix->dev = dev;
	rtnl_lock();
	err = dev_open(dev, NULL);
	rtnl_unlock();
	KUNIT_ASSERT_EQ(test, err, 0);
	return 0;
}

static void uplink_exit(struct kunit *test)
{
	struct uplink_fixture *fix = test->priv;

	if (!fix)
		return;
	detach(fix);
	if (fix->dev) {
		unregister_netdev(fix->dev);
		free_netdev(fix->dev);
	}
	consume_skb(fix->sent);
	free_percpu(fix->stats);
}

static struct clps_uplink_parm parm_of(const struct uplink_fixture *fix)
{
	struct clps_uplink_parm parm = { .dev_index = fix->dev->ifindex, .ttl = 64,
					 .has_peer_mac = true };

	ether_addr_copy(parm.peer_mac, peer_mac);
	return parm;
}

static void attach_ok(struct kunit *test)
{
	struct uplink_fixture *fix = test->priv;
	struct clps_uplink_parm parm = parm_of(fix);

	fix->up = attach(fix, &parm, &ops);
	if (IS_ERR(fix->up))
		fix->up = NULL;
	KUNIT_ASSERT_NOT_NULL(test, fix->up);
}

static void expect_refusal(struct kunit *test, const struct clps_uplink_parm *parm,
			   const struct clps_uplink_ops *how, long want, const char *text)
{
	struct uplink_fixture *fix = test->priv;
	struct clps_uplink *up = attach(fix, parm, how);

	KUNIT_EXPECT_EQ(test, PTR_ERR(up), want);
	if (!fix->extack._msg)
		KUNIT_FAIL(test, "refused without a word, not with '%s'", text);
	else
		KUNIT_EXPECT_STREQ(test, fix->extack._msg, text);
}

static u64 count(struct uplink_fixture *fix, enum clps_counter c)
{
	u64 sum[CLPS_COUNTER_MAX];

	clps_stats_sum(fix->stats, sum);
	return sum[c];
}

/* An IPv4 header and @data bytes, with room for what is in front. */
static struct sk_buff *ip_skb(struct kunit *test, unsigned int data)
{
	struct iphdr ip = { .version = 4, .ihl = 5, .ttl = 3, .protocol = IPPROTO_UDP,
			    .tot_len = htons(sizeof(ip) + data) };
	struct sk_buff *skb = alloc_skb(128 + sizeof(ip) + data, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reserve(skb, 128);
	skb_put_data(skb, &ip, sizeof(ip));
	skb_put_zero(skb, data);
	skb->protocol = htons(ETH_P_IP);
	skb->mark = 5;
	return skb;
}

/* It comes in by the device, to @to. */
static void receive(struct kunit *test, const u8 *to, u16 proto)
{
	struct uplink_fixture *fix = test->priv;
	struct sk_buff *skb = ip_skb(test, 8);
	struct ethhdr *eth = skb_push(skb, ETH_HLEN);

	ether_addr_copy(eth->h_dest, to);
	ether_addr_copy(eth->h_source, peer_mac);
	eth->h_proto = htons(proto);
	skb->protocol = eth_type_trans(skb, fix->dev);
	local_bh_disable();
	netif_receive_skb(skb);
	local_bh_enable();
}

static void send(struct kunit *test, unsigned int data)
{
	struct uplink_fixture *fix = test->priv;
	struct sk_buff *skb = ip_skb(test, data);

	rcu_read_lock_bh();
	clps_uplink_xmit(fix->up, skb);
	rcu_read_unlock_bh();
}

static void refusals_have_words(struct kunit *test)
{
	struct uplink_fixture *fix = test->priv;
	struct clps_uplink_parm parm = parm_of(fix);

	parm.dev_index = INT_MAX;
	expect_refusal(test, &parm, &ops, -ENODEV, "no such uplink netdev");
	parm.dev_index = init_net.loopback_dev->ifindex;
	expect_refusal(test, &parm, &ops, -EOPNOTSUPP, "the loopback device cannot be an uplink");
	parm = parm_of(fix);
	parm.has_remote = true;
	expect_refusal(test, &parm, &ops, -EINVAL,
		       "remote, key and ttl are for an external gre device only");
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(fix->dev->rx_handler));
}

static void a_netdev_has_one_owner(struct kunit *test)
{
	struct uplink_fixture *fix = test->priv;
	struct clps_uplink_parm parm = parm_of(fix);

	attach_ok(test);
	expect_refusal(test, &parm, &ops, -EBUSY, "the netdev is an uplink already");
	expect_refusal(test, &parm, &other_ops, -EBUSY, "the netdev is an uplink already");
	detach(fix);
	attach_ok(test);
}

static void ip_goes_to_the_owner(struct kunit *test)
{
	struct uplink_fixture *fix = test->priv;

	attach_ok(test);
	receive(test, fix->dev->dev_addr, ETH_P_IP);
	receive(test, fix->dev->broadcast, ETH_P_IP);
	KUNIT_EXPECT_EQ(test, fix->received, 2);
	KUNIT_EXPECT_EQ(test, fix->bad, 0);
	/* Somebody else's, seen in promiscuous mode. */
	receive(test, peer_mac, ETH_P_IP);
	KUNIT_EXPECT_EQ(test, fix->received, 2);
	receive(test, fix->dev->dev_addr, ETH_P_ARP);
	KUNIT_EXPECT_EQ(test, fix->received, 2);
	KUNIT_EXPECT_EQ(test, count(fix, CLPS_DROP_not_ip), 0);
	receive(test, fix->dev->dev_addr, ETH_P_IPV6);
	KUNIT_EXPECT_EQ(test, fix->received, 2);
	KUNIT_EXPECT_EQ(test, count(fix, CLPS_DROP_not_ip), 1);
}

static void after_detach_nothing_comes(struct kunit *test)
{
	struct uplink_fixture *fix = test->priv;

	attach_ok(test);
	detach(fix);
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(fix->dev->rx_handler));
	receive(test, fix->dev->dev_addr, ETH_P_IP);
	KUNIT_EXPECT_EQ(test, fix->received, 0);
}

static void frames_go_to_the_peer(struct kunit *test)
{
	struct uplink_fixture *fix = test->priv;
	const struct ethhdr *eth;

	attach_ok(test);
	send(test, 1480);
	KUNIT_ASSERT_NOT_NULL(test, fix->sent);
	eth = eth_hdr(fix->sent);
	KUNIT_EXPECT_EQ(test, fix->sent->len, ETH_HLEN + 1500);
	KUNIT_EXPECT_TRUE(test, ether_addr_equal(eth->h_dest, peer_mac));
	KUNIT_EXPECT_TRUE(test, ether_addr_equal(eth->h_source, fix->dev->dev_addr));
	KUNIT_EXPECT_EQ(test, ntohs(eth->h_proto), ETH_P_IP);
	KUNIT_EXPECT_EQ(test, ip_hdr(fix->sent)->ttl, 3);
	KUNIT_EXPECT_EQ(test, fix->sent->mark, 0);
	KUNIT_EXPECT_EQ(test, count(fix, CLPS_DROP_too_big), 0);
}

static void what_cannot_be_sent_is_counted(struct kunit *test)
{
	struct uplink_fixture *fix = test->priv;

	attach_ok(test);
	send(test, 1481);
	KUNIT_EXPECT_EQ(test, count(fix, CLPS_DROP_too_big), 1);
	netif_carrier_off(fix->dev);
	send(test, 8);
	KUNIT_EXPECT_EQ(test, count(fix, CLPS_DROP_link_down), 1);
	netif_carrier_on(fix->dev);
	rtnl_lock();
	dev_close(fix->dev);
	rtnl_unlock();
	send(test, 8);
	KUNIT_EXPECT_EQ(test, count(fix, CLPS_DROP_link_down), 2);
	KUNIT_EXPECT_NULL(test, fix->sent);
}

static void the_owner_hears_that_its_netdev_goes(struct kunit *test)
{
	struct uplink_fixture *fix = test->priv;

	attach_ok(test);
	unregister_netdev(fix->dev);
	free_netdev(fix->dev);
	fix->dev = NULL;
	KUNIT_EXPECT_EQ(test, fix->gone, 1);
	KUNIT_EXPECT_NULL(test, fix->up);
}

static struct kunit_case uplink_cases[] = {
	KUNIT_CASE(refusals_have_words),
	KUNIT_CASE(a_netdev_has_one_owner),
	KUNIT_CASE(ip_goes_to_the_owner),
	KUNIT_CASE(after_detach_nothing_comes),
	KUNIT_CASE(frames_go_to_the_peer),
	KUNIT_CASE(what_cannot_be_sent_is_counted),
	KUNIT_CASE(the_owner_hears_that_its_netdev_goes),
	{}
};

struct kunit_suite clps_uplink_suite = {
	.name = "collapsar_uplink",
	.init = uplink_init,
	.exit = uplink_exit,
	.test_cases = uplink_cases,
};

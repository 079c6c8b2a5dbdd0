// SPDX-License-Identifier: GPL-2.0-only
/* Uplinks in netlink messages: what is taken, and with which words the rest is refused. */
#include <linux/etherdevice.h>
#include <linux/in6.h>
#include <net/netlink.h>
#include <uapi/collapsar/uplink.h>

#include <collapsar/uplink.h>

#include "tests.h"

#define NEST	1
#define REMOTE	0xc0000202u

static const u8 peer_mac[ETH_ALEN] = { 2, 0, 0, 0, 0, 9 };

struct attr_fixture {
	struct sk_buff *msg;
	struct nlattr *nest;
	struct netlink_ext_ack extack;
	struct clps_uplink_parm parm;
};

static int attr_init(struct kunit *test)
{
	struct attr_fixture *fix = kunit_kzalloc(test, sizeof(*fix), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, fix);
	test->priv = fix;
	fix->msg = nlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fix->msg);
	fix->nest = nla_nest_start(fix->msg, NEST);
	KUNIT_ASSERT_NOT_NULL(test, fix->nest);
	/* Nothing may be left of it. */
	memset(&fix->parm, 0xa5, sizeof(fix->parm));
	return 0;
}

static void attr_exit(struct kunit *test)
{
	struct attr_fixture *fix = test->priv;

	if (fix)
		nlmsg_free(fix->msg);
}

static int decode(struct attr_fixture *fix)
{
	nla_nest_end(fix->msg, fix->nest);
	return clps_uplink_parm_get(fix->nest, &fix->parm, &fix->extack);
}

static void expect_refusal(struct kunit *test, int want, const char *text)
{
	struct attr_fixture *fix = test->priv;

	KUNIT_EXPECT_EQ(test, decode(fix), want);
	if (!fix->extack._msg)
		KUNIT_FAIL(test, "refused without a word, not with '%s'", text);
	else
		KUNIT_EXPECT_STREQ(test, fix->extack._msg, text);
	KUNIT_EXPECT_NOT_NULL(test, fix->extack.bad_attr);
}

static void put(struct kunit *test, int type, const void *data, int len)
{
	struct attr_fixture *fix = test->priv;

	KUNIT_ASSERT_EQ(test, nla_put(fix->msg, type, len, data), 0);
}

static void put_u32(struct kunit *test, int type, u32 value)
{
	put(test, type, &value, sizeof(value));
}

static void put_remote(struct kunit *test, u32 addr)
{
	__be32 be = htonl(addr);

	put(test, COLLAPSAR_UPLINK_A_REMOTE, &be, sizeof(be));
}

static void a_device_alone_has_defaults(struct kunit *test)
{
	struct attr_fixture *fix = test->priv;

	put_u32(test, COLLAPSAR_UPLINK_A_IFINDEX, 7);
	KUNIT_ASSERT_EQ(test, decode(fix), 0);
	KUNIT_EXPECT_EQ(test, fix->parm.dev_index, 7);
	KUNIT_EXPECT_EQ(test, fix->parm.ttl, 64);
	KUNIT_EXPECT_FALSE(test, fix->parm.has_remote || fix->parm.has_key ||
				 fix->parm.has_peer_mac);
	KUNIT_EXPECT_EQ(test, fix->parm.key, 0);
	KUNIT_EXPECT_TRUE(test, is_zero_ether_addr(fix->parm.peer_mac));
}

static void put_all(struct kunit *test)
{
	u8 ttl = 9;

	put_u32(test, COLLAPSAR_UPLINK_A_IFINDEX, 7);
	put_remote(test, REMOTE);
	put_u32(test, COLLAPSAR_UPLINK_A_KEY, 0xfedcba98);
	put(test, COLLAPSAR_UPLINK_A_TTL, &ttl, sizeof(ttl));
	put(test, COLLAPSAR_UPLINK_A_PEER_MAC, peer_mac, ETH_ALEN);
}

static void everything_is_taken(struct kunit *test)
{
	struct attr_fixture *fix = test->priv;

	put_all(test);
	KUNIT_ASSERT_EQ(test, decode(fix), 0);
	KUNIT_EXPECT_TRUE(test, fix->parm.has_remote && fix->parm.has_key &&
				fix->parm.has_peer_mac);
	KUNIT_EXPECT_EQ(test, clps_addr_get_v4(&fix->parm.remote), htonl(REMOTE));
	KUNIT_EXPECT_TRUE(test, clps_addr_is_v4(&fix->parm.remote));
	KUNIT_EXPECT_EQ(test, fix->parm.key, 0xfedcba98);
	KUNIT_EXPECT_EQ(test, fix->parm.ttl, 9);
	KUNIT_EXPECT_EQ(test, memcmp(fix->parm.peer_mac, peer_mac, ETH_ALEN), 0);
}

static void what_is_put_is_got_again(struct kunit *test)
{
	struct attr_fixture *fix = test->priv;
	struct sk_buff *msg = nlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	struct clps_uplink_parm again;
	struct nlattr *nest, *name;

	KUNIT_ASSERT_NOT_NULL(test, msg);
	put_all(test);
	KUNIT_EXPECT_EQ(test, decode(fix), 0);
	KUNIT_EXPECT_EQ(test, clps_uplink_parm_put(msg, NEST, &fix->parm, NULL), 0);
	nest = (struct nlattr *)msg->data;
	KUNIT_EXPECT_EQ(test, clps_uplink_parm_get(nest, &again, &fix->extack), 0);
	KUNIT_EXPECT_EQ(test, memcmp(&again, &fix->parm, sizeof(again)), 0);
	skb_trim(msg, 0);
	KUNIT_EXPECT_EQ(test, clps_uplink_parm_put(msg, NEST, &fix->parm, "dmz0"), 0);
	name = nla_find_nested(nest, COLLAPSAR_UPLINK_A_IFNAME);
	KUNIT_EXPECT_TRUE(test, name && !nla_strcmp(name, "dmz0"));
	skb_trim(msg, 0);
	skb_put(msg, skb_tailroom(msg));
	KUNIT_EXPECT_EQ(test, clps_uplink_parm_put(msg, NEST, &fix->parm, "dmz0"), -EMSGSIZE);
	nlmsg_free(msg);
}

static void without_a_device_it_is_refused(struct kunit *test)
{
	put_remote(test, REMOTE);
	expect_refusal(test, -EINVAL, "an uplink needs its netdev's index");
}

static void a_key_needs_a_remote(struct kunit *test)
{
	put_u32(test, COLLAPSAR_UPLINK_A_IFINDEX, 7);
	put_u32(test, COLLAPSAR_UPLINK_A_KEY, 1);
	expect_refusal(test, -EINVAL, "key and ttl need a remote");
}

static void ipv6_is_refused_by_name(struct kunit *test)
{
	struct in6_addr v6 = IN6ADDR_LOOPBACK_INIT;

	put_u32(test, COLLAPSAR_UPLINK_A_IFINDEX, 7);
	put(test, COLLAPSAR_UPLINK_A_REMOTE, &v6, sizeof(v6));
	expect_refusal(test, -EAFNOSUPPORT, "IPv6 addresses are not supported yet");
}

static void an_address_has_four_bytes(struct kunit *test)
{
	put_u32(test, COLLAPSAR_UPLINK_A_IFINDEX, 7);
	put(test, COLLAPSAR_UPLINK_A_REMOTE, peer_mac, 5);
	expect_refusal(test, -EINVAL, "an address has 4 bytes");
}

static void a_group_is_no_peer(struct kunit *test)
{
	static const u32 bad[] = { 0, 0x7f000001, 0xe0000005, 0xffffffff };
	struct attr_fixture *fix = test->priv;
	int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		nlmsg_trim(fix->msg, fix->nest);
		fix->nest = nla_nest_start(fix->msg, NEST);
		memset(&fix->extack, 0, sizeof(fix->extack));
		put_u32(test, COLLAPSAR_UPLINK_A_IFINDEX, 7);
		put_remote(test, bad[i]);
		expect_refusal(test, -EINVAL, "not a unicast address");
	}
}

static void a_group_mac_is_no_peer(struct kunit *test)
{
	static const u8 group[ETH_ALEN] = { 3, 0, 0, 0, 0, 1 };

	put_u32(test, COLLAPSAR_UPLINK_A_IFINDEX, 7);
	put(test, COLLAPSAR_UPLINK_A_PEER_MAC, group, ETH_ALEN);
	expect_refusal(test, -EINVAL, "not a unicast MAC address");
}

/* What the policy refuses has the kernel's words, but must name the attribute. */
static void refused_by_policy(struct kunit *test, int type, const void *data, int len)
{
	struct attr_fixture *fix = test->priv;

	put(test, type, data, len);
	KUNIT_EXPECT_LT(test, decode(fix), 0);
	KUNIT_EXPECT_NOT_NULL(test, fix->extack.bad_attr);
}

static void device_zero_is_refused(struct kunit *test)
{
	u32 zero = 0;

	refused_by_policy(test, COLLAPSAR_UPLINK_A_IFINDEX, &zero, sizeof(zero));
}

static void ttl_zero_is_refused(struct kunit *test)
{
	u8 zero = 0;

	refused_by_policy(test, COLLAPSAR_UPLINK_A_TTL, &zero, sizeof(zero));
}

static void a_short_mac_is_refused(struct kunit *test)
{
	refused_by_policy(test, COLLAPSAR_UPLINK_A_PEER_MAC, peer_mac, ETH_ALEN - 1);
}

static void an_unknown_attribute_is_refused(struct kunit *test)
{
	refused_by_policy(test, COLLAPSAR_UPLINK_A_MAX + 1, peer_mac, 4);
}

static struct kunit_case attr_cases[] = {
	KUNIT_CASE(a_device_alone_has_defaults),
	KUNIT_CASE(everything_is_taken),
	KUNIT_CASE(what_is_put_is_got_again),
	KUNIT_CASE(without_a_device_it_is_refused),
	KUNIT_CASE(a_key_needs_a_remote),
	KUNIT_CASE(ipv6_is_refused_by_name),
	KUNIT_CASE(an_address_has_four_bytes),
	KUNIT_CASE(a_group_is_no_peer),
	KUNIT_CASE(a_group_mac_is_no_peer),
	KUNIT_CASE(device_zero_is_refused),
	KUNIT_CASE(ttl_zero_is_refused),
	KUNIT_CASE(a_short_mac_is_refused),
	KUNIT_CASE(an_unknown_attribute_is_refused),
	{}
};

struct kunit_suite clps_attr_suite = {
	.name = "collapsar_attr",
	.init = attr_init,
	.exit = attr_exit,
	.test_cases = attr_cases,
};

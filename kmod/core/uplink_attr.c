// SPDX-License-Identifier: GPL-2.0-only
/* Uplinks in netlink messages. */
#include <linux/etherdevice.h>
#include <linux/export.h>
#include <linux/in.h>
#include <net/netlink.h>
#include <uapi/collapsar/uplink.h>

#include <collapsar/uplink.h>

const struct nla_policy clps_uplink_policy[COLLAPSAR_UPLINK_A_MAX + 1] = {
	[COLLAPSAR_UPLINK_A_IFINDEX]	= NLA_POLICY_MIN(NLA_U32, 1),
	[COLLAPSAR_UPLINK_A_REMOTE]	= { .type = NLA_BINARY, .len = 16 },
	[COLLAPSAR_UPLINK_A_KEY]	= { .type = NLA_U32 },
	[COLLAPSAR_UPLINK_A_TTL]	= NLA_POLICY_MIN(NLA_U8, 1),
	[COLLAPSAR_UPLINK_A_PEER_MAC]	= NLA_POLICY_EXACT_LEN(ETH_ALEN),
};
EXPORT_SYMBOL_NS_GPL(clps_uplink_policy, COLLAPSAR);

int clps_addr_get(const struct nlattr *attr, struct clps_addr *addr,
		  struct netlink_ext_ack *extack)
{
	__be32 v4;

	if (nla_len(attr) == sizeof(struct in6_addr)) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "IPv6 addresses are not supported yet");
		return -EAFNOSUPPORT;
	}
	if (nla_len(attr) != sizeof(v4)) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "an address has 4 bytes");
		return -EINVAL;
	}
	v4 = nla_get_be32(attr);
	if (!clps_v4_is_unicast(v4)) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "not a unicast address");
		return -EINVAL;
	}
	*addr = clps_addr_v4(v4);
	return 0;
}
EXPORT_SYMBOL_NS_GPL(clps_addr_get, COLLAPSAR);

int clps_addr_put(struct sk_buff *msg, int attrtype, const struct clps_addr *addr)
{
	if (clps_addr_is_v4(addr))
		return nla_put_be32(msg, attrtype, clps_addr_get_v4(addr));
	return nla_put(msg, attrtype, sizeof(addr->w), addr->w);
}
EXPORT_SYMBOL_NS_GPL(clps_addr_put, COLLAPSAR);

int clps_mac_get(const struct nlattr *attr, u8 *mac, struct netlink_ext_ack *extack)
{
	if (!is_valid_ether_addr(nla_data(attr))) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "not a unicast MAC address");
		return -EINVAL;
	}
	ether_addr_copy(mac, nla_data(attr));
	return 0;
}
EXPORT_SYMBOL_NS_GPL(clps_mac_get, COLLAPSAR);

int clps_uplink_parm_get(const struct nlattr *nest, struct clps_uplink_parm *parm,
			 struct netlink_ext_ack *extack)
{
	struct nlattr *tb[COLLAPSAR_UPLINK_A_MAX + 1];
	int err;

	err = nla_parse_nested(tb, COLLAPSAR_UPLINK_A_MAX, nest, clps_uplink_policy, extack);
	if (err)
		return err;
	memset(parm, 0, sizeof(*parm));
	if (!tb[COLLAPSAR_UPLINK_A_IFINDEX]) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "an uplink needs its netdev's index");
		return -EINVAL;
	}
	parm->dev_index = nla_get_u32(tb[COLLAPSAR_UPLINK_A_IFINDEX]);
	parm->ttl = 64;
	if (!tb[COLLAPSAR_UPLINK_A_REMOTE] &&
	    (tb[COLLAPSAR_UPLINK_A_KEY] || tb[COLLAPSAR_UPLINK_A_TTL])) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "key and ttl need a remote");
		return -EINVAL;
	}
	if (tb[COLLAPSAR_UPLINK_A_REMOTE]) {
		err = clps_addr_get(tb[COLLAPSAR_UPLINK_A_REMOTE], &parm->remote, extack);
		if (err)
			return err;
		parm->has_remote = true;
	}
	if (tb[COLLAPSAR_UPLINK_A_KEY]) {
		parm->has_key = true;
		parm->key = nla_get_u32(tb[COLLAPSAR_UPLINK_A_KEY]);
	}
	if (tb[COLLAPSAR_UPLINK_A_TTL])
		parm->ttl = nla_get_u8(tb[COLLAPSAR_UPLINK_A_TTL]);
	if (tb[COLLAPSAR_UPLINK_A_PEER_MAC]) {
		err = clps_mac_get(tb[COLLAPSAR_UPLINK_A_PEER_MAC], parm->peer_mac, extack);
		if (err)
			return err;
		parm->has_peer_mac = true;
	}
	return 0;
}
EXPORT_SYMBOL_NS_GPL(clps_uplink_parm_get, COLLAPSAR);

int clps_uplink_parm_put(struct sk_buff *msg, int attrtype, const struct clps_uplink_parm *parm,
			 const char *name)
{
	struct nlattr *nest = nla_nest_start(msg, attrtype);

	if (!nest || nla_put_u32(msg, COLLAPSAR_UPLINK_A_IFINDEX, parm->dev_index) ||
	    (name && nla_put_string(msg, COLLAPSAR_UPLINK_A_IFNAME, name)))
		return -EMSGSIZE;
	if (parm->has_remote &&
	    (clps_addr_put(msg, COLLAPSAR_UPLINK_A_REMOTE, &parm->remote) ||
	     nla_put_u8(msg, COLLAPSAR_UPLINK_A_TTL, parm->ttl)))
		return -EMSGSIZE;
	if (parm->has_key && nla_put_u32(msg, COLLAPSAR_UPLINK_A_KEY, parm->key))
		return -EMSGSIZE;
	if (parm->has_peer_mac &&
	    nla_put(msg, COLLAPSAR_UPLINK_A_PEER_MAC, ETH_ALEN, parm->peer_mac))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}
EXPORT_SYMBOL_NS_GPL(clps_uplink_parm_put, COLLAPSAR);

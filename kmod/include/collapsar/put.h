/* SPDX-License-Identifier: GPL-2.0-only */
/* Netlink of the sensor's as well, which depends on no other module. */
#ifndef _COLLAPSAR_PUT_H
#define _COLLAPSAR_PUT_H

#include <net/netlink.h>
#include <net/sock.h>
#include <uapi/collapsar/stats.h>

/**
 * clps_stats_put_one() - append one more COLLAPSAR_STATS_A_COUNTER nest
 * @msg: message
 * @name: what userspace sees
 * @value: its value
 *
 * Return: 0 or -EMSGSIZE.
 */
static inline int clps_stats_put_one(struct sk_buff *msg, const char *name, u64 value)
{
	struct nlattr *nest = nla_nest_start(msg, COLLAPSAR_STATS_A_COUNTER);

	if (!nest || nla_put_string(msg, COLLAPSAR_COUNTER_A_NAME, name) ||
	    nla_put_u64_64bit(msg, COLLAPSAR_COUNTER_A_VALUE, value, COLLAPSAR_COUNTER_A_PAD))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

/**
 * clps_put_to_reader() - queue a message on a netlink socket
 * @sk: the socket, held
 * @msg: consumed
 *
 * As genlmsg_unicast() does it, but to the socket and not to its number: once the socket
 * is closed anybody may take that, and until we are told he would get what is read here.
 * What comes to a socket that was closed meanwhile goes with it. Whether there is room is
 * the caller's to ask. Context: process.
 */
static inline void clps_put_to_reader(struct sock *sk, struct sk_buff *msg)
{
	skb_set_owner_r(msg, sk);
	skb_queue_tail(&sk->sk_receive_queue, msg);
	sk->sk_data_ready(sk);
}

#endif /* _COLLAPSAR_PUT_H */

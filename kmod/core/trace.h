/* SPDX-License-Identifier: GPL-2.0-only */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM collapsar

#if !defined(CLPS_CORE_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define CLPS_CORE_TRACE_H

#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/tracepoint.h>

/* @skb is NULL when the packet has been freed already. */
TRACE_EVENT(clps_drop,
	TP_PROTO(const struct sk_buff *skb, const struct net_device *dev, unsigned int len,
		 const char *reason),
	TP_ARGS(skb, dev, len, reason),
	TP_STRUCT__entry(
		__field(const void *, skbaddr)
		__field(unsigned int, len)
		__field(int, ifindex)
		__field(u16, protocol)
		__string(reason, reason)
	),
	TP_fast_assign(
		__entry->skbaddr = skb;
		__entry->len = len;
		__entry->ifindex = dev ? dev->ifindex : 0;
		__entry->protocol = skb ? ntohs(skb->protocol) : 0;
		clps_compat_assign_str(reason, reason);
	),
	TP_printk("skb=%p len=%u ifindex=%d protocol=%04x reason=%s",
		  __entry->skbaddr, __entry->len, __entry->ifindex,
		  __entry->protocol, __get_str(reason))
);

#endif /* CLPS_CORE_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>

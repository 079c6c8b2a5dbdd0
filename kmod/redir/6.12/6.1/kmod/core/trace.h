/* SPDX-License-Identifier: GPL-2.0-only */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM collapsar

#if !defined(CLPS_CORE_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define CLPS_CORE_TRACE_H

#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/tracepoint.h>

TRACE_EVENT(clps_drop,
	TP_PROTO(const struct sk_buff *skb, const char *reason),
	TP_ARGS(skb, reason),
	TP_STRUCT__entry(
		__field(const void *, skbaddr)
		__field(unsigned int, len)
		__field(int, ifindex)
		__field(u16, protocol)
		__string(reason, reason)
	),
	TP_fast_assign(
		__entry->skbaddr = skb;
		__entry->len = skb->len;
		__entry->ifindex = skb->dev ? skb->dev->ifindex : 0;
		__entry->protocol = ntohs(skb->protocol);
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

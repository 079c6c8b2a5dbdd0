/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CLPS_COMPAT_IP_H
#define CLPS_COMPAT_IP_H

#include <net/ip.h>

/*
 * What ip_local_out() counts of a packet before POST_ROUTING is asked, and what is
 * counted after. They are one, OutRequests, before 6.8, and counted before.
 */
static inline void clps_compat_ip_count_request(struct net *net, unsigned int len)
{
#ifdef CLPS_HAVE_MIB_OUTREQUESTS
	IP_INC_STATS(net, IPSTATS_MIB_OUTREQUESTS);
#else
	IP_UPD_PO_STATS(net, IPSTATS_MIB_OUT, len);
#endif
}

static inline void clps_compat_ip_count_out(struct net *net, unsigned int len)
{
#ifdef CLPS_HAVE_MIB_OUTREQUESTS
	IP_UPD_PO_STATS(net, IPSTATS_MIB_OUT, len);
#endif
}

#endif /* CLPS_COMPAT_IP_H */

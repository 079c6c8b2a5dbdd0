/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/*
 * Counters, the same shape in every collapsar family: the kernel names them,
 * so a reader needs no table of its own.
 */
#ifndef _UAPI_COLLAPSAR_STATS_H
#define _UAPI_COLLAPSAR_STATS_H

/* One counter, nested under COLLAPSAR_STATS_A_COUNTER. */
enum collapsar_counter_attr {
	COLLAPSAR_COUNTER_A_UNSPEC,
	COLLAPSAR_COUNTER_A_NAME,	/* string: e.g. "rx_packets", "drop_spoofed" */
	COLLAPSAR_COUNTER_A_VALUE,	/* u64 */
	COLLAPSAR_COUNTER_A_PAD,

	__COLLAPSAR_COUNTER_A_MAX,
	COLLAPSAR_COUNTER_A_MAX = __COLLAPSAR_COUNTER_A_MAX - 1
};

/* A message of a STATS_GET dump: the counters of one object. */
enum collapsar_stats_attr {
	COLLAPSAR_STATS_A_UNSPEC,
	COLLAPSAR_STATS_A_SCOPE,	/* string: "core", "redir", "network", "stream", ... */
	COLLAPSAR_STATS_A_NAME,		/* string: the object's name; absent for whole-module scopes */
	COLLAPSAR_STATS_A_COUNTER,	/* nest of collapsar_counter_attr, repeated */

	__COLLAPSAR_STATS_A_MAX,
	COLLAPSAR_STATS_A_MAX = __COLLAPSAR_STATS_A_MAX - 1
};

#endif /* _UAPI_COLLAPSAR_STATS_H */

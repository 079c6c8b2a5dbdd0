/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
#ifndef _UAPI_COLLAPSAR_CORE_H
#define _UAPI_COLLAPSAR_CORE_H

#include "stats.h"
#include "uplink.h"

#define COLLAPSAR_GENL_NAME	"collapsar"
#define COLLAPSAR_GENL_VERSION	1

enum collapsar_cmd {
	COLLAPSAR_CMD_UNSPEC,
	COLLAPSAR_CMD_STATS_GET,	/* dump: collapsar_stats_attr, scopes "core" and "uplink" (one per clps_gre device) */

	__COLLAPSAR_CMD_MAX,
	COLLAPSAR_CMD_MAX = __COLLAPSAR_CMD_MAX - 1
};

#endif /* _UAPI_COLLAPSAR_CORE_H */

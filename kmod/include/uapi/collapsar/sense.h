/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/*
 * collapsar_sense: records of the sensor of this kernel, to one reader at a time. There is
 * one sensor for all namespaces, and the initial one alone sees the family.
 *
 * SUBSCRIBE makes the caller's socket the reader, until it is closed: RECORDS then arrive
 * on it, as many at once as there are, each record once. They stay in the sensor until the
 * reader says by ACK that it has stored all up to a number: the next reader begins with the
 * first that was not acknowledged, in whichever way the last one ended. What the reader has
 * no room for waits, and what the sensor has no room for is a gap among the records. Nothing
 * that the reader's process does is recorded.
 */
#ifndef _UAPI_COLLAPSAR_SENSE_H
#define _UAPI_COLLAPSAR_SENSE_H

#include "stats.h"

#define COLLAPSAR_SENSE_GENL_NAME	"collapsar_sense"
#define COLLAPSAR_SENSE_GENL_VERSION	1

enum collapsar_sense_cmd {
	COLLAPSAR_SENSE_CMD_UNSPEC,
	COLLAPSAR_SENSE_CMD_SUBSCRIBE,	/* do, admin of the initial user namespace */
	COLLAPSAR_SENSE_CMD_STATS_GET,	/* dump, admin: collapsar_stats_attr, scopes "sense" and "record" */
	COLLAPSAR_SENSE_CMD_RECORDS,	/* notification to the reader */
	COLLAPSAR_SENSE_CMD_ACK,	/* do, admin, on the reader's socket: ACKED */

	__COLLAPSAR_SENSE_CMD_MAX,
	COLLAPSAR_SENSE_CMD_MAX = __COLLAPSAR_SENSE_CMD_MAX - 1
};

enum collapsar_sense_attr {
	COLLAPSAR_SENSE_A_UNSPEC,
	COLLAPSAR_SENSE_A_RECORDS,	/* binary: whole records, each with its length in front (kmod/lib/evt.h) */
	COLLAPSAR_SENSE_A_ACKED,	/* u64: records up to this number are stored */

	__COLLAPSAR_SENSE_A_MAX,
	COLLAPSAR_SENSE_A_MAX = __COLLAPSAR_SENSE_A_MAX - 1
};

#endif /* _UAPI_COLLAPSAR_SENSE_H */

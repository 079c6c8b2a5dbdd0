/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CLPS_CONFIG_H
#define CLPS_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONFIG_FILE	"/etc/collapsar/collapsard.conf"
#define CONFIG_PATH	4096
#define CONFIG_NAME	32
#define CONFIG_CLIENTS	64
#define CONFIG_NO_SETTING	"is no setting"

/* As the file says, or the command line, which comes last. */
struct config {
	char directory[CONFIG_PATH];	/* the database, eve.json and casts/ */
	char user[CONFIG_NAME];		/* who reads what guests say */
	char collector[CONFIG_NAME];	/* our name at the front-end; "": do not ask it */
	char local[CONFIG_NAME];	/* the honeypot that this machine is; "": it is none */
	char client[CONFIG_CLIENTS][CONFIG_NAME];	/* honeypots with a Sebek client */
	unsigned int clients;
	uint64_t limit;			/* bytes that the kernel may keep for us */
	uint64_t max_bytes;		/* of the database, 0: no limit */
	uint64_t honeypot_bytes;	/* of what one honeypot says, 0: no limit */
	uint64_t eve_bytes;		/* of an EVE file, 0: no EVE */
	uint64_t eve_seconds;		/* that it is written to, 0: as long as it is not full */
	uint64_t eve_files;		/* that are kept beside the newest */
	uint64_t honeypots;		/* in memory at once */
	uint64_t processes;		/* that a honeypot may have at once */
	uint64_t sessions;		/* the same */
	uint64_t ttys;			/* the same */
	bool casts;			/* a file for each terminal */
};

void config_default(struct config *cfg);
/* Returns 0, or -1 when it was said what is wrong. A file that is not there is no error. */
int config_read(struct config *cfg, const char *path);
/* One line of it, "word value". NULL, or what is wrong. */
const char *config_set(struct config *cfg, const char *word, const char *value);

#endif

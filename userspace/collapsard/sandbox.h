/* SPDX-License-Identifier: GPL-2.0-only */
/* What a process of ours may still do. All return 0, or -1 when it was said why. */
#ifndef CLPS_SANDBOX_H
#define CLPS_SANDBOX_H

#include <stdbool.h>

#include "config.h"

/* The directory is there, and @cfg->user's, and so are we from now on. */
int sandbox_user(const struct config *cfg);
/* No capability but, if wanted, CAP_NET_ADMIN, and none to be had again. */
int sandbox_caps(bool net_admin);
/* Of the process that reads what guests say: files, and the sockets that it has. */
int sandbox_reader(void);
/* Of the one that acknowledges: messages, and to end. */
int sandbox_keeper(void);

#endif

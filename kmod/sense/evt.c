// SPDX-License-Identifier: GPL-2.0-only
/* An object in two modules is a race of parallel builds: this one is our own. */
#include "../lib/evt.c"

// SPDX-License-Identifier: GPL-2.0-only
/* As evt.c: an object of our own. */
#include "../lib/sense_filter.c"

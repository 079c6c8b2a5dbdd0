/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CLPS_SAY_H
#define CLPS_SAY_H

/* A line for the operator, on stderr, which is the journal's. Our own words only. */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif

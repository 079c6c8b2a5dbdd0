/* SPDX-License-Identifier: GPL-2.0-only */
/* What each of many packets took, by the time stamp counter, as one line. */
#ifndef BENCH_COSTS_H
#define BENCH_COSTS_H

#include <stdint.h>

/* Prints "median mean min max", without what reading the counter takes. */
void costs_print(uint64_t *cost, unsigned int count);

#endif

// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <x86intrin.h>
#include "costs.h"

static uint64_t own_cost(void)
{
	uint64_t begin, least = ~0ull;
	int i;

	for (i = 0; i < 100; i++) {
		begin = __rdtsc();
		begin = __rdtsc() - begin;
		if (begin < least)
			least = begin;
	}
	return least;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

void costs_print(uint64_t *cost, unsigned int count)
{
	uint64_t sum = 0, own = own_cost();
	unsigned int i;

	for (i = 0; i < count; i++) {
		cost[i] -= own;
		sum += cost[i];
	}
	qsort(cost, count, sizeof(*cost), by_value);
	printf("%llu %llu %llu %llu\n", (unsigned long long)cost[count / 2],
	       (unsigned long long)(sum / count), (unsigned long long)cost[0],
	       (unsigned long long)cost[count - 1]);
}

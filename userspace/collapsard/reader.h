/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two processes. The reader takes what guests say to the disk, and has no privilege; the
 * keeper has CAP_NET_ADMIN, sees nothing that a guest said, and tells the kernel what is
 * stored. They share a page of numbers and two descriptors. No pipe carries records from one
 * to the other: the sensor of this machine would record that in turn.
 */
#ifndef CLPS_READER_H
#define CLPS_READER_H

#include "source.h"

/**
 * struct shared - what the reader tells the keeper
 * @stored: of each source, up to where what its socket was sent is on the disk
 * @beats: grows as long as the reader is alive
 * @ready: it reads
 */
struct shared {
	u64 stored[SOURCES];
	u64 beats;
	u32 ready;
};

/**
 * struct ends - what the two have in common
 * @cfg: settings
 * @sources: sockets
 * @nr: how many
 * @shared: numbers
 * @bell: an eventfd, rung when they change
 * @stop: a pipe: that its other end is closed says to end
 */
struct ends {
	const struct config *cfg;
	struct source sources[SOURCES];
	unsigned int nr;
	struct shared *shared;
	int bell;
	int stop;
};

/* The whole life of the reader: its exit code. */
int reader_run(struct ends *ends);
/* The same of the keeper, whose child @reader is. @stop: the other end of @ends->stop. */
int keeper_run(struct ends *ends, int reader, int stop);

#endif

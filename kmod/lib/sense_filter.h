/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which records a sensor keeps, in the manner of Sebek's filters: rules, of which the first
 * that matches decides. What no rule matches is kept.
 *
 *   filter = rule *( ";" rule )
 *   rule   = action *match           all matches of a rule must hold
 *   action = "ignore"                no record
 *          | "full"                  each
 *          | "keystrokes"            of reads and writes, what is read at a terminal alone
 *   match  = "program=" NAME ["*"]   of the thread, or how it begins
 *          | "file=" PATH            the file, or the directory that it is in, at any depth
 *          | "port=" N ["-" N]       at either end of a socket
 *          | "addr=" IPV4 ["/" LEN]  at either end of a socket
 *          | "uid=" N ["-" N]        real user
 *          | "children"             behind program= or uid=: these two hold for a process
 *                                   also if they held for one that it descends from
 *
 * Words are separated by blanks; there are none within names, nor semicolons.
 */
#ifndef CLPS_LIB_SENSE_FILTER_H
#define CLPS_LIB_SENSE_FILTER_H

#include "evt.h"

#define CLPS_FILTER_RULES	32u
#define CLPS_FILTER_PATH	255u

enum clps_filter_action {
	CLPS_FILTER_FULL,
	CLPS_FILTER_IGNORE,
	CLPS_FILTER_KEYSTROKES,
};

/**
 * struct clps_filter_rule - one rule
 * @action: what to do
 * @has: which matches it has
 * @name_is_prefix: @name is how the program's begins
 * @name_len: bytes in @name
 * @path_len: bytes in @path
 * @port: from, to
 * @uid: from, to
 * @net: IPv4 network, host order
 * @mask: its bits
 * @name: of the program
 * @path: without a slash at its end
 */
struct clps_filter_rule {
	enum clps_filter_action action;
	u8 has;
	bool name_is_prefix;
	u8 name_len;
	u8 path_len;
	u32 port[2];
	u32 uid[2];
	u32 net;
	u32 mask;
	char name[CLPS_EVT_COMM];
	char path[CLPS_FILTER_PATH];
};

/**
 * struct clps_filter - rules in their order
 * @nr: how many
 * @rule: the rules
 */
struct clps_filter {
	u32 nr;
	struct clps_filter_rule rule[CLPS_FILTER_RULES];
};

/**
 * struct clps_filter_subject - what is known of a record
 * @comm: name of the thread, CLPS_EVT_COMM bytes
 * @uid: real user
 * @path: of up to two files, or NULL
 * @path_len: bytes in each
 * @end: up to two ends of a socket, or NULL
 * @follows: bit N: the process descends from one for which rule N was to be followed
 */
struct clps_filter_subject {
	const char *comm;
	u32 uid;
	const char *path[2];
	u32 path_len[2];
	const struct clps_evt_addr *end[2];
	u32 follows;
};

/**
 * clps_filter_parse() - read rules
 * @f: filled in on success
 * @text: the rules, NUL behind them
 * @at: set to where @text is wrong
 *
 * Return: 0; -EINVAL if a word is wrong, -E2BIG if there are too many rules.
 */
int clps_filter_parse(struct clps_filter *f, const char *text, u32 *at);

/* What is to be done about a record. Context: any; pure. */
enum clps_filter_action clps_filter_decide(const struct clps_filter *f,
					   const struct clps_filter_subject *s);

/**
 * clps_filter_follows() - what a new process inherits
 * @f: the rules
 * @s: its parent: @s->comm, @s->uid and @s->follows
 *
 * Context: any; pure.
 * Return: @follows of the child, 0 of most.
 */
u32 clps_filter_follows(const struct clps_filter *f, const struct clps_filter_subject *s);

/* Does any rule follow? */
bool clps_filter_has_children(const struct clps_filter *f);

#endif /* CLPS_LIB_SENSE_FILTER_H */

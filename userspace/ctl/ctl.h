/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * collapsarctl: objects are tables. A field is one attribute: how it is said
 * on the command line, which verbs take it, and how a reply shows it. Parsing,
 * encoding, printing, help and undoing all read the same table.
 */
#ifndef CLPS_CTL_H
#define CLPS_CTL_H

#include <stdbool.h>
#include <stdint.h>
#include <linux/netlink.h>

#include "nl.h"
#include "out.h"
#include "parse.h"

enum exit_code {
	EXIT_DONE = 0,
	EXIT_USAGE = 1,
	EXIT_REFUSED = 2,	/* by the kernel */
	EXIT_MODULE = 3,	/* not loaded */
	EXIT_SIGNAL = 128,	/* and its number, as a shell says it */
};

enum verb { VERB_ADD, VERB_SET, VERB_DEL, VERB_SHOW, VERBS };
#define ADD	(1u << VERB_ADD)
#define SET	(1u << VERB_SET)
#define DEL	(1u << VERB_DEL)
#define SHOW	(1u << VERB_SHOW)
#define ALL	(ADD | SET | DEL | SHOW)

enum field_type {
	T_ADDR,		/* 4 or 16 bytes */
	T_MAC,
	T_U8,
	T_U16,
	T_U32,
	T_SEC,		/* u32 seconds */
	T_MSEC,		/* u32 milliseconds */
	T_ENUM,		/* u32 */
	T_CONST8,	/* the keyword alone: u8 .min */
	T_CONST16,	/* the keyword alone: u16 .min, which says that there is no such value */
	T_CONST32,	/* the keyword alone: u32 .min */
	T_BOOL8,	/* replies: a u8 flag */
	T_DEV,		/* the name of a netdev, sent as its index; its name is the attribute .name_attr */
	T_NAME,		/* name of a network or honeypot */
	T_LINK,		/* name of a link, sent as IFLA_IFNAME */
	T_INDEX,	/* replies: u32, JSON only */
	T_STR,		/* replies */
	T_U64,		/* replies */
};

struct field {
	const char *kw;		/* keyword; NULL: replies only */
	const char *meta;	/* placeholder of the value in help */
	const char *help;
	const char *key;	/* JSON, and the attribute's name in the YAML with _ for - */
	enum field_type type;
	uint16_t attr;
	uint16_t name_attr;
	bool nest;		/* within the object's nest */
	bool pos;		/* positional: comes first, without keyword */
	uint8_t verbs, required;
	uint32_t min, max;	/* of numbers; 0, 0: all */
	bool power_of_two;
	const char *needs;	/* keyword that must be given with this one */
	const char * const *names; /* of T_ENUM, NULL at the end */
};

#define FIELDS_MAX 32

struct value {
	const struct tok *tok;	/* NULL: not given */
	uint64_t num;
	uint8_t bytes[16];
	uint8_t len;
};

struct object {
	const char *name, *help;
	const char *family, *module;	/* generic netlink; the family tells whether the module is there */
	bool link;			/* configured through rtnetlink */
	const char *kind;		/* of the link */
	uint8_t cmd[VERBS];
	uint8_t event_cmd;
	uint16_t max_attr, nest, nest_max;
	const char *nest_key;
	const struct field *fields;
};

extern const struct object obj_uplink, obj_redirect, obj_network, obj_honeypot;
extern const struct object * const objects[];
extern const char * const verb_names[VERBS];

struct command {
	const struct object *obj;
	enum verb verb;
	const struct tok *at;	/* its first word */
	struct value val[FIELDS_MAX];
};

struct ctl {
	const char *file;	/* of apply, NULL otherwise */
	struct nl route, genl;
	bool have_route, have_genl;
	bool stamps;
};

extern struct ctl ctl;

/* main.c: "collapsarctl: ..." or, for a word of a file, "FILE:LINE:COL: ..." on stderr. */
void err_at(const struct tok *tok, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void err_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* object.c */
const struct object *object_find(const char *name);
int verb_find(const char *name);
void object_help(const struct object *obj);
/* @toks: OBJECT VERB ARGS; OBJECT was found already. Returns an exit code, having said why. */
int command_parse(struct command *cmd, const struct tok *toks, int n);
const struct field *field_of(const struct object *obj, bool nest, uint16_t attr, unsigned int verbs);

/* request.c: all return an exit code, having said what went wrong. */
int ctl_genl(void);
int ctl_route(void);
int family_get(const char *name, const char *module, struct nl_family *family, bool quiet);
/* @buf has NL_REQ_MAX bytes. */
int command_encode(const struct command *cmd, char *buf);
/* @nlh: a reply of @obj's, shown as one object. @what: an event's name or NULL */
void object_print(const struct object *obj, const struct nlmsghdr *nlh, const char *what);
int kernel_error(const struct command *cmd, const struct nl *nl, const struct nlmsghdr *req,
		 int err);
struct nl *object_nl(const struct object *obj);
/* A link of @obj's kind? */
bool link_is(const struct object *obj, const struct nlmsghdr *nlh);
int command_run(const struct command *cmd);
/* Is the module there, and the socket open? Says so if not. */
int object_ready(const struct object *obj);
/* The object that @cmd names, as the kernel has it now; *@reply is malloc'ed. */
int command_read(const struct command *cmd, struct nlmsghdr **reply);
/* An empty request of @verb; family and sockets must be ready. */
struct nlmsghdr *request_begin(const struct object *obj, enum verb verb, char *buf);
/* Attributes of a reply, indexed by type; NULL where absent. */
const struct nlattr *reply_attr(const struct object *obj, const struct nlmsghdr *nlh, bool nest,
				uint16_t attr);

/* undo.c: what brings back the state before this run's commands. */
struct undo;
struct undo *undo_new(void);
/* Before command @nr of some runs: read what it will change. */
int undo_prepare(struct undo *u, const struct command *cmd, unsigned int nr);
/* Those that were prepared have run, those without an error were done. NULL: none. */
void undo_commit(struct undo *u, const int *errs);
/* Back to the beginning, in reverse order. Returns how many steps were refused. */
int undo_run(struct undo *u);
void undo_free(struct undo *u);

/* batch.c: runs commands of a file in their order, many at once where they allow that. */
struct batch;
struct batch *batch_new(struct undo *u);
/* For the next command: its words, which stay until it was run. */
struct tok *batch_words(struct batch *b);
/* Take the command of these words. Returns an exit code, of those before it as well. */
int batch_take(struct batch *b, int n);
/* Run what was taken and has not run. */
int batch_finish(struct batch *b);
void batch_free(struct batch *b);

/* cmd_apply.c: the signal that waits until apply has come to its end, or 0. */
int ctl_stopped(void);

/* signals.c: readable once SIGINT or SIGTERM has come, which end nothing from now on; or -1. */
int end_signals(void);

/* cmd_*.c: @toks after the object's name */
int cmd_stats(const struct tok *toks, int n);
int cmd_monitor(const struct tok *toks, int n);
int cmd_apply(const struct tok *toks, int n);
int cmd_session(const struct tok *toks, int n);
int cmd_events(const struct tok *toks, int n);
void session_help(void);
void events_help(void);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What collapsard knows of honeypots. The database is the truth; what is here is a bounded
 * part of it, saved before each commit, and may be forgotten at any time between two
 * transactions.
 */
#ifndef CLPS_MODEL_H
#define CLPS_MODEL_H

#include "collect.h"
#include "config.h"
#include "sebek.h"
#include "store.h"
#include "text.h"

#define PROCS	512u	/* of a honeypot in memory; by pid, one may stand in another's place */
#define TTYS	16u

/**
 * struct proc - a process
 * @id: row
 * @pid: its number in the guest
 * @session: row of the session that it belongs to, or 0
 * @accepted: row of the connection that it accepted last, for which it has made nobody yet
 * @connection: row of the connection that it serves, or an ancestor does
 * @leader: row of the process that began to serve it, or that sat down at a terminal
 * @comm: what it was called last
 */
struct proc {
	s64 id;
	u32 pid;
	s64 session;
	s64 accepted;
	s64 connection;
	s64 leader;
	char comm[CLPS_EVT_COMM];
};

/**
 * struct tty - a terminal
 * @id: row
 * @session: row
 * @dev: device, by which records name it
 * @master: the end that sshd and its like have was seen
 */
struct tty {
	s64 id;
	s64 session;
	u32 dev;
	bool master;
};

/**
 * struct honeypot - one guest
 * @next: in the table
 * @id: row
 * @network: name
 * @name: name
 * @address: V
 * @number: last record of those that come without PDUs
 * @seen: when something came
 * @saved_seen: what of that a transaction has saved
 * @booted: when its kernel began, by what it says itself; 0: it said nothing
 * @boot_id: which start of the sensor
 * @bytes: of what is stored of it
 * @records: since it was saved
 * @made: processes, since they were counted
 * @used: by which the oldest is found
 * @dirty: to be saved
 * @filled: its quota is full by what is to be committed
 * @numbered: @number is valid
 * @join: of its PDUs
 * @mem: of @join
 * @procs: where @id is 0 there is none
 * @ttys: the same
 */
struct honeypot {
	struct honeypot *next;
	s64 id;
	char network[CONFIG_NAME];
	char name[CONFIG_NAME];
	char address[48];
	u64 number;
	u64 seen;
	u64 saved_seen;
	u64 booted;
	u8 boot_id[16];
	u64 bytes;
	u64 records;
	u32 made;
	u64 used;
	bool dirty;
	bool filled;
	bool numbered;
	struct clps_sebek_join join;
	u8 *mem;
	struct proc procs[PROCS];
	struct tty ttys[TTYS];
};

/* What a record takes on the disk beside its own bytes, and a terminal, which has a file. */
#define COST_RECORD	256u
#define COST_TTY	4096u
/* A byte of a terminal's, in its cast as \uNNNN. */
#define COST_CAST	6u

#define HASH	256u
#define STREAMS	4u

struct eve;
struct json_t;

struct collect {
	const struct config *cfg;
	struct store store;
	struct honeypot *table[HASH];
	u64 honeypots;
	u64 clock;
	struct eve *eve;
	s64 *touched;		/* terminals, for their casts */
	size_t touched_len, touched_size;
	struct stream *streams[STREAMS];	/* that the transaction has entries of */
	unsigned int streams_len;
	void (*alive)(void *arg);
	void *alive_arg;
	s64 alive_at;		/* a second */
	int casts_err;		/* some wait for what this says to be over */
	s64 casts_tried;	/* a second */
	int out_err;		/* the last that EVE file or casts ran into */
	char why[200];
};

/**
 * struct rec - a record in work
 * @c: everything
 * @hp: whose
 * @e: the record
 * @arrived: when it came
 * @proc: who did it
 */
struct rec {
	struct collect *c;
	struct honeypot *hp;
	const struct clps_evt *e;
	u64 arrived;
	struct proc proc;
};

/* collect.c: somebody waits for a sign of life. */
void still_alive(struct collect *c);

/* honeypot.c */
struct honeypot *honeypot_get(struct collect *c, const struct entry *e);
void honeypots_save(struct collect *c);
/* All, of which nothing is then remembered. */
void honeypots_forget(struct collect *c);
/* No more than may be. */
void honeypots_trim(struct collect *c);
/* So much more of it is stored. */
void honeypot_charge(struct collect *c, struct honeypot *hp, u64 bytes);
/* Whose quota the transaction has filled, which was committed. */
void honeypots_tell(struct collect *c);
/* It has what it may have, of which the others' is no part. */
bool honeypot_full(const struct collect *c, const struct honeypot *hp);
/* The guest has another kernel, or a past one: nothing that ran does. */
void honeypot_anew(struct collect *c, struct honeypot *hp, u64 now);

/* process.c */
bool proc_find(struct collect *c, struct honeypot *hp, u32 pid, struct proc *p);
/* The process of the record, which is made if it is not known, and its session. */
void proc_of(struct rec *r);
/* What changed of it. */
void proc_save(struct collect *c, struct honeypot *hp, const struct proc *p);
void take_fork(struct rec *r);
void take_exec(struct rec *r);
void take_exit(struct rec *r);

/* session.c: rows of sessions. */
s64 session_of(struct rec *r);
s64 session_make(struct rec *r);
void session_led_by(struct rec *r, s64 leader);

/* tty.c */
/* The terminal; 0 as its id if it cannot be. @master: by the end that sshd has. */
struct tty tty_of(struct rec *r, u32 dev, bool master);
/* A master was opened: the device is another terminal now. */
void tty_fresh(struct rec *r, u32 dev);
void take_tty(struct rec *r, bool master);
void take_winsize(struct rec *r);

/* record.c: what the record says becomes rows. */
void record_take(struct rec *r);

/* gap.c */
void gap_add(struct collect *c, struct honeypot *hp, const char *cause, const char *unit,
	     u64 first, u64 count, u64 since, u64 now);
/* So many more of those that are left out for the same reason, which are one gap. */
void gap_more(struct collect *c, struct honeypot *hp, const char *cause, const char *unit,
	      u64 count, u64 now);

/* cast_file.c: brings the files of terminals up to what is stored. */
void casts_open(struct collect *c);
void cast_touch(struct collect *c, s64 tty);
void casts_write(struct collect *c);
/* The transaction was not done: what it has brought up is behind again. */
void casts_forget(struct collect *c);

/* What a field says; "" and 0 of what is absent. */
static inline u32 field_u32(const struct clps_evt *e, unsigned int field)
{
	return (u32)((u64)clps_evt_get_int(e, field) & 0xffffffff);
}

#endif

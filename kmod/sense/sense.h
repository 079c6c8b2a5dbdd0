/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * collapsar_sense.ko: what the files of the module say to each other.
 *
 * A probe runs in the thread that it tells of, with preemption off, and never in an
 * interrupt. It builds one record in memory of its CPU and queues it. What it reads of
 * user memory it reads without faulting, and believes none of it.
 */
#ifndef CLPS_SENSE_H
#define CLPS_SENSE_H

#include <linux/fs.h>
#include <linux/sched.h>
#include <linux/termios.h>

#include "../lib/evt.h"

/* What may be lost, by why. */
#define CLPS_SENSE_LOSSES(X)							\
	X(full,		"the queue had no room")				\
	X(unbuilt,	"the record could not be built")

enum clps_sense_loss {
#define X(name, text) CLPS_SENSE_LOST_##name,
	CLPS_SENSE_LOSSES(X)
#undef X
	CLPS_SENSE_LOST_MAX
};

#define CLPS_SENSE_DATA_MAX	16384u
#define CLPS_SENSE_IDS		CLPS_EVT_IDS

extern unsigned int clps_sense_data_limit;

/**
 * struct clps_sense_sys - a system call that has returned
 * @arg: its arguments
 * @ret: what it returns
 * @call: &enum clps_evt_call, if it has a number there
 * @ia32: pointers and long integers of the caller have 32 bits
 */
struct clps_sense_sys {
	unsigned long arg[6];
	long ret;
	u16 call;
	bool ia32;
};

/**
 * struct clps_sense_call - what is done about a system call
 * @fn: records it; NULL of those that are not
 * @call: &enum clps_evt_call
 */
struct clps_sense_call {
	void (*fn)(const struct clps_sense_sys *s);
	u16 call;
};

/* table.c, table_ia32.c: by number; NULL or without @fn: not recorded. */
const struct clps_sense_call *clps_sense_call(unsigned int nr);
u64 clps_sense_clone_flags(unsigned int nr, unsigned long arg);
#ifdef CONFIG_IA32_EMULATION
const struct clps_sense_call *clps_sense_call_ia32(unsigned int nr);
u64 clps_sense_clone_flags_ia32(unsigned int nr, unsigned long arg);
#else
static inline const struct clps_sense_call *clps_sense_call_ia32(unsigned int nr)
{
	return NULL;
}

static inline u64 clps_sense_clone_flags_ia32(unsigned int nr, unsigned long arg)
{
	return 0;
}
#endif
u64 clps_sense_clone3_flags(unsigned long args);

/* hook.c */
int clps_sense_hook(void);
void clps_sense_unhook(void);

/* record.c */
int clps_sense_record_init(void);
void clps_sense_record_exit(void);
void clps_sense_begin(struct clps_evt_buf *b, enum clps_evt_id id);
void clps_sense_begin_for(struct clps_evt_buf *b, enum clps_evt_id id, struct task_struct *p);
void clps_sense_commit(struct clps_evt_buf *b);
/* A page of this CPU, until the probe ends. */
char *clps_sense_page(void);

struct clps_evt_addr *clps_sense_ends(void);

/* filter.c */
int clps_sense_filter_init(const char *text);
void clps_sense_filter_exit(void);
bool clps_sense_filter_wants_ends(void);
void clps_sense_filter_fork(const struct task_struct *child);
bool clps_sense_filter_keeps(const u8 *rec, u32 len, const struct clps_evt_addr *sock);

/* follow.c */
int clps_sense_follow_init(u32 full);
void clps_sense_follow_exit(void);
u32 clps_sense_follow_rules(pid_t tgid, bool or_may_have);
bool clps_sense_follow_set(pid_t tgid, u32 rules);

/* user.c */
bool clps_sense_peek(void *to, unsigned long from, size_t len);
u32 clps_sense_copy(u8 *to, unsigned long from, u32 len);
void clps_sense_put_user(struct clps_evt_buf *b, unsigned long from, u64 len);
void clps_sense_put_user_str(struct clps_evt_buf *b, unsigned long from);

/**
 * struct clps_sense_vec - buffers of a vectored call
 * @base: the caller's array
 * @nr: entries in it
 */
struct clps_sense_vec {
	unsigned long base;
	unsigned long nr;
};

/**
 * struct clps_sense_out - where the bytes of all buffers of a call go
 * @to: where
 * @room: bytes that fit there
 * @vecs: how many more buffers are looked at, empty ones too
 */
struct clps_sense_out {
	u8 *to;
	u32 room;
	u32 vecs;
};

void clps_sense_copy_vec(struct clps_sense_out *o, const struct clps_sense_sys *s,
			 const struct clps_sense_vec *v, u64 len);

/* file.c */
enum clps_evt_file_kind clps_sense_kind(struct file *f);
bool clps_sense_fd_is_dull(int fd);
void clps_sense_winsize(const struct file *f, struct winsize *ws);
u32 clps_sense_dev(const struct file *f, enum clps_evt_file_kind kind);
void clps_sense_put_file(struct clps_evt_buf *b, struct file *f);
void clps_sense_put_path(struct clps_evt_buf *b, const struct file *f);
static inline bool clps_sense_kind_has_path(enum clps_evt_file_kind kind)
{
	return kind == CLPS_FILE_regular || kind == CLPS_FILE_block;
}

/* first.c */
int clps_sense_first_init(void);
void clps_sense_first_exit(void);
bool clps_sense_first(const struct file *f, bool is_write);
void clps_sense_first_forget(const struct file *f);
void clps_sense_first_distrust(void);

/* Handlers. io.c: */
void clps_sense_read(const struct clps_sense_sys *s);
void clps_sense_readv(const struct clps_sense_sys *s);
void clps_sense_recvmsg(const struct clps_sense_sys *s);
void clps_sense_recvmmsg(const struct clps_sense_sys *s);
void clps_sense_write(const struct clps_sense_sys *s);
void clps_sense_writev(const struct clps_sense_sys *s);
void clps_sense_sendmsg(const struct clps_sense_sys *s);
void clps_sense_sendmmsg(const struct clps_sense_sys *s);
void clps_sense_vmsplice(const struct clps_sense_sys *s);
/* open.c: */
void clps_sense_open(const struct clps_sense_sys *s);
void clps_sense_creat(const struct clps_sense_sys *s);
void clps_sense_openat(const struct clps_sense_sys *s);
void clps_sense_openat2(const struct clps_sense_sys *s);
void clps_sense_open_by_handle(const struct clps_sense_sys *s);
/* proc.c: */
void clps_sense_exec(struct task_struct *p, const struct file *file, int argc);
void clps_sense_fork(struct task_struct *child, u64 flags);
void clps_sense_exit(struct task_struct *p);
/* sock.c: */
void clps_sense_socket(const struct clps_sense_sys *s);
void clps_sense_connect(const struct clps_sense_sys *s);
void clps_sense_accept(const struct clps_sense_sys *s);
void clps_sense_bind(const struct clps_sense_sys *s);
void clps_sense_listen(const struct clps_sense_sys *s);
void clps_sense_sock_ends(struct file *f, struct clps_evt_addr ends[2]);
/* copy.c: */
void clps_sense_mmap(const struct clps_sense_sys *s);
void clps_sense_splice(const struct clps_sense_sys *s);
void clps_sense_tee(const struct clps_sense_sys *s);
void clps_sense_sendfile(const struct clps_sense_sys *s);
void clps_sense_copy_range(const struct clps_sense_sys *s);
/* misc.c: */
void clps_sense_init_module(const struct clps_sense_sys *s);
void clps_sense_finit_module(const struct clps_sense_sys *s);
void clps_sense_delete_module(const struct clps_sense_sys *s);
void clps_sense_ptrace(const struct clps_sense_sys *s);
void clps_sense_process_vm(const struct clps_sense_sys *s);
void clps_sense_bpf(const struct clps_sense_sys *s);
void clps_sense_uring_setup(const struct clps_sense_sys *s);
void clps_sense_ioctl(const struct clps_sense_sys *s);
/* uring.c: the probe of io_uring's tracepoint, whose name it is. */
extern const char clps_sense_uring_tracepoint[];
void *clps_sense_uring_probe(void);

/* queue.c */
int clps_sense_queue_init(u32 bytes);
void clps_sense_queue_exit(void);
bool clps_sense_queue_put(u8 *rec, u32 len);
void clps_sense_queue_filtered(void);
void clps_sense_queue_unfollowed(void);
void clps_sense_queue_lost(enum clps_evt_id id, enum clps_sense_loss why);
u32 clps_sense_queue_batch(u32 room);
void clps_sense_queue_copy(u8 *to, u32 len);
void clps_sense_queue_sent(u32 len);
void clps_sense_queue_rewind(void);
int clps_sense_queue_ack(u64 upto);
void clps_sense_queue_tell_loss(void);

/* Counted under the queue's lock. */
struct clps_sense_counts {
	u64 records;
	u64 bytes;
	u64 gaps;
	u64 filtered;
	u64 unfollowed;
	u64 queued_bytes;
	u64 acked;
	u64 lost[CLPS_SENSE_LOST_MAX];
	u64 kept_of[CLPS_SENSE_IDS];
	u64 lost_of[CLPS_SENSE_IDS];
};

void clps_sense_queue_counts(struct clps_sense_counts *c);

/* netlink.c */
int clps_sense_netlink_init(void);
void clps_sense_netlink_exit(void);
void clps_sense_netlink_kick(void);
bool clps_sense_is_reader(const struct task_struct *p);
void clps_sense_reader_ended(const struct task_struct *p);

#endif /* CLPS_SENSE_H */

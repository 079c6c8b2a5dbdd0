// SPDX-License-Identifier: GPL-2.0-only
/*
 * idle_race PATH PID settime|gettime ROUNDS: is a peer of the ring that rings its
 * doorbell in the very moment in which the UML PID, which listens at PATH, goes to
 * sleep; then sees whether it wakes up, or waits for its timer.
 *
 * os_idle_sleep() blocks signals, asks by timer_gettime() how long there is to sleep,
 * and sleeps. Before it, the kernel has set that timer by timer_settime(), interrupts
 * being off. Behind either call the UML is held by ptrace() while the doorbell is
 * rung, so nothing is left to chance. What follows the doorbell must be that sleep,
 * and a long one, or the round is none.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "peer.h"

/* Much more than a busy host delays anybody, and what an idle kernel grants itself. */
#define LONG_SLEEP	0.06
#define ANY_ROUND	30.0

static void die(const char *why)
{
	fprintf(stderr, "idle_race: %s\n", why);
	exit(2);
}

static bool accept_offer(struct cable *c)
{
	struct clps_ring_hello hello = {
		.magic = CLPS_RING_MAGIC, .version = CLPS_RING_VERSION,
		.kind = CLPS_RING_ACCEPT, .log2size = c->log2,
	};

	return send(c->sock, &hello, sizeof(hello), MSG_NOSIGNAL) == sizeof(hello);
}

/* Who has 10.9.0.1? Answered by the kernel alone. */
static const u8 request[] = {
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 9, 8, 6,
	0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 9, 10, 9, 0, 9, 0, 0, 0, 0, 0, 0, 10, 9, 0, 1,
};

static void ask(struct cable *c)
{
	struct clps_ring_vnet vnet = { 0 };

	if (clps_ring_put_begin(&c->tx, CLPS_RING_REC_FRAME, sizeof(vnet) + sizeof(request)))
		abort();
	clps_ring_put(&c->tx, 0, &vnet, sizeof(vnet));
	clps_ring_put(&c->tx, sizeof(vnet), request, sizeof(request));
	clps_ring_put_end(&c->tx);
	if (clps_ring_publish(&c->tx))
		send(c->sock, "", 1, MSG_NOSIGNAL);
}

/* Reads all that came. Return: an ARP reply was among it. */
static bool answered(struct cable *c)
{
	const u32 at = sizeof(struct clps_ring_vnet);
	struct clps_ring_rec rec;
	bool found = false;
	u8 head[22];

	while (clps_ring_peek(&c->rx, &rec) > 0) {
		if (!clps_ring_get(&c->rx, at, head, sizeof(head)))
			found |= head[12] == 8 && head[13] == 6 && head[21] == 2;
		clps_ring_next(&c->rx);
	}
	clps_ring_release(&c->rx);
	return found;
}

/* Seconds until it answers, at most LIMIT. */
static double answer_takes(struct cable *c, double limit)
{
	double start = now();

	while (!answered(c) && now() - start < limit)
		usleep(200);
	return now() - start;
}

/* Runs it to the end of its next system call. */
static void next_call(pid_t pid, struct user_regs_struct *regs)
{
	struct __ptrace_syscall_info info = { 0 };
	int status, sig = 0;

	do {
		if (ptrace(PTRACE_SYSCALL, pid, 0, sig) || waitpid(pid, &status, __WALL) != pid ||
		    !WIFSTOPPED(status))
			die("the UML ended");
		/* What is neither a call nor ours is a signal of its own. */
		sig = WSTOPSIG(status) & 0x80 || status >> 16 ? 0 : WSTOPSIG(status);
		info.op = PTRACE_SYSCALL_INFO_NONE;
		if (WSTOPSIG(status) & 0x80)
			ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info);
	} while (info.op != PTRACE_SYSCALL_INFO_EXIT);
	if (ptrace(PTRACE_GETREGS, pid, 0, regs))
		die("no registers");
}

/* What the call that has just ended says of the timer. */
static double sleep_ahead(pid_t pid, const struct user_regs_struct *regs)
{
	bool set = (long)regs->orig_rax == SYS_timer_settime;
	struct itimerspec its = { 0 };
	struct iovec to = { &its, sizeof(its) };
	struct iovec from = { (void *)(set ? regs->rdx : regs->rsi), sizeof(its) };

	if (process_vm_readv(pid, &to, 1, &from, 1, 0) != sizeof(its))
		die("its memory cannot be read");
	return (double)its.it_value.tv_sec + (double)its.it_value.tv_nsec / 1e9;
}

/* -1: of the doorbell's signal, which is only noted. */
static bool goes_to_bed(long call)
{
	return call == -1 || call == SYS_rt_sigprocmask || call == SYS_timer_gettime;
}

/*
 * Rings at the end of a call of the kind wanted. Return: how long the UML, which is
 * then to be let go, is about to sleep; 0 if this was not the way to bed.
 */
static double ring_on_its_way(struct cable *c, pid_t pid, long wanted)
{
	struct user_regs_struct regs;
	bool rung = false;
	long call;

	for (;;) {
		next_call(pid, &regs);
		call = (long)regs.orig_rax;
		if (rung && !goes_to_bed(call))
			return 0;
		if (!rung && call == wanted && sleep_ahead(pid, &regs) >= LONG_SLEEP) {
			rung = true;
			ask(c);
		}
		if (rung && call == SYS_timer_gettime)
			return sleep_ahead(pid, &regs);
	}
}

/* Return: true if the UML woke up before its timer. */
static bool woke(struct cable *c, pid_t pid, long call)
{
	double until = now() + ANY_ROUND, ahead = 0, took;
	int status;

	while (ahead < LONG_SLEEP) {
		if (now() > until)
			die("it does not sleep for long");
		/* It is awake for a while, and goes to bed again. */
		ask(c);
		answer_takes(c, 1);
		if (ptrace(PTRACE_SEIZE, pid, 0, PTRACE_O_TRACESYSGOOD) ||
		    ptrace(PTRACE_INTERRUPT, pid, 0, 0) || waitpid(pid, &status, __WALL) != pid)
			die("it cannot be traced");
		answered(c);
		ahead = ring_on_its_way(c, pid, call);
		ptrace(PTRACE_DETACH, pid, 0, 0);
	}
	took = answer_takes(c, ahead + 2);
	printf("%.3f s, of a sleep of %.3f s\n", took, ahead);
	return took < ahead / 2;
}

int main(int argc, char **argv)
{
	struct cable c = { .memfd = -1, .mem = MAP_FAILED };
	int rounds, slept = 0;
	pid_t pid;
	long call;

	if (argc != 5)
		return 2;
	pid = atoi(argv[2]);
	call = strcmp(argv[3], "settime") ? SYS_timer_gettime : SYS_timer_settime;
	rounds = atoi(argv[4]);
	setvbuf(stdout, NULL, _IOLBF, 0);
	c.sock = connect_to(argv[1], 0);
	if (c.sock < 0 || !take_offer(&c) || !accept_offer(&c))
		die("no ring");
	for (int i = 0; i < rounds; i++)
		slept += !woke(&c, pid, call);
	printf("%d of %d waited for the timer\n", slept, rounds);
	/* A host may have been busy for a while; who waits for it waits always. */
	return slept > rounds / 2 ? 1 : 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * calls KIND [PROGRAM]: a process under the name "seen" makes known syscalls, and what
 * kmod/tests/calls.c must have listed of them is printed, in its words. KIND is a
 * function's name below; "load" makes calls and children until somebody ends it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/reg.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define NAME		"seen"
#define NONE		5000		/* no syscall has this number */
#define RESTARTNOHAND	514		/* what the kernel tells itself, and its tracers */
#define ARGS		0x11, 0x22, 0x33, 0x44, 0x55, 0x66

/* Written by all processes of a run. */
static struct {
	size_t used;
	char text[1 << 16];
} *book;
static pid_t me;
static const char *program;	/* for exec: us, under the name */

/* A line in the book; libc formats it without a syscall. */
static void __attribute__((format(printf, 1, 2))) note(const char *fmt, ...)
{
	char line[200];
	va_list ap;
	int n, more;

	n = snprintf(line, sizeof(line), "%d ", me);
	va_start(ap, fmt);
	more = vsnprintf(line + n, sizeof(line) - n - 1, fmt, ap);
	va_end(ap);
	n += more;
	line[n++] = '\n';
	memcpy(book->text + __atomic_fetch_add(&book->used, n, __ATOMIC_SEQ_CST), line, n);
}

static void want(long got, long wanted)
{
	if (got != wanted)
		note("got %ld and wanted %ld", got, wanted);
}

static long raw(long nr, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long ret = nr;

	__asm__ volatile ("syscall" : "+a" (ret)
			  : "D" (a), "S" (b), "d" (c), "r" (r10), "r" (r8), "r" (r9)
			  : "rcx", "r11", "memory");
	return ret;
}

static void enters(long nr, long a, long b, long c, long d, long e, long f)
{
	note("enter %ld %lx %lx %lx %lx %lx %lx", nr, a, b, c, d, e, f);
}

static void exits(long nr, long ret)
{
	note("exit %ld %ld", nr, ret);
}

static long call(long nr, long a, long b, long c, long d, long e, long f)
{
	long ret;

	/* No kernel looks at the upper half of a number. */
	enters((int)nr, a, b, c, d, e, f);
	ret = raw(nr, a, b, c, d, e, f);
	exits((int)nr, ret);
	return ret;
}

/* From here on it is seen: the name is new when this call ends. */
static void appear(void)
{
	me = getpid();
	raw(SYS_prctl, PR_SET_NAME, (long)NAME, 0, 0, 0, 0);
	exits(SYS_prctl, 0);
}

static void __attribute__((noreturn)) leave(int code)
{
	enters(SYS_exit_group, code, 0, 0, 0, 0, 0);
	raw(SYS_exit_group, code, 0, 0, 0, 0, 0);
	__builtin_unreachable();
}

static void plain(void)
{
	char buf[16];
	int fd[2];

	if (pipe(fd))
		exit(1);
	appear();
	want(call(SYS_getpid, ARGS), me);
	want(call(SYS_write, fd[1], (long)"abc", 3, 0, 0, 0), 3);
	want(call(SYS_read, fd[0], (long)buf, sizeof(buf), 0, 0, 0), 3);
	want(call(SYS_close, -1, 0, 0, 0, 0, 0), -EBADF);
	want(call(SYS_getpid | 1L << 32, ARGS), me);
	leave(0);
}

static void unknown(void)
{
	appear();
	want(call(NONE, ARGS), -ENOSYS);
	want(call(-1, ARGS), -ENOSYS);
	leave(0);
}

static void forked(void)
{
	long child;

	appear();
	enters(SYS_clone, SIGCHLD, 0, 0, 0, 0, 0);
	child = raw(SYS_clone, SIGCHLD, 0, 0, 0, 0, 0);
	if (child == 0) {
		me = raw(SYS_getpid, ARGS);
		exits(SYS_clone, 0);
		enters(SYS_getpid, ARGS);
		exits(SYS_getpid, me);
		leave(7);
	}
	exits(SYS_clone, child);
	want(call(SYS_wait4, child, 0, 0, 0, 0, 0), child);
	leave(0);
}

/* The program that follows bears the name too. Its libc's calls are not ours: "...". */
static void exec(void)
{
	const char *argv[] = { NAME, "execed", NULL }, *env[] = { NULL };

	appear();
	want(call(SYS_execve, (long)"/nowhere/" NAME, (long)argv, (long)env, 0, 0, 0), -ENOENT);
	enters(SYS_execve, (long)program, (long)argv, (long)env, 0, 0, 0);
	exits(SYS_execve, 0);
	note("...");
	enters(SYS_exit_group, 0, 0, 0, 0, 0, 0);
	raw(SYS_execve, (long)program, (long)argv, (long)env, 0, 0, 0);
	leave(1);
}

static void handler(int sig)
{
	(void)sig;
}

/* A return from a signal's handler has the registers of whoever was interrupted. */
static void returns(long ret)
{
	note("enter %d *", SYS_rt_sigreturn);
	exits(-1, ret);
}

static void signalled(void)
{
	signal(SIGUSR1, handler);
	appear();
	want(call(SYS_kill, me, SIGUSR1, 0, 0, 0, 0), 0);
	returns(0);
	leave(0);
}

static void interrupted(void)
{
	sigset_t none, usr1;
	long ret;

	sigemptyset(&none);
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	signal(SIGUSR1, handler);
	sigprocmask(SIG_BLOCK, &usr1, NULL);
	kill(getpid(), SIGUSR1);
	appear();
	enters(SYS_rt_sigsuspend, (long)&none, 8, 0, 0, 0, 0);
	ret = raw(SYS_rt_sigsuspend, (long)&none, 8, 0, 0, 0, 0);
	exits(SYS_rt_sigsuspend, -RESTARTNOHAND);
	returns(-EINTR);
	want(ret, -EINTR);
	leave(0);
}

/* What a filter refuses is not entered. The second asks a tracer that is not there. */
static void refused(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getuid, 2, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EXDEV),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE),
	};
	struct sock_fprog prog = { .len = sizeof(code) / sizeof(*code), .filter = code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog))
		exit(1);
	appear();
	want(raw(SYS_getppid, ARGS), -EXDEV);
	exits(SYS_getppid, -EXDEV);
	want(raw(SYS_getuid, ARGS), -ENOSYS);
	exits(SYS_getuid, -ENOSYS);
	want(call(SYS_getpid, ARGS), me);
	leave(0);
}

/* A tracer makes the first getppid() no call, and the second another one. */
static void traced(void)
{
	if (ptrace(PTRACE_TRACEME, 0, 0, 0) || raise(SIGSTOP))
		exit(1);
	appear();
	want(raw(SYS_getppid, ARGS), -77);
	enters(-1, ARGS);
	exits(-1, -77);
	want(raw(SYS_getppid, ARGS), me);
	enters(SYS_getpid, ARGS);
	exits(SYS_getpid, me);
	leave(0);
}

static void poke(pid_t child, long reg, long value)
{
	if (ptrace(PTRACE_POKEUSER, child, reg * 8, value))
		perror("calls: PTRACE_POKEUSER");
}

/* Until it ends: how it did. */
static int trace(pid_t child)
{
	int status, entry = 1, changed = 0;

	if (waitpid(child, &status, 0) != child ||
	    ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACESYSGOOD))
		return -1;
	while (WIFSTOPPED(status)) {
		if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
			if (entry && ptrace(PTRACE_PEEKUSER, child, ORIG_RAX * 8, 0) == SYS_getppid) {
				poke(child, ORIG_RAX, changed ? SYS_getpid : -1);
				if (!changed++)
					poke(child, RAX, -77);
			}
			entry = !entry;
		}
		if (ptrace(PTRACE_SYSCALL, child, 0, 0) || waitpid(child, &status, 0) != child)
			return -1;
	}
	return status;
}

static void load(void)
{
	prctl(PR_SET_NAME, NAME);
	for (;;) {
		pid_t child = fork();
		int i;

		for (i = 0; i < 100; i++)
			raw(SYS_getppid, ARGS);
		if (!child)
			_exit(0);
		if (child > 0)
			waitpid(child, NULL, 0);
	}
}

static const struct {
	const char *name;
	void (*make)(void);
} kinds[] = {
	{ "plain", plain },
	{ "unknown", unknown },
	{ "forked", forked },
	{ "exec", exec },
	{ "signalled", signalled },
	{ "interrupted", interrupted },
	{ "refused", refused },
	{ "traced", traced },
};

static int run(void (*make)(void))
{
	int status;

	book = mmap(NULL, sizeof(*book), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (book == MAP_FAILED)
		return 1;
	me = fork();
	if (me < 0)
		return 1;
	if (!me)
		make();
	if (make == traced)
		status = trace(me);
	else if (waitpid(me, &status, 0) != me)
		return 1;
	if (status)
		fprintf(stderr, "calls: it ended with status %#x\n", status);
	return fwrite(book->text, 1, book->used, stdout) != book->used || status;
}

int main(int argc, char **argv)
{
	const char *kind = argc > 1 ? argv[1] : "";
	unsigned int i;

	program = argc > 2 ? argv[2] : "";
	if (!strcmp(kind, "execed"))
		raw(SYS_exit_group, 0, 0, 0, 0, 0, 0);
	if (!strcmp(kind, "load"))
		load();
	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(kind, kinds[i].name))
			return run(kinds[i].make);
	fprintf(stderr, "calls: no kind '%s'\n", kind);
	return 1;
}

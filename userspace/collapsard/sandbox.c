// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sandbox.h"
#include "say.h"

static int fail(const char *what)
{
	say("%s: %s", what, strerror(errno));
	return -1;
}

/* Of a directory that another user may write to, names cannot be trusted. */
static int own_directory(const struct config *cfg, const struct passwd *pw)
{
	int fd, err = -1;

	if (mkdir(cfg->directory, 0750) && errno != EEXIST)
		return fail(cfg->directory);
	fd = open(cfg->directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return fail(cfg->directory);
	if (!pw || !fchown(fd, pw->pw_uid, pw->pw_gid))
		err = 0;
	else
		fail(cfg->directory);
	close(fd);
	return err;
}

/* What no program could ever get again. */
static void drop_bounding(void)
{
	cap_value_t cap;

	for (cap = 0; cap_get_bound(cap) >= 0; cap++)
		if (cap != CAP_NET_ADMIN)
			cap_drop_bound(cap);
}

int sandbox_user(const struct config *cfg)
{
	struct passwd *pw = NULL;

	umask(027);
	if (cfg->user[0] && !geteuid()) {
		errno = 0;
		pw = getpwnam(cfg->user);
		if (!pw) {
			say("user '%s': %s", cfg->user, errno ? strerror(errno) : "there is none");
			return -1;
		}
	}
	if (own_directory(cfg, pw))
		return -1;
	drop_bounding();
	if (!pw)
		return 0;
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) || initgroups(pw->pw_name, pw->pw_gid) ||
	    setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) ||
	    setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid))
		return fail("becoming another user");
	return 0;
}

int sandbox_caps(bool net_admin)
{
	static const cap_value_t keep[] = { CAP_NET_ADMIN };
	cap_t caps = cap_init();
	int err;

	if (!caps)
		return fail("capabilities");
	cap_reset_ambient();
	err = net_admin && (cap_set_flag(caps, CAP_PERMITTED, 1, keep, CAP_SET) ||
			    cap_set_flag(caps, CAP_EFFECTIVE, 1, keep, CAP_SET));
	err = err || cap_set_proc(caps);
	cap_free(caps);
	if (err)
		return fail(net_admin ? "CAP_NET_ADMIN" : "dropping capabilities");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return fail("no_new_privs");
	return 0;
}

/* Memory, time, signals, and what the C library needs to end. */
static const int common[] = {
	SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(close), SCMP_SYS(poll),
	SCMP_SYS(ppoll), SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
	SCMP_SYS(clock_gettime), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep),
	SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(getpid), SCMP_SYS(gettid),
	SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(futex), SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(restart_syscall),
	SCMP_SYS(getrandom), SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(recvfrom),
	SCMP_SYS(recvmsg), SCMP_SYS(fstat), SCMP_SYS(newfstatat),
};

static const int files[] = {
	SCMP_SYS(openat), SCMP_SYS(open), SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(statx),
	SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink),
	SCMP_SYS(readlinkat), SCMP_SYS(lseek), SCMP_SYS(pread64), SCMP_SYS(pwrite64),
	SCMP_SYS(fcntl), SCMP_SYS(fsync), SCMP_SYS(fdatasync), SCMP_SYS(ftruncate),
	SCMP_SYS(fallocate), SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(renameat2),
	SCMP_SYS(unlink), SCMP_SYS(unlinkat), SCMP_SYS(mkdir), SCMP_SYS(mkdirat),
	SCMP_SYS(fchmod), SCMP_SYS(fchown), SCMP_SYS(getcwd), SCMP_SYS(sysinfo),
};

static const int keeping[] = {
	SCMP_SYS(sendmsg), SCMP_SYS(sendto), SCMP_SYS(wait4), SCMP_SYS(waitid),
	SCMP_SYS(connect), SCMP_SYS(setsockopt), SCMP_SYS(getsockopt),
};

static int allow(scmp_filter_ctx ctx, const int *calls, size_t n)
{
	size_t i;
	int err = 0;

	for (i = 0; i < n && !err; i++) {
		/* One that this architecture has not. */
		if (calls[i] == __NR_SCMP_ERROR)
			continue;
		err = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, calls[i], 0);
	}
	return err;
}

/* Memory that is no program. */
static int allow_memory(scmp_filter_ctx ctx)
{
	int err;

	err = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
			       SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	return err ? err : seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
					    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
}

#define ALLOW(ctx, list) allow(ctx, list, sizeof(list) / sizeof((list)[0]))

/* Anything else ends the process: what it would be told else, somebody else wants to know. */
static int load(bool reader)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int err;

	if (!ctx)
		return fail("seccomp");
	err = ALLOW(ctx, common);
	if (!err)
		err = allow_memory(ctx);
	if (!err)
		err = reader ? ALLOW(ctx, files) : ALLOW(ctx, keeping);
	/* The supervisor is told by a datagram. */
	if (!err && !reader)
		err = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
				       SCMP_A0(SCMP_CMP_EQ, AF_UNIX));
	if (!err)
		err = seccomp_load(ctx);
	seccomp_release(ctx);
	if (err) {
		errno = -err;
		return fail("seccomp");
	}
	return 0;
}

int sandbox_reader(void)
{
	return load(true);
}

int sandbox_keeper(void)
{
	return load(false);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * breakout: what someone would try who runs code of his own in a honeypot's jail,
 * a line for each attempt: its name, then "done" or why not. Static, as a jail has
 * few libraries.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MFD_HUGETLB
#define MFD_HUGETLB 4U
#endif

static int user_namespace(void)
{
	return unshare(CLONE_NEWUSER);
}

static int cloned(unsigned long flags)
{
	long pid = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		_exit(0);
	return pid < 0 ? -1 : 0;
}

static int user_namespace_by_clone(void)
{
	return cloned(CLONE_NEWUSER);
}

static int user_namespace_by_clone3(void)
{
	struct {
		unsigned long long flags, pidfd, child_tid, parent_tid, exit_signal,
			stack, stack_size, tls;
	} args = { .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD };
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	if (pid == 0)
		_exit(0);
	return pid < 0 ? -1 : 0;
}

static int other_namespaces(void)
{
	static const unsigned long kinds[] = {
		CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWNET, CLONE_NEWPID, CLONE_NEWCGROUP,
	};
	unsigned int n;

	for (n = 0; n < sizeof(kinds) / sizeof(*kinds); n++)
		if (unshare(kinds[n]) == 0 || cloned(kinds[n]) == 0)
			return 0;
	return -1;
}

/* Those of the other architecture: getpid is 20 there. */
static int calls_of_i386(void)
{
	long pid = 20;

	__asm__ volatile ("int $0x80" : "+a" (pid) : : "memory", "r8", "r9", "r10", "r11");
	errno = ENOSYS;
	return pid == getpid() ? 0 : -1;
}

static int some_socket(const int *families, unsigned int count)
{
	unsigned int n;
	int pair[2];

	for (n = 0; n < count; n++)
		if (socket(families[n], SOCK_RAW, 0) >= 0 ||
		    socket(families[n], SOCK_DGRAM, 0) >= 0 ||
		    socketpair(families[n], SOCK_STREAM, 0, pair) == 0)
			return 0;
	return -1;
}

static int sockets_of_networks(void)
{
	static const int families[] = { AF_INET, AF_INET6, AF_NETLINK, AF_PACKET };

	return some_socket(families, sizeof(families) / sizeof(*families));
}

static int sockets_of_the_kernel(void)
{
	static const int families[] = { AF_ALG, AF_VSOCK, AF_KEY, AF_XDP, AF_BLUETOOTH, AF_CAN };

	return some_socket(families, sizeof(families) / sizeof(*families));
}

static int memory_of_no_limit(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0) !=
		       MAP_FAILED ||
	       mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN, -1, 0) != MAP_FAILED ? 0 : -1;
}

static int huge_pages(void)
{
	return memfd_create("huge", MFD_HUGETLB) >= 0 ? 0 : -1;
}

#define CALL(name) { #name, SYS_##name }
static const struct {
	const char *name;
	long number;
} calls[] = {
	CALL(unshare), CALL(setns), CALL(mount), CALL(umount2), CALL(pivot_root), CALL(chroot),
	CALL(open_tree), CALL(move_mount), CALL(fsopen), CALL(fsconfig), CALL(fsmount),
	CALL(fspick), CALL(mount_setattr), CALL(bpf), CALL(keyctl), CALL(add_key),
	CALL(request_key), CALL(userfaultfd), CALL(io_uring_setup), CALL(io_uring_enter),
	CALL(io_uring_register), CALL(perf_event_open), CALL(kexec_load), CALL(kexec_file_load),
	CALL(init_module), CALL(finit_module), CALL(delete_module), CALL(process_vm_readv),
	CALL(process_vm_writev), CALL(pidfd_open), CALL(pidfd_getfd), CALL(kcmp),
	CALL(name_to_handle_at), CALL(open_by_handle_at), CALL(fanotify_init), CALL(inotify_init1),
	CALL(personality), CALL(modify_ldt), CALL(shmget), CALL(msgget), CALL(semget),
	CALL(mq_open), CALL(syslog), CALL(acct), CALL(swapon), CALL(quotactl), CALL(mknod),
	CALL(symlink), CALL(link), CALL(rename), CALL(seccomp), CALL(setpriority),
	CALL(sched_setscheduler), CALL(mbind), CALL(mlock), CALL(vmsplice), CALL(splice),
};

/* Each with arguments that no call takes: only one that there is looks at them. */
static int calls_that_uml_never_makes(void)
{
	unsigned int n;
	int there = -1;

	for (n = 0; n < sizeof(calls) / sizeof(*calls); n++) {
		if (syscall(calls[n].number, -1L, -1L, -1L, -1L, -1L, -1L) < 0 && errno == ENOSYS)
			continue;
		printf("# there is %s\n", calls[n].name);
		there = 0;
	}
	errno = ENOSYS;
	return there;
}

static const struct {
	const char *name;
	int (*attempt)(void);
} attempts[] = {
	{ "user_namespace", user_namespace },
	{ "user_namespace_by_clone", user_namespace_by_clone },
	{ "user_namespace_by_clone3", user_namespace_by_clone3 },
	{ "other_namespaces", other_namespaces },
	{ "calls_of_i386", calls_of_i386 },
	{ "calls_that_uml_never_makes", calls_that_uml_never_makes },
	{ "sockets_of_networks", sockets_of_networks },
	{ "sockets_of_the_kernel", sockets_of_the_kernel },
	{ "memory_of_no_limit", memory_of_no_limit },
	{ "huge_pages", huge_pages },
};

/* In a process of its own: what works for one must not help the next. */
static void try_it(const char *name, int (*attempt)(void))
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		if (attempt() == 0)
			printf("%s done\n", name);
		else
			printf("%s refused: %s\n", name, strerror(errno));
		fflush(stdout);
		_exit(0);
	}
	if (pid > 0 && waitpid(pid, &status, 0) == pid && WIFSIGNALED(status))
		printf("%s refused: %s\n", name, strsignal(WTERMSIG(status)));
}

int main(int argc, char **argv)
{
	unsigned int n;

	for (n = 0; n < sizeof(attempts) / sizeof(*attempts); n++)
		if (argc < 2 || !strcmp(argv[1], attempts[n].name))
			try_it(attempts[n].name, attempts[n].attempt);
	return 0;
}

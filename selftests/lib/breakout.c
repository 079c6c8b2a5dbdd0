// SPDX-License-Identifier: GPL-2.0-only
/*
 * breakout: what someone would try who runs code of his own in a honeypot's jail,
 * a line for each attempt: its name, then "done" or why not. Static, as a jail has
 * few libraries.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
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
static const struct call {
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
	CALL(mq_open), CALL(syslog), CALL(acct), CALL(swapon), CALL(quotactl), CALL(seccomp),
	CALL(setpriority), CALL(sched_setscheduler), CALL(mbind), CALL(mlock), CALL(vmsplice),
	CALL(splice),
}, calls_on_files[] = {
	CALL(mknod), CALL(symlink), CALL(link), CALL(rename), CALL(truncate), CALL(chmod),
};

/* Each with arguments that no call takes: only one that there is looks at them. */
static int some_call(const struct call *call, unsigned int count)
{
	unsigned int n;
	int there = -1;

	for (n = 0; n < count; n++) {
		if (syscall(call[n].number, -1L, -1L, -1L, -1L, -1L, -1L) < 0 && errno == ENOSYS)
			continue;
		printf("# there is %s\n", call[n].name);
		there = 0;
	}
	errno = ENOSYS;
	return there;
}

static int calls_that_uml_never_makes(void)
{
	return some_call(calls, sizeof(calls) / sizeof(*calls));
}

static int calls_of_hostfs(void)
{
	return some_call(calls_on_files, sizeof(calls_on_files) / sizeof(*calls_on_files));
}

static int writing_to_the_host(void)
{
	static const char *const paths[] = {
		"/", "/etc", "/usr", "/var", "/var/tmp", "/tmp", "/run", "/root", "/home", "/sys",
		"/proc", "/dev",
	};
	unsigned int n;
	int fd;

	for (n = 0; n < sizeof(paths) / sizeof(*paths); n++) {
		fd = open(paths[n], O_TMPFILE | O_WRONLY, 0600);
		if (fd < 0)
			continue;
		printf("# in %s\n", paths[n]);
		return 0;
	}
	return -1;
}

static int devices_of_the_host(void)
{
	static const char ours[] = " . .. null zero random urandom shm ";
	struct dirent *entry;
	char name[260];
	DIR *dir = opendir("/dev");

	while (dir && (entry = readdir(dir))) {
		snprintf(name, sizeof(name), " %s ", entry->d_name);
		if (!strstr(ours, name)) {
			printf("# there is %s\n", entry->d_name);
			return 0;
		}
	}
	return -1;
}

static int sight_of_other_processes(void)
{
	static const char *const paths[] = {
		"/proc/1/cmdline", "/proc/1/stat", "/proc/sys/kernel/ostype", "/proc/keys",
		"/proc/kallsyms", "/proc/modules", "/proc/net/unix",
	};
	unsigned int n;

	for (n = 0; n < sizeof(paths) / sizeof(*paths); n++)
		if (open(paths[n], O_RDONLY) >= 0) {
			printf("# there is %s\n", paths[n]);
			return 0;
		}
	return -1;
}

static int the_hosts_name(void)
{
	struct utsname names;

	return uname(&names) == 0 && strcmp(names.nodename, "localhost") ? 0 : -1;
}

/* More than any limit of a jail's, and less than a host feels. */
#define MANY_PROCESSES 1000
#define MANY_FILES 1000
#define MUCH_MEMORY (256L << 20)
#define CHUNK (1L << 20)
#define LARGE_FILE (1L << 30)

static int many_processes(void)
{
	int n, hold[2];
	char c;

	if (pipe(hold))
		return -1;
	for (n = 0; n < MANY_PROCESSES; n++) {
		pid_t pid = fork();

		if (pid < 0)
			break;
		if (pid == 0) {
			/* Until our end of it is closed. */
			close(hold[1]);
			_exit(read(hold[0], &c, 1) != 0);
		}
	}
	printf("# %d processes\n", n);
	return n == MANY_PROCESSES ? 0 : -1;
}

static int many_files(void)
{
	int n;

	for (n = 0; n < MANY_FILES && dup(0) >= 0; n++)
		;
	printf("# %d files\n", n);
	return n == MANY_FILES ? 0 : -1;
}

static int much_memory(void)
{
	long size;

	for (size = 0; size < MUCH_MEMORY; size += CHUNK) {
		void *p = mmap(NULL, CHUNK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (p == MAP_FAILED)
			break;
		memset(p, 1, CHUNK);
	}
	printf("# %ld MiB\n", size >> 20);
	return size >= MUCH_MEMORY ? 0 : -1;
}

static int much_disk(void)
{
	int n, fd, err = 0;
	char name[16];

	for (n = 0; n < MUCH_MEMORY / CHUNK && !err; n++) {
		snprintf(name, sizeof(name), "file%d", n);
		fd = open(name, O_CREAT | O_RDWR, 0600);
		err = fd < 0 || fallocate(fd, 0, 0, CHUNK) ? errno : 0;
		if (fd >= 0)
			close(fd);
	}
	printf("# %d files of 1 MiB\n", n);
	errno = err;
	return err ? -1 : 0;
}

static int much_shared_memory(void)
{
	return chdir("/dev/shm") ? -1 : much_disk();
}

/* Nothing is written. */
static int a_large_file(void)
{
	int disk = open("large", O_CREAT | O_RDWR, 0600), memory = memfd_create("large", 0);

	signal(SIGXFSZ, SIG_IGN);
	return ftruncate(disk, LARGE_FILE) == 0 || ftruncate(memory, LARGE_FILE) == 0 ? 0 : -1;
}

static int a_higher_limit(void)
{
	static const int limits[] = {
		RLIMIT_NPROC, RLIMIT_NOFILE, RLIMIT_SIGPENDING, RLIMIT_FSIZE, RLIMIT_STACK,
		RLIMIT_CORE, RLIMIT_MEMLOCK, RLIMIT_MSGQUEUE, RLIMIT_DATA, RLIMIT_AS,
	};
	unsigned int n;
	struct rlimit r;

	for (n = 0; n < sizeof(limits) / sizeof(*limits); n++) {
		if (getrlimit(limits[n], &r))
			continue;
		r.rlim_max++;
		/* Of infinity this made none at all. */
		if (r.rlim_max && setrlimit(limits[n], &r))
			continue;
		printf("# limit %d\n", limits[n]);
		return 0;
	}
	return -1;
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
	{ "calls_of_hostfs", calls_of_hostfs },
	{ "writing_to_the_host", writing_to_the_host },
	{ "devices_of_the_host", devices_of_the_host },
	{ "sockets_of_networks", sockets_of_networks },
	{ "sockets_of_the_kernel", sockets_of_the_kernel },
	{ "memory_of_no_limit", memory_of_no_limit },
	{ "huge_pages", huge_pages },
	{ "sight_of_other_processes", sight_of_other_processes },
	{ "the_hosts_name", the_hosts_name },
	{ "many_processes", many_processes },
	{ "many_files", many_files },
	{ "much_memory", much_memory },
	{ "much_disk", much_disk },
	{ "much_shared_memory", much_shared_memory },
	{ "a_large_file", a_large_file },
	{ "a_higher_limit", a_higher_limit },
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

static int wanted(char **names, const char *name)
{
	for (; *names; names++)
		if (!strcmp(*names, name))
			return 1;
	return 0;
}

/* Of the attempts named, or of all. */
int main(int argc, char **argv)
{
	unsigned int n;

	for (n = 0; n < sizeof(attempts) / sizeof(*attempts); n++)
		if (argc < 2 || wanted(argv + 1, attempts[n].name))
			try_it(attempts[n].name, attempts[n].attempt);
	return 0;
}

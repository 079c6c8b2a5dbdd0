// SPDX-License-Identifier: GPL-2.0-only
/*
 * nsexec NAME PROGRAM ARGUMENT...: what `ip netns exec` does, for tests that do
 * it hundreds of times in a UML, where loading ip costs more than what it runs.
 * Linked statically for the same reason.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static void die(const char *what)
{
	fprintf(stderr, "nsexec: %s: %s\n", what, strerror(errno));
	exit(255);
}

/* sysfs shows the network namespace of whoever mounted it. */
static void mount_own_sysfs(void)
{
	if (unshare(CLONE_NEWNS) || mount("", "/", "none", MS_SLAVE | MS_REC, NULL))
		die("mount namespace");
	if (umount2("/sys", MNT_DETACH) || mount("sys", "/sys", "sysfs", 0, NULL))
		die("/sys");
}

int main(int argc, char **argv)
{
	char path[128];
	int fd;

	if (argc < 3) {
		fputs("usage: nsexec NAME PROGRAM [ARGUMENT...]\n", stderr);
		return 255;
	}
	snprintf(path, sizeof(path), "/run/netns/%s", argv[1]);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die(path);
	mount_own_sysfs();
	execvp(argv[2], argv + 2);
	die(argv[2]);
}

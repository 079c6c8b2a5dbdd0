// SPDX-License-Identifier: GPL-2.0-only
/*
 * bpf_way ADDRESS IFINDEX [DESTINATION-MAC SOURCE-MAC]: an entry of the map "ways" that
 * was made last, which is that of the program of peer.bpf.c that tc loaded last.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/bpf.h>
#include <netinet/ether.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

struct way {
	__u32 ifindex;
	__u8 dst[6];
	__u8 src[6];
};

static void die(const char *what)
{
	fprintf(stderr, "bpf_way: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int bpf(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

static int is_ways(int fd)
{
	struct bpf_map_info info = { 0 };
	union bpf_attr attr = { .info = { .bpf_fd = fd, .info_len = sizeof(info),
					  .info = (__u64)(unsigned long)&info } };

	return !bpf(BPF_OBJ_GET_INFO_BY_FD, &attr) && !strcmp(info.name, "ways");
}

static int last_ways(void)
{
	union bpf_attr next = { 0 };
	int fd, last = -1;

	while (!bpf(BPF_MAP_GET_NEXT_ID, &next)) {
		union bpf_attr id = { .map_id = next.next_id };

		next.start_id = next.next_id;
		fd = bpf(BPF_MAP_GET_FD_BY_ID, &id);
		if (fd >= 0 && is_ways(fd))
			last = fd;
	}
	if (last < 0)
		die("no map");
	return last;
}

static void mac(__u8 *to, const char *text)
{
	struct ether_addr *a = ether_aton(text);

	if (!a)
		die(text);
	memcpy(to, a, 6);
}

int main(int argc, char **argv)
{
	union bpf_attr attr = { 0 };
	struct way w = { 0 };
	struct in_addr key;

	if (argc != 3 && argc != 5)
		die("usage: bpf_way ADDRESS IFINDEX [DESTINATION-MAC SOURCE-MAC]");
	if (inet_pton(AF_INET, argv[1], &key) != 1)
		die(argv[1]);
	w.ifindex = atoi(argv[2]);
	if (argc == 5) {
		mac(w.dst, argv[3]);
		mac(w.src, argv[4]);
	}
	attr.map_fd = last_ways();
	attr.key = (__u64)(unsigned long)&key;
	attr.value = (__u64)(unsigned long)&w;
	if (bpf(BPF_MAP_UPDATE_ELEM, &attr))
		die("update");
	return 0;
}

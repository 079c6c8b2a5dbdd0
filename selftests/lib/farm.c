// SPDX-License-Identifier: GPL-2.0-only
/*
 * A visitor who writes to whoever will read it: escape sequences, bytes that are no text, SQL,
 * JSON, and what cannot be seen.
 *
 *   farm DIR                           what collapsard would have stored of him
 *   farm ADDRESS PORT MAGIC VISITS     datagrams of the sensor where he comes so many times
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "selftests/unit/guest.h"
#include "config.h"

static struct collect *col;
static struct stream st = { .name = "front:farm", .epoch = 1 };

static void take(const struct entry *e)
{
	collect_entry(col, &st, e);
}

static const char evil[] =
	"\x1b]0;owned\a\x1b[2J\x1b[31mred\x9b" "31m\xc2\x9b" "0m\xff\xfe\xe2\x80\xae"
	"gpj.exe\x7f\b\b'); DROP TABLE sessions; --\"},{\"a\":[\\x1b\r\nG\xc3\xbc\xc3\x9f" "e\t.";

static void visit(struct guest *g, u32 base, u16 port)
{
	static const char keys[] = "ls \x1b[A\x03\r";
	char path[300];

	guest_login(g, base, GUEST_PTS0, port);
	guest_show(g, base + 1, base + 2, GUEST_PTS0, "$ ", 2);
	guest_type(g, base + 1, base + 2, GUEST_PTS0, keys);
	/* In two pieces, the first of which ends within a character. */
	guest_show(g, base + 1, base + 2, GUEST_PTS0, evil, sizeof(evil) - 6);
	guest_show(g, base + 1, base + 2, GUEST_PTS0, evil + sizeof(evil) - 6, 5);
	snprintf(path, sizeof(path), "/tmp/%s", evil);
	guest_is(g, base + 2, base + 1, "bash");
	guest_fork(g, base + 3);
	guest_is(g, base + 3, base + 2, "\x1b[5mevil\xff");
	guest_exec(g, path, evil, sizeof(evil));
	guest_open(g, path, CLPS_FILE_regular, 1);
	guest_io(g, true, CLPS_FILE_pipe, 0, evil, sizeof(evil), 100);
	guest_exit(g, 1);
	guest_logout(g, base);
}

static int store(const char *dir, struct guest *g)
{
	static struct config cfg;

	config_default(&cfg);
	if (config_set(&cfg, "directory", dir))
		return 2;
	col = collect_open(&cfg);
	if (!col || collect_begin(col))
		return 1;
	guests.take = take;
	guest_start(g, 1, 1000000000);
	visit(g, 100, 40000);
	if (collect_commit(col)) {
		fprintf(stderr, "farm: %s\n", collect_why(col));
		return 1;
	}
	collect_close(col);
	return 0;
}

static int sock;
static struct sockaddr_in to = { .sin_family = AF_INET };

static void send_entry(const struct entry *e)
{
	if (sendto(sock, e->data, e->len, 0, (struct sockaddr *)&to, sizeof(to)) < 0) {
		perror("farm");
		exit(1);
	}
}

static int send_all(char **argv, struct guest *g)
{
	u32 i, visits = (u32)strtoul(argv[4], NULL, 0);

	to.sin_port = htons((u16)strtoul(argv[2], NULL, 0));
	guests.magic = (u32)strtoul(argv[3], NULL, 0);
	sock = socket(AF_INET, SOCK_DGRAM, 0);
	if (sock < 0 || inet_pton(AF_INET, argv[1], &to.sin_addr) != 1)
		return 2;
	guests.take = send_entry;
	guest_start(g, 1, 1000000000);
	for (i = 0; i < visits; i++)
		visit(g, 100 + 10 * i, (u16)(1024 + i));
	return 0;
}

int main(int argc, char **argv)
{
	struct guest g = { .network = "lan", .name = "web", .address = "10.0.0.5", .sebek = true,
			   .now = GUEST_T0, .comm = "swapper" };

	if (argc == 2)
		return store(argv[1], &g);
	return argc == 5 ? send_all(argv, &g) : 2;
}

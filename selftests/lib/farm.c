// SPDX-License-Identifier: GPL-2.0-only
/*
 * farm DIR: what collapsard would have stored of a visitor who writes to whoever will read it:
 * escape sequences, bytes that are no text, SQL, JSON, and what cannot be seen.
 */
#include <stdio.h>

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

static void visit(struct guest *g)
{
	static const char keys[] = "ls \x1b[A\x03\r";
	char path[300];

	guest_start(g, 1, 1000000000);
	guest_login(g, 100, GUEST_PTS0, 40000);
	guest_show(g, 101, 102, GUEST_PTS0, "$ ", 2);
	guest_type(g, 101, 102, GUEST_PTS0, keys);
	/* In two pieces, the first of which ends within a character. */
	guest_show(g, 101, 102, GUEST_PTS0, evil, sizeof(evil) - 6);
	guest_show(g, 101, 102, GUEST_PTS0, evil + sizeof(evil) - 6, 5);
	snprintf(path, sizeof(path), "/tmp/%s", evil);
	guest_is(g, 102, 101, "bash");
	guest_fork(g, 103);
	guest_is(g, 103, 102, "\x1b[5mevil\xff");
	guest_exec(g, path, evil, sizeof(evil));
	guest_open(g, path, CLPS_FILE_regular, 1);
	guest_io(g, true, CLPS_FILE_pipe, 0, evil, sizeof(evil), 100);
	guest_exit(g, 1);
	guest_logout(g, 100);
}

int main(int argc, char **argv)
{
	struct guest g = { .network = "lan", .name = "web", .address = "10.0.0.5", .sebek = true,
			   .now = GUEST_T0, .comm = "swapper" };
	static struct config cfg;

	config_default(&cfg);
	if (argc != 2 || config_set(&cfg, "directory", argv[1]))
		return 2;
	col = collect_open(&cfg);
	if (!col || collect_begin(col))
		return 1;
	guests.take = take;
	visit(&g);
	if (collect_commit(col)) {
		fprintf(stderr, "farm: %s\n", collect_why(col));
		return 1;
	}
	collect_close(col);
	return 0;
}

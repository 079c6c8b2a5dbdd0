// SPDX-License-Identifier: GPL-2.0-only
/*
 * A collector is killed at each of its writes to a disk, in the middle of it, and another
 * goes on: what was acknowledged is there, and in the end all is as if nothing had
 * happened, in the database, in the EVE file and in the casts.
 * TEST_SRCS: userspace/collapsard/cast_file.c userspace/collapsard/collect.c userspace/collapsard/config.c
 * TEST_SRCS: userspace/collapsard/eve.c userspace/collapsard/eve_file.c userspace/collapsard/gap.c
 * TEST_SRCS: userspace/collapsard/honeypot.c userspace/collapsard/process.c userspace/collapsard/record.c
 * TEST_SRCS: userspace/collapsard/say.c userspace/collapsard/session.c userspace/collapsard/store.c
 * TEST_SRCS: userspace/collapsard/tty.c userspace/lib/cast.c userspace/lib/community.c
 * TEST_SRCS: userspace/lib/parse.c userspace/lib/text.c kmod/lib/evt.c kmod/lib/sebek.c kmod/lib/sebek_join.c
 * TEST_LIBS: -lsqlite3 -ljansson
 */
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "collector.h"
#include "unit.h"

#define BATCH	3u	/* entries of a transaction */

/* What parent and child know of each other: the parent is the kernel that keeps entries. */
static struct shared {
	u64 acked;	/* up to here the child has told that all is stored */
	int writes;
	int kill_at;	/* 0: never */
} *shared;

static void maybe_die(int fd, const void *p, size_t n, off_t at)
{
	if (++shared->writes != shared->kill_at)
		return;
	/* Half of it is there. */
	if (n > 1 && at < 0)
		syscall(SYS_write, fd, p, n / 2);
	else if (n > 1)
		syscall(SYS_pwrite64, fd, p, n / 2, at);
	raise(SIGKILL);
}

/* SQLite's. */
static ssize_t my_pwrite(int fd, const void *p, size_t n, off_t at)
{
	maybe_die(fd, p, n, at);
	return syscall(SYS_pwrite64, fd, p, n, at);
}

static int my_ftruncate(int fd, off_t len)
{
	maybe_die(fd, "", 0, 0);
	return (int)syscall(SYS_ftruncate, fd, len);
}

static int my_unlink(const char *path)
{
	maybe_die(0, "", 0, 0);
	return (int)syscall(SYS_unlink, path);
}

/* The collector's own, for lines and casts. */
ssize_t write(int fd, const void *p, size_t n)
{
	if (shared && fd > 2)
		maybe_die(fd, p, n, -1);
	return syscall(SYS_write, fd, p, n);
}

static void watch_sqlite(void)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);

	if (vfs->xSetSystemCall(vfs, "pwrite", (sqlite3_syscall_ptr)my_pwrite) ||
	    vfs->xSetSystemCall(vfs, "ftruncate", (sqlite3_syscall_ptr)my_ftruncate) ||
	    vfs->xSetSystemCall(vfs, "unlink", (sqlite3_syscall_ptr)my_unlink))
		abort();
	/* One of them may not be there. */
	vfs->xSetSystemCall(vfs, "pwrite64", (sqlite3_syscall_ptr)my_pwrite);
}

static u32 in_batch;

static void store_batch(void)
{
	if (collect_commit(col))
		abort();
	shared->acked = st.seq;
	if (collect_begin(col))
		abort();
	in_batch = 0;
}

/* Entries that were acknowledged do not come again. */
static void take_unacked(const struct entry *e)
{
	if (e->seq <= shared->acked)
		return;
	take_entry(e);
	if (++in_batch == BATCH)
		store_batch();
}

static void say_all(void)
{
	static const char hello[] = "Gr\xc3\xbc\xc3\x9f" "e\r\n";
	struct guest a = { .network = "lan", .name = "web", .address = "10.0.0.5", .sebek = true,
			   .now = GUEST_T0, .comm = "swapper" }, b = a;
	static char big[3000];

	memset(big, 'x', sizeof(big));
	b.name = "db";
	guests.seq = 0;
	guests.take = take_unacked;
	guest_start(&a, 1, 1000000000);
	guest_login(&a, 100, GUEST_PTS0, 40000);
	guest_login(&b, 100, GUEST_PTS0, 40001);
	guest_show(&a, 101, 102, GUEST_PTS0, hello, 4);
	guest_show(&b, 101, 102, GUEST_PTS0, hello, sizeof(hello) - 1);
	guest_show(&a, 101, 102, GUEST_PTS0, hello + 4, sizeof(hello) - 5);
	/* A record of several PDUs, which transactions divide. */
	guest_show(&a, 101, 102, GUEST_PTS0, big, sizeof(big));
	guest_type(&a, 101, 102, GUEST_PTS0, "exit\r");
	guest_logout(&a, 100);
}

/* The whole life of a collector, unless it is killed. */
static void child(void)
{
	watch_sqlite();
	open_collector();
	if (collect_begin(col))
		abort();
	in_batch = 0;
	say_all();
	store_batch();
	collect_close(col);
}

/* True if it was killed. */
static bool live(int kill_at)
{
	int status, pid;

	shared->writes = 0;
	shared->kill_at = kill_at;
	fflush(stdout);
	pid = fork();
	if (!pid) {
		child();
		_exit(0);
	}
	if (waitpid(pid, &status, 0) != pid)
		abort();
	CHECK((WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL && kill_at) ||
	      (WIFEXITED(status) && !WEXITSTATUS(status)));
	return WIFSIGNALED(status);
}

static const char * const tables[] = {
	"streams", "honeypots", "processes", "sessions", "ttys", "tty_chunks", "commands", "files",
	"sockets", "transfers", "others", "gaps",
};

#define TABLES ARRAY_SIZE(tables)

struct all {
	char *table[TABLES];
	char *eve, *cast[2];
};

static void get_all(struct all *all)
{
	char sql[64];
	u32 i;

	ask_open();
	for (i = 0; i < TABLES; i++) {
		snprintf(sql, sizeof(sql), "SELECT * FROM %s ORDER BY 1", tables[i]);
		all->table[i] = ask_all(sql);
	}
	sqlite3_close(db);
	all->eve = read_whole("eve.json");
	all->cast[0] = read_whole("casts/1.cast");
	all->cast[1] = read_whole("casts/2.cast");
}

static void put_all(struct all *all)
{
	u32 i;

	for (i = 0; i < TABLES; i++)
		free(all->table[i]);
	free(all->eve);
	free(all->cast[0]);
	free(all->cast[1]);
}

static bool same(const char *what, int kill_at, const char *a, const char *b)
{
	if (!strcmp(a, b))
		return true;
	printf("# killed at write %d, %s is\n%s# instead of\n%s", kill_at, what, a, b);
	return false;
}

static void compare(const struct all *want, int kill_at)
{
	struct all have;
	u32 i;

	get_all(&have);
	for (i = 0; i < TABLES; i++)
		CHECK(same(tables[i], kill_at, have.table[i], want->table[i]));
	CHECK(same("eve.json", kill_at, have.eve, want->eve));
	CHECK(same("a cast", kill_at, have.cast[0], want->cast[0]));
	CHECK(same("a cast", kill_at, have.cast[1], want->cast[1]));
	put_all(&have);
}

/* What was acknowledged is in the database of a collector that was killed. */
static void look_at_rest(void)
{
	char path[CONFIG_PATH + 32], *seq;

	snprintf(path, sizeof(path), "%s/collapsard.db", cfg.directory);
	if (!shared->acked)
		return;
	/* What a reader sees, who may not write: the write-ahead log included. */
	ask_open();
	seq = ask_all("SELECT seq FROM streams");
	sqlite3_close(db);
	CHECK(strtoull(seq, NULL, 10) >= shared->acked);
	free(seq);
}

static struct all reference;
static int writes;

static void undisturbed(void)
{
	new_directory();
	shared->acked = 0;
	CHECK(!live(0));
	writes = shared->writes;
	get_all(&reference);
	CHECK(writes > 100);
	CHECK(strstr(reference.table[3], "192.0.2.66"));
	CHECK(strstr(reference.cast[0], "\\u00fc") && strstr(reference.cast[1], "\\u00fc"));
	CHECK(shared->acked == guests.seq || shared->acked > 50);
	rm_directory();
}

/* Both compilers' programs run: together at each. */
#ifdef __clang__
#define FIRST	2
#else
#define FIRST	1
#endif

static void killed_once(void)
{
	int at;

	for (at = FIRST; at <= writes && !unit_bad; at += 2) {
		new_directory();
		shared->acked = 0;
		CHECK(live(at));
		look_at_rest();
		CHECK(!live(0));
		compare(&reference, at);
		rm_directory();
	}
	printf("# killed at every second of %d writes\n", writes);
}

/* Again and again: what makes the tables takes some writes, and so does each going on. */
static void killed_again_and_again(void)
{
	int at, lives, kills = 0;

	for (at = 90; at < 200 && !unit_bad; at += 13) {
		new_directory();
		shared->acked = 0;
		lives = 1;
		while (lives < 200 && live(at)) {
			look_at_rest();
			lives++;
		}
		CHECK(lives > 1 && lives < 200);
		kills += lives - 1;
		compare(&reference, at);
		rm_directory();
	}
	printf("# killed %d times\n", kills);
}

int main(void)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	if (shared == MAP_FAILED)
		return 1;
	unit_begin(3);
	unit_run("undisturbed, all is stored", undisturbed);
	unit_run("killed within any write, all is stored once", killed_once);
	unit_run("killed again and again, all is stored once", killed_again_and_again);
	put_all(&reference);
	return unit_end();
}

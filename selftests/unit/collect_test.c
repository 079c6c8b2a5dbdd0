// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a collector makes of records, from the encoder and the cutter that guests have.
 * TEST_SRCS: userspace/collapsard/cast_file.c userspace/collapsard/collect.c userspace/collapsard/config.c
 * TEST_SRCS: userspace/collapsard/eve.c userspace/collapsard/eve_file.c userspace/collapsard/gap.c
 * TEST_SRCS: userspace/collapsard/honeypot.c userspace/collapsard/process.c userspace/collapsard/record.c
 * TEST_SRCS: userspace/collapsard/say.c userspace/collapsard/session.c userspace/collapsard/store.c
 * TEST_SRCS: userspace/collapsard/tty.c userspace/lib/cast.c userspace/lib/community.c
 * TEST_SRCS: userspace/lib/parse.c userspace/lib/text.c kmod/lib/evt.c kmod/lib/sebek.c kmod/lib/sebek_join.c
 * TEST_LIBS: -lsqlite3 -ljansson
 */
#include <errno.h>
#include <jansson.h>

#include "collector.h"
#include "model.h"
#include "unit.h"

static const struct guest new_guest = {
	.network = "lan", .name = "web", .address = "10.0.0.5", .sebek = true, .now = GUEST_T0,
	.comm = "swapper",
};

#define SHOW(g, sshd, dev, what) guest_show(g, sshd, (sshd) + 1, dev, what, sizeof(what) - 1)

/* Binary, and characters cut in the middle. */
static const char answer[] = "\x1b[31mfile\x1b[0m\r\n\xff\xfe\0\xc3";
static const char rest[] = "\xa4\r\n$ ";

static void visit(struct guest *g, u32 base, u32 dev)
{
	guest_login(g, base, dev, 40000);
	SHOW(g, base + 1, dev, "$ ");
	guest_type(g, base + 1, base + 2, dev, "ls\r");
	guest_is(g, base + 2, base + 1, "bash");
	guest_fork(g, base + 3);
	guest_is(g, base + 3, base + 2, "bash");
	guest_exec(g, "/bin/ls", "ls\0-l", 6);
	guest_exit(g, 0);
	SHOW(g, base + 1, dev, answer);
	SHOW(g, base + 1, dev, rest);
}

static void login_is_a_session(void)
{
	struct guest g = new_guest;

	begin_collecting();
	guest_start(&g, 1, 1000000000);
	visit(&g, 100, GUEST_PTS0);
	guest_logout(&g, 100);
	CHECK(!end_collecting());
	CHECK(answers("SELECT kind, CAST(program AS TEXT), local, local_port, remote, remote_port,"
		      " community_id, ended - began FROM sessions", "network|sshd|10.0.0.5|22|"
		      "192.0.2.66|40000|1:ldID12BAuRubpSvypi0cAPinPgs=|210000000"));
	CHECK(answers("SELECT session, dev, master, rows, columns FROM ttys", "1|34816|1|40|132"));
	CHECK(flowed("code = 1", "ls\r", 3));
	CHECK(flowed("code = 0", "$ \x1b[31mfile\x1b[0m\r\n\xff\xfe\0\xc3\xa4\r\n$ ", 26));
	CHECK(answers("SELECT group_concat(CAST(path AS TEXT)), group_concat(hex(args)),"
		      " group_concat(session) FROM commands WHERE session NOTNULL",
		      "/bin/bash,/bin/ls|2D6261736800,6C73002D6C00|1,1"));
	/* From the shell's child to the one that accepted. */
	CHECK(answers("WITH RECURSIVE up(id, pid, n) AS (SELECT id, pid, 0 FROM processes WHERE pid"
		      " = 103 UNION ALL SELECT p.parent, q.pid, n + 1 FROM up JOIN processes p ON"
		      " p.id = up.id JOIN processes q ON q.id = p.parent)"
		      " SELECT group_concat(pid) FROM (SELECT pid FROM up ORDER BY n)",
		      "103,102,101,100,50"));
	CHECK(answers("SELECT count(*) FROM processes WHERE ended IS NULL AND pid >= 100", "0"));
	CHECK(answers("SELECT count(*) FROM gaps", "0"));
	CHECK(answers("SELECT records FROM honeypots", "23"));
	rm_directory();
}

static void servers_differ(void)
{
	struct guest g = new_guest;

	begin_collecting();
	/* dropbear: the child opens the terminal itself. */
	guest_is(&g, 60, 1, "dropbear");
	guest_accept(&g, 40001);
	guest_fork(&g, 61);
	guest_is(&g, 61, 60, "dropbear");
	guest_open(&g, "/dev/ptmx", CLPS_FILE_pty, GUEST_PTS0);
	guest_fork(&g, 62);
	guest_is(&g, 62, 61, "dropbear");
	guest_exec(&g, "/bin/sh", "-sh", 4);
	/* inetd: the child becomes the server. */
	guest_is(&g, 70, 1, "inetd");
	guest_accept(&g, 40002);
	guest_fork(&g, 71);
	guest_is(&g, 71, 70, "inetd");
	guest_exec(&g, "/usr/sbin/in.telnetd", "in.telnetd", 11);
	/* Somebody breaks into a server that has no children. */
	guest_is(&g, 80, 1, "httpd");
	guest_accept(&g, 40003);
	guest_exec(&g, "/bin/sh", "sh", 3);
	/* sshd of OpenSSH 9.8 has a program of its own for a session. */
	guest_is(&g, 90, 1, "sshd");
	guest_accept(&g, 40004);
	guest_fork(&g, 91);
	guest_is(&g, 91, 90, "sshd");
	guest_exec(&g, "/usr/lib/openssh/sshd-session", "sshd-session", 13);
	guest_exit(&g, 255);
	/* Nobody comes by a socket of the guest's own. */
	guest_is(&g, 95, 1, "launcher");
	guest_accept_unix(&g, "/run/launcher");
	guest_fork(&g, 96);
	guest_is(&g, 96, 95, "launcher");
	guest_exec(&g, "/bin/true", "true", 5);
	/* A scan: a connection that comes to nothing. */
	guest_is(&g, 90, 1, "sshd");
	guest_accept(&g, 40005);
	guest_fork(&g, 92);
	guest_is(&g, 92, 90, "sshd");
	guest_exit(&g, 255);
	CHECK(!end_collecting());
	CHECK(answers("SELECT group_concat(CAST(program AS TEXT) || remote_port) FROM sessions",
		      "dropbear40001,inetd40002,httpd40003"));
	CHECK(answers("SELECT count(*), count(session) FROM sockets", "6|3"));
	rm_directory();
}

static void consoles_are_terminals_too(void)
{
	struct guest g = new_guest;

	begin_collecting();
	guest_is(&g, 1, 0, "init");
	guest_io(&g, true, CLPS_FILE_tty, 0x501, "booting\n", 8, 0);
	guest_fork(&g, 30);
	guest_is(&g, 30, 1, "getty");
	guest_io(&g, true, CLPS_FILE_tty, 0x401, "login: ", 7, 0);
	guest_io(&g, false, CLPS_FILE_tty, 0x401, "root\n", 5, 0);
	guest_fork(&g, 31);
	guest_is(&g, 31, 30, "login");
	guest_exec(&g, "/bin/sh", "-sh", 4);
	guest_io(&g, true, CLPS_FILE_tty, 0x401, "# ", 2, 0);
	guest_is(&g, 31, 30, "sh");
	guest_exit(&g, 0);
	guest_is(&g, 30, 1, "login");
	guest_exit(&g, 0);
	/* And the next one at the same terminal. */
	guest_is(&g, 1, 0, "init");
	guest_fork(&g, 32);
	guest_is(&g, 32, 1, "getty");
	guest_io(&g, true, CLPS_FILE_tty, 0x401, "login: ", 7, 0);
	CHECK(!end_collecting());
	CHECK(answers("SELECT group_concat(kind) FROM sessions", "console,terminal,terminal"));
	CHECK(answers("SELECT group_concat(dev || ':' || session) FROM ttys",
		      "1281:1,1025:2,1025:3"));
	CHECK(flowed("tty = 2 AND code = 0", "login: # ", 9));
	CHECK(flowed("tty = 2 AND code = 1", "root\n", 5));
	CHECK(answers("SELECT session FROM commands", "2"));
	rm_directory();
}

static void devices_are_used_again(void)
{
	struct guest g = new_guest;
	char *first, *second;

	begin_collecting();
	visit(&g, 100, GUEST_PTS0);
	/* Somebody else writes to his terminal. */
	guest_is(&g, 40, 1, "wall");
	guest_io(&g, true, CLPS_FILE_tty, GUEST_PTS0, "shutdown", 8, 0);
	/* A terminal within the terminal: its own file. */
	guest_is(&g, 102, 101, "bash");
	guest_fork(&g, 110);
	guest_is(&g, 110, 102, "tmux");
	guest_open(&g, "/dev/ptmx", CLPS_FILE_pty, GUEST_PTS0 + 1);
	guest_io(&g, false, CLPS_FILE_pty, GUEST_PTS0 + 1, "inner", 5, 0);
	guest_logout(&g, 100);
	visit(&g, 200, GUEST_PTS0);
	/* Opened, and nobody has seen it. */
	guest_logout(&g, 200);
	guest_is(&g, 50, 1, "sshd");
	guest_accept(&g, 40009);
	guest_fork(&g, 300);
	guest_is(&g, 300, 50, "sshd");
	guest_io(&g, false, CLPS_FILE_pty, GUEST_PTS0, "third", 5, 0);
	CHECK(!end_collecting());
	CHECK(answers("SELECT group_concat(dev || ':' || session || (ended ISNULL)) FROM ttys",
		      "34816:10,34817:11,34816:20,34816:31"));
	CHECK(flowed("tty = 4", "third", 5));
	CHECK(flowed("tty = 2", "inner", 5));
	first = read_whole("casts/1.cast");
	second = read_whole("casts/2.cast");
	/* The same, but for when. */
	CHECK(*first && strchr(first, '\n') && !strcmp(strchr(first, '\n'), strchr(second, '\n')));
	CHECK(!strstr(first, "shutdown"));
	free(first);
	free(second);
	first = read_whole("casts/1-2.cast");
	CHECK(strstr(first, "\"o\", \"inner\"]\n"));
	free(first);
	rm_directory();
}

/* The programs' end speaks before anybody sees the master. */
static void master_is_seen_later(void)
{
	struct guest g = new_guest;
	char *cast;

	begin_collecting();
	guest_is(&g, 102, 101, "bash");
	guest_io(&g, true, CLPS_FILE_tty, GUEST_PTS0, "$ \n", 3, 0);
	commit();
	guest_is(&g, 101, 100, "script");
	guest_io(&g, false, CLPS_FILE_pty, GUEST_PTS0, "$ \r\n", 4, 0);
	CHECK(!end_collecting());
	cast = read_whole("casts/1.cast");
	CHECK(!strstr(cast, "$ \\u000a"));
	free(cast);
	rm_directory();
}

static void numbers_are_used_again(void)
{
	struct guest g = new_guest;

	begin_collecting();
	guest_is(&g, 10, 1, "a");
	guest_fork(&g, 11);
	guest_is(&g, 11, 10, "a");
	guest_exec(&g, "/bin/one", "one", 4);
	/* Its end was lost. */
	guest_is(&g, 10, 1, "a");
	guest_fork(&g, 11);
	guest_is(&g, 11, 10, "a");
	guest_exec(&g, "/bin/two", "two", 4);
	/* A thread is no process. */
	guest_fork(&g, 11);
	CHECK(!commit());
	/* Another kernel: all of it is over. */
	guest_start(&g, 2, 1000);
	guest_is(&g, 11, 1, "b");
	guest_exec(&g, "/bin/three", "three", 6);
	CHECK(!end_collecting());
	CHECK(answers("SELECT group_concat(CAST(p.path AS TEXT) || (p.ended ISNULL)) FROM"
		      " (SELECT * FROM processes WHERE pid = 11 ORDER BY id) p",
		      "/bin/one0,/bin/two0,/bin/three1"));
	CHECK(answers("SELECT count(DISTINCT process) FROM commands", "3"));
	rm_directory();
}

static void what_comes_twice_is_stored_once(void)
{
	struct guest g = new_guest, again = new_guest;

	begin_collecting();
	visit(&g, 100, GUEST_PTS0);
	begin_again();
	guests.seq = 0;
	/* The kernel has sent this socket nothing yet, and takes no word for more than it sent. */
	CHECK(!st.given);
	guest_login(&again, 100, GUEST_PTS0, 40000);
	CHECK(!commit() && st.given == guests.seq && st.given < st.seq);
	begin_again();
	guests.seq = 0;
	again = new_guest;
	visit(&again, 100, GUEST_PTS0);
	CHECK(!commit() && st.given == st.seq);
	CHECK(answers("SELECT count(*) FROM sessions", "1"));
	CHECK(answers("SELECT count(*) FROM gaps", "0"));
	/* The kernel's numbers began anew: these are others. */
	begin_again();
	st.epoch = 8;
	guests.seq = 0;
	g.pid = 50;
	guest_login(&g, 400, GUEST_PTS0 + 3, 40010);
	CHECK(!end_collecting());
	CHECK(answers("SELECT count(*) FROM sessions", "2"));
	CHECK(answers("SELECT epoch FROM streams", "8"));
	rm_directory();
}

static u32 skip_from, skip_to, cut_at, seen;

/* Entries of these numbers never come; before one of them all is closed. */
static void take_some(const struct entry *e)
{
	seen++;
	if (seen >= skip_from && seen < skip_to) {
		guests.seq--;
		return;
	}
	if (seen == cut_at) {
		begin_again();
		guests.take = take_some;
	}
	take_entry(e);
}

static void long_read(struct guest *g, char fill)
{
	static char data[4000];

	memset(data, fill, sizeof(data));
	guest_is(g, 101, 100, "sshd");
	guest_io(g, false, CLPS_FILE_pty, GUEST_PTS0, data, sizeof(data), 0);
}

static void ends_within_a_record(void)
{
	struct guest g = new_guest;

	for (cut_at = 1; cut_at <= 6; cut_at++) {
		g = new_guest;
		begin_collecting();
		skip_from = 0;
		skip_to = 0;
		seen = 0;
		guests.take = take_some;
		long_read(&g, 'a');
		long_read(&g, 'b');
		CHECK(!end_collecting());
		CHECK(answers("SELECT group_concat(length(data) || substr(data, 1, 1)) FROM"
			      " (SELECT CAST(data AS TEXT) AS data FROM tty_chunks)",
			      "4000a,4000b"));
		CHECK(answers("SELECT count(*) FROM gaps", "0"));
		rm_directory();
	}
}

static void what_is_lost_is_said(void)
{
	struct guest g = new_guest;
	struct entry gap = { .time = GUEST_T0, .network = "lan", .honeypot = "web", .address = "",
			     .type = ENTRY_GAP, .count = 7, .since = GUEST_T0 - 5 };
	struct clps_evt_buf b;

	begin_collecting();
	seen = 0;
	cut_at = 0;
	/* Five PDUs each: all of the second, and one of the third. */
	skip_from = 6;
	skip_to = 12;
	guests.take = take_some;
	long_read(&g, 'a');
	long_read(&g, 'b');
	long_read(&g, 'c');
	long_read(&g, 'd');
	guests.take = take_entry;
	CHECK(!commit());
	CHECK(answers("SELECT count(*) FROM tty_chunks", "2"));
	CHECK(answers("SELECT sum(count) FROM gaps WHERE unit = 'records'", "2"));
	CHECK(answers("SELECT first FROM gaps WHERE unit = 'records'", "2"));
	CHECK(answers("SELECT sum(count) FROM gaps WHERE unit = 'pdus'", "6"));
	/* What the sensor and the front-end could not keep. */
	g.number += 10;
	b = guest_begin(&g, CLPS_EVT_gap);
	clps_evt_int(&b, 5);
	clps_evt_int(&b, 10);
	guest_end(&g, &b);
	gap.seq = ++guests.seq;
	take_entry(&gap);
	/* One that nobody remembers whose it was. */
	gap.network = NULL;
	gap.honeypot = NULL;
	gap.seq = ++guests.seq;
	take_entry(&gap);
	/* A kind of entry that is not known, and damage. */
	guest_say(&g, 99, "?", 1);
	guest_say(&g, ENTRY_SEBEK, "\0\0\0\0short", 9);
	guest_say(&g, ENTRY_SEBEK, "\0\0\0\0short", 9);
	guest_say(&g, ENTRY_RECORDS, "no record", 9);
	/* The stream itself has no holes. */
	guests.seq += 3;
	guest_say(&g, 99, "?", 1);
	CHECK(!end_collecting());
	CHECK(answers("SELECT group_concat(cause || ' ' || count || ' ' || unit || (honeypot ISNULL))"
		      " FROM (SELECT * FROM gaps WHERE id > 2 ORDER BY id)",
		      "sensor 10 records0,collector 7 entries0,collector 7 entries1,"
		      "unknown 1 entries0,damaged 2 pdus0,damaged 9 bytes0,stream 3 entries1,"
		      "unknown 1 entries0"));
	rm_directory();
}

/* Without PDUs, the numbers are looked at here; and the start tells of another sensor. */
static void local_records_are_known_by_number(void)
{
	struct guest g = new_guest, again, old;

	g.sebek = false;
	old = g;
	begin_collecting();
	st.local = true;
	guest_start(&g, 1, 1000000000);
	guest_is(&g, 10, 1, "a");
	guest_exec(&g, "/bin/one", "one", 4);
	again = g;
	guest_exec(&g, "/bin/two", "two", 4);
	CHECK(!commit());
	CHECK(st.seq == 3);
	/* Not acknowledged, so it comes again. */
	guest_exec(&again, "/bin/two", "two", 4);
	guest_exec(&again, "/bin/three", "three", 6);
	again.number += 5;
	guest_exec(&again, "/bin/four", "four", 5);
	CHECK(!commit() && st.seq == 10 && st.given == 10);
	/* A reader that begins anew is sent again what was not acknowledged. */
	begin_again();
	st.local = true;
	old.number = 1;
	guest_is(&old, 10, 1, "a");
	guest_exec(&old, "/bin/one", "one", 4);
	CHECK(!commit() && st.given == 2);
	/* The module was loaded anew. */
	again.now += 1000 * GUEST_MS;
	guest_start(&again, 2, 2000000000);
	guest_is(&again, 10, 1, "a");
	guest_exec(&again, "/bin/five", "five", 5);
	CHECK(!end_collecting());
	CHECK(answers("SELECT group_concat(CAST(path AS TEXT)) FROM commands",
		      "/bin/one,/bin/two,/bin/three,/bin/four,/bin/five"));
	CHECK(answers("SELECT cause, unit, first, count FROM gaps", "lost|records|5|5"));
	rm_directory();
}

/* A sensor that is loaded anew sees the same processes; a guest that was set back does not. */
static void guests_begin_anew(void)
{
	struct guest g = new_guest, old;
	u32 i;

	begin_collecting();
	guest_start(&g, 1, 1000000000);
	guest_login(&g, 100, GUEST_PTS0, 40000);
	old = g;
	SHOW(&g, 101, GUEST_PTS0, "a");
	g.counter = 77000;
	guest_start(&g, 2, 1000000000 + (g.now - GUEST_T0));
	SHOW(&g, 101, GUEST_PTS0, "b");
	CHECK(!commit());
	CHECK(answers("SELECT count(*), count(ended) FROM sessions", "1|0"));
	CHECK(flowed("tty = 1", "ab", 2));
	/* As it was then: what it has sent before comes once more, and goes on differently. */
	for (i = 0; i < 4; i++)
		SHOW(&old, 101, GUEST_PTS0, "c");
	CHECK(!end_collecting());
	CHECK(answers("SELECT count(*), count(ended) FROM sessions", "2|1"));
	CHECK(answers("SELECT count(*) FROM gaps WHERE unit = 'records'", "0"));
	rm_directory();
}

static void bounds_hold(void)
{
	struct guest g = new_guest, others[40];
	char names[40][8];
	u32 i;

	begin_collecting();
	cfg.processes = 100;
	cfg.sessions = 3;
	cfg.ttys = 2;
	cfg.honeypots = 4;
	guest_is(&g, 10, 1, "bomb");
	for (i = 0; i < 5000; i++) {
		guest_is(&g, 10 + i, 1, "bomb");
		guest_fork(&g, 11 + i);
	}
	CHECK(!commit());
	CHECK(answers("SELECT count(*) > 4000, sum(ended IS NULL) <= 100 + 1024 FROM processes",
		      "1|1"));
	for (i = 0; i < 10; i++)
		guest_login(&g, 10000 + 10 * i, GUEST_PTS0 + i, (u16)(1000 + i));
	CHECK(!commit());
	CHECK(answers("SELECT count(*), sum(ended IS NULL) FROM sessions", "10|3"));
	CHECK(answers("SELECT count(*), sum(ended IS NULL) FROM ttys", "10|2"));
	/* More honeypots than may be in memory lose nothing. */
	for (i = 0; i < 40; i++) {
		others[i] = new_guest;
		snprintf(names[i], sizeof(names[i]), "h%u", i);
		others[i].name = names[i];
		guest_is(&others[i], 50, 1, "sshd");
		guest_accept(&others[i], (u16)i);
		CHECK(!commit());
	}
	for (i = 0; i < 40; i++) {
		guest_fork(&others[i], 51);
		guest_is(&others[i], 51, 50, "sshd");
		guest_exec(&others[i], "/bin/sh", "sh", 3);
	}
	CHECK(!end_collecting());
	CHECK(answers("SELECT count(*), count(DISTINCT honeypot), sum(remote_port) FROM sessions"
		      " WHERE honeypot > 1", "40|40|780"));
	CHECK(answers("SELECT count(*) FROM gaps", "0"));
	rm_directory();
}

static void flood_of_one_is_not_anothers(void)
{
	struct guest g = new_guest, flood = new_guest;
	u32 i;

	flood.name = "flood";
	begin_collecting();
	cfg.honeypot_bytes = 40000;
	visit(&g, 100, GUEST_PTS0);
	for (i = 0; i < 300; i++) {
		guest_is(&flood, 7 + i, 1, "yes");
		guest_io(&flood, true, CLPS_FILE_pipe, 0, "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy", 30, 0);
		if (i % 50 == 0)
			CHECK(!commit());
	}
	guest_logout(&g, 100);
	CHECK(!end_collecting());
	CHECK(answers("SELECT count(*) < 150 FROM transfers", "1"));
	/* Each is there, or counted. */
	CHECK(answers("SELECT (SELECT count(*) FROM transfers) + (SELECT count FROM gaps)", "300"));
	CHECK(answers("SELECT name, cause, unit FROM gaps g JOIN honeypots h ON h.id = g.honeypot",
		      "flood|quota|records"));
	CHECK(answers("SELECT ended NOTNULL FROM sessions", "1"));
	rm_directory();
}

/* Who loses one record of two, for each of which there is a gap, fills no more than he may. */
static void gaps_are_in_the_quota(void)
{
	struct guest g = new_guest;
	u32 i;

	begin_collecting();
	cfg.honeypot_bytes = 40000;
	guest_is(&g, 7, 1, "yes");
	for (i = 0; i < 2000; i++) {
		g.counter++;
		guest_io(&g, true, CLPS_FILE_pipe, 0, "y", 1, 0);
		if (i % 500 == 0)
			CHECK(!commit());
	}
	CHECK(!end_collecting());
	CHECK(answers("SELECT count(*) < 160 FROM gaps", "1"));
	CHECK(answers("SELECT count(*) FROM gaps WHERE cause = 'quota'", "1"));
	/* Each is there, or counted. */
	CHECK(answers("SELECT (SELECT count(*) FROM transfers) + (SELECT sum(count) FROM gaps"
		      " WHERE cause = 'quota')", "2000"));
	CHECK(answers("SELECT sum(count) FROM gaps WHERE cause = 'lost' AND unit = 'pdus'", "1999"));
	rm_directory();
}

/* What is written of it is more than what came: a control character is six in a cast. */
static void quota_is_of_the_disk(void)
{
	static char data[4000];
	struct guest g = new_guest;
	char *eve, *cast, *told;
	u32 i;

	memset(data, 1, sizeof(data));
	begin_collecting();
	cfg.honeypot_bytes = 100000;
	guest_is(&g, 101, 100, "sshd");
	for (i = 0; i < 20; i++) {
		guest_io(&g, false, CLPS_FILE_pty, GUEST_PTS0, data, sizeof(data), 0);
		if (i == 10)
			begin_again();
	}
	CHECK(!end_collecting());
	cast = read_whole("casts/1.cast");
	CHECK(strlen(cast) > 24000 && strlen(cast) < 100000);
	free(cast);
	/* Once, when it was full. */
	eve = read_whole("eve.json");
	told = strstr(eve, "{\"event\":\"quota\",\"text\":\"lan/web ");
	CHECK(told && !strstr(told + 9, "\"event\":\"quota\""));
	free(eve);
	/* As the manual has it. */
	ask_write("UPDATE honeypots SET bytes = 0 WHERE network = 'lan' AND name = 'web'");
	open_collector();
	CHECK(!collect_begin(col));
	guest_io(&g, false, CLPS_FILE_pty, GUEST_PTS0, "more", 4, 0);
	CHECK(!end_collecting());
	CHECK(answers("SELECT CAST(data AS TEXT) FROM tty_chunks ORDER BY id DESC LIMIT 1", "more"));
	rm_directory();
}

/* What was not written when its terminal ended is, as soon as it can be. */
static void casts_catch_up(void)
{
	char path[CONFIG_PATH + 32];
	struct guest g = new_guest;
	char *cast;

	begin_collecting();
	visit(&g, 100, GUEST_PTS0);
	CHECK(!commit());
	/* In its place is what cannot be written: root may write to all that is a file. */
	snprintf(path, sizeof(path), "%s/casts/2.cast", cfg.directory);
	CHECK(!mkdir(path, 0700));
	visit(&g, 200, GUEST_PTS0);
	guest_logout(&g, 200);
	CHECK(!commit() && col->out_err == -EISDIR);
	CHECK(!rmdir(path));
	/* Of somebody else, and nothing of a terminal. */
	g.name = "other";
	guest_is(&g, 10, 1, "a");
	guest_fork(&g, 11);
	col->out_err = 0;
	CHECK(!commit() && !col->out_err);
	cast = read_whole("casts/2.cast");
	CHECK(strstr(cast, "file"));
	free(cast);
	CHECK(!end_collecting());
	rm_directory();
}

static void terminals_are_numbered(void)
{
	struct guest g = new_guest;
	char *cast;
	u32 i;

	begin_collecting();
	visit(&g, 100, GUEST_PTS0);
	for (i = 0; i < 5; i++) {
		if (i == 3)
			begin_again();
		guest_is(&g, 102, 101, "bash");
		guest_open(&g, "/dev/ptmx", CLPS_FILE_pty, GUEST_PTS0 + 1);
		guest_io(&g, false, CLPS_FILE_pty, GUEST_PTS0 + 1, &"abcdef"[i], 1, 0);
	}
	visit(&g, 200, GUEST_PTS0 + 2);
	CHECK(!end_collecting());
	CHECK(answers("SELECT group_concat(session || '-' || nr) FROM"
		      " (SELECT * FROM ttys ORDER BY id)", "1-1,1-2,1-3,1-4,1-5,1-6,2-1"));
	cast = read_whole("casts/1-6.cast");
	CHECK(strstr(cast, "\"o\", \"e\"]\n"));
	free(cast);
	rm_directory();
}

static unsigned int alive;

static void is_alive(void *arg)
{
	CHECK(arg == &alive);
	alive++;
}

/* A second may pass within a batch, and within its casts. */
static void work_is_a_sign_of_life(void)
{
	struct guest g = new_guest;
	unsigned int before;

	begin_collecting();
	alive = 0;
	collect_tick(col, is_alive, &alive);
	guest_is(&g, 102, 101, "bash");
	guest_io(&g, true, CLPS_FILE_tty, GUEST_PTS0, "a", 1, 0);
	before = alive;
	CHECK(before);
	collect_tick(col, is_alive, &alive);
	CHECK(!end_collecting());
	CHECK(alive > before);
	rm_directory();
}

/* What is hostile stays bytes, in the database and in what is written of it. */
static void names_are_bytes(void)
{
	static const char evil[] = "');DROP TABLE sessions;--\x1b]0;\xff\xc0\xe2\x80\xae\n";
	struct guest g = new_guest;
	char path[64], *eve, *line, *end;
	json_t *json;
	int lines = 0;

	begin_collecting();
	guest_login(&g, 100, GUEST_PTS0, 40000);
	snprintf(path, sizeof(path), "/bin/%s", evil);
	guest_exec(&g, path, evil, sizeof(evil));
	guest_open(&g, evil, CLPS_FILE_regular, 1);
	CHECK(!end_collecting());
	CHECK(answers("SELECT count(*) FROM sessions", "1"));
	ask_open();
	line = ask_all("SELECT path, args FROM commands ORDER BY id DESC LIMIT 1");
	end = ask_all("SELECT path FROM files ORDER BY id DESC LIMIT 1");
	sqlite3_close(db);
	CHECK(strlen(end) == 2 * strlen(evil) + 1 && strlen(line) == 2 * strlen(path) + 1 +
	      2 * sizeof(evil) + 1 && !strncmp(line + 10, end, 2 * strlen(evil)));
	free(line);
	free(end);
	eve = read_whole("eve.json");
	for (line = eve; *line; line = end + 1, lines++) {
		end = strchr(line, '\n');
		CHECK(end);
		if (!end)
			break;
		json = json_loadb(line, (size_t)(end - line), JSON_ALLOW_NUL, NULL);
		CHECK(json_is_object(json));
		json_decref(json);
		for (; line < end; line++)
			CHECK(*line >= 0x20 && *line < 0x7f);
	}
	CHECK(lines == 11);
	free(eve);
	rm_directory();
}

/* The file may not grow: it is said, what was acknowledged is there, and the rest comes later. */
static void full_disk_is_survived(void)
{
	struct guest g = new_guest, before;
	char *eve, *stopped;
	u64 acked = 0, seq;
	int i, err = 0;

	begin_collecting();
	if (end_collecting())
		abort();
	cfg.max_bytes = 400000;
	open_collector();
	for (i = 0; !err && i < 1000; i++) {
		before = g;
		seq = guests.seq;
		CHECK(!collect_begin(col));
		long_read(&g, (char)('a' + i % 26));
		err = collect_commit(col);
		if (!err) {
			CHECK(st.seq == guests.seq);
			acked = st.seq;
		}
	}
	CHECK(err == -ENOSPC && i > 10);
	collect_cry(col, "stopped", "no room");
	/* The same again and again. */
	for (int j = 0; j < 5; j++) {
		g = before;
		guests.seq = seq;
		CHECK(!collect_begin(col));
		long_read(&g, (char)('a' + (i - 1) % 26));
		CHECK(collect_commit(col) == -ENOSPC);
	}
	close_collector();
	/* Somebody has made room. */
	cfg.max_bytes = 0;
	open_collector();
	g = before;
	guests.seq = acked;
	CHECK(!collect_begin(col));
	long_read(&g, (char)('a' + (i - 1) % 26));
	CHECK(!end_collecting());
	CHECK(answers("SELECT count(*) FROM gaps", "0"));
	ask_open();
	{
		char want[16], *have = ask_all("SELECT count(*) FROM tty_chunks");

		snprintf(want, sizeof(want), "%d\n", i);
		CHECK(!strcmp(have, want));
		free(have);
	}
	sqlite3_close(db);
	eve = read_whole("eve.json");
	stopped = strstr(eve, "{\"event\":\"stopped\",\"text\":\"no room\"}}\n");
	CHECK(stopped && stopped[strlen(stopped) - 1] == '\n');
	free(eve);
	rm_directory();
}

static void eve_is_rotated(void)
{
	struct guest g = new_guest;
	char name[32], *p, *line;
	int i, files, lines = 0;

	begin_collecting();
	cfg.eve_bytes = 5000;
	cfg.eve_files = 200;
	for (i = 0; i < 100; i++) {
		guest_is(&g, 100 + (u32)i, 1, "a");
		guest_fork(&g, 101 + (u32)i);
		CHECK(!commit());
	}
	CHECK(!end_collecting());
	for (files = 0; files <= 200; files++) {
		snprintf(name, sizeof(name), files ? "eve.json.%d" : "eve.json", files);
		p = read_whole(name);
		CHECK(strlen(p) < 6000);
		if (files && !*p) {
			free(p);
			break;
		}
		for (line = p; (line = strchr(line, '\n')); line++)
			lines++;
		free(p);
	}
	CHECK(files > 5 && lines == 100);
	rm_directory();
}

static ino_t eve_inode(void)
{
	char path[CONFIG_PATH + 32];
	struct stat s = { 0 };

	snprintf(path, sizeof(path), "%s/eve.json", cfg.directory);
	CHECK(!stat(path, &s));
	return s.st_ino;
}

/* Who follows it knows it by its number; most disks give that of a file that has gone. */
static void eve_is_another_file(void)
{
	struct guest g = new_guest;
	ino_t before;
	int i;

	new_directory();
	rm_directory();
	strcpy(cfg.directory, "/tmp/collect.XXXXXX");
	CHECK(mkdtemp(cfg.directory));
	cfg.eve_bytes = 1;
	cfg.eve_files = 0;
	guests.seq = 0;
	open_collector();
	for (i = 0; i < 4; i++) {
		before = eve_inode();
		CHECK(!collect_begin(col));
		guest_is(&g, 100 + (u32)i, 1, "a");
		guest_fork(&g, 101 + (u32)i);
		CHECK(!collect_commit(col));
		CHECK(eve_inode() != before);
	}
	close_collector();
	rm_directory();
}

int main(void)
{
	unit_begin(22);
	unit_run("a login by sshd is a session with its tree, terminal and flow", login_is_a_session);
	unit_run("dropbear, inetd and a broken server make sessions, a scan does not", servers_differ);
	unit_run("consoles have sessions one after the other", consoles_are_terminals_too);
	unit_run("a device that is used again is another terminal", devices_are_used_again);
	unit_run("a master that is seen later replaces what the other end said", master_is_seen_later);
	unit_run("a process number that is used again is another process", numbers_are_used_again);
	unit_run("an entry that comes twice is stored once", what_comes_twice_is_stored_once);
	unit_run("a restart within a record loses nothing", ends_within_a_record);
	unit_run("what is lost is in a gap with its count", what_is_lost_is_said);
	unit_run("local records are known by their numbers", local_records_are_known_by_number);
	unit_run("a sensor that begins anew keeps its sessions, a guest does not", guests_begin_anew);
	unit_run("processes, sessions, terminals and honeypots in memory are bounded", bounds_hold);
	unit_run("a flood of one honeypot leaves the others alone", flood_of_one_is_not_anothers);
	unit_run("gaps of a honeypot are in its quota", gaps_are_in_the_quota);
	unit_run("a quota is of what is on the disk, full once, and can be reset", quota_is_of_the_disk);
	unit_run("a cast that could not be written is written later", casts_catch_up);
	unit_run("terminals of a session have numbers", terminals_are_numbered);
	unit_run("work on a batch and on casts is a sign of life", work_is_a_sign_of_life);
	unit_run("hostile names stay bytes, and lines JSON", names_are_bytes);
	unit_run("a full disk is survived", full_disk_is_survived);
	unit_run("an EVE file is rotated, no line is lost", eve_is_rotated);
	unit_run("an EVE file is another when no old one is kept", eve_is_another_file);
	return unit_end();
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The database, which others read too: collapsarctl, and whoever has sqlite3. PRAGMA
 * user_version is SCHEMA_VERSION; what changes a table's meaning raises it, and files
 * of another version are refused.
 *
 * Times are nanoseconds since 1970: "time" by the guest's clock, which is hostile, "arrived"
 * and "began" and "ended" by the center's. "number" is that of the sensor's record. What a
 * guest says is a BLOB, for its bytes need not be text.
 */
#ifndef CLPS_SCHEMA_H
#define CLPS_SCHEMA_H

#define SCHEMA_VERSION	2
#define SCHEMA_ID	0x636c7073	/* PRAGMA application_id: "clps" */

#define SCHEMA \
	/* Up to where each stream is stored. "pending" are lines for the EVE file that may \
	 * not be in it, to stand at "eve_size" of the file with that inode. */ \
	"CREATE TABLE streams (name TEXT PRIMARY KEY, epoch INTEGER NOT NULL," \
	" seq INTEGER NOT NULL) WITHOUT ROWID;" \
	"CREATE TABLE eve (id INTEGER PRIMARY KEY CHECK (id = 1), inode INTEGER NOT NULL," \
	" size INTEGER NOT NULL, pending BLOB NOT NULL);" \
	"CREATE TABLE honeypots (id INTEGER PRIMARY KEY, network TEXT NOT NULL," \
	" name TEXT NOT NULL, address TEXT NOT NULL, began INTEGER NOT NULL," \
	" seen INTEGER NOT NULL, release BLOB, boot_id BLOB, booted INTEGER," \
	" number INTEGER, records INTEGER NOT NULL DEFAULT 0," \
	" bytes INTEGER NOT NULL DEFAULT 0, joiner BLOB, UNIQUE (network, name));" \
	"CREATE TABLE processes (id INTEGER PRIMARY KEY, honeypot INTEGER NOT NULL," \
	" pid INTEGER NOT NULL, parent INTEGER, uid INTEGER NOT NULL, comm BLOB NOT NULL," \
	" path BLOB, began INTEGER NOT NULL, ended INTEGER, code INTEGER," \
	" session INTEGER, accepted INTEGER, connection INTEGER, leader INTEGER);" \
	"CREATE INDEX processes_live ON processes (honeypot, pid) WHERE ended IS NULL;" \
	"CREATE INDEX processes_session ON processes (session) WHERE session IS NOT NULL;" \
	"CREATE TABLE sessions (id INTEGER PRIMARY KEY, honeypot INTEGER NOT NULL," \
	" kind TEXT NOT NULL, leader INTEGER NOT NULL, program BLOB NOT NULL," \
	" began INTEGER NOT NULL, ended INTEGER, connection INTEGER, protocol INTEGER," \
	" local TEXT, local_port INTEGER, remote TEXT, remote_port INTEGER," \
	" community_id TEXT);" \
	"CREATE INDEX sessions_live ON sessions (honeypot, leader) WHERE ended IS NULL;" \
	"CREATE INDEX sessions_flow ON sessions (community_id) WHERE community_id IS NOT NULL;" \
	/* The nr-th terminal of its session: where its cast is complete up to chunk cast_chunk it has cast_size bytes. */ \
	"CREATE TABLE ttys (id INTEGER PRIMARY KEY, honeypot INTEGER NOT NULL," \
	" session INTEGER NOT NULL, nr INTEGER NOT NULL, dev INTEGER NOT NULL," \
	" master INTEGER NOT NULL," \
	" began INTEGER NOT NULL, ended INTEGER, rows INTEGER, columns INTEGER," \
	" cast_size INTEGER NOT NULL DEFAULT 0, cast_chunk INTEGER NOT NULL DEFAULT 0," \
	" cast_state BLOB);" \
	"CREATE INDEX ttys_live ON ttys (honeypot, dev) WHERE ended IS NULL;" \
	"CREATE INDEX ttys_session ON ttys (session, nr);" \
	/* code: 0 output, 1 input, 2 size; master: of the end that sshd has. */ \
	"CREATE TABLE tty_chunks (id INTEGER PRIMARY KEY, tty INTEGER NOT NULL," \
	" process INTEGER NOT NULL, number INTEGER NOT NULL, time INTEGER NOT NULL," \
	" arrived INTEGER NOT NULL, code INTEGER NOT NULL, master INTEGER NOT NULL," \
	" data BLOB, missing INTEGER NOT NULL, rows INTEGER, columns INTEGER);" \
	"CREATE INDEX tty_chunks_tty ON tty_chunks (tty, id);" \
	"CREATE TABLE commands (id INTEGER PRIMARY KEY, honeypot INTEGER NOT NULL," \
	" session INTEGER, process INTEGER NOT NULL, number INTEGER NOT NULL," \
	" time INTEGER NOT NULL, arrived INTEGER NOT NULL, path BLOB NOT NULL," \
	" argc INTEGER NOT NULL, args BLOB NOT NULL, args_size INTEGER NOT NULL," \
	" env_size INTEGER NOT NULL, uid INTEGER NOT NULL, euid INTEGER NOT NULL);" \
	"CREATE INDEX commands_session ON commands (session) WHERE session IS NOT NULL;" \
	"CREATE TABLE files (id INTEGER PRIMARY KEY, honeypot INTEGER NOT NULL," \
	" session INTEGER, process INTEGER NOT NULL, number INTEGER NOT NULL," \
	" time INTEGER NOT NULL, arrived INTEGER NOT NULL, act TEXT NOT NULL," \
	" path BLOB NOT NULL, other BLOB, dev INTEGER, inode INTEGER, flags INTEGER," \
	" result INTEGER);" \
	"CREATE INDEX files_session ON files (session) WHERE session IS NOT NULL;" \
	"CREATE TABLE sockets (id INTEGER PRIMARY KEY, honeypot INTEGER NOT NULL," \
	" session INTEGER, process INTEGER NOT NULL, number INTEGER NOT NULL," \
	" time INTEGER NOT NULL, arrived INTEGER NOT NULL, act TEXT NOT NULL," \
	" protocol INTEGER, local BLOB, local_port INTEGER, remote BLOB," \
	" remote_port INTEGER, result INTEGER, inode INTEGER, community_id TEXT);" \
	"CREATE INDEX sockets_session ON sockets (session) WHERE session IS NOT NULL;" \
	/* What went through pipes and sockets. */ \
	"CREATE TABLE transfers (id INTEGER PRIMARY KEY, honeypot INTEGER NOT NULL," \
	" session INTEGER, process INTEGER NOT NULL, number INTEGER NOT NULL," \
	" time INTEGER NOT NULL, arrived INTEGER NOT NULL, kind TEXT NOT NULL," \
	" written INTEGER NOT NULL, fd INTEGER NOT NULL, dev INTEGER, inode INTEGER," \
	" data BLOB NOT NULL, missing INTEGER NOT NULL);" \
	"CREATE INDEX transfers_session ON transfers (session) WHERE session IS NOT NULL;" \
	/* Records without a table of their own: their fields as JSON, or all of one not known. */ \
	"CREATE TABLE others (id INTEGER PRIMARY KEY, honeypot INTEGER NOT NULL," \
	" session INTEGER, process INTEGER NOT NULL, number INTEGER NOT NULL," \
	" time INTEGER NOT NULL, arrived INTEGER NOT NULL, kind TEXT NOT NULL," \
	" fields TEXT, raw BLOB);" \
	"CREATE INDEX others_session ON others (session) WHERE session IS NOT NULL;" \
	/* What is not there: "count" of unit, the first of which was number "first", if known. */ \
	"CREATE TABLE gaps (id INTEGER PRIMARY KEY, honeypot INTEGER, time INTEGER NOT NULL," \
	" since INTEGER, cause TEXT NOT NULL, unit TEXT NOT NULL, first INTEGER," \
	" count INTEGER NOT NULL);" \
	"CREATE INDEX gaps_honeypot ON gaps (honeypot, cause, unit);"

#endif

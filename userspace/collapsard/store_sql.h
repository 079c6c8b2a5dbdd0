/* SPDX-License-Identifier: GPL-2.0-only */
/* All that is ever said to the database but for its schema. X(name, SQL) */
#ifndef CLPS_STORE_SQL_H
#define CLPS_STORE_SQL_H

#define STORE_STMTS(X) \
	X(STREAM, "SELECT epoch, seq FROM streams WHERE name = ?") \
	X(STREAM_SET, "INSERT INTO streams (name, epoch, seq) VALUES (?1, ?2, ?3)" \
	  " ON CONFLICT (name) DO UPDATE SET epoch = ?2, seq = ?3") \
	X(EVE, "SELECT inode, size, pending FROM eve") \
	X(EVE_SET, "INSERT INTO eve (id, inode, size, pending) VALUES (1, ?1, ?2, ?3)" \
	  " ON CONFLICT (id) DO UPDATE SET inode = ?1, size = ?2, pending = ?3") \
	X(HONEYPOT, "SELECT id, number, boot_id, booted, bytes, joiner, seen FROM honeypots" \
	  " WHERE network = ? AND name = ?") \
	X(HONEYPOTS, "SELECT count(*) FROM honeypots") \
	X(HONEYPOT_NEW, "INSERT INTO honeypots (network, name, address, began, seen)" \
	  " VALUES (?1, ?2, ?3, ?4, ?4)") \
	X(HONEYPOT_SEEN, "UPDATE honeypots SET address = ?2, seen = ?3, number = ?4," \
	  " records = records + ?5, bytes = ?6, joiner = ?7 WHERE id = ?1") \
	X(HONEYPOT_START, "UPDATE honeypots SET release = ?2, boot_id = ?3, booted = ?4" \
	  " WHERE id = ?1") \
	X(PROC, "SELECT id, session, accepted, connection, leader, comm FROM processes" \
	  " WHERE honeypot = ? AND pid = ? AND ended IS NULL ORDER BY id DESC LIMIT 1") \
	X(PROC_NEW, "INSERT INTO processes (honeypot, pid, parent, uid, comm, began, session," \
	  " connection, leader) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)") \
	X(PROC_SET, "UPDATE processes SET session = ?2, accepted = ?3, connection = ?4," \
	  " leader = ?5 WHERE id = ?1") \
	X(PROC_EXEC, "UPDATE processes SET comm = ?2, path = ?3, uid = ?4 WHERE id = ?1") \
	X(PROC_END, "UPDATE processes SET ended = ?2, code = ?3 WHERE id = ?1") \
	X(PROCS_END, "UPDATE processes SET ended = ?2 WHERE honeypot = ?1 AND ended IS NULL") \
	X(PROCS_LIVE, "SELECT count(*) FROM processes WHERE honeypot = ? AND ended IS NULL") \
	X(PROCS_TRIM, "UPDATE processes SET ended = ?2 WHERE id IN (SELECT id FROM processes" \
	  " WHERE honeypot = ?1 AND ended IS NULL ORDER BY id LIMIT ?3)") \
	X(SESSION_OF, "SELECT id FROM sessions WHERE honeypot = ? AND leader = ?" \
	  " AND ended IS NULL") \
	X(SESSION_NEW, "INSERT INTO sessions (honeypot, kind, leader, program, began," \
	  " connection, protocol, local, local_port, remote, remote_port, community_id)" \
	  " SELECT ?1, ?2, ?3, ?4, coalesce(c.arrived, ?5), c.id, c.protocol," \
	  " CAST(c.local AS TEXT), c.local_port, CAST(c.remote AS TEXT), c.remote_port," \
	  " c.community_id FROM (SELECT 1) LEFT JOIN sockets c ON c.id = ?6") \
	X(SESSION_CONN, "UPDATE sockets SET session = ?2 WHERE id = ?1") \
	X(SESSION_END, "UPDATE sessions SET ended = ?3 WHERE honeypot = ?1 AND leader = ?2" \
	  " AND ended IS NULL RETURNING id") \
	X(SESSIONS_END, "UPDATE sessions SET ended = ?2 WHERE honeypot = ?1 AND ended IS NULL") \
	X(SESSIONS_LIVE, "SELECT count(*) FROM sessions WHERE honeypot = ? AND ended IS NULL") \
	X(SESSIONS_TRIM, "UPDATE sessions SET ended = ?2 WHERE id IN (SELECT id FROM sessions" \
	  " WHERE honeypot = ?1 AND ended IS NULL ORDER BY id LIMIT ?3)") \
	X(SESSION_LIVES, "SELECT ended IS NULL FROM sessions WHERE id = ?") \
	X(SESSION_SHOW, "SELECT kind, program, local, local_port, remote, remote_port," \
	  " community_id FROM sessions WHERE id = ?") \
	X(TTY, "SELECT id, session, master FROM ttys WHERE honeypot = ? AND dev = ?" \
	  " AND ended IS NULL ORDER BY id DESC LIMIT 1") \
	X(TTY_NEW, "INSERT INTO ttys (honeypot, session, dev, master, began, nr)" \
	  " VALUES (?1, ?2, ?3, ?4, ?5, 1 + coalesce((SELECT max(nr) FROM ttys" \
	  " WHERE session = ?2), 0))") \
	X(TTY_END, "UPDATE ttys SET ended = ?2 WHERE id = ?1") \
	X(TTYS_END, "UPDATE ttys SET ended = ?2 WHERE honeypot = ?1 AND ended IS NULL") \
	X(TTYS_LIVE, "SELECT count(*) FROM ttys WHERE honeypot = ? AND ended IS NULL") \
	X(TTYS_TRIM, "UPDATE ttys SET ended = ?2 WHERE id IN (SELECT id FROM ttys" \
	  " WHERE honeypot = ?1 AND ended IS NULL ORDER BY id LIMIT ?3)") \
	/* What its programs' end has said until now the other end says again. */ \
	X(TTY_MASTER, "UPDATE ttys SET master = 1, cast_size = 0, cast_chunk = 0," \
	  " cast_state = NULL WHERE id = ?") \
	X(TTY_SIZE, "UPDATE ttys SET rows = ?2, columns = ?3 WHERE id = ?1") \
	X(TTY_CHUNK, "INSERT INTO tty_chunks (tty, process, number, time, arrived, code," \
	  " master, data, missing, rows, columns) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)") \
	X(CAST, "SELECT t.session, t.rows, t.columns, t.began, t.cast_size, t.cast_chunk," \
	  " t.cast_state, t.master, h.network || '/' || h.name, coalesce(s.remote, '')," \
	  " t.nr FROM ttys t JOIN honeypots h ON h.id = t.honeypot" \
	  " JOIN sessions s ON s.id = t.session WHERE t.id = ?") \
	X(CAST_CHUNKS, "SELECT id, code, time, arrived, data, missing, rows, columns" \
	  " FROM tty_chunks WHERE tty = ?1 AND id > ?2 AND (code = 2 OR master = ?3)" \
	  " ORDER BY id LIMIT ?4") \
	X(CAST_SET, "UPDATE ttys SET cast_size = ?2, cast_chunk = ?3, cast_state = ?4" \
	  " WHERE id = ?1") \
	X(CASTS_OPEN, "SELECT t.id FROM ttys t WHERE t.cast_chunk <" \
	  " (SELECT coalesce(max(c.id), 0) FROM tty_chunks c WHERE c.tty = t.id)") \
	X(COMMAND, "INSERT INTO commands (honeypot, session, process, number, time, arrived," \
	  " path, argc, args, args_size, env_size, uid, euid)" \
	  " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)") \
	X(FILE, "INSERT INTO files (honeypot, session, process, number, time, arrived, act," \
	  " path, other, dev, inode, flags, result)" \
	  " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)") \
	X(SOCKET, "INSERT INTO sockets (honeypot, session, process, number, time, arrived," \
	  " act, protocol, local, local_port, remote, remote_port, result, inode," \
	  " community_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)") \
	X(TRANSFER, "INSERT INTO transfers (honeypot, session, process, number, time," \
	  " arrived, kind, written, fd, dev, inode, data, missing)" \
	  " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)") \
	X(OTHER, "INSERT INTO others (honeypot, session, process, number, time, arrived," \
	  " kind, fields, raw) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)") \
	X(GAP, "INSERT INTO gaps (honeypot, time, since, cause, unit, first, count)" \
	  " VALUES (?, ?, ?, ?, ?, ?, ?)") \
	/* What is left out on end is one gap. A sum that does not fit would be no integer. */ \
	X(GAP_MORE, "UPDATE gaps SET count = min(count, 9223372036854775807 - ?4) + ?4," \
	  " since = coalesce(since, time), time = ?5 WHERE id = (SELECT max(id) FROM gaps" \
	  " WHERE honeypot = ?1 AND cause = ?2 AND unit = ?3) RETURNING id")

#endif

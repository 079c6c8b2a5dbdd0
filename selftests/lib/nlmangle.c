// SPDX-License-Identifier: GPL-2.0-only
/*
 * nlmangle FAMILY COUNT SEED [nobody] < DESCRIPTION: damaged requests by the thousand to
 * one generic netlink family, or to rtnetlink ("route"). Each is answered; who is refused
 * is told why; what is refused has changed nothing; and what was accepted is undone before
 * the next. A second socket has a dump under way all the time. As nobody, all must be
 * refused for what is in their headers alone. Linked statically, as nsexec is. The
 * description, one a line, numbers in decimal, messages (from the family's header on) in
 * hex:
 *
 *   object DUMP DEL KEYS ATTRS  objects listed by the command DUMP have the names KEYS,
 *                      attributes by comma, which DEL takes; of their attributes those
 *                      whose bit is not set in ATTRS may change by themselves
 *   setup OBJECT HEX   of the OBJECT-th kind there is one made so, from the beginning
 *   seed FLAGS HEX     a sound request; with FLAGS in its netlink header
 *   do COMMAND, dump COMMAND  there is such a command. The netlink core says no word of
 *                      any other, nor of half a header of the family's
 *   mute ERRNO         nor need there be one of this
 *
 * Of rtnetlink a command is the message's type, and comes before FLAGS.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#define BODY	6000
#define MANY	64

struct message {
	u16 type, flags;
	u32 len;
	u8 b[BODY];
};

struct object {
	u32 dump, del, keys[4], n_keys;
	u64 attrs;
};

struct known {
	u32 kind;
	struct message setup;
	u64 key, hash;
};

static bool route, nobody;
static u16 family;
static struct object objects[4];
static struct known known[MANY], now[MANY];
static struct message seeds[MANY];
static struct { u32 err, seen; } mutes[MANY];
static bool is_do[256], is_dump[256];
static u32 n_objects, n_known, n_now, n_seeds, n_mutes;
static u32 seq, state;
static u8 in[1 << 17] __attribute__((aligned(8)));
static struct {
	u32 sent, accepted, refused, mute, changed, dumps;
} done;

static u32 rnd(void)
{
	state = state * 1664525 + 1013904223;
	return state >> 8;
}

static u32 header_len(void) { return route ? sizeof(struct ifinfomsg) : sizeof(struct genlmsghdr); }

static u64 mix(u64 h, const void *p, u32 len)
{
	const u8 *b = p;

	for (u32 i = 0; i < len; i++)
		h = (h ^ b[i]) * 0x100000001b3ull;
	return h;
}

static int open_nl(void)
{
	struct sockaddr_nl sa = { .nl_family = AF_NETLINK };
	struct timeval tv = { .tv_sec = 20 };
	int fd, one = 1;

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, route ? NETLINK_ROUTE : NETLINK_GENERIC);
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	if (fd < 0 || bind(fd, (struct sockaddr *)&sa, sizeof(sa))) {
		perror("netlink");
		exit(2);
	}
	return fd;
}

static void post(int fd, u16 type, u16 flags, const void *body, u32 len)
{
	static u8 out[NLMSG_HDRLEN + BODY] __attribute__((aligned(8)));
	struct nlmsghdr *h = (void *)out;

	*h = (struct nlmsghdr){ .nlmsg_len = NLMSG_HDRLEN + len, .nlmsg_type = type,
				.nlmsg_flags = flags, .nlmsg_seq = ++seq };
	memcpy(out + NLMSG_HDRLEN, body, len);
	if (send(fd, out, h->nlmsg_len, 0) < 0) {
		perror("send");
		exit(2);
	}
}

/* The words of the last refusal. */
static char words[128];

static bool has_text(const struct nlmsghdr *h, u32 at)
{
	const u8 *p = (const u8 *)h + at, *end = (const u8 *)h + h->nlmsg_len;

	if (!(h->nlmsg_flags & NLM_F_ACK_TLVS))
		return false;
	while (p + 4 <= end) {
		const struct nlattr *a = (const void *)p;

		if (a->nla_len < 4)
			return false;
		if (a->nla_type == NLMSGERR_ATTR_MSG && a->nla_len > 5) {
			snprintf(words, sizeof(words), "%.*s", a->nla_len - 4, (char *)(a + 1));
			return true;
		}
		p += NLA_ALIGN(a->nla_len);
	}
	return false;
}

/* Until the answer has come. Return: 0 or errno; @each sees the messages before it. */
static int await(int fd, bool *text, void (*each)(const struct nlmsghdr *))
{
	for (;;) {
		int len = (int)recv(fd, in, sizeof(in), 0);
		struct nlmsghdr *h = (void *)in;

		if (len < 0) {
			printf("# no answer: %s\n", strerror(errno));
			exit(1);
		}
		for (; NLMSG_OK(h, len); h = NLMSG_NEXT(h, len)) {
			int err = *(int *)NLMSG_DATA(h);

			if (h->nlmsg_seq != seq)
				continue;
			if (h->nlmsg_type != NLMSG_ERROR && h->nlmsg_type != NLMSG_DONE) {
				if (each)
					each(h);
				continue;
			}
			*text = has_text(h, NLMSG_HDRLEN + (h->nlmsg_type == NLMSG_ERROR ?
							    sizeof(struct nlmsgerr) : 4));
			return -err;
		}
	}
}

static const struct nlattr *find(const u8 *p, const u8 *end, u32 type)
{
	while (p + 4 <= end) {
		const struct nlattr *a = (const void *)p;

		if (a->nla_len < 4)
			return NULL;
		if ((a->nla_type & NLA_TYPE_MASK) == type)
			return a;
		p += NLA_ALIGN(a->nla_len);
	}
	return NULL;
}

static u64 key_of(const struct object *o, const u8 *p, const u8 *end)
{
	u64 h = 14695981039346656037ull;

	for (u32 i = 0; i < o->n_keys; i++) {
		const struct nlattr *a = find(p, end, o->keys[i]);

		h = a ? mix(h, a, a->nla_len) : 0;
	}
	return h;
}

/* Links of other kinds are not. */
static bool is_ours(const u8 *p, const u8 *end)
{
	const struct nlattr *info = find(p, end, IFLA_LINKINFO), *kind;

	if (!info)
		return false;
	kind = find((const u8 *)(info + 1), (const u8 *)info + info->nla_len, IFLA_INFO_KIND);
	return kind && !strcmp((const char *)(kind + 1), "clps_gre");
}

static u32 listed;		/* the kind of object that is being listed */

static void list_one(const struct nlmsghdr *h)
{
	const u8 *p = (const u8 *)NLMSG_DATA(h) + header_len(), *end = (const u8 *)h + h->nlmsg_len;
	const struct object *o = &objects[listed];
	struct known *k = &now[n_now];
	u64 hash = 0;

	if ((route && !is_ours(p, end)) || n_now == MANY)
		return;
	k->kind = listed;
	k->key = key_of(o, p, end);
	/* What is needed to delete it. */
	k->setup.len = 0;
	for (u32 i = 0; i < o->n_keys; i++) {
		const struct nlattr *a = find(p, end, o->keys[i]);

		if (!a)
			return;
		memcpy(k->setup.b + k->setup.len, a, NLA_ALIGN(a->nla_len));
		k->setup.len += NLA_ALIGN(a->nla_len);
	}
	for (; p + 4 <= end; p += NLA_ALIGN(((const struct nlattr *)p)->nla_len)) {
		const struct nlattr *a = (const void *)p;
		u32 type = a->nla_type & NLA_TYPE_MASK;

		if (type < 64 && o->attrs >> type & 1)
			hash += mix(type, a, a->nla_len);
	}
	k->hash = hash;
	n_now++;
}

static void command(u8 *b, u32 cmd)
{
	memset(b, 0, header_len());
	if (!route) {
		b[0] = (u8)cmd;
		b[1] = 1;
	}
}

static u16 type_of(u32 cmd) { return route ? (u16)cmd : family; }

static int fd;

static void list(void)
{
	u8 head[64];
	bool text;

	n_now = 0;
	for (listed = 0; listed < n_objects; listed++) {
		command(head, objects[listed].dump);
		post(fd, type_of(objects[listed].dump), NLM_F_REQUEST | NLM_F_DUMP, head,
		     header_len());
		await(fd, &text, list_one);
	}
}

static u64 picture(const struct known *k, u32 n)
{
	u64 sum = n;

	for (u32 i = 0; i < n; i++)
		sum += k[i].kind * 31 + k[i].key * 7 + k[i].hash;
	return sum;
}

static const struct known *in_list(const struct known *list, u32 n, const struct known *k)
{
	for (u32 i = 0; i < n; i++)
		if (list[i].kind == k->kind && list[i].key == k->key)
			return &list[i];
	return NULL;
}

static void delete(const struct known *k)
{
	u8 body[BODY];
	bool text;

	command(body, objects[k->kind].del);
	memcpy(body + header_len(), k->setup.b, k->setup.len);
	post(fd, type_of(objects[k->kind].del), NLM_F_REQUEST | NLM_F_ACK, body,
	     header_len() + k->setup.len);
	await(fd, &text, NULL);
}

static int ask(const struct message *m, bool *text)
{
	post(fd, m->type, m->flags | NLM_F_REQUEST | NLM_F_ACK, m->b, m->len);
	return await(fd, text, NULL);
}

/*
 * As it was in the beginning: what is new or different goes, what is missing comes. What
 * others depend on goes after them, in a second try.
 */
static void restore(u64 want)
{
	bool text;

	for (int try = 0; try < 4; try++) {
		list();
		if (picture(now, n_now) == want)
			return;
		for (u32 i = n_now; i-- > 0; ) {
			const struct known *was = in_list(known, n_known, &now[i]);

			if (try || !was || was->hash != now[i].hash)
				delete(&now[i]);
		}
		list();
		for (u32 i = 0; i < n_known; i++)
			if (!in_list(now, n_now, &known[i]))
				ask(&known[i].setup, &text);
	}
	puts("# what was accepted cannot be undone");
	exit(1);
}

static void hex(const struct message *m)
{
	printf(" type %u flags 0x%x:", m->type, m->flags);
	for (u32 i = 0; i < m->len && i < 160; i++)
		printf("%s%02x", i % 4 ? "" : " ", m->b[i]);
	putchar('\n');
}

static bool may_be_mute(const struct message *m, u32 err)
{
	bool dump = (m->flags & NLM_F_DUMP) == NLM_F_DUMP;

	if (m->len < header_len())
		return err == EINVAL;
	if (!route && err == EOPNOTSUPP)
		return dump ? !is_dump[m->b[0]] : !is_do[m->b[0]];
	for (u32 i = 0; i < n_mutes; i++) {
		if (mutes[i].err == err) {
			mutes[i].seen++;
			return true;
		}
	}
	return false;
}

static u64 want;

/* With @theirs the damage may be where rtnetlink itself reads, which explains little. */
static void try(const struct message *m, bool theirs)
{
	bool text = false;
	int err;

	done.sent++;
	err = ask(m, &text);
	if (!err) {
		done.accepted++;
		restore(want);
		return;
	}
	done.refused++;
	if (!text && !theirs && !may_be_mute(m, (u32)err) && done.mute++ < 8) {
		printf("# refused without a word: %s,", strerror(err));
		hex(m);
	}
	if (nobody) {
		/* These two are about the header. */
		if (text && !strstr(words, "genlmsghdr") && !strstr(words, "nlmsg_flags") &&
		    done.changed++ < 4)
			printf("# that was read: %s\n", words);
		return;
	}
	list();
	if (picture(now, n_now) == want)
		return;
	if (!theirs && done.changed++ < 4) {
		printf("# refused, and yet something changed: %s,", strerror(err));
		hex(m);
	}
	restore(want);
}

static int dump_fd;

/* One more part of the dump that is under way. */
static void dump_on(void)
{
	static bool under_way;
	struct nlmsghdr *h = (void *)in;
	u8 head[64];
	int len;

	if (!n_objects || nobody)
		return;
	if (!under_way) {
		const struct object *o = &objects[n_objects - 1];

		command(head, o->dump);
		post(dump_fd, type_of(o->dump), NLM_F_REQUEST | NLM_F_DUMP, head, header_len());
		under_way = true;
		return;
	}
	len = (int)recv(dump_fd, in, sizeof(in), 0);
	for (; NLMSG_OK(h, len); h = NLMSG_NEXT(h, len)) {
		if (h->nlmsg_type == NLMSG_DONE || h->nlmsg_type == NLMSG_ERROR) {
			under_way = false;
			done.dumps++;
		}
	}
}

static void add_attr(struct message *m, const struct nlattr *a, u32 len)
{
	if (m->len + NLA_ALIGN(len) > BODY)
		return;
	m->len = NLA_ALIGN(m->len);
	memcpy(m->b + m->len, a, len);
	m->len += NLA_ALIGN(len);
}

/* An attribute of another request. */
static const struct nlattr *borrow(u32 *len)
{
	const struct message *s = &seeds[rnd() % n_seeds];
	const u8 *p = s->b + header_len(), *end = s->b + s->len;
	const struct nlattr *a = NULL;

	for (u32 i = 1 + rnd() % 6; i && p + 4 <= end; i--) {
		a = (const void *)p;
		p += NLA_ALIGN(a->nla_len);
	}
	*len = a ? a->nla_len : 0;
	return a;
}

static void damage(struct message *m)
{
	static const u16 lens[] = { 0, 1, 3, 4, 5, 8, 0x7fff, 0xffff };
	u32 head = header_len(), at = m->len ? rnd() % m->len : 0, n;
	const struct nlattr *a;
	u16 v;

	switch (rnd() % 8) {
	case 0:
		if (m->len)
			m->b[at] ^= (u8)(1 << rnd() % 8);
		break;
	case 1:
		if (m->len)
			m->b[at] = (u8)rnd();
		break;
	case 2:		/* an attribute's length or type */
		if (m->len < head + 4)
			break;
		at = head + (rnd() % (m->len - head - 2) & ~1u);
		v = rnd() & 1 ? lens[rnd() % 8] : (u16)(rnd() % 64 | (rnd() & 3) << 14);
		memcpy(m->b + at, &v, 2);
		break;
	case 3:
		m->len = at;
		break;
	case 4:
		for (n = rnd() % 600; n && m->len < BODY; n--)
			m->b[m->len++] = (u8)(rnd() & 1 ? 0 : rnd());
		break;
	case 5: case 6:	/* twice, and not the same */
		a = borrow(&n);
		if (a)
			add_attr(m, a, n);
		break;
	default:
		if (rnd() & 1)
			m->flags ^= rnd() & 1 ? NLM_F_DUMP : (u16)(1 << (3 + rnd() % 9));
		else if (!route && m->len >= 4)
			m->b[rnd() % 4] = (u8)rnd();
	}
}

/* Where that begins which only our driver reads: a link's data. */
static u32 ours_from(const struct message *m, struct nlattr **info, struct nlattr **data)
{
	const u8 *end = m->b + m->len;

	if (!route)
		return 0;
	*info = (void *)find(m->b + header_len(), end, IFLA_LINKINFO);
	*data = *info ? (void *)find((const u8 *)(*info + 1), end, IFLA_INFO_DATA) : NULL;
	return *data ? (u32)((const u8 *)(*data + 1) - m->b) : m->len;
}

/* The end is at @at; what it is in is as long as that. */
static void cut(struct message *m, u32 at)
{
	struct nlattr *info, *data;
	u32 from = ours_from(m, &info, &data);

	m->len = at;
	if (!route || at < from)
		return;
	info->nla_len = (u16)(m->b + at - (u8 *)info);
	data->nla_len = (u16)(m->b + at - (u8 *)data);
}

/* Data of one to three bytes are no nest, and rtnetlink tells nobody. */
static bool no_nest(u32 from, u32 at)
{
	return route && at > from && at < from + NLA_HDRLEN;
}

/* A request whose link data alone are damaged. Return: it has some. */
static bool damage_ours(struct message *m)
{
	struct nlattr *info, *data;
	u32 from = ours_from(m, &info, &data);
	struct message part = { .len = m->len - from };

	if (!part.len)
		return false;
	memcpy(part.b, m->b + from, part.len);
	for (u32 i = 1 + rnd() % 3; i; i--)
		damage(&part);
	if (from + part.len > BODY || no_nest(from, from + part.len))
		return false;
	memcpy(m->b + from, part.b, part.len);
	cut(m, from + part.len);
	return true;
}

/* Each end, and each byte of each request in three ways. */
static void systematically(const struct message *s)
{
	static const u8 turn[] = { 0x01, 0x80, 0xff };
	struct nlattr *info, *data;
	u32 from = ours_from(s, &info, &data);
	struct message m;

	for (u32 at = 0; at < s->len; at++) {
		m = *s;
		cut(&m, at);
		try(&m, at < from || no_nest(from, at));
		for (u32 i = 0; i < 3; i++) {
			m = *s;
			m.b[at] ^= turn[i];
			try(&m, at < from);
		}
		dump_on();
	}
}

static void unhex(struct message *m, const char *s)
{
	unsigned int v;

	for (m->len = 0; m->len < BODY && sscanf(s, "%2x", &v) == 1; s += 2)
		m->b[m->len++] = (u8)v;
}

static void read_object(char *line)
{
	struct object *o = &objects[n_objects++];
	char keys[64], *word, *save;

	if (sscanf(line, "object %u %u %63s %lx", &o->dump, &o->del, keys, &o->attrs) != 4)
		exit(2);
	for (word = strtok_r(keys, ",", &save); word; word = strtok_r(NULL, ",", &save))
		o->keys[o->n_keys++] = (u32)atoi(word);
}

/* Return: where the message begins. */
static const char *read_type(struct message *m, const char *s)
{
	unsigned int type, flags;
	int n = 0;

	m->type = family;
	if (route) {
		sscanf(s, "%u %n", &type, &n);
		m->type = (u16)type;
		s += n;
	}
	sscanf(s, "%u %n", &flags, &n);
	m->flags = (u16)flags;
	return s + n;
}

static void read_description(void)
{
	static char line[2 * BODY + 64];
	unsigned int kind;
	int n;

	while (fgets(line, sizeof(line), stdin)) {
		if (n_known == MANY || n_seeds == MANY || n_mutes == MANY)
			exit(2);
		if (!strncmp(line, "object ", 7)) {
			read_object(line);
		} else if (sscanf(line, "setup %u %n", &kind, &n) == 1) {
			struct message *m = &known[n_known].setup;

			known[n_known++].kind = kind;
			unhex(m, read_type(m, line + n));
		} else if (!strncmp(line, "seed ", 5)) {
			struct message *m = &seeds[n_seeds++];

			unhex(m, read_type(m, line + 5));
		} else if (sscanf(line, "mute %u", &mutes[n_mutes].err) == 1) {
			n_mutes++;
		} else if (sscanf(line, "do %u", &kind) == 1) {
			is_do[kind & 255] = true;
		} else if (sscanf(line, "dump %u", &kind) == 1) {
			is_dump[kind & 255] = true;
		} else {
			printf("# what is this? %s", line);
			exit(2);
		}
	}
}

static void family_reply(const struct nlmsghdr *h)
{
	const struct nlattr *a = find((const u8 *)NLMSG_DATA(h) + GENL_HDRLEN,
				      (const u8 *)h + h->nlmsg_len, CTRL_ATTR_FAMILY_ID);

	if (a)
		family = *(const u16 *)(a + 1);
}

static void find_family(const char *name)
{
	u8 body[64] = { CTRL_CMD_GETFAMILY, 1 };
	struct nlattr *a = (void *)(body + 4);
	bool text;

	a->nla_type = CTRL_ATTR_FAMILY_NAME;
	a->nla_len = (u16)(4 + strlen(name) + 1);
	strcpy((char *)(a + 1), name);
	post(fd, GENL_ID_CTRL, NLM_F_REQUEST | NLM_F_ACK, body, 4 + NLA_ALIGN(a->nla_len));
	await(fd, &text, family_reply);
	if (!family) {
		printf("# no family %s\n", name);
		exit(2);
	}
}

static void set_up(void)
{
	bool text;

	for (u32 i = 0; i < n_known; i++) {
		struct message *m = &known[i].setup;
		int err = ask(m, &text);

		if (err) {
			printf("# setup %u: %s, %s\n", i, strerror(err), words);
			exit(2);
		}
		known[i].key = key_of(&objects[known[i].kind], m->b + header_len(), m->b + m->len);
	}
	list();
	for (u32 i = 0; i < n_known; i++) {
		const struct known *k = in_list(now, n_now, &known[i]);

		if (!k || n_now != n_known) {
			printf("# setup %u is not there, or too much is\n", i);
			exit(2);
		}
		known[i].hash = k->hash;
	}
	want = picture(known, n_known);
}

int main(int argc, char **argv)
{
	u32 count;

	if (argc < 4 || argc > 5)
		return 2;
	nobody = argc == 5;
	setvbuf(stdout, NULL, _IOLBF, 0);
	route = !strcmp(argv[1], "route");
	count = (u32)atoi(argv[2]);
	state = (u32)atoi(argv[3]);
	fd = open_nl();
	if (!route)
		find_family(argv[1]);
	dump_fd = open_nl();
	read_description();
	if (!nobody)
		set_up();
	for (u32 i = 0; i < n_seeds && state == 1; i++) {
		try(&seeds[i], false);
		systematically(&seeds[i]);
	}
	while (done.sent < count) {
		struct message m = seeds[rnd() % n_seeds];

		if (route && rnd() % 4 && damage_ours(&m)) {
			try(&m, false);
			continue;
		}
		for (u32 i = 1 + rnd() % 3; i; i--)
			damage(&m);
		try(&m, route);
		if (done.sent % 4 == 0)
			dump_on();
	}
	printf("sent %u, accepted %u, refused %u, dumps meanwhile %u\n", done.sent, done.accepted,
	       done.refused, done.dumps);
	for (u32 i = 0; i < n_mutes; i++)
		printf("the core's, without a word: %s: %u\n", strerror((int)mutes[i].err),
		       mutes[i].seen);
	printf("refused without a word %u, and something changed %u\n", done.mute, done.changed);
	return done.mute || done.changed || !done.accepted != nobody || !done.refused;
}

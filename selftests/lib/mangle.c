// SPDX-License-Identifier: GPL-2.0-only
/*
 * mangle NAME=VALUE...: thousands of damaged frames into one netdev, and a look at each
 * that comes out of another: it must be whole, from and to whom it may be, and one of
 * those that were sent. Linked statically, as nsexec is.
 *
 *   kind=ip|arp|gre   what is damaged; of gre, the outer headers as well
 *   from=NS/DEV to=NS/DEV  where the frames enter, and where they may come out: Ethernet,
 *                     or a tunnel's packets
 *   smac= dmac=       Ethernet addresses of what is sent
 *   src= dst=         IPv4 addresses of the packet, or of the ARP packet
 *   outer=SRC,DST key=N    of GRE
 *   only=ADDRESS      whoever comes out of "to" has this source
 *   into=ADDRESS      whatever comes out of "to" has this destination
 *   own=ADDRESS       but from here it is the host's own affair
 *   first=N count=N seed=N  of the damaged frames numbered from N on so many
 *   vnet=1            some of them are called segments, or leave their checksum to others
 *   last=1            the last one is whole: wait until it comes out
 *
 * Says what became of them, and exits with 1 if something came out that must not.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;

#define ROOM	2048		/* of a frame that is sent */
#define SEEN	65600		/* of one that comes out: segments may have been joined */
#define KEPT	512		/* of the last ones it is known what was sent */
#define MARK	"the last of them"

enum kind { IP, ARP, GRE };

static struct {
	enum kind kind;
	char from[64], to[64];
	u8 smac[6], dmac[6];
	u32 src, dst, outer_src, outer_dst, key, only, into, own;
	u32 first, count, seed;
	bool vnet, last;
} opt = { .count = 10000, .seed = 1 };

struct frame {
	u32 len;
	u8 b[ROOM];
};

static struct frame kept[KEPT];
static struct {
	u32 sent, refused, delivered, bad, cut, answers, arp_replies;
	bool last;
} done;

static u32 state;

static u32 rnd(void)
{
	state = state * 1664525 + 1013904223;
	return state >> 8;
}

static u16 get16(const u8 *p) { return (u16)(p[0] << 8 | p[1]); }
static void put16(u8 *p, u32 v) { p[0] = (u8)(v >> 8); p[1] = (u8)v; }
static void put32(u8 *p, u32 v) { put16(p, v >> 16); put16(p + 2, v); }
static u32 get32(const u8 *p) { return (u32)get16(p) << 16 | get16(p + 2); }

static void add(struct frame *f, const void *p, u32 len)
{
	memcpy(f->b + f->len, p, len);
	f->len += len;
}

static void add_zero(struct frame *f, u32 len)
{
	memset(f->b + f->len, 0, len);
	f->len += len;
}

static void ip_csum(u8 *ip, u32 room)
{
	u32 hlen = (ip[0] & 15) * 4u, sum = 0;

	if (hlen < 20 || hlen > room)
		return;
	put16(ip + 10, 0);
	for (u32 i = 0; i < hlen; i += 2)
		sum += get16(ip + i);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	put16(ip + 10, ~sum);
}

/* What a seed is made of. */
struct seed {
	u8 proto;
	u16 frag;
	const char *options, *payload;	/* in hex */
};

#define PORTS	"9c400050"
#define TCP(flags)	PORTS "0102030405060708" "50" flags "10e100000000"
#define EMBEDDED(proto)	"4500002800004000" "40" proto "0000" "DDDDDDDD" "SSSSSSSS"

/* The first one is what any policy lets in. */
static const struct seed seeds[] = {
	{ 17, 0, "", PORTS "00180000" "68656c6c6f2068656c6c6f2068656c6c" },
	{ 6, 0x4000, "", TCP("02") },
	{ 6, 0, "", TCP("12") "616263" },
	{ 6, 0, "", TCP("11") },
	{ 6, 0, "", TCP("04") },
	{ 1, 0, "", "0800f7ff0000004d70696e67" },
	{ 1, 0, "", "0000ffff0000004d70696e67" },
	{ 1, 0, "", "0301fcfe00000000" EMBEDDED("06") TCP("02") },
	{ 1, 0, "", "0303fcfe00000000" EMBEDDED("11") PORTS "00080000" },
	{ 1, 0, "", "0b00fcfe00000000" EMBEDDED("01") "0800f7ff0000004d" },
	{ 1, 0, "", "0302fcfe00000000" EMBEDDED("fa") },
	{ 6, 0x2000, "", "9c40005001020304" },
	{ 6, 0x0001, "", "0506070850021000000000000000" },
	{ 17, 0x2000, "", PORTS "0018000068656c6c6f206865" },
	{ 17, 0x0002, "", "6c6c6f2068656c6c" },
	{ 17, 0, "94040000", PORTS "00080000" },
	{ 17, 0, "0707040000000000", PORTS "00080000" },
	{ 17, 0, "8307040a01000500", PORTS "00080000" },
	{ 6, 0, "4408050000000000", TCP("10") },
	{ 33, 0, "", PORTS "04000000010000000000000000000001" },
	{ 132, 0, "", PORTS "00000000000000000100001400000001" },
	{ 136, 0, "", PORTS "00080000" },
	{ 50, 0, "", "0000000100000001aabbccddeeff0011" },
	{ 47, 0, "", "20000800000000014500001400000000400100000a0000010a000002" },
	{ 41, 0, "", "6000000000003b40" },
	{ 250, 0, "", "" },
};

#define SEEDS	(sizeof(seeds) / sizeof(seeds[0]))

static u32 nibble(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

/* In hex; S and D are the source and the destination. */
static void add_hex(struct frame *f, const char *hex)
{
	u8 addr[4];

	for (; *hex; hex += 2) {
		if (*hex == 'S' || *hex == 'D') {
			put32(addr, *hex == 'S' ? opt.src : opt.dst);
			add(f, addr, 4);
			hex += 6;
			continue;
		}
		addr[0] = (u8)(nibble(hex[0]) << 4 | nibble(hex[1]));
		add(f, addr, 1);
	}
}

static void add_ip(struct frame *f, u8 proto, u16 frag, const char *options, u32 src, u32 dst)
{
	u8 head[20] = { (u8)(0x45 + strlen(options) / 8), [8] = 64, [9] = proto };

	put16(head + 6, frag);
	put32(head + 12, src);
	put32(head + 16, dst);
	add(f, head, sizeof(head));
	add_hex(f, options);
}

static void end_ip(struct frame *f, u32 at)
{
	put16(f->b + at + 2, f->len - at);
	ip_csum(f->b + at, f->len - at);
}

static void packet(struct frame *f, u32 n)
{
	const struct seed *s = &seeds[n % SEEDS];
	u32 at = f->len;

	add_ip(f, s->proto, s->frag, s->options, opt.src, opt.dst);
	add_hex(f, s->payload);
	end_ip(f, at);
}

/* One of the first SEEDS headers may be any; most must be those of the tunnel. */
static void add_gre(struct frame *f, u32 n)
{
	static const u16 flags[] = { 0x2000, 0x2000, 0x2000, 0x2000, 0x3000, 0xa000, 0xb000, 0,
				     0x6000, 0x2800, 0x2001, 0x2002, 0x8000, 0x2078 };
	u16 fl = n < SEEDS ? 0x2000 : flags[n % (sizeof(flags) / 2)];
	u8 word[4] = { (u8)(fl >> 8), (u8)fl, 8, 0 };

	if (n >= SEEDS && n % 31 == 0)
		put16(word + 2, n % 62 ? 0x86dd : 0x6558);
	add(f, word, 4);
	if (fl & 0x8000)
		add_zero(f, 4);
	if (fl & 0x2000) {
		put32(word, n % 37 == 36 ? opt.key + 1 : opt.key);
		add(f, word, 4);
	}
	if (fl & 0x1000)
		add_zero(f, 4);
}

/* As in RFC 1071, over all that follows the outer header. */
static void gre_csum(u8 *gre, u32 len)
{
	u32 sum = 0;

	for (u32 i = 0; i < len; i++)
		sum += i & 1 ? gre[i] : gre[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	put16(gre + 4, ~sum);
}

static void tunnelled(struct frame *f, u32 n)
{
	u32 at = f->len, gre;

	add_ip(f, 47, 0, n % 43 == 42 ? "01010100" : "", opt.outer_src, opt.outer_dst);
	gre = f->len;
	add_gre(f, n);
	if (n % 29 == 28) {		/* a keepalive, which goes back */
		u32 in = f->len;

		add_ip(f, 47, 0, "", opt.outer_dst, opt.outer_src);
		add_hex(f, "20000000");
		add_zero(f, 4);
		put32(f->b + f->len - 4, opt.key);
		end_ip(f, in);
	} else if (n % 29 == 27) {	/* GRE of the same tunnel in GRE */
		u32 in = f->len;

		add_ip(f, 47, 0, "", opt.outer_src, opt.outer_dst);
		add_gre(f, 0);
		packet(f, n);
		end_ip(f, in);
	} else {
		packet(f, n);
	}
	if (f->b[gre] & 0x80 && n % 3)
		gre_csum(f->b + gre, f->len - gre);
	end_ip(f, at);
}

static void arp(struct frame *f, u32 n)
{
	static const u8 head[] = { 0, 1, 8, 0, 6, 4, 0 };
	u8 body[21] = { n % 3 ? 1 : 2 };

	memcpy(body + 1, opt.smac, 6);
	/* A question, a probe, an announcement. */
	put32(body + 7, n % 5 == 3 ? 0 : opt.src);
	put32(body + 17, n % 5 == 4 ? opt.src : opt.dst);
	add(f, head, sizeof(head));
	add(f, body, sizeof(body));
}

/* The @n-th frame before it is damaged, and where its network header is. */
static u32 whole(struct frame *f, u32 n)
{
	static const u8 tags[][4] = { { 0x81, 0, 0xa0, 0 }, { 0x81, 0, 0, 5 },
				      { 0x88, 0xa8, 0, 6 } };
	u8 type[2];

	f->len = 0;
	add(f, opt.dmac, 6);
	add(f, opt.smac, 6);
	if (n >= SEEDS && n % 23 > 19)
		add(f, tags[n % 23 - 20], 4);
	put16(type, opt.kind == ARP ? ETHERTYPE_ARP : ETHERTYPE_IP);
	add(f, type, 2);
	switch (opt.kind) {
	case IP:
		packet(f, n);
		break;
	case ARP:
		arp(f, n);
		break;
	case GRE:
		tunnelled(f, n);
		break;
	}
	return get16(f->b + 12) == ETHERTYPE_IP || get16(f->b + 12) == ETHERTYPE_ARP ? 14 : 18;
}

static u8 odd(void)
{
	static const u8 some[] = { 0, 1, 4, 5, 0x0f, 0x40, 0x44, 0x46, 0x4f, 0x7f, 0x80, 0xfe, 0xff };

	return rnd() & 1 ? some[rnd() % sizeof(some)] : (u8)rnd();
}

static void damage(struct frame *f, u32 from)
{
	u32 len = f->len - from, at = from + rnd() % (len > 80 && rnd() % 4 ? 80 : len), n;

	switch (rnd() % 8) {
	case 0:
		f->b[at] ^= (u8)(1 << rnd() % 8);
		break;
	case 1: case 2: case 3:
		f->b[at] = odd();
		break;
	case 4:
		put16(f->b + (at & ~1u), rnd() & 1 ? rnd() % 128 : rnd());
		break;
	case 5:
		f->len = at;
		break;
	case 6:
		n = rnd() % 64;
		for (u32 i = 0; i < n; i++)
			f->b[f->len + i] = (u8)rnd();
		f->len += n;
		break;
	default:
		n = rnd() % 24;
		if (at + n > f->len)
			n = f->len - at;
		memmove(f->b + at, f->b + at + n, f->len - at - n);
		f->len -= n;
	}
}

/* First each byte of the headers of each seed in turn, and an end at each; then at random. */
static void frame(struct frame *f, u32 n)
{
	u32 per = 64 + 96, seed = n / per, what = n % per, from;

	state = opt.seed * 2654435761u + n * 40503u + 12345;
	rnd();
	from = whole(f, seed < SEEDS ? seed : rnd());
	if (seed < SEEDS && what < 64) {
		if (from + what < f->len)
			f->b[from + what] = odd();
	} else if (seed < SEEDS) {
		if (from + what - 64 < f->len)
			f->len = from + what - 64;
	} else {
		for (u32 i = 1 + rnd() % 3; i && f->len > from + 2; i--)
			damage(f, from);
	}
	if (opt.kind == ARP || f->len < from + 20)
		return;
	/* Most are not to be refused for their length or checksum already. */
	if (opt.kind == GRE && rnd() % 8)
		put16(f->b + from + 2, f->len - from);
	if (rnd() % 8)
		ip_csum(f->b + from, f->len - from);
}

static void last(struct frame *f)
{
	u32 at;

	at = whole(f, 0);
	f->len -= 16;
	add(f, MARK, 16);
	end_ip(f, at);
}

static bool is_last(const u8 *b, u32 len)
{
	return len > 16 && !memcmp(b + len - 16, MARK, 16);
}

/* Is what came out in one of those that went in? Its ECN may have been set. */
static bool was_sent(const u8 *ip, u32 len)
{
	for (u32 i = 0; i < KEPT; i++) {
		const struct frame *f = &kept[i];
		const u8 *p = f->b;

		if (f->len < len)
			continue;
		while ((p = memmem(p, f->len - (p - f->b), ip + 12, len - 12))) {
			if (p - f->b >= 12 && !memcmp(p - 10, ip + 2, 8))
				return true;
			p++;
		}
	}
	return false;
}

static const char *transport(u8 proto, u16 frag, const u8 *l4, u32 len)
{
	u32 least = proto == 17 || proto == 33 || proto == 132 || proto == 136 || proto == 1 ? 8 : 0;

	if (frag & 0x1fff)
		return NULL;
	if (proto == 6)
		least = frag & 0x2000 ? 8 : 20;
	if (len < least)
		return "half a transport header";
	if (proto != 1 || (l4[0] != 3 && l4[0] != 4 && l4[0] != 5 && l4[0] != 11 && l4[0] != 12))
		return NULL;
	if (len < 28 || l4[8] >> 4 != 4 || (l4[8] & 15) < 5 || len < 8 + (l4[8] & 15) * 4u)
		return "an ICMP error about nothing";
	return NULL;
}

static bool is_unicast(u32 addr)
{
	return addr && addr != 0xffffffff && addr >> 24 != 127 && addr >> 28 != 14;
}

/* What is wrong with a packet that came out. */
static const char *wrong(const u8 *ip, u32 len, bool joined)
{
	u32 hlen = (ip[0] & 15) * 4u;

	if (len < 20 || ip[0] >> 4 != 4 || hlen < 20 || hlen > len)
		return "no IPv4 header";
	if (!joined && get16(ip + 2) != len)
		return "another length than its header says";
	if (opt.only && get32(ip + 12) != opt.only)
		return "a source that it may not have";
	if (opt.into ? get32(ip + 16) != opt.into : !is_unicast(get32(ip + 16)))
		return "a destination that it may not have";
	if (transport(ip[9], get16(ip + 6), ip + hlen, len - hlen))
		return transport(ip[9], get16(ip + 6), ip + hlen, len - hlen);
	/* The sender's own kernel cuts segments, and puts checksums in. */
	return opt.vnet || was_sent(ip, len) ? NULL : "nothing that was sent";
}

static void complain(const char *why, const u8 *b, u32 len)
{
	if (done.bad++ > 4)
		return;
	printf("# came out: %s:", why);
	for (u32 i = 0; i < len && i < 120; i++)
		printf("%s%02x", i % 4 ? "" : " ", b[i]);
	putchar('\n');
}

static void look(const u8 *b, u32 len, bool joined)
{
	const char *why;

	/* Whoever asks for a MAC is no part of this. */
	if (len >= 14 && get16(b + 12) == ETHERTYPE_ARP)
		return;
	if (opt.own && len >= 34 && get32(b + 26) == opt.own)
		return;
	done.delivered++;
	if (len < 34 || get16(b + 12) != ETHERTYPE_IP)
		why = "no IPv4";
	else
		why = wrong(b + 14, len - 14, joined);
	if (why)
		complain(why, b, len);
	else if (is_last(b, len))
		done.last = true;
}

/* The length of the header that there is none of on a tunnel's netdev. */
static u32 bare(int sock)
{
	struct sockaddr_ll ll;
	socklen_t len = sizeof(ll);

	if (getsockname(sock, (struct sockaddr *)&ll, &len)) {
		perror("getsockname");
		exit(2);
	}
	return ll.sll_hatype == ARPHRD_ETHER ? 0 : 14;
}

/*
 * The next frame that came in, with an Ethernet header of nobody's if it has none.
 * Return: its length, -1 when there is none.
 */
static int next(int sock, u8 *b, bool *joined)
{
	u32 at = bare(sock);
	struct virtio_net_hdr vnet;
	struct sockaddr_ll from;
	struct iovec iov[2] = { { &vnet, sizeof(vnet) }, { b + at, SEEN - at } };
	struct msghdr msg = { .msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = iov,
			      .msg_iovlen = 2 };
	ssize_t n;

	do {
		msg.msg_namelen = sizeof(from);
		n = recvmsg(sock, &msg, MSG_DONTWAIT);
		if (n < 0 && errno == EAGAIN)
			return -1;
		if (n < 0) {
			perror("recvmsg");
			exit(2);
		}
	} while (from.sll_pkttype == PACKET_OUTGOING);
	*joined = vnet.gso_type != VIRTIO_NET_HDR_GSO_NONE;
	if (at) {
		memset(b, 0, 12);
		put16(b + 12, ntohs(from.sll_protocol));
	}
	return (int)(n - (ssize_t)sizeof(vnet) + (ssize_t)at);
}

static void drain(int in, int out)
{
	static u8 b[SEEN];
	bool joined;
	int len;

	while ((len = next(out, b, &joined)) >= 0)
		look(b, (u32)len, joined);
	while ((len = next(in, b, &joined)) >= 0) {
		if (len >= 42 && get16(b + 12) == ETHERTYPE_ARP && get16(b + 20) == 2)
			done.arp_replies++;
		else if (len >= 34 && get16(b + 12) == ETHERTYPE_IP && get32(b + 26) == opt.dst)
			complain("an answer in the target's name", b, (u32)len);
	}
}

static struct virtio_net_hdr vnet_of(const struct frame *f)
{
	struct virtio_net_hdr h = { };

	if (!opt.vnet || rnd() % 4)
		return h;
	h.flags = rnd() % 8 ? VIRTIO_NET_HDR_F_NEEDS_CSUM : 0;
	h.csum_start = rnd() % 3 ? 34 : (u16)(rnd() % (f->len + 4));
	h.csum_offset = rnd() % 3 ? 6 + 10 * (rnd() & 1) : (u16)(rnd() % 80);
	if (rnd() & 1) {
		static const u8 types[] = { 1, 3, 4, 5, 0x81 };

		h.gso_type = types[rnd() % sizeof(types)];
		h.gso_size = (u16)(1 + rnd() % 64);
		h.hdr_len = (u16)(rnd() % 80);
	}
	return h;
}

/* A sound ARP reply of "src": whoever hears it has nothing to say to it. */
static bool is_answer(const struct frame *f)
{
	static const u8 head[] = { 0, 1, 8, 0, 6, 4, 0, 2 }, nobody[6];
	const u8 *p = f->b + 12;

	if (f->len >= 46 && get16(p) != ETHERTYPE_ARP && !(get16(p + 2) & 0xfff))
		p += 4;
	if (f->b + f->len - p < 2 + 28 || get16(p) != ETHERTYPE_ARP || memcmp(p + 2, head, 8))
		return false;
	if (p[10] & 1 || !memcmp(p + 10, nobody, 6))
		return false;
	return !get32(p + 16) || get32(p + 16) == opt.src;
}

/* Behind the tag is no frame: the kernel drops it, whoever would have heard it. */
static bool is_cut(const struct frame *f)
{
	return f->len < 20 && (get16(f->b + 12) == 0x8100 || get16(f->b + 12) == 0x88a8);
}

static void emit(int sock, const struct frame *f, struct virtio_net_hdr vnet)
{
	struct iovec iov[2] = { { &vnet, sizeof(vnet) }, { (void *)f->b, f->len } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };

	if (sendmsg(sock, &msg, 0) < 0) {
		done.refused++;
		return;
	}
	done.sent++;
	done.cut += is_cut(f);
	done.answers += is_answer(f);
}

/* The datagram of a frame in two fragments, now and then the last one first. */
static void emit_fragments(int sock, const struct frame *f, u32 n)
{
	u32 hlen = (f->b[14] & 15) * 4u, cut = hlen + 8 + 8 * (n % 4), at = 14 + hlen;
	struct frame part[2];

	for (u32 i = 0; i < 2; i++) {
		struct frame *p = &part[i];

		p->len = 0;
		add(p, f->b, at);
		add(p, f->b + (i ? 14 + cut : at), i ? f->len - 14 - cut : cut - hlen);
		put16(p->b + 18, n);
		put16(p->b + 20, i ? (cut - hlen) / 8 : 0x2000);
		end_ip(p, 14);
	}
	emit(sock, &part[n % 5 == 0], (struct virtio_net_hdr){ });
	emit(sock, &part[n % 5 != 0], (struct virtio_net_hdr){ });
}

static bool may_be_cut(const struct frame *f, u32 n)
{
	return opt.kind == GRE && n % 16 == 15 && f->len > 14 + 60 + 40 && f->b[14] == 0x45 &&
	       get16(f->b + 12) == ETHERTYPE_IP && get16(f->b + 16) == f->len - 14 &&
	       !(get16(f->b + 20) & 0x3fff);
}

static int open_dev(const char *where)
{
	int one = 1, big = 32 << 20, sock, fd;
	char name[64], path[96], *dev;
	struct sockaddr_ll ll = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };

	snprintf(name, sizeof(name), "%s", where);
	dev = strchr(name, '/');
	if (!dev)
		exit(2);
	*dev++ = '\0';
	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		goto bad;
	close(fd);
	sock = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	ll.sll_ifindex = (int)if_nametoindex(dev);
	setsockopt(sock, SOL_SOCKET, SO_RCVBUFFORCE, &big, sizeof(big));
	if (sock < 0 || setsockopt(sock, SOL_PACKET, PACKET_VNET_HDR, &one, sizeof(one)) ||
	    bind(sock, (struct sockaddr *)&ll, sizeof(ll)))
		goto bad;
	return sock;
bad:
	perror(where);
	exit(2);
}

static u32 lost(int sock)
{
	struct tpacket_stats st;
	socklen_t len = sizeof(st);

	return getsockopt(sock, SOL_PACKET, PACKET_STATISTICS, &st, &len) ? 1 : st.tp_drops;
}

static u32 addr(const char *s)
{
	struct in_addr in;

	if (inet_pton(AF_INET, s, &in) != 1)
		exit(2);
	return ntohl(in.s_addr);
}

static bool mac(const char *s, u8 *m)
{
	return sscanf(s, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", m, m + 1, m + 2, m + 3, m + 4, m + 5) == 6;
}

static void set_kind(const char *v)
{
	opt.kind = !strcmp(v, "ip") ? IP : !strcmp(v, "arp") ? ARP : GRE;
}

static void set_outer(char *v)
{
	char *dst = strchr(v, ',');

	if (!dst)
		exit(2);
	*dst++ = '\0';
	opt.outer_src = addr(v);
	opt.outer_dst = addr(dst);
}

static void set(char *arg)
{
	char *v = strchr(arg, '=');
	struct { const char *name; u32 *to; } const numbers[] = {
		{ "key", &opt.key }, { "count", &opt.count }, { "seed", &opt.seed },
		{ "first", &opt.first },
	}, addrs[] = {
		{ "src", &opt.src }, { "dst", &opt.dst }, { "only", &opt.only }, { "into", &opt.into },
		{ "own", &opt.own },
	};

	if (!v)
		exit(2);
	*v++ = '\0';
	for (u32 i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (!strcmp(arg, numbers[i].name)) {
			*numbers[i].to = (u32)strtoul(v, NULL, 0);
			return;
		}
	}
	for (u32 i = 0; i < sizeof(addrs) / sizeof(addrs[0]); i++) {
		if (!strcmp(arg, addrs[i].name)) {
			*addrs[i].to = addr(v);
			return;
		}
	}
	if (!strcmp(arg, "kind"))
		set_kind(v);
	else if (!strcmp(arg, "from"))
		snprintf(opt.from, sizeof(opt.from), "%s", v);
	else if (!strcmp(arg, "to"))
		snprintf(opt.to, sizeof(opt.to), "%s", v);
	else if (!strcmp(arg, "outer"))
		set_outer(v);
	else if (!strcmp(arg, "vnet"))
		opt.vnet = *v == '1';
	else if (!strcmp(arg, "last"))
		opt.last = *v == '1';
	else if (!mac(v, !strcmp(arg, "smac") ? opt.smac : opt.dmac))
		exit(2);
}

static void wait_for_last(int in, int out)
{
	struct pollfd pfd = { .fd = out, .events = POLLIN };

	for (int i = 0; i < 300 && !done.last; i++) {
		poll(&pfd, 1, 100);
		drain(in, out);
	}
	if (!done.last)
		complain("all but the last one", NULL, 0);
}

int main(int argc, char **argv)
{
	int in, out;

	for (int i = 1; i < argc; i++)
		set(argv[i]);
	in = open_dev(opt.from);
	out = open_dev(opt.to);
	for (u32 n = opt.first; n < opt.first + opt.count; n++) {
		struct frame *f = &kept[n % KEPT];

		frame(f, n);
		if (may_be_cut(f, n))
			emit_fragments(in, f, n);
		else
			emit(in, f, vnet_of(f));
		if (n % 32 == 31)
			drain(in, out);
	}
	if (opt.last) {
		struct frame *f = &kept[(opt.first + opt.count) % KEPT];

		last(f);
		emit(in, f, (struct virtio_net_hdr){ });
		wait_for_last(in, out);
	}
	drain(in, out);
	if (lost(in) || lost(out))
		complain("more than was looked at", NULL, 0);
	printf("sent=%u refused=%u delivered=%u cut=%u answers=%u arp_replies=%u bad=%u\n",
	       done.sent, done.refused, done.delivered, done.cut, done.answers, done.arp_replies, done.bad);
	return done.bad ? 1 : 0;
}

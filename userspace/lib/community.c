// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "community.h"

#define BLOCK	64
#define ROUNDS	80
#define DIGEST	20

static uint32_t rol(uint32_t v, int n)
{
	return v << n | v >> (32 - n);
}

/* What a round of SHA-1 (FIPS 180-4) does with three of the words. */
static uint32_t mix(int round, uint32_t b, uint32_t c, uint32_t d)
{
	if (round < 20)
		return ((b & c) | (~b & d)) + 0x5a827999;
	if (round < 40)
		return (b ^ c ^ d) + 0x6ed9eba1;
	if (round < 60)
		return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
	return (b ^ c ^ d) + 0xca62c1d6;
}

/* SHA-1 of what fits in one block with its length behind: all that is hashed here does. */
static void sha1_block(const uint8_t *p, size_t len, uint8_t digest[DIGEST])
{
	uint32_t h[5] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0 };
	uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4], sum, w[ROUNDS];
	uint8_t block[BLOCK] = { 0 };
	int i;

	memcpy(block, p, len);
	block[len] = 0x80;
	block[BLOCK - 2] = (uint8_t)(len * 8 >> 8);
	block[BLOCK - 1] = (uint8_t)(len * 8 & 0xff);
	for (i = 0; i < 16; i++)
		w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
		       (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
	for (; i < ROUNDS; i++)
		w[i] = rol(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
	for (i = 0; i < ROUNDS; i++) {
		sum = rol(a, 5) + mix(i, b, c, d) + e + w[i];
		e = d;
		d = c;
		c = rol(b, 30);
		b = a;
		a = sum;
	}
	h[0] += a;
	h[1] += b;
	h[2] += c;
	h[3] += d;
	h[4] += e;
	for (i = 0; i < DIGEST; i++)
		digest[i] = (uint8_t)(h[i / 4] >> (24 - 8 * (i % 4)) & 0xff);
}

static void base64(char *out, const uint8_t *p, size_t len)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t v;
	size_t i;

	for (i = 0; i < len; i += 3) {
		v = (uint32_t)p[i] << 16 | (i + 1 < len ? (uint32_t)p[i + 1] << 8 : 0) |
		    (i + 2 < len ? p[i + 2] : 0);
		*out++ = digits[v >> 18];
		*out++ = digits[v >> 12 & 63];
		*out++ = i + 1 < len ? digits[v >> 6 & 63] : '=';
		*out++ = i + 2 < len ? digits[v & 63] : '=';
	}
	*out = '\0';
}

void community_id(char out[COMMUNITY_LEN], const uint8_t *src, const uint8_t *dst, size_t len,
		  uint16_t sport, uint16_t dport, uint8_t protocol)
{
	uint8_t buf[2 + 2 * 16 + 2 + 4] = { 0 }, digest[DIGEST], *p = buf + 2;
	int order = memcmp(src, dst, len);
	const uint8_t *addr;
	uint16_t port;

	/* The lower end comes first. */
	if (order > 0 || (!order && sport > dport)) {
		addr = src;
		src = dst;
		dst = addr;
		port = sport;
		sport = dport;
		dport = port;
	}
	memcpy(p, src, len);
	memcpy(p + len, dst, len);
	p += 2 * len;
	p[0] = protocol;
	p[2] = (uint8_t)(sport >> 8);
	p[3] = (uint8_t)(sport & 0xff);
	p[4] = (uint8_t)(dport >> 8);
	p[5] = (uint8_t)(dport & 0xff);
	sha1_block(buf, (size_t)(p - buf) + 6, digest);
	out[0] = '1';
	out[1] = ':';
	base64(out + 2, digest, DIGEST);
}

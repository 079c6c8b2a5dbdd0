/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CLPS_COMPAT_TUNNEL_H
#define CLPS_COMPAT_TUNNEL_H

#include <net/dst_metadata.h>
#include <net/ip_tunnels.h>

/* Fill in metadata for a packet to @daddr: no DF, no checksum, @key if @has_key. */
static inline void clps_compat_tun_key(struct ip_tunnel_key *tk, __be32 daddr, u8 ttl,
				       bool has_key, u32 key)
{
	__be64 id = has_key ? key32_to_tunnel_id(cpu_to_be32(key)) : 0;
#ifdef CLPS_HAVE_TUNNEL_FLAG_BITMAP
	IP_TUNNEL_DECLARE_FLAGS(flags) = { };

	if (has_key)
		__set_bit(IP_TUNNEL_KEY_BIT, flags);
	ip_tunnel_key_init(tk, 0, daddr, 0, ttl, 0, 0, 0, id, flags);
#else
	ip_tunnel_key_init(tk, 0, daddr, 0, ttl, 0, 0, 0, id, has_key ? TUNNEL_KEY : 0);
#endif
}

static inline bool clps_compat_tun_has_key(const struct ip_tunnel_key *tk)
{
#ifdef CLPS_HAVE_TUNNEL_FLAG_BITMAP
	return test_bit(IP_TUNNEL_KEY_BIT, tk->tun_flags);
#else
	return tk->tun_flags & TUNNEL_KEY;
#endif
}

#endif /* CLPS_COMPAT_TUNNEL_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* Formats of Mobile IPv6 [RFC 6275]: the extension headers that hold home addresses. */
#ifndef M6T_PROTO6_H
#define M6T_PROTO6_H

#include <linux/in6.h>
#include <linux/ipv6.h>
#include <linux/types.h>

/**
 * struct m6t_hao - destination options header with just a home address option, as it is
 *	sent [RFC 6275, 6.3]
 * @nexthdr: what follows
 * @hdrlen: units of 8 bytes after the first 8
 * @pad_type: %IPV6_TLV_PADN
 * @pad_len: bytes of @pad
 * @pad: zeros
 * @type: %IPV6_TLV_HAO
 * @len: bytes of @hoa
 * @hoa: home address
 */
struct m6t_hao {
	u8 nexthdr;
	u8 hdrlen;
	u8 pad_type;
	u8 pad_len;
	u8 pad[2];
	u8 type;
	u8 len;
	struct in6_addr hoa;
} __packed;

/**
 * struct m6t_rt2 - routing header of type 2 [RFC 6275, 6.4]
 * @nexthdr: what follows
 * @hdrlen: units of 8 bytes after the first 8, always 2
 * @type: %IPV6_SRCRT_TYPE_2
 * @segments_left: 1 in transit
 * @reserved: zero
 * @hoa: home address
 */
struct m6t_rt2 {
	u8 nexthdr;
	u8 hdrlen;
	u8 type;
	u8 segments_left;
	__be32 reserved;
	struct in6_addr hoa;
} __packed;

static_assert(sizeof(struct m6t_hao) == 24);
static_assert(sizeof(struct m6t_rt2) == 24);

#endif /* M6T_PROTO6_H */

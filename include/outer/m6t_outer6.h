/* SPDX-License-Identifier: GPL-2.0 */
/* Transmit over IPv6. */
#ifndef M6T_OUTER6_H
#define M6T_OUTER6_H

#include <linux/skbuff.h>

#include "m6t_proto.h"

struct m6t_config;
struct m6t_dev;
struct m6t_path;
struct sock;

/**
 * enum m6t_wrap6 - how a packet is sent over IPv6
 * @M6T_WRAP6_TUNNEL: behind another IPv6 header [RFC 2473]
 * @M6T_WRAP6_SOURCE: our care-of address becomes its source [RFC 3776, 3.4]
 * @M6T_WRAP6_HAO: likewise, and a home address option holds the former source
 *	[RFC 6275, 11.7.1]
 * @M6T_WRAP6_DESTINATION: the peer's care-of address becomes its destination
 * @M6T_WRAP6_RT2: likewise, and a routing header of type 2 holds the former destination
 *	[RFC 6275, 9.5.4]
 * @M6T_WRAP6_NONE: unchanged, to a mobile node that is at home
 */
enum m6t_wrap6 {
	M6T_WRAP6_TUNNEL,
	M6T_WRAP6_SOURCE,
	M6T_WRAP6_HAO,
	M6T_WRAP6_DESTINATION,
	M6T_WRAP6_RT2,
	M6T_WRAP6_NONE,
};

/**
 * struct m6t_to6 - where and how to send a packet over IPv6
 * @ep: outer addresses
 * @wrap: how
 * @link: ifindex of the underlay, 0: any
 * @sk: socket of that link, from m6t_route6_open(); or NULL
 * @path: what is known about the path there, or NULL
 */
struct m6t_to6 {
	const struct m6t_endpoint6 *ep;
	enum m6t_wrap6 wrap;
	u32 link;
	const struct sock *sk;
	const struct m6t_path *path;
};

enum m6t_stat m6t_outer6_xmit(struct m6t_dev *m6t, const struct m6t_config *cfg,
			      struct sk_buff *skb, const struct m6t_to6 *to);

#endif /* M6T_OUTER6_H */
